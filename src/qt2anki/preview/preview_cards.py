"""Render the cards of packages in the order in which students see them, and write them as JSON.

The JSON has each string once: cards of one page share their full answer, and all cards share the
text of their templates, so the JSON is much smaller than all cards written in full.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qt2anki.anki.cards import CardSides, Part, render_card
from qt2anki.anki.media import files_in, shown_in
from qt2anki.anki.note_content import field
from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.audit.findings import AuditReport
from qt2anki.errors import PackageError
from qt2anki.model import PageId

ACTIONS: Final = {
    1: "Reword the page so that the question does not contain the answer.",
    2: "Reword the answer so that it says more than the question.",
    10: "Reword one of the two questions.",
    11: "Reword one of the two questions.",
    16: "Name what the text refers to.",
    18: "Correct the markup in the page.",
}
"""Number of a metric -> what an author can do about its findings; others are not marked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding about a note: the name of its metric, and what is wrong and what to do."""

    metric: str
    text: str
    is_hard: bool  # whether it should be fixed before the deck is published


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


@dataclass(frozen=True, slots=True)
class PreviewCard:
    """One card with everything that a preview shows about it."""

    guid: str
    key: str  # the field Key, "170604/step/fusion/next"
    ord: int  # from 0
    page_id: PageId | None
    kind: str  # "step::next", as the tag has it; the first part of the key when there is none
    tier: str  # "" if no tag has it
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
    """Render the cards of a package in their order."""
    note_types = {note_type.kind: note_type for note_type in package.note_types}
    deck = package.deck.rpartition("::")[2]
    try:
        for note in package.notes:
            note_type = note_types[note.note_type]
            named = dict(re.findall(r"::(kind|tier)::(\S+)", " ".join(note.tags)))
            for ord_ in note.ords:
                yield PreviewCard(
                    guid=note.guid,
                    key=field(note, "Key"),
                    ord=ord_,
                    page_id=note.page_id,
                    kind=named.get("kind") or note.key.partition("/")[0],
                    tier=named.get("tier", ""),
                    tags=note.tags,
                    decks=(deck,),
                    css=note_type.css,
                    sides=render_card(note, note_type, ord_, deck=note.deck),
                    marks=marks.get(note.guid, ()),
                )
    except PackageError as error:
        hint = "build the package again with templates that match the fields of its notes"
        raise PackageError(error.text, hint=hint, source=package.path.as_posix()) from error


MOST_BYTES: Final = 1_000_000
"""Of one picture; a larger one is text in a preview."""
MOST_TOGETHER: Final = 20_000_000
"""Bytes of all pictures of a preview; those that come later are text."""
NONE: Final[Mapping[str, bytes]] = MappingProxyType({})
_KINDS: Final = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}


def names_of(package: PublishedPackage) -> tuple[str, ...]:
    """Return the names of the pictures in the notes of *package*, without duplicates."""
    texts = (text for note in package.notes for text in note.fields)
    names = dict.fromkeys(name for text in texts for name in shown_in(text))
    return tuple(name for name in names if _ending_of(name) in _KINDS)


def read_pictures(wanted: Mapping[Path, Iterable[str]]) -> dict[str, bytes]:
    """Read pictures by name from the packages whose notes show them.

    Large and missing pictures are left out.
    """
    found: dict[str, bytes] = {}
    room = MOST_TOGETHER
    each = (files_in(path, names, most_bytes=MOST_BYTES) for path, names in wanted.items())
    for name, data in chain.from_iterable(each):
        if name not in found:
            room -= len(data)
            if room < 0:
                break
            found[name] = data
    return found


def data_url(name: str, data: bytes) -> str:
    """Return a picture as a data URL (RFC 2397).

    Browsers run no scripts in pictures and load nothing for them, not even for SVG.
    """
    return f"data:{_KINDS[_ending_of(name)]};base64,{base64.b64encode(data).decode('ascii')}"


def _ending_of(name: str) -> str:
    return name.rpartition(".")[2]


Link = Callable[[PageId | None], str | None]
"""Gives the address of the source file of a page's id, None when there is none."""


def payload(cards: Sequence[PreviewCard], link: Link, pictures: Mapping[str, bytes] = NONE) -> str:
    """Write *cards* as JSON, with their *pictures* by name.

    ``strings`` holds the text of templates first; strings from number ``fixed`` are texts of notes.
    All values that cards share are in tables, and the cards have their numbers.
    """
    found = {(mark.metric, mark.is_hard) for card in cards for mark in card.marks}
    metrics = sorted(found, key=lambda metric: (not metric[1], metric[0]))
    names = ("styles", "decks", "kinds", "tiers", "tags", "sources")
    tables: dict[str, dict[str, int]] = {name: {} for name in names}
    fixed: dict[str, int] = {}
    free: dict[str, int] = {}
    for part in chain.from_iterable((*card.sides.front, *card.sides.back) for card in cards):
        _number(free if part.is_content else fixed, part.html)

    def side(parts: Iterable[Part]) -> list[int]:
        texts = [part for part in parts if part.html]
        return [len(fixed) + free[p.html] if p.is_content else fixed[p.html] for p in texts]

    written = [
        {
            "key": card.key,
            "ord": card.ord,
            "decks": [_number(tables["decks"], deck) for deck in card.decks],
            "kind": _number(tables["kinds"], card.kind),
            "tier": _number(tables["tiers"], card.tier),
            "tags": [_number(tables["tags"], tag) for tag in card.tags],
            "style": _number(tables["styles"], card.css),
            "source": None if source is None else _number(tables["sources"], source),
            "marks": [[metrics.index((one.metric, one.is_hard)), one.text] for one in card.marks],
            "front": side(card.sides.front),
            "back": side(card.sides.back),
        }
        for card, source in zip(cards, (link(card.page_id) for card in cards), strict=True)
    ]
    everything = {
        "strings": [*fixed, *free],
        "fixed": len(fixed),
        "metrics": [{"name": name, "hard": is_hard} for name, is_hard in metrics],
        **{name: list(table) for name, table in tables.items()},
        "pictures": {name: data_url(name, data) for name, data in pictures.items()},
        "cards": written,
    }
    return json.dumps(everything, ensure_ascii=False, separators=(",", ":"))


def _number(table: dict[str, int], value: str) -> int:
    return table.setdefault(value, len(table))


def has_math(cards: Iterable[PreviewCard]) -> bool:
    r"""Whether any card contains ``\(`` or ``\[``, the delimiters that Anki recognizes."""
    return any(
        "\\(" in part.html or "\\[" in part.html
        for card in cards
        for part in card.sides.back
        if part.is_content
    )
