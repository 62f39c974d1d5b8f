"""The audit as a whole: packages in, metrics out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.audit import coverage, leaks, readability
from qt2anki.audit.findings import AuditReport, Figure, Metric, met, share, share_of, soft
from qt2anki.audit.rendered_cards import Card, Sources, rendered_cards

_AIM = 0.75
_TIER = "::tier::"


def expected_good(cards: Sequence[Card]) -> Metric:
    """22: enough cards are likely to be worth keeping, according to their kinds and tiers.

    Readers measured the shares on other pages; the texts of cards are not examined here.
    """
    rated = [card for card in cards if _tier_of(card) and not card.is_retired]
    good = Counter[str]()
    for card in rated:
        shares = _table().get(_tier_of(card), {})  # in thousandths
        good[card.kind] += shares.get(card.kind, shares.get("", 0))
    counts = Counter(card.kind for card in rated)
    overall = share(good.total(), 1000 * len(rated))
    pages = len({card.page_id for card in rated})
    by_kind = sorted(counts, key=lambda kind: (-counts[kind], kind))
    figures = [
        Figure("good", overall, is_share=True),
        Figure("good cards per page", round(share(good.total(), 1000 * pages), 2)),
        *(share_of(kind, good[kind], 1000 * counts[kind]) for kind in by_kind),
    ]
    return soft(22, met(overall >= _AIM), len(rated), figures)


def _tier_of(card: Card) -> str:
    return next((tag.partition(_TIER)[2] for tag in card.note.tags if _TIER in tag), "")


@cache
def _table() -> dict[str, dict[str, int]]:
    """Read the shares by tier and kind; "" is for kinds that were graded too rarely."""
    path = Path(__file__).with_name("data") / "expected-good.json"
    table: dict[str, dict[str, int]] = json.loads(path.read_text(encoding="utf-8"))
    return table


_OF_CARDS = (
    leaks.leak_metric,
    leaks.trivial_metric,
    coverage.cloze_length,
    coverage.core_length,
    coverage.front_length,
    leaks.ambiguity_metric,
    readability.vague_metric,
    readability.self_containedness,
    readability.markup_metric,
    leaks.told_points_metric,
    expected_good,
)
_OF_PACKAGES = (
    readability.duplicate_fronts,
    readability.near_duplicate_fronts,
    readability.answer_concentration,
    leaks.neighbour_metric,
    readability.same_everywhere,
)
_OF_PAGES = (coverage.outline_coverage, coverage.item_coverage, coverage.keyword_coverage)


def audit(packages: Sequence[PublishedPackage], *, sources: Sources | None = None) -> AuditReport:
    """Audit packages, with their pages if *sources* has them."""
    every = [card for package in packages for card in rendered_cards(package)]
    # A cross-listed note is in several packages; its faults are reported once.
    once = list({(card.guid, card.ord): card for card in reversed(every)}.values())[::-1]
    metrics = [metric(once) for metric in _OF_CARDS]
    metrics += [metric(every) for metric in _OF_PACKAGES]
    metrics.append(coverage.cards_per_page(once, sources.keys() if sources is not None else None))
    if sources is None:
        metrics += [soft(number, "not measured", 0, ()) for number in (7, 8, 9, 17)]
    else:
        grouped = coverage.by_page(once)
        metrics += [metric(grouped, sources) for metric in _OF_PAGES]
        metrics.append(coverage.faithfulness(once, sources))
    return AuditReport(
        packages=tuple(package.path for package in packages),
        notes=len({card.guid for card in once}),
        cards=len(once),
        pages=len(coverage.by_page(once)),
        metrics=tuple(sorted(metrics, key=lambda metric: metric.number)),
    )
