// The live preview: reload the page when its cards have changed, and show the result of each build.

const STOPPED = 30_000; // milliseconds; if the page is still here then, the user has stopped the reload
const page = document.documentElement.dataset;
const hasCards = typeof list !== "undefined";
let news = null;
let coming = ""; // the version for which the page is being fetched

const bar = document.createElement("section");
bar.id = "live";
bar.setAttribute("aria-label", "The last build");
const words = document.createElement("p");
words.setAttribute("role", "status");
const faults = document.createElement("ul");
faults.hidden = true;
faults.tabIndex = 0;
bar.append(words, faults);
document.body.prepend(bar);

function say({ level, text, problems }) {
  bar.dataset.level = level;
  words.textContent = text;
  faults.hidden = problems.length === 0;
  faults.replaceChildren(...problems.map((problem) => {
    const item = document.createElement("li");
    item.textContent = problem;
    return item;
  }));
}

// A page without cards keeps the state of the page before it.
function seen() {
  if (!hasCards) return kept;
  const shown = shownName();
  const isAway = shown !== state.card;
  return {
    address: address(),
    isCard: document.body.classList.contains("is-card"),
    rank: rankOf(state.card),
    shown,
    back: isBack ? shown : isAway ? kept.back : "", // the card whose back was shown
    top: list.box.scrollTop,
    focus: focusOf(document.activeElement),
  };
}

function comeBack(version) {
  const last = JSON.parse(sessionStorage.getItem(MEMORY) ?? "{}");
  if (last.version === version) return; // reloading did not help the last time
  coming = version;
  keep({ ...seen(), version });
  unfollow(); // the page itself may need the connection
  setTimeout(() => {
    keep({ version });
    coming = "";
    follow();
  }, STOPPED);
  location.reload();
}

// The address contains the card, but not which side was shown.
function restore() {
  if (!hasCards) return;
  rank = kept.rank ?? 0;
  if (shownName() !== state.card) filter();
  const shown = shownName();
  if (shown && shown === kept.shown) list.box.scrollTop = kept.top;
  if (shown && shown === kept.back) flip();
  if (document.activeElement === document.body) get(kept.focus?.id ?? "")?.focus();
  keep({ version: kept.version });
}

function follow() {
  unfollow();
  if (document.hidden || coming) return;
  news = new EventSource("/news");
  news.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    say(told);
    const version = told.versions[page.subject] ?? "";
    if (version !== page.version) comeBack(version);
  });
  news.addEventListener("error", () => {
    say({ level: "off", text: "qt2anki watch has stopped; these are the last cards it built.", problems: [] });
  });
}

function unfollow() {
  news?.close();
  news = null;
}

restore();
follow();
// A browser has six connections for all tabs of one address. Hidden tabs need none: they get the
// newest message when they become visible.
document.addEventListener("visibilitychange", follow);
// Users can type in the old page until the new one is loaded.
window.addEventListener("pagehide", () => {
  if (coming) keep({ ...seen(), version: coming });
});
