from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.audit.findings import Metric
from qt2anki.model import Note
from tests.audit.decks import audit_notes, findings, qa, write_page


def metric(folder: Path, *notes: Note) -> Metric:
    report = audit_notes(folder, *notes)
    return next(metric for metric in report.metrics if metric.number == 22)


def rated(page_id: int, tier: str, kind: str = "term") -> Note:
    note = qa(page_id, f"What of {page_id}?", f"Answer {page_id}", kind=kind)
    return replace(note, tags=(*note.tags, f"QuickTakes::tier::{tier}"))


def test_a_better_tier_has_more_good_cards(tmp_path: Path) -> None:
    core = metric(tmp_path / "a", rated(1, "core"), rated(2, "core"))
    extra = metric(tmp_path / "b", rated(1, "extra"), rated(2, "extra"))

    assert core.figures[0].value > extra.figures[0].value > 0
    assert extra.verdict == "missed"


def test_kinds_are_listed_by_their_number(tmp_path: Path) -> None:
    found = metric(tmp_path, rated(1, "core", "next"), rated(2, "core"), rated(3, "core"))

    assert [figure.name for figure in found.figures] == [
        "good",
        "good cards per page",
        "term",
        "next",
    ]
    assert found.figures[1].value == pytest.approx(found.figures[0].value, abs=0.01)


def test_cards_without_a_tier_are_not_counted(tmp_path: Path) -> None:
    assert metric(tmp_path, qa(1, "What is it?", "This")).checked == 0


def test_pages_without_cards_are_named(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    write_page(pages, 1, "What is moss?", "A plant.")
    write_page(pages, 2, "What is fern?", "A plant.")
    report = audit_notes(tmp_path, rated(1, "core"), pages=str(pages))

    (found,) = findings(report, 6)
    assert (found.page_id, found.text) == (2, "no card; why: qt2anki explain-card 2")
