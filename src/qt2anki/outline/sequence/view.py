"""A view of a list for the cues, and the words that distinguish a process from a plain list.

A view is lower case, without markup, and limited to what the cues need; words and patterns are in
``vocabulary.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qt2anki.model import Item, Listing, Paragraph
from qt2anki.source.pattern_files import PatternFile

# Cues only read the beginnings of texts. The limits also bound the time that hostile pages take.
_START_LENGTH = 160
_AROUND_LENGTH = 400
_MOST_ITEMS = 40

_VOCABULARY = PatternFile(Path(__file__).with_name("vocabulary.toml"))
PATTERNS = _VOCABULARY.patterns()
ADVICE_VERBS = _VOCABULARY.words("advice")
ORDERS = [tuple(line.split()) for line in _VOCABULARY.table["words"]["orders"].strip().splitlines()]
_VERBS = _VOCABULARY.words("commands")
_EVENTS = _VOCABULARY.words("events")
_AFTER_EVENT = frozenset("of to into in by with from through across and at on".split())


@dataclass(frozen=True, slots=True)
class View:
    """The input of the cues. *starts* are the beginnings of the explanations."""

    question: str
    lead: str
    section: str
    titles: tuple[str, ...]  # without "Step 1:"
    labelled: int  # how many titles had such a label
    starts: tuple[str, ...]  # as many as titles, "" if nothing is explained


def view_of(listing: Listing, *, question: str, lead: str) -> View:
    """Return the view of *listing* on a page with *question*.

    *lead* replaces the list's own lead if it has neither lead nor section. The first words of an
    item without a title are used instead.
    """
    items = listing.items[:_MOST_ITEMS]
    own = listing.lead or ("" if listing.section else lead)
    titles = [plain(item.title or item.text) for item in items]
    return View(
        question=plain(question, _AROUND_LENGTH),
        lead=plain(own[-_AROUND_LENGTH:], _AROUND_LENGTH),
        section=plain(listing.section, _AROUND_LENGTH),
        titles=tuple(_unlabelled(title) for title in titles),
        labelled=sum(is_labelled(title) for title in titles),
        starts=tuple(start_of(item) for item in items),
    )


def _unlabelled(title: str) -> str:
    label = PATTERNS["label"].match(title)
    return title[label.end() :] or title if label else title


@lru_cache(maxsize=256)
def plain(text: str, most: int = _START_LENGTH) -> str:
    """Return the first *most* characters of *text* in lower case and without emphasis."""
    start = text[:most].replace("*", "").replace("_", "").replace("`", "")
    return " ".join(start.lower().split())


def is_labelled(title: str) -> bool:
    """Whether *title* contains its own number: "Step 1: ...", "Second Stage"."""
    return PATTERNS["label"].match(plain(title)) is not None


def start_of(item: Item) -> str:
    """Return the beginning of the text of *item* under its title."""
    if item.text or not item.title:
        return plain(item.text)
    for block in item.blocks:
        match block:
            case Paragraph(text=text):
                return plain(text)
            case Listing(items=(Item(title=title, text=text), *_)):
                return plain(text or title)
            case _:
                pass
    return ""


def names_event(title: str) -> bool:
    """Whether *title* names something that happens: "Fusion of ...", "Ion Channel Opening"."""
    words = title.partition(" (")[0].split()
    if not words:
        return False
    if words[0] in _EVENTS:
        return len(words) == 1 or words[1] in _AFTER_EVENT
    return len(words) <= 4 and words[-1] in _EVENTS


def is_command(title: str) -> bool:
    """Whether *title* is an instruction: "Draw the line", not "Release of ..." or "Storage"."""
    first, _, rest = title.partition(" ")
    first = first.lower()  # before a comma, it begins a series of nouns: "Research, Analysis"
    return first in _VERBS and bool(rest) and not rest.startswith(("of ", "and "))
