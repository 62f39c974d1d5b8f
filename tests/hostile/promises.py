"""Promises for every page, whatever its content; the tests and the fuzz target check them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

from qt2anki.anki.note_types import NoteTypes, load_note_types
from qt2anki.checks.check_pages import problems_of
from qt2anki.checks.page_view import Reading
from qt2anki.config import Settings
from qt2anki.html.sanitize import INLINE_TAGS, LINK_SCHEMES
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Deck, Note, Page
from qt2anki.notes.deck_plan import plan_deck
from qt2anki.notes.make_notes import make_notes
from qt2anki.source.discover import Source, decode_bytes
from tests.anki_formats.decks import pack
from tests.html.html_check import BLOCK_TAGS, CODE_TAGS
from tests.reading import read_one

NAME = "hostile.md"
TAGS = frozenset(INLINE_TAGS) | frozenset(CODE_TAGS) | frozenset(BLOCK_TAGS)
NUMBERED = {"ol": "start", "li": "value"}
_VOID = frozenset({"br"})
_CLASS = re.compile(r"language-[a-z0-9+#._-]+|[a-z][a-z0-9-]*")
_NOT_SHOWN = frozenset({"Key", "Order"})
_DELETION = re.compile(r"\{\{c1::(.*?)\}\}", re.DOTALL)
_MATH = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
_ACTIVE_TEX = re.compile(
    r"(?<!\\)(?:\\\\)*\\(?:href|style|class|cssId|data|bbox|mmlToken|unicode|url|require|fcolorbox"
    r"|def|let|newcommand|renewcommand|newenvironment|DeclareMathOperator)(?![A-Za-z])"
)
_DIRECTIVE = re.compile(r"\[/?(?:sound:|anki:|latex\]|\$+\]|\[type:)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def check_page(data: bytes) -> int:
    """Read a page's file, check it and make its notes; return how many there are.

    Fails unless all of it can be done, and every note keeps to what notes may hold.
    """
    read = decode_bytes(data, NAME)
    if read.text is None:
        assert any(problem.severity == "error" for problem in read.problems)
        return 0
    keys = read_one(read.text, NAME)
    if keys.front is not None:
        for problem in problems_of(Reading(Source(NAME, None), read.text, keys.front, keys.page)):
            assert 1 <= (problem.line or 1) <= read.text.count("\n") + 1
    if keys.page is None:
        assert any(problem.severity == "error" for problem in keys.problems)
        return 0
    return len(check_notes(keys.page).notes)


def check_notes(page: Page) -> Deck:
    """Make the deck of one page and look at it; packing it fails where Anki would."""
    deck = plan_deck(
        page.subjects[0], [make_notes(page, Settings(card_threshold=0))], Settings(card_threshold=0)
    )
    assert deck.name.count("::") == 1
    if deck.notes:
        pack(deck, _note_types(), stamp=1_795_000_000)
    for note in deck.notes:
        check_note(note)
    return deck


@cache
def _note_types() -> NoteTypes:
    return load_note_types()


def check_note(note: Note) -> None:
    """Fail if a note's fields or tags contain anything active."""
    names = QA_FIELDS if note.note_type == "qa" else CLOZE_FIELDS
    for name, value in zip(names, note.fields, strict=True):
        assert not _CONTROL.search(value), (name, value)
        assert not _DIRECTIVE.search(value), (name, value)
        if name in _NOT_SHOWN:
            assert re.fullmatch(r"[\w./~-]*", value), (name, value)
        elif name == "Text":
            for part in _text_parts(value):
                check_html(part)
        else:
            check_html(value)
    for tag in note.tags:
        assert re.fullmatch(r"[\w&+.-]+(::[\w&+.-]+)*", tag), tag


def _text_parts(text: str) -> Iterator[str]:
    """Yield the text of a cloze note without its marks, and what each deletion hides."""
    for hidden in _DELETION.findall(text):
        answer, _, hint = hidden.partition("::")
        yield answer
        yield hint
    yield _DELETION.sub(lambda found: found[1].partition("::")[0], text)


def check_html(fragment: str) -> str:
    """Fail unless *fragment* is balanced, keeps to the lists and is harmless to Anki and MathJax.

    Returns its text.
    """
    reader = _Reader()
    reader.feed(fragment)
    reader.close()
    assert not reader.open, fragment
    for forbidden in ("{{", "}}", "::"):
        assert forbidden not in fragment, fragment
    for formula in _MATH.finditer(fragment):
        tex = html.unescape(formula[0])
        assert not _ACTIVE_TEX.search(tex), tex
        assert "<" not in formula[0], formula[0]
    assert not re.search(r"\\[()\[\]]", _MATH.sub("", fragment)), fragment
    return "".join(reader.text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            _check_attribute(tag, name, value or "")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def _check_attribute(tag: str, name: str, value: str) -> None:
    if tag == "a" and name == "href":
        assert value.split(":", 1)[0].lower() in LINK_SCHEMES, value
    elif name == "class":
        assert all(map(_CLASS.fullmatch, value.split())), value
    else:
        assert name == NUMBERED.get(tag), (tag, name)
        assert value.isdecimal(), value
