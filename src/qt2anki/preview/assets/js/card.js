// One card in its own frame, so that its style applies to Anki's page and nothing else.

// The styles that Anki's reviewer adds to the style of the card (ts/reviewer/reviewer.scss).
const REVIEWER = `
  body { margin: 20px; overflow-wrap: break-word; background-color: #fff; color: #000; }
  body.nightMode { background-color: #2c2c2c; color: #fcfcfc; }
  hr { height: 1px; margin: 1em 0; border: none; background-color: #737373; }
  img { max-width: 100%; max-height: 95vh; }
  li { text-align: start; }
  pre { text-align: left; }
`;

// A picture has no height until it is decoded; the answer then moves.
function sized(root) {
  const pictures = [...root.querySelectorAll("img")];
  return Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
}

class CardFrame {
  constructor(frame, { onFlip, onKey }) {
    this.frame = frame;
    this.onFlip = onFlip;
    this.onKey = onKey;
    this.shown = 0;
  }

  // Some browsers call no listeners at all in a sandboxed frame. For these, the sandbox is removed:
  // the policy of this page, which the frame inherits, still prevents scripts from running.
  async open() {
    await this.loaded();
    let isHeard = false;
    this.document.addEventListener("heard", () => { isHeard = true; }, { once: true });
    this.document.dispatchEvent(new Event("heard"));
    if (!isHeard) {
      this.frame.removeAttribute("sandbox");
      this.frame.srcdoc = this.frame.srcdoc;
      await this.load(); // the old document stays until then
    }
    this.document.addEventListener("click", (event) => this.clicked(event));
    this.document.addEventListener("keydown", (event) => this.onKey(event));
  }

  get document() {
    return this.frame.contentDocument;
  }

  async loaded() {
    while (!this.document?.getElementById("qa") || this.document.readyState !== "complete") {
      await this.load();
    }
  }

  load() {
    return new Promise((resolve) => this.frame.addEventListener("load", resolve, { once: true }));
  }

  clicked(event) {
    const target = event.target.closest("a, summary, button, input, label");
    if (target?.localName === "a") {
      event.preventDefault();
      if (/^https?:$/.test(target.protocol)) window.open(target.href, "_blank", "noopener");
      return;
    }
    const isSelecting = String(this.document.getSelection()) !== "";
    if (!target && !isSelecting && event.button === 0) this.onFlip();
  }

  look({ isNight, isPhone }) {
    this.document.documentElement.className = isPhone ? "mobile" : "";
    this.document.documentElement.classList.toggle("night-mode", isNight);
    this.document.body.classList.toggle("nightMode", isNight);
    this.document.body.classList.toggle("night_mode", isNight);
  }

  async show(card, isBack) {
    const turn = (this.shown += 1);
    const html = htmlOf(isBack ? card.back : card.front);
    const body = this.document.body;
    const isNight = body.classList.contains("nightMode");
    body.className = `card card${card.ord + 1}${isNight ? " nightMode night_mode" : ""}`;
    this.style([REVIEWER, data.styles[card.style]]);
    const root = this.document.getElementById("qa");
    root.innerHTML = withPictures(html);
    this.scroll(isBack);
    if (HAS_MATH.test(html)) {
      const style = await typeset(root);
      if (turn !== this.shown) return; // a different card was shown in the meantime
      this.style([REVIEWER, style, data.styles[card.style]]);
      this.scroll(isBack);
    }
    await sized(root);
    if (turn === this.shown) this.scroll(isBack);
  }

  clear() {
    this.shown += 1;
    this.document.getElementById("qa").replaceChildren();
  }

  style(texts) {
    this.document.head.querySelectorAll("style").forEach((style) => style.remove());
    for (const text of texts) {
      const style = this.document.createElement("style");
      style.textContent = text;
      this.document.head.append(style);
    }
  }

  // Anki scrolls the answer to the top, with the margin that its style sets.
  scroll(isBack) {
    const view = this.frame.contentWindow;
    const answer = isBack && this.document.getElementById("answer");
    if (!answer) {
      view.scrollTo(0, 0);
      return;
    }
    const margin = parseFloat(view.getComputedStyle(answer).scrollMarginTop) || 0;
    view.scrollTo(0, view.scrollY + answer.getBoundingClientRect().top - margin);
  }
}
