// Show one card at a time, and write every verdict at once.

// The label of each button, and the reason that it writes.
const REASONS = [
  ["repeats the question", "echo"], ["vague", "vague"], ["ambiguous", "ambiguous"],
  ["can be guessed", "guess"], ["gives the answer away", "leak"], ["no answer", "no answer"],
  ["trivial", "trivia"], ["badly worded", "form"], ["wrong", "wrong"],
];
const STATES = {
  "": "not read",
  good: "good",
  dropped: "dropped",
  reworded: "reworded",
  own: "written by hand",
  proposed: "proposed",
  changed: "its page has changed since it was read",
};
const LISTS = [["yes", "yes"], ["no", "no"], ["decide automatically", "evidence"]];
const SHOWN = {
  todo: ["", "changed", "proposed"],
  good: ["good", "reworded", "own"],
  all: Object.keys(STATES),
};
const LABELS = { question: "Question", answer: "Answer", text: "Text, with one {{c1::...}}", extra: "Below the answer" };
const PAGE_STYLE = `
  body { font: 0.9375rem/1.45 system-ui, "Noto Sans", sans-serif; }
  body.nightMode a { color: #86d3e3; }
  td, th { padding: 0.25rem 0.5rem; text-align: start; vertical-align: top; }
  pre { overflow-x: auto; }
`;
const get = (id) => document.getElementById(id);
const items = JSON.parse(await inflate(payloadOf("review")));
items.forEach((item, at) => { item.card = data.cards[at]; });
const night = matchMedia("(prefers-color-scheme: dark)").matches;

let queue = [];
let at = 0;
let isBack = false;
let editing = null; // {key or page, names}: the subject of the form's fields
let decidedAt = []; // times of the verdicts of this session
let shownPage = "";
let list = {}; // of the page: whether it is a sequence, and what a correction says about it
let choosing = null; // the choices for the digit keys
let trying = 0;
let isBusy = false;

const frame = new CardFrame(get("card"), { onFlip: flip, onKey: pressed });
const source = new CardFrame(get("answer"), { onFlip: () => {}, onKey: pressed });
const current = () => queue[at];
const kindOf = (item) => data.kinds[item.card.kind];

// One verdict at a time: otherwise, fast typists would judge cards that they have not seen.
async function alone(action) {
  if (isBusy) return;
  isBusy = true;
  try {
    await action();
  } catch (error) {
    fail({ error: `The review cannot be reached (${error.message})`, hint: "Start it again." });
  } finally {
    isBusy = false;
  }
}

async function send(action, body = {}) {
  const response = await fetch(action, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = response.headers.get("Content-Type")?.startsWith("application/json")
    ? await response.json()
    : { error: await response.text() };
  return { status: response.status, ...said };
}

function fail({ error, hint = "" }) {
  get("fault").textContent = [error, hint].filter(Boolean).join(". ");
}

// The cards to read

const isPage = (key) => !key.includes("/");

// Replace the cards of *key*, which is the key of a card or the id of a page.
function take({ key, cards }) {
  const was = current();
  const known = items.filter((item) => item.key === key || (isPage(key) && item.key.startsWith(`${key}/`)));
  const fresh = cards.map(({ sides, ...facts }) => {
    const item = known.find((one) => one.key === facts.key) ?? { card: { ord: 0, marks: [] } };
    return Object.assign(item, facts, { card: { ...item.card, ...asCard(sides) } });
  });
  const gone = known.filter((item) => !fresh.includes(item));
  const added = fresh.filter((item) => !known.includes(item));
  for (const item of gone) items.splice(items.indexOf(item), 1);
  queue = queue.filter((item) => !gone.includes(item));
  at = Math.max(0, queue.includes(was) ? queue.indexOf(was) : Math.min(at, queue.length - 1));
  items.push(...added);
  queue.splice(at + 1, 0, ...added);
  if (isPage(key)) shownPage = "";
}

function numberIn(table, value) {
  if (!table.includes(value)) table.push(value);
  return table.indexOf(value);
}

function asCard({ kind, css, front, back }) {
  return {
    kind: numberIn(data.kinds, kind),
    style: numberIn(data.styles, css),
    front: [numberIn(data.strings, front)],
    back: [numberIn(data.strings, back)],
  };
}

const ORDERS = { // cards are already sorted by page
  doubtful: ({ state, score }) => (state === "changed" ? -2000 : state === "proposed" ? -1000 : 0) + score,
  topic: ({ subject, topic }) => `${subject}\n${topic || "\uffff"}`, // the pages without one come last
  kind: kindOf,
};

function choose() {
  const states = SHOWN[get("show").value] ?? [get("show").value];
  const kind = get("kind").value;
  const query = fold(get("query").value.trim());
  queue = items.filter((item) => {
    if (!states.includes(item.state) || (kind && kindOf(item) !== kind)) return false;
    return !query || item.page === query || fold(`${item.key} ${textOf(htmlOf(item.card.back))}`).includes(query);
  });
  const place = ORDERS[get("order").value];
  if (place) queue.sort((one, other) => (place(one) < place(other) ? -1 : place(one) > place(other) ? 1 : 0));
  at = 0;
  isBack = false;
  draw();
}

function draw() {
  const item = current();
  close();
  get("fault").textContent = "";
  get("previous").disabled = at <= 0;
  get("next").disabled = at >= queue.length;
  for (const id of ["flip", "good", "drop", "edit", "add"]) get(id).disabled = !item;
  get("place").textContent = item ? `${(at + 1).toLocaleString("en")} of ${queue.length.toLocaleString("en")}` : "No card";
  progress();
  if (!item) {
    frame.clear();
    get("sequence").hidden = true;
    shownPage = "";
    get("about").textContent = `${queue.length > 0 ? "You have reached the end" : "There is nothing to read here"}. Choose other cards above.`;
    return;
  }
  const state = document.createElement("span");
  state.className = "state";
  state.textContent = STATES[item.state];
  const more = [item.key, `score ${item.score}`, item.reason, item.problem].filter(Boolean);
  get("about").replaceChildren(state, ` · ${more.join(" · ")}`);
  side();
  showPage(item);
}

function side() {
  get("flip").textContent = isBack ? "Show question" : "Show answer";
  get("card").title = isBack ? "Answer side of the card" : "Question side of the card";
  frame.show(current().card, isBack);
}

async function showPage({ page, question }) {
  if (shownPage === page) return;
  shownPage = page;
  get("question").textContent = question;
  const response = await fetch(`page/${encodeURIComponent(page)}`);
  const { answer = "", pictures = {}, ...facts } = response.ok ? await response.json() : {};
  if (shownPage !== page) return;
  list = facts;
  get("sequence").hidden = typeof list.isSequence !== "boolean";
  const not = list.isSequence ? "" : "not ";
  get("sequence").firstElementChild.textContent = typeof list.settled === "boolean"
    ? `A reviewer decided that this page's list is ${not}a sequence.`
    : `This page's list is ${not}treated as a sequence.`;
  Object.assign(data.pictures, pictures);
  if (Object.keys(pictures).length > 0 && !editing) side();
  source.show({ ord: 0, ...asCard({ kind: "", css: PAGE_STYLE, front: answer, back: answer }) }, false);
}

function progress() {
  const read = items.filter(({ state }) => !SHOWN.todo.includes(state)).length;
  const parts = [`${read.toLocaleString("en")} of ${items.length.toLocaleString("en")} read`];
  const minutes = decidedAt.length > 1 ? (decidedAt.at(-1) - decidedAt[0]) / 60_000 : 0;
  if (minutes > 0) {
    const rate = (decidedAt.length - 1) / minutes;
    const left = Math.ceil((items.length - read) / rate);
    parts.push(`${Math.round(rate)} a minute`, left > 90 ? `${Math.round(left / 60)} hours left` : `${left} ${left === 1 ? "minute" : "minutes"} left`);
  }
  get("progress").textContent = parts.join(" · ");
}

// Decisions

const decide = (decision, texts = {}) => alone(async () => {
  const item = current();
  const answer = await send("verdict", { key: item.key, seen: item.seen, decision, texts });
  if (answer.status !== 200) return refused(answer, item.key);
  decidedAt.push(Date.now());
  take(answer);
  if (decision) return go(at + 1);
  draw();
});

const settle = (answer) => alone(async () => {
  const { page } = current();
  const said = await send("settle", { key: page, seen: list.seen, list: answer });
  if (said.status !== 200) return refused(said, page);
  take(said);
  draw();
});

// Show what someone else has decided in the meantime.
async function refused(answer, key) {
  if (answer.status === 409) {
    take(await send("look", { key }));
    draw();
  }
  fail(answer);
}

const addCard = (texts) => alone(async () => {
  const { page } = current();
  const answer = await send("verdict", { key: page, name: texts.question ?? "", decision: null, texts });
  if (answer.status !== 200) return fail(answer);
  take(answer);
  queue.splice(at, 0, ...queue.splice(at + 1, 1)); // the current card comes after it
  go(at);
});

const undo = () => alone(async () => {
  const answer = await send("undo");
  if (answer.status !== 200) return fail(answer);
  if (!isPage(answer.key)) decidedAt.pop();
  take(answer);
  const place = queue.findIndex(({ key }) => key === answer.key || key.startsWith(`${answer.key}/`));
  if (place < 0) return draw();
  at = place;
  isBack = true;
  draw();
});

function go(to) {
  at = Math.max(0, Math.min(to, queue.length)); // after the last card there is none
  isBack = false;
  draw();
}

function flip() {
  if (!current()) return;
  isBack = !isBack;
  side();
}

// Forms

function close() {
  editing = null;
  choosing = null;
  // A hidden field keeps the focus until the page is redrawn, so the next key would be lost.
  if (document.activeElement.closest("#choices, #wording")) document.activeElement.blur();
  get("choices").hidden = true;
  get("wording").hidden = true;
  get("verdicts").hidden = false;
}

// Each choice is a name and its value; the digit keys work, too.
function ask(question, choices, then) {
  close();
  choosing = { choices, then };
  get("choices").ariaLabel = question;
  get("choices").replaceChildren(`${question} `, ...choices.map(([name, value], number) => {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = number < 9 ? `${number + 1} ${name}` : name;
    return button;
  }));
  get("choices").hidden = false;
  get("verdicts").hidden = true;
  get("choices").querySelector("button").focus();
}

function edit() {
  const { fields } = current();
  const names = "text" in fields ? ["text", "extra"] : ["question", "answer", "extra"];
  write(Object.fromEntries(names.map((name) => [name, asMarkdown(fields[name] ?? "")])), { isNew: false });
}

function write(texts, { isNew }) {
  editing = { isNew, before: texts };
  get("texts").replaceChildren(...Object.entries(texts).map(([name, value]) => {
    const label = document.createElement("label");
    const caption = document.createElement("span");
    caption.textContent = LABELS[name];
    const area = document.createElement("textarea");
    area.name = name;
    area.value = value;
    label.append(caption, area);
    return label;
  }));
  get("wording").hidden = false;
  get("verdicts").hidden = true;
  get("texts").querySelector("textarea").focus();
}

function written() {
  const areas = [...get("texts").querySelectorAll("textarea")];
  return Object.fromEntries(areas
    .filter(({ name, value }) => value.trim() !== editing.before[name].trim())
    .map(({ name, value }) => [name, value.trim()]));
}

async function tryOut() {
  const turn = (trying += 1);
  const item = current();
  if (!editing || editing.isNew) return;
  const answer = await send("try", { key: item.key, seen: item.seen, texts: written() });
  if (turn !== trying || !editing) return;
  get("fault").textContent = "";
  if (answer.status !== 200) return fail(answer);
  isBack = true;
  frame.show({ ...item.card, ...asCard(answer.sides) }, true);
}

function save() {
  const texts = written();
  if (editing.isNew) return addCard(texts);
  return Object.keys(texts).length > 0 ? decide(null, texts) : draw();
}

// Convert our HTML back to Markdown; elements without a Markdown form become text.
const AROUND = { B: "**", STRONG: "**", I: "*", EM: "*", CODE: "`" };

function asMarkdown(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return textIn(body).replace(/\n{3,}/g, "\n\n").trim();
}

function textIn(node) {
  const inside = () => [...node.childNodes].map(textIn).join("");
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (node.nodeType !== Node.ELEMENT_NODE || node.className === "qt-shape") return "";
  if (node.nodeName in AROUND) return AROUND[node.nodeName] + inside() + AROUND[node.nodeName];
  if (node.nodeName === "BR") return "\n";
  if (node.nodeName === "LI") return `${node.parentNode.nodeName === "OL" ? "1." : "-"} ${inside().trim()}\n`;
  if (node.nodeName === "PRE") return `\n\`\`\`\n${node.textContent.trim()}\n\`\`\`\n`;
  if (["P", "UL", "OL", "DIV"].includes(node.nodeName)) return `\n\n${inside()}\n\n`;
  return inside();
}

// Keys

const KEYS = {
  g: () => decide("keep"),
  d: () => ask("Why?", [...REASONS, ["Other", ""]], (reason) => decide("drop", { reason })),
  e: edit,
  a: () => write({ question: "", answer: "" }, { isNew: true }),
  s: () => get("sequence").hidden || ask("Is this page's list a sequence?", LISTS, settle),
  u: undo,
  n: () => go(at + 1),
  p: () => go(at - 1),
  ArrowRight: () => go(at + 1),
  ArrowLeft: () => go(at - 1),
  " ": flip,
};

function pressed(event) {
  if (event.isComposing) return;
  const isAway = event.target.ownerDocument === document && event.target.closest?.("input, select, textarea");
  if (event.key === "Escape") return editing || choosing ? draw() : event.target.blur?.();
  if (event.key === "Enter" && event.ctrlKey && editing) return save();
  if (event.ctrlKey || event.metaKey || event.altKey || isAway) return;
  if (event.key === " " && event.target.closest?.("button, a, summary")) return;
  if (choosing) {
    const choice = choosing.choices[Number(event.key) - 1];
    if (choice) choosing.then(choice[1]);
    return;
  }
  if (!(event.key in KEYS) || editing || (!current() && !["u", "p", "ArrowLeft"].includes(event.key))) return;
  event.preventDefault();
  KEYS[event.key]();
}

function listen() {
  for (const [id, key] of Object.entries({ good: "g", drop: "d", edit: "e", add: "a", settle: "s", undo: "u", next: "n", previous: "p", flip: " " })) {
    get(id).addEventListener("click", KEYS[key]);
  }
  get("cancel").addEventListener("click", draw);
  get("filters").addEventListener("submit", (event) => event.preventDefault());
  get("filters").addEventListener("input", choose);
  get("wording").addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  let waiting = 0;
  get("wording").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(tryOut, 250);
  });
  get("choices").addEventListener("submit", (event) => {
    event.preventDefault();
    choosing.then(event.submitter.value);
  });
  document.addEventListener("keydown", pressed);
}

const kinds = [...new Set(items.map(kindOf))].sort();
get("kind").replaceChildren(new Option("all", ""), ...kinds.map((name) => new Option(name, name)));
document.documentElement.dataset.mode = night ? "night" : "light";
await Promise.all([frame.open(), source.open()]);
for (const one of [frame, source]) one.look({ isNight: night, isPhone: false });
listen();
choose();
document.documentElement.dataset.ready = "yes";
