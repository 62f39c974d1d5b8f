"""The values passed between the stages: pages, outlines, notes, decks.

Everything here is frozen. Text is Markdown unless a name says otherwise;
a newline in it is a real newline.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeVar, overload

K = TypeVar("K")
T = TypeVar("T")

PageId = int | str
"""A whole number, or a name such as ``bio-017`` or ``biology.cells``; see :func:`page_id_of`."""

_NUMBER_ID = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_NAME_ID = re.compile(r"[\w.~#@+=-]{1,200}")


def page_id_of(text: str) -> PageId | None:
    """Return the id that is written as *text*; None if it is neither a number nor a name.

    The keys of notes that belong to no page begin with "abbr".
    """
    if _NUMBER_ID.fullmatch(text):
        return int(text)
    return text if _NAME_ID.fullmatch(text) and text != "abbr" else None


def page_order(page_id: PageId) -> tuple[bool, int, str]:
    """Return the sort key of an id: numbers come first, by value, and then names."""
    return (False, page_id, "") if isinstance(page_id, int) else (True, 0, page_id)


@dataclass(frozen=True, slots=True)
class Page:
    """One question page, checked and decoded, but not yet read as an outline.

    A page is in one subject folder, so *subjects* has one name when it is read; pages that share an
    id are joined later, and the joined page has all subjects, sorted.
    """

    source: str  # the file as the user named it, "/" between folders; "<stdin>" for "-"
    page_id: PageId
    question: str
    answer: str
    subjects: tuple[str, ...]
    url: str
    date: datetime.date | None
    keywords: tuple[str, ...]
    score: float | None
    related: tuple[PageId, ...] = ()  # ids of the pages it recommends, in the page's order
    language: str = ""  # its tag, such as "pt-BR"; "" if the page does not declare one
    topic: str = ""  # declared by the page itself


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a section; *level* 7 is a bold line used as one."""

    level: int
    text: str
    number: str = ""  # "2." of "### 2. Title", as written


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text without a blank line in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """Display math on its own: the TeX without its delimiters."""

    tex: str
    lead: str  # the sentence that introduces it, or ""


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced block, dedented, without its fences."""

    text: str
    language: str  # the first word of the info string, lower case, or ""
    lead: str
    section: str


@dataclass(frozen=True, slots=True)
class Table:
    """A pipe table; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[Literal["", "left", "right", "center"], ...]
    lead: str
    section: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list; a step if the list is a process.

    ``1. **Title**: first paragraph``, followed by all other blocks of the point.
    """

    marker: str  # "1." or "-" as written; the number of a numbered heading
    title: str  # without markup at both ends, "" if the item has no title
    joint: str  # the separator of title and text: ":", "-", ...; to restore the original
    text: str  # the first paragraph, "" if other blocks directly follow the title
    blocks: tuple[Block, ...]  # the rest: further paragraphs, nested lists, formulas, code


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with its context: its lead sentence and the heading above it."""

    style: Literal["numbered", "bullets", "headings"]
    items: tuple[Item, ...]
    lead: str  # last sentence before the list, or ""
    section: str  # text of the nearest heading above, or ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The closing paragraph."""

    text: str  # as a separate sentence: without "In summary, ", and with a capital letter
    written: str  # as on the page


Block = Heading | Paragraph | Formula | Code | Table | Quote | Listing | Summary


@dataclass(frozen=True, slots=True)
class Outline:
    """A parsed answer: all its blocks in reading order, and the views that cards are made from.

    *lead*, *lists* and *summary* point at values that are in *blocks* too; *blocks* alone has the
    whole answer. *lists* has only the top-level lists; lists under an item are in the item.
    """

    blocks: tuple[Block, ...]
    lead: tuple[Paragraph, ...]
    lists: tuple[Listing, ...]
    summary: Summary | None


class Kind(StrEnum):
    """The kinds of notes (docs/cards.md)."""

    QA = "qa"
    NEXT = "next"
    EXPLAIN = "explain"
    NAME = "name"
    TERM = "term"  # its reverse, if filled in, asks for the definition
    CLOZE = "cloze"
    NUMBER = "number"
    ABBR = "abbr"
    COMPARE = "compare"
    FORMULA = "formula"
    VARIABLE = "variable"
    TABLE = "table"
    POINT = "point"
    ALIAS = "alias"
    GLOSS = "gloss"  # what a term means
    DOES = "does"
    MEMBER = "member"  # what something consists of
    OWN = "own"  # written by a person, in a correction


# Names and order are frozen: Anki treats a note whose type has other fields as conflicting and
# never updates it again (anki/rslib, import_export/package/apkg/import/notes.rs).
QA_FIELDS = (
    "Key",
    "Question",
    "Answer",
    "Reverse",
    "ReverseAnswer",
    "Extra",
    "Details",
    "Context",
    "Source",
    "Order",
    "Spare1",
    "Spare2",
)
CLOZE_FIELDS = (
    "Key",
    "Text",
    "Title",
    "Extra",
    "Details",
    "Context",
    "Source",
    "Order",
    "Spare1",
    "Spare2",
)


@dataclass(frozen=True, slots=True)
class Note:
    """One note as Anki stores it; *fields* are HTML in the order of its note type."""

    guid: str
    page_id: PageId
    key: str  # the name of the fact within its page: "qa", "step/<title>/next"
    kind: Kind
    note_type: Literal["qa", "cloze"]
    fields: tuple[str, ...]
    tags: tuple[str, ...]  # sorted
    mod: int = 0  # seconds since 1970: the build that first published this content; 0 = not yet
    natural_key: str = ""  # its key on the page now; *key* is the one it was published under
    text: str = ""  # plain text of the page about its fact, if a reworded card may not show it
    is_kept: bool = False  # only for students who have it: a new page would not get it
    generated: tuple[tuple[str, str], ...] = ()  # fields that a correction has replaced, as made


class LazySequence(Sequence[T]):
    """Values that are looked up by their keys when needed, and not stored."""

    def __init__(self, find: Callable[[K], T], keys: Sequence[K]) -> None:
        self._find = find
        self._keys = keys

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> LazySequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | LazySequence[T]:
        """Find a value, or return a part of them."""
        if isinstance(at, slice):
            return LazySequence(self._find, self._keys[at])
        return self._find(self._keys[at])

    def __len__(self) -> int:
        return len(self._keys)


OTHER_TOPICS = "Other topics"
"""The subdeck of pages without a topic, in a deck that has topics."""


@dataclass(frozen=True, slots=True)
class Subdeck:
    """The part of a deck that is one topic."""

    topic: str
    size: int  # notes
    description: str  # Markdown


@dataclass(frozen=True, slots=True)
class Deck:
    """One subject's notes, in the order in which new cards are shown."""

    subject: str
    name: str  # "QuickTakes::Nursing"
    description: str  # Markdown; Anki shows it on the deck's page
    notes: Sequence[Note]
    language: str = "en"  # of its description
    topics: tuple[Subdeck, ...] = ()  # in the order of their notes; each note is in one topic

    def with_subdecks(self) -> tuple[Deck, ...]:
        """Return the deck with a subdeck for each topic; without topics, the deck alone."""
        if not self.topics:
            return (self,)
        decks = [replace(self, notes=(), topics=())]
        start = 0
        for part in self.topics:
            notes = self.notes[start : start + part.size]
            name = f"{self.name}::{part.topic}"
            decks.append(Deck(self.subject, name, part.description, notes, self.language))
            start += part.size
        return tuple(decks)
