"""Audit results as frozen values, which become a table, JSON or marks on cards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from qt2anki.model import PageId

Verdict = Literal["met", "missed", "failed", "reported", "not measured"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One card or page that violates a metric."""

    metric: int
    guid: str  # "" for a finding about a page
    key: str  # the field Key, "170604/step/fusion/next"; for a page, its file
    page_id: PageId | None
    kind: str  # "next", "explain" ...; "page" for a page
    text: str  # what is wrong, in words
    words: tuple[str, ...] = ()  # the words or roots concerned, sorted


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a metric; *value* is a share (0 to 1) if *is_share*."""

    name: str
    value: float
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of a deck's quality.

    A hard one with findings has failed; any other has met or missed its target. *checked* is the
    number of cards, pages or other things examined.
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


METRICS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        1: ("leak", "0"),
        2: ("trivial answer", "0"),
        3: ("cloze answer words", "median 1-2, 95% <= 4, all <= 8 words"),
        4: ("core answer words", "median <= 20, 95% <= 45, all <= 60"),
        5: ("front words", "median <= 35, 95% <= 45, all <= 60"),
        6: ("cards per page", "mean 1-4, 95% <= 12, all <= 24"),
        7: ("outline coverage", ">= 95%"),
        8: ("item coverage", ">= 28% (full 75%)"),
        9: ("keyword coverage", ""),
        10: ("duplicate front", "0"),
        11: ("near-duplicate front", "<= 1%"),
        12: ("ambiguous cloze", "one of several 0, rest <= 5%"),
        13: ("answer concentration", "<= 5%"),
        14: ("vague", "clues 0, answers <= 10%"),
        15: ("neighbor leak", "<= 5%"),
        16: ("self-contained", "0"),
        17: ("faithful", "0"),
        18: ("markup", "0"),
        20: ("same in every package", "0"),
        21: ("points given away", "<= 1%"),
        22: ("expected good", ">= 75%, >= 1 good card per page"),
    }
)
"""Number of a metric -> its name and target. Numbers never change."""
HARD: Final = frozenset((1, 2, 10, 17, 18, 20))
"""The metrics whose findings are faults in a deck; the targets of the others are goals."""


def hard(number: int, checked: int, findings: Sequence[Finding]) -> Metric:
    """Make a hard metric."""
    verdict: Verdict = "failed" if findings else "met"
    return soft(number, verdict, checked, (Figure("found", len(findings)),), findings)


def soft(
    number: int,
    verdict: Verdict,
    checked: int,
    figures: Sequence[Figure],
    findings: Iterable[Finding] = (),
) -> Metric:
    """Make a metric whose target is a goal."""
    name, target = METRICS[number]
    is_hard = number in HARD
    return Metric(number, name, is_hard, target, verdict, checked, tuple(figures), tuple(findings))


def rare(
    number: int, name: str, findings: Sequence[Finding], checked: int, *, most: float
) -> Metric:
    """Make a metric that only a small share of what is checked may violate."""
    found = share_of(name, len(findings), checked)
    return soft(number, met(found.value <= most), checked, (found,), findings)


def met(is_met: object) -> Verdict:
    """Return the verdict on a goal."""
    return "met" if is_met else "missed"


def share_of(name: str, part: int, whole: int) -> Figure:
    """Make a figure that is a share of *whole*."""
    return Figure(name, share(part, whole), is_share=True)


def share(part: int, whole: int) -> float:
    """Return *part* of *whole* as a number from 0 to 1; 0 if *whole* is 0."""
    return part / whole if whole else 0.0


def percentile(values: Sequence[int], percent: int) -> int:
    """Return the nearest-rank percentile, 0 if there are no values."""
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(0, rank - 1)] if values else 0
