"""What an audit has to say about single notes, as marks on their cards."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from qt2anki.audit import AuditReport


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding about a note: the name of the metric, and what is wrong in words."""

    metric: str
    text: str
    is_hard: bool  # whether it is to be fixed before the deck is published


def marks_of(report: AuditReport) -> dict[str, tuple[Mark, ...]]:
    """Return the findings of *report* by the GUID of their note, those of hard metrics first."""
    marks: dict[str, list[Mark]] = defaultdict(list)
    for metric in sorted(report.metrics, key=lambda metric: (not metric.is_hard, metric.number)):
        for finding in metric.findings:
            if finding.guid:
                words = f" ({', '.join(finding.words)})" if finding.words else ""
                marks[finding.guid].append(Mark(metric.name, finding.text + words, metric.is_hard))
    return {guid: tuple(found) for guid, found in marks.items()}
