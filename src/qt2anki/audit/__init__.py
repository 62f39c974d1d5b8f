"""Judge finished packages: read them back, render their cards, and measure.

Nothing here knows how notes are made. Of the generator's modules only the helpers for words are
used, so that a fault of a gate is found by something other than that gate.
"""

from qt2anki.audit.audit_packages import audit, audit_packages
from qt2anki.audit.findings import AuditReport, Figure, Finding, Metric
from qt2anki.audit.rendered_cards import read_source_files, read_sources

__all__ = [
    "AuditReport",
    "Figure",
    "Finding",
    "Metric",
    "audit",
    "audit_packages",
    "read_source_files",
    "read_sources",
]
