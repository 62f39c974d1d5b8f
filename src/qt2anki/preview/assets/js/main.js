// The current card and filters, kept in the address so that a reload or a link restores them.

const get = (id) => document.getElementById(id);
const NONE = { query: "", deck: "", kind: "", tier: "", tag: "", finding: "" };
const prefersNight = matchMedia("(prefers-color-scheme: dark)").matches;
const state = {
  ...NONE,
  card: "",
  mode: prefersNight ? "night" : "light",
  screen: "desktop",
  ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))),
};
let cards = [];
let at = -1;
let isBack = false;
let rank = 0; // of the wanted card among those of its page, if known

const list = new CardList(get("list"), get("rows"), (picked) => {
  showCard();
  go(picked);
});
const frame = new CardFrame(get("card"), { onFlip: flip, onKey: pressed });

const nameOf = (card) => `${card.key}~${card.ord + 1}`;
const shownName = () => (at < 0 ? "" : nameOf(cards[at]));

function address() {
  const chosen = Object.entries(state).filter(([, value]) => value !== "");
  return `#${new URLSearchParams(chosen)}`;
}

function remember() {
  history.replaceState(null, "", address());
}

// The key of a card begins with the number of its page.
const pageOf = (name) => name.split("/", 1)[0];

function cardsBeside(name) {
  const wanted = pageOf(name);
  return data.cards.filter((card) => pageOf(card.key) === wanted);
}

function rankOf(name) {
  const found = cardsBeside(name).findIndex((card) => nameOf(card) === name);
  return found < 0 ? rank : found;
}

const first = () => Math.min(0, cards.length - 1);

// A save can remove the wanted card temporarily. Until it is back, the nearest card of its page is
// shown, or else the first card of all.
function nearest() {
  const wanted = rankOf(state.card);
  const near = cardsBeside(state.card)
    .map((card, number) => ({ place: cards.indexOf(card), far: Math.abs(number - wanted) }))
    .filter(({ place }) => place >= 0)
    .sort((one, other) => one.far - other.far);
  return near[0]?.place ?? first();
}

function want() {
  state.card = shownName() || state.card;
  remember();
}

// After a search, the card that was found is the wanted one.
function search() {
  filter(() => Math.max(first(), cards.findIndex((card) => nameOf(card) === state.card)));
  want();
}

function filter(start = nearest) {
  cards = matching(state);
  at = start();
  const total = data.cards.length.toLocaleString("en");
  const some = cards.length.toLocaleString("en");
  const all = `${total} ${data.cards.length === 1 ? "card" : "cards"}`;
  get("count").textContent = cards.length === data.cards.length ? all : `${some} of ${all}`;
  get("nothing").hidden = cards.length > 0;
  get("list").hidden = cards.length === 0;
  isBack = false;
  list.show(cards, at);
  draw();
}

function go(to) {
  if (to < 0 || to >= cards.length) return;
  at = to;
  isBack = false;
  list.choose(at);
  draw();
  want();
}

function flip() {
  if (at < 0) return;
  isBack = !isBack;
  draw();
}

function draw() {
  const card = cards[at];
  get("previous").disabled = at <= 0;
  get("next").disabled = at >= cards.length - 1;
  get("flip").disabled = !card;
  get("flip").textContent = isBack ? "Show question" : "Show answer";
  get("place").textContent = card ? `${(at + 1).toLocaleString("en")} of ${cards.length.toLocaleString("en")}` : "";
  get("card").title = isBack ? "Answer side of the card" : "Question side of the card";
  describe(card);
  if (card && isSeen()) frame.show(card, isBack);
  else frame.clear();
}

function describe(card) {
  get("findings").hidden = !card || card.marks.length === 0;
  get("findings").replaceChildren(...(card?.marks ?? []).map(finding));
  get("about").replaceChildren(...(card ? about(card) : []));
  const tags = (card?.tags ?? []).map((tag) => element("button", "tag", data.tags[tag]));
  get("card-tags").replaceChildren(...tags);
}

function finding([metric, text]) {
  const { name, hard } = data.metrics[metric];
  const item = element("li", hard ? "fault" : "");
  item.append(element("b", "", `${hard ? "Fault: " : ""}${name}: `), text);
  return item;
}

function about(card) {
  const parts = [element("span", "", card.key)];
  const href = card.source === null ? "" : data.sources[card.source];
  if (href) {
    const link = element("a", "", "Source file");
    link.href = href;
    link.target = "_blank";
    link.rel = "noopener";
    parts.push(" · ", link);
  }
  return parts;
}

// A narrow screen shows either the list or the card.
const isSeen = () => get("card").clientWidth > 0;

function showCard() {
  const wasSeen = isSeen();
  document.body.classList.add("is-card");
  if (!wasSeen) get("flip").focus();
}

function showList() {
  document.body.classList.remove("is-card");
  list.choose(at);
  get("list").focus();
}

function look() {
  document.documentElement.dataset.mode = state.mode;
  document.documentElement.dataset.screen = state.screen;
  frame.look({ isNight: state.mode === "night", isPhone: state.screen === "phone" });
  remember();
}

// Keys work on the list, the card and the page itself; fields and buttons keep their own keys.
const MOVES = { ArrowDown: 1, ArrowRight: 1, j: 1, ArrowUp: -1, ArrowLeft: -1, k: -1, PageDown: 8, PageUp: -8 };

function pressed(event) {
  const inside = event.target.closest?.("input, select, textarea, button, a, summary");
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && inside) return inside.blur();
  if (inside || !acts(event)) return;
  event.preventDefault();
}

function acts(event) {
  const isInCard = event.target.ownerDocument !== document;
  if (event.key === " " || event.key === "Enter") turn();
  else if (event.key === "/") get("query").focus();
  else if (event.key === "Home" && !isInCard) go(0);
  else if (event.key === "End" && !isInCard) go(cards.length - 1);
  else if (event.key in MOVES && !(isInCard && /Up|Down/.test(event.key))) step(MOVES[event.key]);
  else return false;
  return true;
}

function turn() {
  if (isSeen()) return flip();
  showCard();
  draw();
}

function step(by) {
  go(Math.min(Math.max(at + by, 0), cards.length - 1));
}

function fill(select, names, any) {
  const options = names.map(([value, name]) => new Option(name, value));
  select.replaceChildren(new Option(any, ""), ...options);
  select.closest("label").hidden = names.length < 2;
}

function fillFilters() {
  fill(get("deck"), data.decks.map((name) => [name, name]).sort(), "all");
  fill(get("kind"), data.kinds.filter(Boolean).map((name) => [name, name]), "all");
  fill(get("tier"), data.tiers.filter(Boolean).map((name) => [name, name]), "all");
  get("tags").replaceChildren(...data.tags.map((tag) => new Option("", tag)));
  fillFindings();
}

function fillFindings() {
  const counts = data.metrics.map(() => 0);
  const marked = data.cards.filter((card) => card.marks.length > 0);
  for (const card of marked) {
    for (const metric of new Set(card.marks.map(([number]) => number))) counts[metric] += 1;
  }
  const names = data.metrics.map(({ name, hard }, at) => [name, `${hard ? "fault: " : ""}${name} (${counts[at]})`]);
  fill(get("finding"), [[ANY, `any (${marked.length})`], ...names], "all cards");
}

// Use the text that was typed before the cards were loaded.
function takeTyped() {
  const { id, value } = document.activeElement;
  if (id in NONE && value) state[id] = value;
}

function showFilters() {
  for (const name of ["query", "deck", "kind", "tier", "tag", "finding"]) get(name).value = state[name];
  for (const name of ["mode", "screen"]) {
    for (const radio of document.getElementsByName(name)) radio.checked = radio.value === state[name];
  }
}

function listen() {
  let waiting = 0;
  get("filters").addEventListener("input", (event) => {
    const { id, type, value } = event.target;
    state[id] = value;
    clearTimeout(waiting);
    waiting = setTimeout(search, type === "search" ? 120 : 0);
  });
  get("filters").addEventListener("submit", (event) => event.preventDefault());
  get("filters").addEventListener("reset", () => {
    Object.assign(state, NONE);
    search();
  });
  document.querySelector(".looks").addEventListener("change", (event) => {
    state[event.target.name] = event.target.value;
    look();
  });
  get("card-tags").addEventListener("click", (event) => {
    if (event.target.localName !== "button") return;
    state.tag = event.target.textContent;
    showFilters();
    search();
  });
  get("previous").addEventListener("click", () => go(at - 1));
  get("next").addEventListener("click", () => go(at + 1));
  get("flip").addEventListener("click", flip);
  get("to-list").addEventListener("click", showList);
  document.addEventListener("keydown", pressed);
}

await frame.open();
takeTyped();
fillFilters();
showFilters();
look();
filter();
if (!state.card) want();
listen();
let wasSeen = isSeen();
new ResizeObserver(() => {
  if (isSeen() && !wasSeen) draw();
  wasSeen = isSeen();
}).observe(get("card"));
document.documentElement.dataset.ready = "yes";
