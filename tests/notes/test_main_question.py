from __future__ import annotations

import pytest

from qt2anki.model import Kind
from tests.golden import golden
from tests.notes.card_text import back, fields, front, notes_of, shown


@pytest.mark.parametrize(("page", "expected"), golden("cards/main_question.md"))
def test_main_note(page: str, expected: str) -> None:
    assert (shown(notes_of(page), [Kind.QA]) or "none") == expected


def test_the_full_answer_is_there_to_unfold() -> None:
    note = notes_of("Why rye?\nRye keeps the loaf moist for days.\n\n- Acid\n\nIn short, eat rye.")[
        0
    ]

    details = fields(note)["Details"]
    assert "<li>Acid</li>" in details
    assert "In short, eat rye." in details


def test_math_reaches_the_details_whole() -> None:
    answer = "Rye swells a lot. $$\\nabla \\nu \\neq 0 \\notin \\nmid \\neg$$"
    note = notes_of(f"Why rye?\n{answer}")[0]

    assert "\\[\\nabla \\nu \\neq 0 \\notin \\nmid \\neg\\]" in fields(note)["Details"]


def test_a_question_too_long_to_read_is_not_asked() -> None:
    long = f"Why does rye {'really ' * 60}swell?"

    assert all(note.kind is not Kind.QA for note in notes_of(f"{long}\nPentosans hold water."))


def test_markup_in_a_question_is_text() -> None:
    note = notes_of("What does `List<int>` hold in <b> & {{c1::x}}?\nWhole numbers stand there.")[0]

    assert front(note) == "What does List<int> hold in <b> & {{c1::x}}?"
    assert "{{" not in fields(note)["Question"]


def test_a_summary_that_is_the_answer_is_not_said_twice() -> None:
    (note,) = notes_of("Why rye?\nLook.\n\nIn summary, pentosans hold water for many days.")

    assert back(note) == "Pentosans hold water for many days."
    assert fields(note)["Extra"] == ""
