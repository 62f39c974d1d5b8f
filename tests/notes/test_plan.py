from __future__ import annotations

import datetime
import random
from dataclasses import replace

import pytest

from qt2anki.config import Settings
from qt2anki.model import Kind, Page, PageId
from qt2anki.notes.deck_plan import deck_language, language_code, plan_deck
from qt2anki.notes.make_notes import PageNotes, make_notes
from qt2anki.notes.repeats import NO_REPEATS, find_repeats
from tests.notes.card_text import page_of

PAGE = page_of("Why rye?\nRye, oats and corn keep loaves moist because sugars hold water.")


def made(page_id: int, question: str, **changes: object) -> PageNotes:
    source = f"{page_id}.md"
    page: Page = replace(PAGE, page_id=page_id, question=question, source=source, **changes)  # type: ignore[arg-type]
    return make_notes(page, Settings(card_threshold=0))


def several(page_id: PageId, count: int) -> PageNotes:
    one = made(1, "Why rye?")
    notes = tuple(
        replace(one.notes[0], guid=f"{page_id}-{n}", page_id=page_id, key=str(n))
        for n in range(count)
    )
    page = replace(one.page, page_id=page_id, question=f"Why rye {page_id}?")
    return replace(one, page=page, notes=notes)


def test_pages_come_by_id() -> None:
    pages = [made(3, "Why oats?"), made(-1, "Why rye?"), made(2, "Why corn?")]

    deck = plan_deck("Baking", pages, Settings(card_threshold=0))

    assert [note.page_id for note in deck.notes] == [-1, 2, 3]


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
        repeats = find_repeats("Baking", order)
        deck = plan_deck("Baking", order, Settings(card_threshold=0), repeats)

        assert {note.page_id for note in deck.notes} == {winner}
        (problem,) = repeats.problems
        assert (problem.code, problem.source) == ("QT203", f"{3 - winner}.md")
        assert f"page {winner}" in problem.text


def test_a_page_without_cards_keeps_no_other_from_having_them() -> None:
    empty = made(1, "Why rye?", answer="I cannot answer this question.", score=5.0)

    assert find_repeats("Baking", [empty, made(2, "Why rye?")]) == NO_REPEATS


def test_the_order_of_pages_does_not_matter() -> None:
    ids = (*range(9), "b-1", "a-10", "a-9")
    pages = [several(page_id, number % 4 + 1) for number, page_id in enumerate(ids)]
    expected = plan_deck("Baking", pages, Settings(card_threshold=0))

    shuffled = random.Random(1).sample(pages, len(pages))  # noqa: S311  # no secret

    deck = plan_deck("Baking", shuffled, Settings(card_threshold=0))
    assert list(deck.notes) == list(expected.notes)
    assert replace(deck, notes=()) == replace(expected, notes=())


def test_a_note_of_the_subject_is_learned_with_its_page() -> None:
    pages = [several(number, 1) for number in range(20)]
    (shared,) = several(7, 1).notes
    shared = replace(shared, guid="abbr", key="abbr/RYE", kind=Kind.ABBR)
    elsewhere = replace(shared, guid="other", page_id="not-here")

    deck = plan_deck("Baking", pages, Settings(), pageless=(shared, elsewhere))

    places = {note.guid: place for place, note in enumerate(deck.notes)}
    assert 5 <= places["abbr"] < 12
    assert places["other"] > 15


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
    assert plan_deck(subject, [made(1, "Why rye?")], Settings(card_threshold=0)).name == name


def test_the_description_tells_what_is_inside() -> None:
    dated = made(1, "Why rye?", url="", date=datetime.date(2025, 2, 6))

    deck = plan_deck("Baking", [dated], Settings(deck_root="Course"))

    assert deck.name == "Course::Baking"
    assert deck.description.startswith("**Baking**: 1 note from 1 page (1 main questions).")
    assert "Newest page: 2025-02-06." in deck.description
    assert "Source" not in deck.description


def test_the_description_names_the_site_of_pages_with_a_url() -> None:
    deck = plan_deck("Baking", [made(1, "Why rye?", url="/rye")], Settings())

    assert "\n\nSource: https://quicktakes.io.\n\n" in deck.description


@pytest.mark.parametrize(
    ("pages", "default", "expected"),
    [
        ((), "pl", "pl"),
        ((), "xx", "en"),
        (("de",), "en", "de"),
        (("pt-BR", "en", "pt-BR"), "en", "pt"),
        (("", "de", ""), "en", "en"),
        (("it", "fr"), "en", "fr"),
    ],
)
def test_a_deck_has_the_language_of_most_of_its_pages(
    pages: tuple[str, ...], default: str, expected: str
) -> None:
    asked = [made(n, f"Page {n}?", language=tag).page for n, tag in enumerate(pages)]

    settings = Settings(language=default)

    codes = [language_code(page, settings) for page in asked]
    assert deck_language(codes, settings) == expected


def test_a_subject_without_cards_is_an_empty_deck() -> None:
    assert len(plan_deck("Baking", [], Settings(card_threshold=0)).notes) == 0
