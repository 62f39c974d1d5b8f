"""Which notes of a deck ask the same."""

from __future__ import annotations

import pytest

from qt2anki.model import QA_FIELDS, Kind, Note, Page
from qt2anki.notes.make_notes import PageNotes
from qt2anki.notes.repeats import NO_REPEATS, find_repeats

LAW = r"\[F = m a\]"


def made(page_id: int, *cards: tuple[Kind, str, str], score: float | None = None) -> PageNotes:
    """Return a page with question-and-answer notes."""
    page = Page(f"{page_id}.md", page_id, f"Page {page_id}?", "", ("Physics",), "", None, (), score)
    return PageNotes(page, tuple(note(page_id, *card) for card in cards), ())


def note(page_id: int, kind: Kind, question: str, answer: str) -> Note:
    key = f"{kind}/{question}"
    values = dict.fromkeys(QA_FIELDS, "") | {"Question": question, "Answer": answer}
    guid = f"{page_id}/{key}"
    return Note(guid, page_id, key, kind, "qa", tuple(values[name] for name in QA_FIELDS), ())


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        pytest.param(
            Kind.GLOSS,
            ("What is inertia?", "the tendency to keep moving"),
            ("What is Inertia?", "resistance of a body to any change of its speed"),
            id="a question that names its subject, whatever the answer",
        ),
        pytest.param(
            Kind.POINT,
            ("Osmosis: what is it?", "the diffusion of water through a membrane"),
            ("Osmosis: what is it?", "diffusion of water across a selective membrane"),
            id="nearly the same answer",
        ),
        pytest.param(
            Kind.POINT,
            ("Osmosis: what is it?", "the diffusion of water through a membrane"),
            ("What is osmosis?", "diffusion of water across a selective membrane"),
            id="a definition asked in different ways",
        ),
        pytest.param(
            Kind.FORMULA,
            ("Formula: The force on a body …", LAW),
            ("Formula: Newton's second law …", r"\[F=ma\]"),
            id="one formula in different words",
        ),
    ],
)
def test_these_ask_the_same(kind: Kind, first: tuple[str, str], second: tuple[str, str]) -> None:
    pages = [made(1, (kind, *first)), made(2, (kind, *second))]

    found = find_repeats("Physics", pages)

    assert found.notes == {pages[1].notes[0].guid: pages[0].notes[0].guid}
    assert [one.guid for made in pages for one in found.without(made.notes)] == [
        pages[0].notes[0].guid
    ]


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        pytest.param(
            Kind.POINT,
            ("Initiation: what happens?", "a ribosome binds to the start codon"),
            ("Initiation: what happens?", "the polymerase opens the helix at a promoter"),
            id="a question that only its page explains",
        ),
        pytest.param(
            Kind.GLOSS,
            ("What is mass?", "the amount of matter"),
            ("What is weight?", "the amount of matter"),
            id="different questions",
        ),
        pytest.param(
            Kind.POINT,
            ("Roots if D > 0: how many are there?", "two real roots"),
            ("Roots if D < 0: how many are there?", "no real roots"),
            id="different signs",
        ),
        pytest.param(
            Kind.OWN,
            ("What is mass?", "the amount of matter"),
            ("What is mass?", "the amount of matter"),
            id="cards that people have written",
        ),
    ],
)
def test_these_do_not(kind: Kind, first: tuple[str, str], second: tuple[str, str]) -> None:
    assert find_repeats("X", [made(1, (kind, *first)), made(2, (kind, *second))]) == NO_REPEATS


def test_the_main_question_of_a_page_is_better_than_an_aside() -> None:
    card = ("What is inertia?", "the tendency to keep moving")
    pages = [made(1, (Kind.GLOSS, *card)), made(2, (Kind.QA, *card))]

    assert find_repeats("X", pages).notes.keys() == {pages[0].notes[0].guid}


def test_the_better_rated_page_asks() -> None:
    card = (Kind.GLOSS, "What is inertia?", "the tendency to keep moving")
    pages = [made(1, card, score=0.1), made(2, card, score=0.9), made(3, card)]

    for order in (pages, pages[::-1]):
        found = find_repeats("X", order)
        assert found.notes.keys() == {pages[0].notes[0].guid, pages[2].notes[0].guid}


def test_no_note_that_stays_is_left_out() -> None:
    card = (Kind.GLOSS, "What is inertia?", "the tendency to keep moving")
    pages = [made(number, card) for number in (1, 2, 3)]

    found = find_repeats("X", pages, stays=lambda note, page: page.page_id != 1)

    assert found.notes.keys() == {pages[0].notes[0].guid}


def test_a_page_may_ask_the_same_twice() -> None:
    cards = [(kind, "What is inertia?", "the tendency to move") for kind in (Kind.QA, Kind.GLOSS)]

    assert find_repeats("X", [made(1, *cards)]) == NO_REPEATS
