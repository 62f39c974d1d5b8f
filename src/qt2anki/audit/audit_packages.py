"""The audit as a whole: packages in, metrics out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from qt2anki.anki.package_reader import PublishedPackage, read_packages
from qt2anki.audit.coverage import (
    by_page,
    cards_per_page,
    cloze_length,
    core_length,
    faithfulness,
    front_length,
    item_coverage,
    keyword_coverage,
    outline_coverage,
)
from qt2anki.audit.findings import AuditReport, Figure, Metric, met, not_measured, share, soft
from qt2anki.audit.leaks import (
    ambiguity_metric,
    leak_metric,
    neighbour_metric,
    told_points_metric,
    trivial_metric,
)
from qt2anki.audit.readability import (
    answer_concentration,
    duplicate_fronts,
    markup_metric,
    near_duplicate_fronts,
    same_everywhere,
    self_containedness,
    vague_metric,
)
from qt2anki.audit.rendered_cards import Card, Sources, rendered_cards

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


def audit_packages(paths: Sequence[Path], *, sources: Sources | None = None) -> AuditReport:
    """Audit the packages in *paths* (files, and folders of them).

    With *sources* (:func:`qt2anki.audit.rendered_cards.read_sources`) cards are compared with their
    pages. Raises PackageError for a file that is not a package of ours.
    """
    return audit(read_packages(paths), sources=sources)


def audit(packages: Sequence[PublishedPackage], *, sources: Sources | None = None) -> AuditReport:
    """Audit packages that were read already; see audit_packages."""
    every = [card for package in packages for card in rendered_cards(package)]
    # A cross-listed note is in several packages; what is wrong with it is said once.
    once = list({(card.guid, card.ord): card for card in reversed(every)}.values())[::-1]
    metrics = [*_of_cards(every, once), *_of_pages(once, sources)]
    return AuditReport(
        packages=tuple(package.path for package in packages),
        notes=len({card.guid for card in once}),
        cards=len(once),
        pages=len(by_page(once)),
        metrics=tuple(sorted(metrics, key=lambda metric: metric.number)),
    )


def _of_cards(every: Sequence[Card], once: Sequence[Card]) -> list[Metric]:
    return [
        leak_metric(once),
        trivial_metric(once),
        cloze_length(once),
        core_length(once),
        front_length(once),
        duplicate_fronts(every),
        near_duplicate_fronts(every),
        ambiguity_metric(once),
        answer_concentration(every),
        vague_metric(once),
        neighbour_metric(every),
        self_containedness(once),
        markup_metric(once),
        same_everywhere(every),
        told_points_metric(once),
        expected_good(once),
    ]


def _of_pages(once: Sequence[Card], sources: Sources | None) -> list[Metric]:
    if sources is None:
        return [
            cards_per_page(once, None),
            not_measured(7),
            not_measured(8),
            not_measured(9),
            not_measured(17),
        ]
    grouped = by_page(once)
    return [
        cards_per_page(once, sources.keys()),
        outline_coverage(grouped, sources),
        item_coverage(grouped, sources),
        keyword_coverage(grouped, sources),
        faithfulness(once, sources),
    ]
