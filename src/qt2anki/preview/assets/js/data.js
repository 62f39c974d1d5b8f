// The cards, which are compressed in the page.

async function inflate(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function payloadOf(id) {
  return document.getElementById(id).textContent.trim();
}

const data = JSON.parse(await inflate(payloadOf("payload")));

const htmlOf = (parts) => parts.map((at) => data.strings[at]).join("");

// A file that is not in the data is too large or missing: its alternative text is shown.
const PICTURE = /<img src="([^"/:]+)"(?: alt="([^"]*)")?>/g;

function withPictures(html) {
  return html.replace(PICTURE, (_, name, alt = "") => {
    const address = data.pictures[name];
    return address ? `<img src="${address}" alt="${alt}">` : alt;
  });
}

const contentOf = (parts) => parts.filter((at) => at >= data.fixed).map((at) => data.strings[at]);

// The question of a card is the last field of its front, after context and title.
function labelOf(card) {
  return textOf(contentOf(card.front).at(-1) ?? "").slice(0, 240);
}

// The context names subject and page; a card without one is the page's own question.
function placeOf(card) {
  const [context, ...others] = contentOf(card.front);
  if (others.length > 0) return textOf(context);
  return card.decks.map((deck) => data.decks[deck]).join(", ");
}

// Findings of a hard metric must be fixed; all others are worth a look.
const isFault = (card) => card.marks.some(([metric]) => data.metrics[metric].hard);
