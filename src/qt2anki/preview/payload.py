"""Write cards and pictures for the preview page: JSON with each string once, cards as numbers.

Cards of one page share their full answer, and all cards share the text of their templates, so a
deck is a fraction of the size of its cards written out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qt2anki.anki.cards import Part
from qt2anki.anki.media import files_in, shown_in
from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.model import PageId
from qt2anki.preview.preview_cards import PreviewCard

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

    Large and missing pictures are left out. Raises PackageError, naming the
    file, when a package cannot be read.
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


class _Table:
    """Distinct values in order of first use, and their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[str]:
        return list(self._numbers)


class _Writer:
    """Writes cards, and keeps what they share in tables."""

    def __init__(self, cards: Sequence[PreviewCard], link: Link) -> None:
        self._link = link
        self._metrics = _metrics(cards)
        self._template_text, self._note_text = _Table(), _Table()
        names = ("styles", "decks", "kinds", "tiers", "tags", "sources")
        self._tables = {name: _Table() for name in names}
        for part in chain.from_iterable((*card.sides.front, *card.sides.back) for card in cards):
            self._text_of(part).number(part.html)
        self._fixed = len(self._template_text.values)

    def card(self, card: PreviewCard) -> dict[str, object]:
        source = self._link(card.page_id)
        return {
            "key": card.key,
            "ord": card.ord,
            "decks": [self._number("decks", deck) for deck in card.decks],
            "kind": self._number("kinds", card.kind),
            "tier": self._number("tiers", card.tier),
            "tags": [self._number("tags", tag) for tag in card.tags],
            "style": self._number("styles", card.css),
            "source": None if source is None else self._number("sources", source),
            "marks": [
                [self._metrics.index((mark.metric, mark.is_hard)), mark.text] for mark in card.marks
            ],
            "front": self._side(card.sides.front),
            "back": self._side(card.sides.back),
        }

    def tables(self) -> dict[str, object]:
        """Return the tables that the written cards refer to."""
        return {
            "strings": self._template_text.values + self._note_text.values,
            "fixed": self._fixed,
            "metrics": [{"name": name, "hard": is_hard} for name, is_hard in self._metrics],
            **{name: table.values for name, table in self._tables.items()},
        }

    def _number(self, table: str, value: str) -> int:
        return self._tables[table].number(value)

    def _text_of(self, part: Part) -> _Table:
        return self._note_text if part.is_content else self._template_text

    def _side(self, parts: Iterable[Part]) -> list[int]:
        return [
            self._text_of(part).number(part.html) + (self._fixed if part.is_content else 0)
            for part in parts
            if part.html
        ]


def payload(cards: Sequence[PreviewCard], link: Link, pictures: Mapping[str, bytes] = NONE) -> str:
    """Write *cards* as JSON, with their *pictures* by name.

    ``strings`` holds the text of templates first; from number ``fixed`` on it is text of notes.
    """
    writer = _Writer(cards, link)
    written = [writer.card(card) for card in cards]
    urls = {name: data_url(name, data) for name, data in pictures.items()}
    everything = {**writer.tables(), "pictures": urls, "cards": written}
    return json.dumps(everything, ensure_ascii=False, separators=(",", ":"))


def _metrics(cards: Iterable[PreviewCard]) -> list[tuple[str, bool]]:
    """Return the metrics with findings, hard ones first."""
    found = {(mark.metric, mark.is_hard) for card in cards for mark in card.marks}
    return sorted(found, key=lambda metric: (not metric[1], metric[0]))


def has_math(cards: Iterable[PreviewCard]) -> bool:
    r"""Whether any card holds ``\(`` or ``\[``, which is what Anki looks for."""
    return any(
        "\\(" in part.html or "\\[" in part.html
        for card in cards
        for part in card.sides.back
        if part.is_content
    )
