// A list of any length; only its visible rows are in the page.

const ROW = 68; // pixels, as in the style sheet
const BEYOND = 6; // rows kept above and below the visible ones

class CardList {
  constructor(box, rows, onPick) {
    this.box = box;
    this.rows = rows;
    this.cards = [];
    this.chosen = -1;
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(box);
    rows.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) onPick(Number(row.dataset.at));
    });
  }

  show(cards, chosen) {
    this.cards = cards;
    this.rows.style.height = `${cards.length * ROW}px`;
    this.choose(chosen);
  }

  choose(at) {
    this.chosen = at;
    const top = at * ROW;
    const height = this.box.clientHeight;
    if (at >= 0 && height > 0) {
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top + ROW > this.box.scrollTop + height) this.box.scrollTop = top + ROW - height;
    }
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - BEYOND);
    const past = Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + BEYOND;
    const rows = [];
    for (let at = first; at < Math.min(past, this.cards.length); at += 1) rows.push(this.row(at));
    this.rows.replaceChildren(...rows);
    const isDrawn = this.chosen >= first && this.chosen < past && this.cards.length > 0;
    if (isDrawn) this.box.setAttribute("aria-activedescendant", `row-${this.chosen}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(at) {
    const card = this.cards[at];
    const row = element("div", "row");
    row.id = `row-${at}`;
    row.dataset.at = at;
    row.style.top = `${at * ROW}px`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(at === this.chosen));
    row.setAttribute("aria-setsize", this.cards.length);
    row.setAttribute("aria-posinset", at + 1);
    const more = element("div", "row-more");
    if (isFault(card)) more.append(element("span", "row-mark row-fault", "⚠ fault"), " · ");
    else if (card.marks.length > 0) more.append(element("span", "row-mark", "finding"), " · ");
    more.append([data.kinds[card.kind], placeOf(card)].filter(Boolean).join(" · "));
    const lines = element("div", "row-lines");
    lines.append(element("div", "row-text", labelOf(card) || card.key), more);
    row.append(lines);
    return row;
  }
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
