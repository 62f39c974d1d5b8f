// The page was reloaded: restore the text being typed at once, before the cards are loaded.

const MEMORY = "qt2anki-watch";
const kept = JSON.parse(sessionStorage.getItem(MEMORY) ?? "{}");

function keep(seen) {
  sessionStorage.setItem(MEMORY, JSON.stringify(seen));
}

function focusOf({ id, value, selectionStart, selectionEnd, selectionDirection }) {
  return { id, value, selection: [selectionStart, selectionEnd, selectionDirection] };
}

function focusAgain({ id = "", value, selection }) {
  const field = document.getElementById(id);
  field?.focus();
  if (field?.localName !== "input") return;
  field.value = value;
  field.setSelectionRange(...selection);
}

if (document.getElementById("filters")) {
  if (kept.address) history.replaceState(null, "", kept.address);
  document.body.classList.toggle("is-card", kept.isCard === true);
  focusAgain(kept.focus ?? {});
}
