"""The cards as the JSON that the page reads: every string once, cards as lists of their numbers.

Cards of one page share their full answer, and all cards share the text of their templates, so a
deck is a fraction of the size of its cards written out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from qt2anki.package.render_card import Part
from qt2anki.preview.cards import PreviewCard

_NAMED = ("styles", "decks", "kinds", "tiers", "tags", "sources")


class _Table:
    """Values in the order in which they were first seen, and their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[str]:
        return list(self._numbers)


def payload(cards: Sequence[PreviewCard], link: Callable[[int | None], str | None]) -> str:
    """Write *cards* as JSON; *link* gives the address of a page's source file, if it has one.

    ``strings`` holds the text of templates first; from number ``fixed`` on it is text of notes.
    """
    template_text, note_text = _Table(), _Table()
    for part in chain.from_iterable((*card.sides.front, *card.sides.back) for card in cards):
        (note_text if part.is_content else template_text).number(part.html)
    fixed = len(template_text.values)
    names = {name: _Table() for name in _NAMED}
    metrics = _metrics(cards)

    def numbers(parts: Iterable[Part]) -> list[int]:
        return [
            fixed + note_text.number(part.html)
            if part.is_content
            else template_text.number(part.html)
            for part in parts
            if part.html
        ]

    def as_json(card: PreviewCard) -> dict[str, object]:
        source = link(card.page_id)
        return {
            "key": card.key,
            "ord": card.ord,
            "decks": [names["decks"].number(deck) for deck in card.decks],
            "kind": names["kinds"].number(card.kind),
            "tier": names["tiers"].number(card.tier),
            "tags": [names["tags"].number(tag) for tag in card.tags],
            "style": names["styles"].number(card.css),
            "source": None if source is None else names["sources"].number(source),
            "marks": [
                [metrics.index((mark.metric, mark.is_hard)), mark.text] for mark in card.marks
            ],
            "front": numbers(card.sides.front),
            "back": numbers(card.sides.back),
        }

    written = [as_json(card) for card in cards]
    tables = {name: table.values for name, table in names.items()}
    everything = {
        "strings": template_text.values + note_text.values,
        "fixed": fixed,
        "metrics": [{"name": name, "hard": is_hard} for name, is_hard in metrics],
        **tables,
        "cards": written,
    }
    return json.dumps(everything, ensure_ascii=False, separators=(",", ":"))


def _metrics(cards: Iterable[PreviewCard]) -> list[tuple[str, bool]]:
    """List the metrics that have findings, the hard ones first."""
    found = {(mark.metric, mark.is_hard) for card in cards for mark in card.marks}
    return sorted(found, key=lambda metric: (not metric[1], metric[0]))


def has_math(cards: Iterable[PreviewCard]) -> bool:
    r"""Tell whether any card holds ``\(`` or ``\[``, which is what Anki looks for."""
    return any(
        "\\(" in part.html or "\\[" in part.html
        for card in cards
        for part in card.sides.back
        if part.is_content
    )
