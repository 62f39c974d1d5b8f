"""How measures become metrics: verdicts, shares, percentiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from qt2anki.audit.findings import Figure, Finding, Metric, Verdict


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
