from __future__ import annotations

import pytest

from qt2anki.model import Kind
from tests.golden import golden
from tests.notes.card_text import fields, front, notes_of, shown, whole_front


@pytest.mark.parametrize(("page", "expected"), golden("cards/main_question.md"))
def test_main_note(page: str, expected: str) -> None:
    assert (shown(notes_of(page), [Kind.QA]) or "none") == expected


RYE = "What is rye?\nRye is a cereal grass whose pentosans hold water for days."


def test_the_first_note_of_a_page_unfolds_the_whole_answer() -> None:
    first, *_ = notes_of(f"{RYE}\n\n- Acid\n\nIn short, eat rye.")

    details = fields(first)["Details"]
    assert "<li>Acid</li>" in details
    assert "In short, eat rye." in details


def test_a_page_without_a_main_answer_unfolds_it_on_its_first_note() -> None:
    steps = "1. **Soak the Rye**: First, leave it in water.\n2. **Malt the Grain**: Then dry it.\n"
    page = f"How is kvass made?\nThe steps in order:\n\n{steps}3. **Brew It**: Finally, boil it."
    notes = [note for note in notes_of(page) if note.kind is not Kind.QA]

    unfolded = [note.key for note in notes_of(page) if fields(note)["Details"]]
    assert len(notes) > 1
    assert unfolded == [notes_of(page)[0].key]


def test_math_reaches_the_details_whole() -> None:
    note = notes_of(f"{RYE}\n\n$$\\nabla \\nu \\neq 0 \\notin \\nmid \\neg$$")[0]

    assert "\\[\\nabla \\nu \\neq 0 \\notin \\nmid \\neg\\]" in fields(note)["Details"]


def test_a_question_too_long_to_read_is_not_asked() -> None:
    long = f"Why does rye {'really ' * 60}swell?"
    answer = "Rye really swells because its pentosans hold water."

    assert all(note.kind is not Kind.QA for note in notes_of(f"{long}\n{answer}"))


def test_markup_in_a_question_is_text() -> None:
    answer = "A `List<int>` holds {{c1::x}} because generics erase its pentosans."
    note = notes_of(f"Why does a `List<int>` hold <b> & {{{{c1::x}}}}?\n{answer}")[0]

    assert front(note) == "Why does a List<int> hold <b> & {{c1::x}}?"
    assert "{{" not in fields(note)["Question"]


def test_of_two_questions_the_line_above_shows_both() -> None:
    question = "What is autolyse, and why do bakers of baguettes use it?"
    answer = "Autolyse is a rest of flour and water before salt and yeast are added."
    (note, *_) = notes_of(f"{question}\n{answer}")

    assert front(note) == "What is autolyse?"
    assert question in whole_front(note)


def test_an_answer_that_its_writer_kept_short_is_the_answer() -> None:
    (note, *_) = notes_of("What is salt?\nA mineral of the sea.\n\n> Its writer was a cook.")

    assert note.kind is Kind.QA
    assert fields(note)["Answer"] == "A mineral of the sea."
