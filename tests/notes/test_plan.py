from __future__ import annotations

import datetime
import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config import Settings
from qt2anki.model import Page
from qt2anki.notes.deck_plan import plan_deck
from qt2anki.notes.make_notes import PageNotes, make_notes
from tests.notes.card_text import page_of

PAGE = page_of("Why rye?\nRye, oats and corn keep loaves moist because pentosans hold water.")


def made(page_id: int, question: str, **changes: object) -> PageNotes:
    source = f"{page_id}.md"
    page: Page = replace(PAGE, page_id=page_id, question=question, source=source, **changes)  # type: ignore[arg-type]
    return make_notes(page, Settings(card_threshold=0))


def several(page_id: int, count: int) -> PageNotes:
    one = made(page_id, "Why rye?")
    notes = tuple(replace(one.notes[0], guid=f"{page_id}-{n}", key=str(n)) for n in range(count))
    return replace(one, page=replace(one.page, question=f"Why rye {page_id}?"), notes=notes)


def test_pages_come_by_id() -> None:
    pages = [made(3, "Why oats?"), made(-1, "Why rye?"), made(2, "Why corn?")]

    deck, problems = plan_deck("Baking", pages, Settings(card_threshold=0))

    assert [note.page_id for note in deck.notes] == [-1, 2, 3]
    assert problems == ()


@pytest.mark.parametrize(
    ("scores", "winner"),
    [
        pytest.param((None, None), 1, id="the older page"),
        pytest.param((0.1, 0.9), 2, id="the better score"),
        pytest.param((None, -1.0), 2, id="a score before none"),
        pytest.param((0.5, 0.5), 1, id="equal scores"),
    ],
)
def test_of_two_pages_with_one_question_one_makes_cards(
    scores: tuple[float | None, float | None], winner: int
) -> None:
    pages = [made(1, "Why rye?", score=scores[0]), made(2, "WHY  rye", score=scores[1])]

    for order in (pages, pages[::-1]):
        deck, problems = plan_deck("Baking", order, Settings(card_threshold=0))

        assert {note.page_id for note in deck.notes} == {winner}
        (problem,) = problems
        assert (problem.code, problem.source) == ("QT203", f"{3 - winner}.md")
        assert f"page {winner}" in problem.text


def test_a_page_without_cards_keeps_no_other_from_having_them() -> None:
    empty = made(1, "Why rye?", answer="I cannot answer this question.", score=5.0)

    deck, problems = plan_deck("Baking", [empty, made(2, "Why rye?")], Settings(card_threshold=0))

    assert [note.page_id for note in deck.notes] == [2]
    assert problems == ()


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6))
def test_cards_of_one_page_are_apart_where_that_can_be(counts: list[int]) -> None:
    pages = [several(number, count) for number, count in enumerate(counts)]

    deck, _ = plan_deck("Baking", pages, Settings(card_threshold=0))

    assert sorted(n.guid for n in deck.notes) == sorted(n.guid for p in pages for n in p.notes)
    for number, count in enumerate(counts):
        of_page = [note.key for note in deck.notes if note.page_id == number]
        assert of_page == [str(n) for n in range(count)]
    neighbours = sum(a.page_id == b.page_id for a, b in pairwise(deck.notes))
    most = max(counts)
    assert neighbours <= max(0, most - 1 - sum(counts) + most)


def test_the_order_of_pages_does_not_matter() -> None:
    pages = [several(number, number % 4 + 1) for number in range(9)]
    expected = plan_deck("Baking", pages, Settings(card_threshold=0))

    shuffled = random.Random(1).sample(pages, len(pages))  # noqa: S311  # no secret

    assert plan_deck("Baking", shuffled, Settings(card_threshold=0)) == expected


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Food Science", "QuickTakes::Food Science"),
        ("A::B", "QuickTakes::A: B"),
        ("  a  b ", "QuickTakes::a b"),
        ("::", "QuickTakes::Other"),
    ],
)
def test_deck_name(subject: str, name: str) -> None:
    assert plan_deck(subject, [made(1, "Why rye?")], Settings(card_threshold=0))[0].name == name


def test_the_description_tells_what_is_inside() -> None:
    dated = made(1, "Why rye?", date=datetime.date(2025, 2, 6))

    deck, _ = plan_deck("Baking", [dated], Settings(deck_root="Course"))

    assert deck.name == "Course::Baking"
    assert deck.description.startswith("**Baking**: 1 notes from 1 pages (1 main questions).")
    assert "2025-02-06" in deck.description


def test_a_subject_without_cards_is_an_empty_deck() -> None:
    assert plan_deck("Baking", [], Settings(card_threshold=0))[0].notes == ()
