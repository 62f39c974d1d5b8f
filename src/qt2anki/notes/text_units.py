"""Split a page into the units that are searched for facts: points of lists, and paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from qt2anki.html.fragment import plain_text
from qt2anki.model import Block, Heading, Item, Listing, Outline, Paragraph
from qt2anki.notes.identity import slug, unit_slugs
from qt2anki.notes.words import words
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence as Steps

_DEEPEST = 4  # levels of points: no page explains a term below these
_PRONOUNS = ("It ", "They ")


class UnitSentence(NamedTuple):
    """One sentence of a unit, with data that several kinds of cards need."""

    markdown: str
    plain: str  # as a reader sees it
    words: frozenset[str]  # in lower case
    opens: bool  # it says more about the title of the unit


@dataclass(frozen=True, eq=False)
class Unit:
    """One point of a list, or one paragraph; all texts are Markdown."""

    title: str  # "" for a paragraph
    section: str  # the title of the point above it, or else the heading above it
    texts: tuple[str, ...]  # its paragraphs, and the bullets below it that have no title
    lead: str  # the text that introduces its list, in which its singular is searched
    is_step: bool
    name: str  # its name within the page, for keys

    @cached_property
    def sentences(self) -> tuple[tuple[UnitSentence, ...], ...]:
        """The sentences of each text."""
        return tuple(tuple(self._sentences_of(text)) for text in self.texts)

    def _sentences_of(self, text: str) -> Iterator[UnitSentence]:
        for at, sentence in enumerate(sentences(text)):
            opens = bool(self.title) and (at == 0 or sentence.startswith(_PRONOUNS))
            plain = plain_text(sentence)
            yield UnitSentence(sentence, plain, frozenset(words(plain)), opens)

    @property
    def angle(self) -> str:
        """The unit whose limit applies to cards of sentences, so they displace no step cards."""
        if not self.title:
            return ""
        return f"{self.name}/fact" if self.is_step else self.name


# Title, section, texts, lead and is_step: the name of a unit depends on the titles of all others.
_Unnamed = tuple[str, str, tuple[str, ...], str, bool]


def read_units(outline: Outline, sequences: Sequence[Steps]) -> tuple[Unit, ...]:
    """Return all units of a page in reading order, except for the summary and quotations."""
    steps = {id(item) for sequence in sequences for item in sequence.steps}
    found = list(_units(outline.blocks, "", steps))
    names = iter(unit_slugs([(section, title) for title, section, *_ in found if title]))
    return tuple(
        Unit(*unit, next(names) if unit[0] else slug(unit[1]) if unit[1] else "p") for unit in found
    )


def _units(blocks: Sequence[Block], section: str, steps: set[int]) -> Iterator[_Unnamed]:
    for block in blocks:
        match block:
            case Heading(text=text):
                section = text
            case Paragraph(text=text):
                yield "", section, (text,), "", False
            case Listing():
                yield from _points(block, section, steps, 0)
            case _:
                pass


def _points(listing: Listing, section: str, steps: set[int], depth: int) -> Iterator[_Unnamed]:
    lead = f"{listing.lead} {section}"
    for item in listing.items:
        yield item.title, section, tuple(_own(item)), lead, id(item) in steps
        if depth == _DEEPEST:
            continue
        for block in item.blocks:
            if isinstance(block, Listing) and _is_titled(block):
                yield from _points(block, item.title or section, steps, depth + 1)


def _own(item: Item) -> Iterator[str]:
    """Yield the texts of *item* itself, except for text that introduces a nested list."""
    if item.text:
        yield item.text
    for block in item.blocks:
        match block:
            case Paragraph(text=text):
                yield text
            case Listing(items=items) if not _is_titled(block):
                yield from (point.text for point in items if point.text)
            case _:
                pass


def _is_titled(listing: Listing) -> bool:
    return any(item.title for item in listing.items)
