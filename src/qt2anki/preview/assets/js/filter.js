// Find the cards that pass the filters. Equal strings are stored once, so each is searched once.

const ANY = "any";
const folded = [];

function stringsWith(word) {
  const found = new Uint8Array(data.strings.length);
  for (let at = data.fixed; at < data.strings.length; at += 1) {
    folded[at] ??= fold(textOf(data.strings[at]));
    found[at] = folded[at].includes(word) ? 1 : 0;
  }
  return found;
}

function hasWord(card, word, found) {
  const isOnCard = (at) => found[at] === 1;
  return card.front.some(isOnCard) || card.back.some(isOnCard) || fold(card.key).includes(word);
}

// A tag includes all tags below it, as in Anki; a part of its name is enough.
function hasTag(card, wanted) {
  return card.tags.some((at) => fold(data.tags[at]).includes(wanted));
}

function hasFinding(card, wanted) {
  return card.marks.some(([metric]) => wanted === ANY || data.metrics[metric].name === wanted);
}

function matching(filter) {
  const words = fold(filter.query).split(/\s+/).filter(Boolean);
  const hits = words.map(stringsWith);
  const tag = fold(filter.tag.trim());
  const fits = (card) =>
    (filter.deck === "" || card.decks.some((deck) => data.decks[deck] === filter.deck)) &&
    (filter.kind === "" || data.kinds[card.kind] === filter.kind) &&
    (filter.tier === "" || data.tiers[card.tier] === filter.tier) &&
    (tag === "" || hasTag(card, tag)) &&
    (filter.finding === "" || hasFinding(card, filter.finding)) &&
    words.every((word, at) => hasWord(card, word, hits[at]));
  return data.cards.filter(fits);
}
