"""Render the cards of packages in the order in which students see them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from qt2anki.anki.cards import CardSides, render_card
from qt2anki.anki.package_reader import PublishedNote, PublishedNoteType, PublishedPackage
from qt2anki.audit import AuditReport
from qt2anki.errors import PackageError
from qt2anki.model import PageId

ACTIONS: Final = MappingProxyType(
    {
        1: "Reword the page so that the question does not contain the answer.",
        2: "Reword the answer so that it says more than the question.",
        10: "Reword one of the two questions.",
        11: "Reword one of the two questions.",
        16: "Name what the text refers to.",
        18: "Correct the markup in the page.",
    }
)
"""Number of a metric -> what an author can do about its findings; others are not marked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding about a note: the name of its metric, and what is wrong and what to do."""

    metric: str
    text: str
    is_hard: bool  # whether to fix it before the deck is published


def marks_of(report: AuditReport) -> dict[str, tuple[Mark, ...]]:
    """Return the fixable findings by the GUID of their note, those of hard metrics first."""
    marks: dict[str, list[Mark]] = defaultdict(list)
    for metric in sorted(report.metrics, key=lambda metric: (not metric.is_hard, metric.number)):
        action = ACTIONS.get(metric.number)
        for finding in metric.findings if action else ():
            if finding.guid:
                words = f" ({', '.join(finding.words)})" if finding.words else ""
                text = f"{finding.text}{words}. {action}"
                marks[finding.guid].append(Mark(metric.name, text, metric.is_hard))
    return {guid: tuple(found) for guid, found in marks.items()}


_KIND_TAG = re.compile(r".*::kind::(?P<value>.+)")
_TIER_TAG = re.compile(r".*::tier::(?P<value>.+)")


@dataclass(frozen=True, slots=True)
class PreviewCard:
    """One card with everything that a preview shows about it."""

    guid: str
    key: str  # the field Key, "170604/step/fusion/next"
    ord: int  # from 0
    page_id: PageId | None
    kind: str  # "step::next", as the tag has it; the first part of the key when there is none
    tier: str  # "" when no tag tells it
    tags: tuple[str, ...]
    decks: tuple[str, ...]  # last names of its decks; several for a page in several subjects
    css: str
    sides: CardSides
    marks: tuple[Mark, ...] = ()


def preview_cards(
    packages: Iterable[PublishedPackage], *, marks: Mapping[str, tuple[Mark, ...]]
) -> tuple[PreviewCard, ...]:
    """Render all cards of *packages*; *marks* are findings by GUID. See cards_of, each_once."""
    return each_once(card for package in packages for card in cards_of(package, marks))


def each_once(cards: Iterable[PreviewCard]) -> tuple[PreviewCard, ...]:
    """Merge equal cards of several packages into one with all its decks."""
    found: dict[tuple[str, int], PreviewCard] = {}
    for card in cards:
        name = card.guid, card.ord
        first = found.setdefault(name, card)
        if card.decks[0] not in first.decks:
            found[name] = replace(first, decks=(*first.decks, *card.decks))
    return tuple(found.values())


def cards_of(
    package: PublishedPackage, marks: Mapping[str, tuple[Mark, ...]]
) -> Iterator[PreviewCard]:
    """Render the cards of a package in their order.

    Raises PackageError, naming the file, when its templates cannot be used.
    """
    note_types = {note_type.kind: note_type for note_type in package.note_types}
    deck = package.deck_names[0] if package.deck_names else ""
    try:
        for note in package.notes:
            for ord_ in note.ords:
                yield _card(note, note_types[note.note_type], ord_, deck, marks)
    except PackageError as error:
        hint = "build it again with templates that fit their fields"
        raise PackageError(error.text, hint=hint, source=package.path.as_posix()) from error


def _card(
    note: PublishedNote,
    note_type: PublishedNoteType,
    ord_: int,
    deck: str,
    marks: Mapping[str, tuple[Mark, ...]],
) -> PreviewCard:
    return PreviewCard(
        guid=note.guid,
        key=note.fields[note_type.fields.index("Key")],
        ord=ord_,
        page_id=note.page_id,
        kind=_value_of(_KIND_TAG, note.tags) or note.key.partition("/")[0],
        tier=_value_of(_TIER_TAG, note.tags),
        tags=note.tags,
        decks=(deck.rpartition("::")[2],),
        css=note_type.css,
        sides=render_card(note, note_type, ord_, deck=deck),
        marks=marks.get(note.guid, ()),
    )


def _value_of(pattern: re.Pattern[str], tags: Sequence[str]) -> str:
    found = next(filter(None, map(pattern.fullmatch, tags)), None)
    return found["value"] if found else ""
