"""No page makes its cards do anything: looked at in the packages and in a browser."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from qt2anki.anki.cards import joined_html, render_card
from qt2anki.anki.note_content import field_values
from qt2anki.anki.package_reader import PublishedNote, PublishedPackage
from qt2anki.model import Kind, Note
from qt2anki.preview.make_preview import mathjax, preview_page
from qt2anki.preview.preview_cards import PreviewCard, preview_cards
from tests.browser.conftest import Open
from tests.hostile.conftest import Attack
from tests.hostile.promises import check_note
from tests.hostile.vectors import VECTORS

# A page of which a value holds a character that is no text is refused.
REFUSED = [v for v in VECTORS if re.search("[\x00-\x08\x0b-\x1f]", v)]
# Turning every card in the preview takes a minute; they all have been in the reviewer before.
STEP = 1 if os.environ.get("QT2ANKI_HOSTILE") == "all" else 4
ADDRESS = "http://card.test/"


def notes_of(packages: Iterable[PublishedPackage]) -> Iterator[PublishedNote]:
    return (note for package in packages for note in package.notes)


def test_there_are_enough_vectors() -> None:
    assert len(set(VECTORS)) == len(VECTORS) >= 150


def test_every_page_is_built_but_those_that_are_no_text(attack: Attack) -> None:
    pages = {note.page_id for note in notes_of(attack.packages)}

    assert len(pages) == len(VECTORS) - len(REFUSED)
    errors = [problem for problem in attack.report.problems if problem.severity == "error"]
    assert Counter(problem.code for problem in errors).keys() == {"QT107"}
    assert len({problem.source for problem in errors}) == len(REFUSED)


@pytest.mark.parametrize("where", ["attack", "subjects"])
def test_notes_hold_nothing_that_acts(where: str, request: pytest.FixtureRequest) -> None:
    found: Attack = request.getfixturevalue(where)
    notes = list(notes_of(found.packages))

    for note in notes:
        assert note.page_id is not None
        check_note(
            Note(
                guid=note.guid,
                page_id=note.page_id,
                key=note.key,
                kind=Kind.QA,
                note_type=note.note_type,
                fields=note.fields,
                tags=note.tags,
            )
        )
        assert note.ords in ((0,), (0, 1))
    assert len(notes) > 200


def test_a_subject_names_one_deck_and_one_file(subjects: Attack) -> None:
    written = [path for path in subjects.root.rglob("*") if path.suffix == ".apkg"]

    assert len(written) == len(subjects.packages) > 150
    for path in written:
        assert path.parent == subjects.root / "dist"
        assert re.fullmatch(r"[\w-]{1,120}\.apkg", path.name), path.name
    for package in subjects.packages:
        (name,) = package.deck_names
        assert name.count("::") == 1
        assert not re.search("[\x00-\x1f\u202a-\u202e]", name)
        assert not re.search(r"(?<!\\)[<`\[{]", package.description.partition("Source:")[0])


def sides(packages: Iterable[PublishedPackage]) -> list[str]:
    """Return both sides of every card; the whole answer, equal for a page, once of each page."""
    shown: dict[str, None] = {}
    details: set[str] = set()
    for package in packages:
        types = {note_type.kind: note_type for note_type in package.note_types}
        for note in package.notes:
            fields = field_values(note)
            if fields["Details"] in details:
                fields["Details"] = ""
            details.add(fields["Details"])
            short = replace(note, fields=tuple(fields.values()))
            for ord_ in note.ords:
                card = render_card(short, types[note.note_type], ord_, deck=package.deck_names[0])
                shown |= dict.fromkeys((joined_html(card.front), joined_html(card.back)))
    return list(shown)


HARMLESS = r"\(\sin\pi\)"
COUNT = "void ((window.hits = 0), (window.hit = window.alert = () => { window.hits += 1 }))"
LOOK = """
async (sides) => {
  const faults = [];
  const allowed = { A: ["href"], OL: ["start"], LI: ["value"], BDI: ["dir"], DIV: ["dir"],
    ARTICLE: ["lang"], HR: ["id"], SPAN: ["data-cloze", "data-ordinal"] };
  const tags = new Set(`A ARTICLE B BDI BLOCKQUOTE BR CODE DEL DETAILS DIV EM H3 H4 H5 H6 HR I KBD
    LI OL P PRE S SPAN STRONG SUB SUMMARY SUP TABLE TBODY TD TH THEAD TR U UL`.split(/\\s+/));
  const qa = document.getElementById("qa");
  for (const html of sides) {
    qa.innerHTML = html;
    for (const element of qa.querySelectorAll("*")) {
      if (!tags.has(element.tagName)) faults.push(`tag ${element.tagName}: ${html.slice(0, 300)}`);
      for (const { name, value } of element.attributes) {
        const isListed = name === "class" || (allowed[element.tagName] || []).includes(name);
        if (!isListed) faults.push(`attribute ${name}: ${html.slice(0, 300)}`);
        if (name === "href" && !/^(https?|mailto):$/.test(element.protocol)) faults.push(value);
      }
    }
    if (!qa.querySelector("article")) faults.push(`no card: ${html.slice(0, 300)}`);
    if (qa.parentElement !== document.body) faults.push("moved");
  }
  return faults;
}
"""
SET = """
async (formulas) => {
  const faults = [];
  const qa = document.getElementById("qa");
  for (const formula of formulas) {
    qa.innerHTML = formula;
    await MathJax.typesetPromise([qa]);
    for (const element of qa.querySelectorAll("*")) {
      const link = element.getAttribute("href") || element.getAttribute("xlink:href");
      if (link && !link.startsWith("#")) faults.push(`link ${link}: ${formula}`);
      if (/url/.test(element.getAttribute("style"))) faults.push(`style: ${formula}`);
      for (const { name } of element.attributes) {
        if (/^on/.test(name)) faults.push(`${name}: ${formula}`);
      }
      if (element.localName === "a") element.dispatchEvent(new MouseEvent("click"));
    }
  }
  return faults;
}
"""
CONFIGURE = r"""
window.MathJax = {
  tex: { displayMath: [["\\[", "\\]"]], processEscapes: false, processEnvironments: false,
    processRefs: false, packages: { "[+]": ["noerrors", "mathtools", "mhchem"] } },
  startup: { typeset: false },
};
"""


@pytest.fixture
def reviewer(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page that does what Anki's reviewer does, without any policy, and what it asked for."""
    asked: list[str] = []
    page = browser.new_page()

    def answer(route: Route) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(
                body="<!doctype html><body class=card><div id=qa></div>",
                content_type="text/html; charset=utf-8",
            )
        else:
            asked.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    page.goto(ADDRESS)
    page.evaluate(COUNT)
    yield page, asked
    page.close()


@pytest.mark.parametrize("where", ["attack", "subjects"])
def test_in_the_reviewer_no_script_runs_and_no_request_leaves(
    where: str, reviewer: tuple[Page, list[str]], request: pytest.FixtureRequest
) -> None:
    page, asked = reviewer
    found: Attack = request.getfixturevalue(where)
    every = sides(found.packages)
    formulas = sorted({f for side in every for f in re.findall(r"\\\(.*?\\\)|\\\[.*?\\\]", side)})
    page.evaluate(CONFIGURE)
    script = "s => { const e = document.createElement('script'); e.textContent = s;"
    page.evaluate(script + "document.head.append(e) }", mathjax().decode())

    faults = page.evaluate(LOOK, every)
    faults += page.evaluate(SET, [*formulas, HARMLESS])
    page.wait_for_timeout(200)

    assert faults == []
    assert asked == []
    assert page.evaluate("window.hits") == 0
    assert page.evaluate("document.querySelectorAll('#qa').length") == 1
    assert page.url == ADDRESS
    # A definition in one card would change the formulas of all that come after it.
    assert page.inner_text("#qa").startswith("sin") or "π" in page.inner_text("#qa")


def test_the_imitated_reviewer_notices(reviewer: tuple[Page, list[str]]) -> None:
    page, asked = reviewer

    faults = page.evaluate(LOOK, ["<article><img src=x onerror=hit()></article>"])
    page.wait_for_timeout(200)

    assert [fault.split(":")[0] for fault in faults] == [
        "tag IMG",
        "attribute src",
        "attribute onerror",
    ]
    assert asked == [ADDRESS + "x"]
    assert page.evaluate("window.hits") == 1


def one_of_each_page(packages: Iterable[PublishedPackage]) -> list[PreviewCard]:
    cards = preview_cards(packages, marks={})
    return list({card.page_id: card for card in reversed(cards) if card.kind == "qa"}.values())


TURN = """
async () => {
  const rest = () => new Promise((done) => setTimeout(done, 4));
  const next = document.getElementById("next");
  let turned = 0;
  for (;;) {
    document.getElementById("flip").click();
    await rest();
    turned += 1;
    if (next.disabled) return turned;
    next.click();
    await rest();
  }
}
"""


@pytest.mark.parametrize(("where", "step"), [("attack", STEP), ("subjects", 3 * STEP)])
def test_in_the_preview_no_script_runs_and_no_request_leaves(
    where: str, step: int, look: Open, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    found: Attack = request.getfixturevalue(where)
    cards = one_of_each_page(found.packages)[::step]
    titles = "".join(name for package in found.packages for name in package.deck_names)
    file = tmp_path / "preview.html"
    html = preview_page(cards, title=titles, link=lambda _: "'\"><script>hit()</script>")
    file.write_text(html, encoding="utf-8")
    viewer = look(file)
    viewer.page.evaluate(COUNT)

    turned = viewer.page.evaluate(TURN)

    assert turned == len(cards) > 20
    assert viewer.page.evaluate("window.hits") == 0
    assert viewer.faults == []
