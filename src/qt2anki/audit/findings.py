"""What an audit finds, as frozen values; the same facts become a table, JSON or marks on cards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qt2anki.model import PageId

Verdict = Literal["met", "missed", "failed", "reported", "not measured"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One card, or one page, that a metric speaks against."""

    metric: int
    guid: str  # "" for a finding about a page
    key: str  # of the field Key, "170604/step/fusion/next"; the page's file for a page
    page_id: PageId | None
    kind: str  # "next", "explain" ...; "page" for a page
    text: str  # what is wrong, in words
    words: tuple[str, ...] = ()  # the words or roots concerned, sorted


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a metric; *value* is a share (0 to 1) where *is_share* says so."""

    name: str
    value: float
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of a deck's quality.

    A hard one with findings has failed; another one has met or missed its target. *checked* is
    the number of cards, pages or other things that were looked at.
    """

    number: int
    name: str
    is_hard: bool
    target: str
    verdict: Verdict
    checked: int
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All metrics over some packages, and how much was read."""

    packages: tuple[Path, ...]
    notes: int  # notes with one guid count once
    cards: int
    pages: int
    metrics: tuple[Metric, ...]

    @property
    def has_failed(self) -> bool:
        """Whether a hard metric has a finding."""
        return any(metric.verdict == "failed" for metric in self.metrics)


def hard(number: int, name: str, checked: int, findings: Sequence[Finding]) -> Metric:
    """Make a metric that fails with its first finding."""
    return Metric(
        number=number,
        name=name,
        is_hard=True,
        target="0",
        verdict="failed" if findings else "met",
        checked=checked,
        figures=(Figure("found", len(findings)),),
        findings=tuple(findings),
    )


def soft(
    number: int,
    name: str,
    target: str,
    verdict: Verdict,
    checked: int,
    figures: Sequence[Figure],
    findings: Iterable[Finding] = (),
) -> Metric:
    """Make a metric whose target is a wish."""
    return Metric(
        number=number,
        name=name,
        is_hard=False,
        target=target,
        verdict=verdict,
        checked=checked,
        figures=tuple(figures),
        findings=tuple(findings),
    )


def met(is_met: object) -> Verdict:
    """Return the verdict on a wish."""
    return "met" if is_met else "missed"


def not_measured(number: int, name: str, target: str, *, is_hard: bool = False) -> Metric:
    """Make a metric that needs what was not given."""
    return Metric(
        number=number,
        name=name,
        is_hard=is_hard,
        target=target,
        verdict="not measured",
        checked=0,
        figures=(),
        findings=(),
    )


def share(part: int, whole: int) -> float:
    """Return *part* of *whole* as a number from 0 to 1, 0 of nothing."""
    return part / whole if whole else 0.0


def percentile(values: Sequence[int], percent: int) -> int:
    """Return the nearest-rank percentile, 0 of nothing."""
    if not values:
        return 0
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(0, rank - 1)]
