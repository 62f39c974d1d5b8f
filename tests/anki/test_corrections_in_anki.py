"""An instructor corrects a deck that students have: they get these changes and no others."""

from __future__ import annotations

import shutil
from pathlib import Path

from qt2anki.anki.note_content import field
from qt2anki.corrections.edit import read_text, set_corrections
from qt2anki.corrections.wording import made_from, question_and_answer
from qt2anki.verify.rehearsal import is_kept, rehearse
from tests.site import Site, kinds

INPUT = Path(__file__).parents[2] / "input"


def test_an_update_brings_corrections_and_nothing_else(tmp_path: Path) -> None:
    site = Site(tmp_path, now=1_700_000_000)
    shutil.copytree(INPUT, site.pages, ignore=shutil.ignore_patterns("README.md"))
    site.build()
    old = tmp_path / "old"
    shutil.copytree(site.out, old)
    every = [note for package in site.memory().live.values() for note in package.notes]
    notes = {field(note, "Key"): note for note in every}
    own = sorted(key for key, note in notes.items() if not key.startswith("abbr/"))
    tables: dict[str, dict[str, object]] = {
        key: {"drop": True, "made_from": made_from(notes[key])} for key in own[::14][:12]
    }
    left = [key for key in own if key not in tables]
    for key in [key for key in left if notes[key].note_type == "qa"][::5][:4]:
        answer = f"Somebody has written {len(tables)} instead."
        tables[key] = {"answer": answer, "made_from": made_from(notes[key])}
    for key in [key for key in left if notes[key].note_type == "cloze"][::9][:2]:
        hidden = question_and_answer(notes[key])[1]
        text = f"Somebody has written about {{{{c1::{hidden}}}}} at last."
        tables[key] = {"text": text, "made_from": made_from(notes[key])}
    for page_id in (900001, 900002):
        card = {"question": "What would a person add?", "answer": "One more card."}
        tables[f"{page_id}/own/more"] = dict(card)
    set_corrections([(read_text(site.corrections), tables)])
    assert len(tables) == 20

    report = site.build()
    verdict = rehearse(sorted(site.out.glob("*.apkg")), sorted(old.glob("*.apkg")))

    assert kinds(report) == {"changed": 6, "new": 2, "retired": 12}
    assert [p.code for p in report.problems if p.code.startswith("QT6")] == []
    student = verdict.old_student
    assert student is not None
    assert is_kept(verdict)
    assert sum(one.new for one in student.imports) == 2
    assert sum(one.updated for one in student.imports) == 6
    assert (student.gone, student.lost) == (12, 0)
    assert all(one.kept == one.of for one in student.kept if "changed" not in one.what.split())


def test_a_description_of_what_was_read_changes_nothing_else(tmp_path: Path) -> None:
    site = Site(tmp_path, now=1_700_000_000)
    shutil.copytree(INPUT / "physics", site.pages / "physics")
    site.build()
    old = tmp_path / "old"
    shutil.copytree(site.out, old)
    tables: dict[str, dict[str, object]] = {
        field(note, "Key"): {"keep": True} for note in site.notes("Physics").values()
    }
    set_corrections([(read_text(site.corrections), tables)])

    report = site.build()
    verdict = rehearse(sorted(site.out.glob("*.apkg")), sorted(old.glob("*.apkg")))

    assert [built.is_written for built in report.packages] == [True]
    assert "Read by people: 100 %." in site.memory().live["physics"].description
    student = verdict.old_student
    assert student is not None
    assert is_kept(verdict)
    assert (student.gone, student.lost) == (0, 0)
    assert {(one.new, one.updated) for one in student.imports} == {(0, 0)}
    assert all(one.kept == one.of for one in student.kept)
