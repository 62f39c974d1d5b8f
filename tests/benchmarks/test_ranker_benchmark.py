from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.ranker import Example, area, digest_of, is_held_out, is_same, join
from qt2anki.config import Settings
from qt2anki.model import Kind, Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import frame_for
from qt2anki.notes.words import roots

FRAME = frame_for(Page("p.md", 5, "Why rye?", "", ("Baking",), "", None, (), None), Settings())
CARD = Candidate(FRAME.qa(Kind.QA, "qa", question="Why rye?", answer="It keeps bread moist."), "")


def grades(*given: str) -> list[dict[str, str]]:
    return [{"key": "5/qa", "digest": digest_of(CARD), "grade": grade} for grade in given]


@pytest.mark.parametrize(
    ("given", "grade"),
    [(("good",), "good"), (("good", "weak"), "weak"), (("good", "bad", "good"), "good")],
)
def test_of_several_grades_the_middle_or_the_lower_counts(
    given: tuple[str, ...], grade: str
) -> None:
    (example,) = join([CARD], grades(*given))

    assert example.grade == grade


def test_a_grade_is_of_one_wording() -> None:
    other = FRAME.qa(Kind.QA, "qa", question="Why rye?", answer="It rises slowly.")
    marked = FRAME.qa(Kind.QA, "qa", question="Why <b>rye</b>?", answer="It keeps bread: moist")

    assert join([replace(CARD, note=other)], grades("good")) == []
    assert len(join([replace(CARD, note=marked)], grades("good"))) == 1


def test_every_fifth_page_is_held_out() -> None:
    assert is_held_out(CARD)
    assert not is_held_out(replace(CARD, note=replace(CARD.note, page_id=6)))
    assert not is_held_out(replace(CARD, note=replace(CARD.note, page_id="rye")))


def test_area_is_the_chance_to_put_a_good_card_first() -> None:
    scored = [("good", 700), ("good", 400), ("bad", 500), ("weak", 300)]

    assert area([Example(CARD, grade, score) for grade, score in scored]) == 0.75


@pytest.mark.parametrize(
    ("card", "is_asked"),
    [
        ("depolarization of the muscle cell", True),
        ("muscle cell depolarization in tetanus", True),
        ("depolarization", False),
        (
            "depolarization of the muscle cell: tetanus, cramps, fatigue, weakness, spasms, pain",
            False,
        ),
    ],
)
def test_a_tutors_answer_is_asked_by_a_card_that_asks_little_else(
    card: str, is_asked: bool
) -> None:
    assert is_same(roots("muscle cell depolarization"), roots(card)) is is_asked
