"""Audit finished packages: read them, render their cards, and measure them.

Nothing here knows how notes are made. Of the generator's modules, only the word helpers are used,
so that the audit can find faults in the gates.
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
