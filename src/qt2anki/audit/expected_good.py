"""The share of cards that a strict reader would keep, as measured on graded cards."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from qt2anki.audit.findings import Figure, Metric, met, share, soft
from qt2anki.audit.rendered_cards import Card

_AIM = 0.75
_TIER = "::tier::"


def expected_good(cards: Sequence[Card]) -> Metric:
    """22: enough cards are likely to be worth keeping, by their kinds and tiers.

    The shares were measured by blind readers on other pages; nothing here is read again.
    """
    rated = [card for card in cards if _tier_of(card) and not card.is_retired]
    good = Counter[str]()
    for card in rated:
        good[card.kind] += _measured(card.kind, _tier_of(card))
    counts = Counter(card.kind for card in rated)
    overall = share(good.total(), 1000 * len(rated))
    pages = len({card.page_id for card in rated})
    by_kind = sorted(counts, key=lambda kind: (-counts[kind], kind))
    figures = [
        Figure("good", overall, is_share=True),
        Figure("good cards a page", round(share(good.total(), 1000 * pages), 2)),
        *(Figure(kind, share(good[kind], 1000 * counts[kind]), is_share=True) for kind in by_kind),
    ]
    return soft(22, met(overall >= _AIM), len(rated), figures)


def _tier_of(card: Card) -> str:
    return next((tag.partition(_TIER)[2] for tag in card.note.tags if _TIER in tag), "")


def _measured(kind: str, tier: str) -> int:
    """Return the share of good ones among graded cards of *kind* and *tier*, in thousandths."""
    shares = _table().get(tier, {})
    return shares.get(kind, shares.get("", 0))


@cache
def _table() -> dict[str, dict[str, int]]:
    """Read the shares by tier and kind; "" is for kinds that were graded too rarely."""
    text = files("qt2anki.audit").joinpath("data", "expected-good.json").read_text("utf-8")
    table: dict[str, dict[str, int]] = json.loads(text)
    return table
