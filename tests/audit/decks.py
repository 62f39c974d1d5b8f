"""Packages made by hand, each with the faults it is meant to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_packages
from qt2anki.audit.audit_packages import audit
from qt2anki.audit.findings import AuditReport, Finding
from qt2anki.audit.rendered_cards import read_sources
from qt2anki.model import Note
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

PAGE = """\
---
id: {page_id}
question: {question}
subject: Botany
url: /learn/botany/{page_id}
date: 2025-01-01
answer: {answer}
seo:
  page_keywords: {keywords}
---
&nbsp;
"""


def tags(kind: str, subject: str = "Botany") -> tuple[str, ...]:
    """Return the tags for a note's kind."""
    return (f"QuickTakes::kind::{kind}", f"QuickTakes::subject::{subject}")


def qa(
    page_id: int, question: str, answer: str, *, kind: str = "qa", part: str = "", **fields: str
) -> Note:
    """Make a Q&A note of the page and kind; *part* distinguishes several of one page."""
    texts = {"Question": question, "Answer": answer} | fields
    note = qa_note(page_id, mod=0, key=f"{kind}{part}", tags=tags(kind), **texts)
    return replace(note, guid=f"{note.guid}{part}")


def cloze(page_id: int, text: str, *, kind: str = "cloze", **fields: str) -> Note:
    """Make a cloze note of the page and kind."""
    texts = {"Text": text, "Title": "", "Context": ""} | fields
    return cloze_note(page_id, mod=0, key=kind, tags=tags(kind), **texts)


def write_package(folder: Path, notes: Sequence[Note], *, subject: str = "Botany") -> Path:
    """Write the notes as the package of *subject*."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{subject.lower()}.apkg"
    path.write_bytes(pack(deck_of(notes, subject=subject), load_note_types(), stamp=STAMP))
    return path


def audit_notes(folder: Path, *notes: Note, pages: str = "") -> AuditReport:
    """Audit one package of *notes*; *pages* is a folder of sources."""
    sources = read_sources([pages])[0] if pages else None
    return audit(read_packages([write_package(folder, notes)]), sources=sources)


def findings(report: AuditReport, number: int) -> tuple[Finding, ...]:
    """Return what the metric of that number found."""
    return next(metric.findings for metric in report.metrics if metric.number == number)


def write_page(folder: Path, page_id: int, question: str, answer: str, keywords: str = "") -> Path:
    """Write a page; *answer* has real newlines."""
    folder.mkdir(exist_ok=True)
    quoted = '"' + answer.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\\\n") + '"'
    text = PAGE.format(page_id=page_id, question=question, answer=quoted, keywords=keywords)
    path = folder / f"{page_id}.md"
    path.write_text(text, encoding="utf-8")
    return path
