"""Audit findings that an author can fix, as marks on the cards of a preview."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from qt2anki.audit import AuditReport

ACTIONS: Final = MappingProxyType(
    {
        1: "Reword the page so that the question does not contain the answer.",
        2: "Reword the answer so that it says more than the question.",
        10: "Reword one of the two questions.",
        11: "Reword one of the two questions.",
        16: "Name what the text refers to.",
        18: "Correct the markup in the page.",
    }
)
"""Number of a metric -> what an author can do about its findings; others are not marked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding about a note: the name of its metric, and what is wrong and what to do."""

    metric: str
    text: str
    is_hard: bool  # whether to fix it before the deck is published


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
