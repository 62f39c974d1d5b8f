"""The cards of packages, rendered, and the pages that they were made from."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qt2anki.anki.cards import joined_html, render_card
from qt2anki.anki.cloze import hidden_parts, with_gaps
from qt2anki.anki.note_content import field_values, note_kind
from qt2anki.anki.note_types import NoteType
from qt2anki.anki.package_reader import PublishedNote, PublishedPackage
from qt2anki.anki.visible_text import visible_blocks, visible_text
from qt2anki.audit.findings import Finding
from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.notes.words import words
from qt2anki.release.previous_release import is_retired
from qt2anki.source.discover import Source, discover
from qt2anki.source.entry import with_published_roots
from qt2anki.source.pattern_files import PatternFile
from qt2anki.source.read_file import read_file

PATTERN_FILE = PatternFile(Path(__file__).with_name("data") / "patterns.toml")
PATTERNS = PATTERN_FILE.patterns()
_CODE = re.compile(r"<code\b[^<>]*>(.*?)</code>", re.DOTALL)
_MATH = re.compile(r"\\\((?:[^\\]|\\[^()\[\]])*+\\\)|\\\[(?:[^\\]|\\[^()\[\]])*+\\\]")


def code_parts(fragment: str) -> tuple[str, ...]:
    """Return the text of the code in some HTML."""
    return tuple(filter(None, map(visible_text, _CODE.findall(fragment))))


def prose(fragment: str) -> tuple[str, ...]:
    """Return the visible text of every block without its code."""
    return visible_blocks(_CODE.sub(" ", fragment))


def without_math(text: str) -> str:
    r"""Remove ``\(..\)`` and ``\[..\]`` from a text."""
    return _MATH.sub(" ", text)


def math_parts(text: str) -> tuple[str, ...]:
    """Return the formulas in a text, with their delimiters."""
    return tuple(_MATH.findall(text))


def word_run(text: str) -> str:
    """Return the words of *text* between single spaces, to search for one phrase in another."""
    return f" {' '.join(words(text))} "


def without_phrases(text: str) -> str:
    """Return *text* with each of our fixed phrases replaced by a newline."""
    return PATTERNS["phrases"].sub("\n", text)


GAP = PATTERN_FILE.table["parts"]["gap"]
_SHAPE = re.compile(r'<span class="qt-shape">[^<>]*</span>')
# Kinds whose question is a clue to the answer; for all others, the question counts as given.
_CLUE_KINDS = frozenset(("term", "define"))
SEQUENCE_KINDS = frozenset(("next", "explain", "name"))


@dataclass(frozen=True, slots=True)
class Card:
    """One card of a package as a student sees it. Texts are plain unless they are named HTML."""

    guid: str
    key: str  # the field Key, with the page's id
    page_id: PageId | None
    kind: str
    package: str  # the deck's last name, "Nursing"
    place: int  # in the order of new cards, from 1
    ord: int
    is_cloze: bool
    note: PublishedNote
    values: Mapping[str, str]
    front_html: str
    back_html: str
    front: str
    seen: str  # the front without our fixed phrases
    asks: str  # the question, or the text with GAP in place of each deletion
    known: str  # what the card shows regardless of the answer
    answers: tuple[str, ...]  # the texts to recall; each deletion is one answer
    answer_html: str

    @property
    def is_short(self) -> bool:
        """Whether the card asks for a name or a term, which no word of the front may give away."""
        return self.is_cloze or (self.kind in _CLUE_KINDS and self.ord == 0)

    @property
    def is_retired(self) -> bool:
        """Whether the note is retired."""
        return is_retired(self.note)

    def finding(self, metric: int, text: str, words: Iterable[str] = ()) -> Finding:
        """Return a finding about this card."""
        told = tuple(sorted(words))
        return Finding(metric, self.guid, self.key, self.page_id, self.kind, text, told)


def rendered_cards(package: PublishedPackage) -> Iterator[Card]:
    """Render every card of *package*, in the order of new cards."""
    types = {one.kind: one for one in package.note_types}
    for place, note in enumerate(package.notes, start=1):
        for ord_ in note.ords:
            yield _card(note, types[note.note_type], package, place, ord_)


def deck_part(package: PublishedPackage) -> str:
    """Return the last part of the package's deck name, or the name of its file."""
    return package.deck.rpartition("::")[2] or package.path.stem


def without_shape(fragment: str) -> str:
    """Remove the hint about the answer's form, ``(6 steps, in order)``."""
    return _SHAPE.sub("", fragment)


def _card(
    note: PublishedNote,
    note_type: NoteType,
    package: PublishedPackage,
    place: int,
    ord_: int,
) -> Card:
    values = field_values(note)
    is_cloze = note.note_type == "cloze"
    sides = render_card(note, note_type, ord_, deck=note.deck)
    front_html = joined_html(sides.front)
    front = visible_text(front_html)
    kind = note_kind(note).value
    known = [visible_text(values["Context"])]
    if is_cloze:
        hidden = hidden_parts(values["Text"], ord_ + 1)
        asks = visible_text(with_gaps(values["Text"], ord_ + 1, GAP))
        answers, answer_html = tuple(map(visible_text, hidden)), " ".join(hidden)
        known.append(visible_text(values["Title"]))
    else:
        question, answer = ("Reverse", "ReverseAnswer") if ord_ else ("Question", "Answer")
        asks = visible_text(without_shape(values[question]))
        answers, answer_html = (visible_text(values[answer]),), values[answer]
        if ord_ or kind not in _CLUE_KINDS:
            known.append(asks)
    return Card(
        guid=note.guid,
        key=values["Key"],
        page_id=note.page_id,
        kind=kind,
        package=deck_part(package),
        place=place,
        ord=ord_,
        is_cloze=is_cloze,
        note=note,
        values=values,
        front_html=front_html,
        back_html=joined_html(sides.back),
        front=front,
        seen=without_phrases(front),
        asks=asks,
        known=" ".join(known),
        answers=answers,
        answer_html=answer_html,
    )


_AS_THE_SITE = PageFormat()
RUN = 4  # words in a row that must be in the page

_FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?(?:^ *\1|\Z)", re.MULTILINE | re.DOTALL)
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One page: its text for comparison, and the titles in it."""

    page: Page
    grams: frozenset[tuple[str, ...]]  # all runs of RUN words
    text_run: str  # of the answer, as text.word_run
    titles: tuple[str, ...]  # of numbered items, in order


def read_sources(
    paths: Sequence[str],
    page_format: PageFormat = _AS_THE_SITE,
    packages: Iterable[PublishedPackage] = (),
) -> tuple[dict[PageId, SourcePage], tuple[Problem, ...]]:
    """Read the pages under *paths* by id, and report problems with reading them."""
    found = discover(paths)
    published = {note.page_id for package in packages for note in package.notes}
    sources = with_published_roots(found.sources, published)
    pages, problems = read_source_files(sources, page_format)
    return pages, (*found.problems, *problems)


def read_source_files(
    files: Iterable[Source], page_format: PageFormat = _AS_THE_SITE
) -> tuple[dict[PageId, SourcePage], tuple[Problem, ...]]:
    """Read the pages in *files* by id, and report problems with reading them."""
    problems: list[Problem] = []
    pages: dict[PageId, list[Page]] = {}
    for source in files:
        for reading in read_file(source, page_format):
            problems += reading.problems
            if reading.page is not None:
                pages.setdefault(reading.page.page_id, []).append(reading.page)
    return {page_id: _source_page(same) for page_id, same in pages.items()}, tuple(problems)


def _source_page(same: Sequence[Page]) -> SourcePage:
    """Join the files with the same id, which differ only in subject."""
    first = same[0]
    subjects = " \n".join(page.subjects[0] for page in same)
    text = html.unescape(f"{first.question}\n{first.answer}\n{subjects}")
    bare = PATTERNS["bare_tag"].sub("", _LINK_TARGET.sub("]", text)).replace("*", "")
    grams = frozenset(gram for form in {text, bare} for gram in grams_of(words(form)))
    return SourcePage(first, grams, word_run(bare), titles_in(first.answer))


def grams_of(found: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Return every run of RUN words."""
    return zip(*(found[shift:] for shift in range(RUN)), strict=False)


def titles_in(answer: str) -> tuple[str, ...]:
    """Return the titles of the numbered items of a decoded answer, without markup."""
    text = _FENCE.sub("", answer)
    titles = (found["bold"] or found["heading"] for found in PATTERNS["item"].finditer(text))
    return tuple(title.strip("*: \t") for title in titles)


Sources = Mapping[PageId, SourcePage]
