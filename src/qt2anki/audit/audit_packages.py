"""The audit as a whole: packages in, metrics out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qt2anki.anki.package_reader import PublishedPackage, read_packages
from qt2anki.audit.cloze_gaps import ambiguity_metric
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
from qt2anki.audit.expected_good import expected_good
from qt2anki.audit.findings import AuditReport, Metric, not_measured
from qt2anki.audit.fronts import (
    answer_concentration,
    duplicate_fronts,
    near_duplicate_fronts,
    self_containedness,
    vague_metric,
)
from qt2anki.audit.leaks import leak_metric, neighbour_metric, told_points_metric, trivial_metric
from qt2anki.audit.leftovers import markup_metric, same_everywhere
from qt2anki.audit.rendered_cards import Card, rendered_cards
from qt2anki.audit.source_pages import Sources


def audit_packages(paths: Sequence[Path], *, sources: Sources | None = None) -> AuditReport:
    """Audit the packages in *paths* (files, and folders of them).

    With *sources* (:func:`qt2anki.audit.source_pages.read_sources`) cards are compared with their
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
