"""The figures of the benchmark of the order of new cards, on decks that are easy to count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import card_order
from benchmarks._corpus import SAMPLES, generate
from benchmarks.card_order import in_turn, late_pairs, near_pairs, row, spans
from qt2anki.config import Settings
from qt2anki.model import Kind, Note, Page
from qt2anki.notes.frame import frame_for

FRAME = frame_for(Page("p.md", 5, "Why rye?", "", ("Baking",), "", None, (), None), Settings())


def note(page_id: int, answer: str, *, tier: str = "core", question: str = "What?") -> Note:
    made = FRAME.qa(Kind.QA, "qa", question=question, answer=answer)
    tags = (f"QuickTakes::tier::{tier}",)
    return replace(made, guid=f"{page_id} {answer}", page_id=page_id, tags=tags)


def test_days_are_counted_from_the_first_note_of_a_page_to_its_last() -> None:
    deck = [note(1, "a"), *(note(n, "b") for n in range(2, 21)), note(1, "c"), note(2, "d")]

    assert list(spans(deck)) == [2, 2]


def test_near_notes_of_which_one_has_the_answer_of_the_other_are_told() -> None:
    told, teller = note(1, "yeast"), note(2, "salt", question="What raises yeast?")
    deck = [told, teller, *(note(n, f"loaf{n}") for n in range(3, 12))]

    assert [pair[:2] for pair in near_pairs(deck) if pair[2]] == [(told.guid, teller.guid)]
    apart = [told, *deck[2:], teller]
    assert not any(is_told for *_, is_told in near_pairs(apart))


def test_extra_notes_are_to_come_after_the_core_notes_of_their_topic() -> None:
    extra, core = note(1, "crumb", tier="extra"), note(2, "crust")

    assert list(late_pairs([extra, core], {})) == [True]
    assert list(late_pairs([core, extra], {})) == [False]
    deck = [core, extra, note(1, "dough")]
    assert row([deck], [{}]).split() == ["1", "1", "0.00%", "0.00%", "50.00%"]


def test_the_order_before_takes_a_note_of_each_page_in_turn() -> None:
    notes = [note(2, "a"), note(2, "b"), note(1, "c"), note(2, "d")]

    assert [one.guid for one in in_turn(notes)] == ["1 c", "2 a", "2 b", "2 d"]


def test_it_prints_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(SAMPLES, tmp_path, 40, per_subject=20)
    monkeypatch.setattr(card_order, "CORPUS", tmp_path)

    card_order.main()

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 9
    assert all(line.endswith(" 0.00%") for line in lines if " lessons " in line)
