from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config import Settings
from qt2anki.model import Kind, Note, PageId
from qt2anki.notes.frame import frame_for
from qt2anki.notes.new_card_order import (
    LessonPage,
    is_extra,
    lessons_of,
    new_card_order,
    tier_rank,
)
from tests.notes.card_text import page_of

FRAME = frame_for(page_of("Why rye?\nIt keeps."), Settings())
TIERS = ("core", "standard", "extra")
SPAN = 100  # notes, if most of them give each other away


def note(
    page_id: PageId,
    key: str,
    *,
    kind: Kind = Kind.POINT,
    tier: str = "core",
    question: str = "What is asked?",
    answer: str = "",
    reverse: str = "",
) -> Note:
    made = FRAME.qa(
        kind,
        key,
        question=question,
        answer=answer or f"loaf{page_id}x{key}",
        reverse=reverse,
        reverseanswer=reverse and f"crumb{page_id}x{key}",
    )
    tags = tuple(sorted((*made.tags, f"QuickTakes::tier::{tier}")))
    return replace(made, guid=f"{page_id}/{key}", page_id=page_id, tags=tags)


def lesson_pages(pages: Iterable[Sequence[Note]]) -> list[LessonPage]:
    return [LessonPage(notes[0].page_id if notes else 0, list(enumerate(notes))) for notes in pages]


def fillers(first: int, count: int) -> list[list[Note]]:
    return [[note(page_id, "1")] for page_id in range(first, first + count)]


def guids(notes: Sequence[Note]) -> list[str]:
    return [one.guid for one in notes]


def ids(lessons: Iterable[Sequence[LessonPage]]) -> list[list[PageId]]:
    return [[page.page_id for page in lesson] for lesson in lessons]


def test_lessons_are_of_five_pages_in_order() -> None:
    pages = [*fillers(1, 6), [], [note("a", "1")]]

    assert ids(lessons_of(lesson_pages(pages), {})) == [[1, 2, 3, 4, 5], [6, "a"]]


def test_related_pages_are_in_one_lesson_if_they_are_near() -> None:
    related: dict[PageId, Sequence[PageId]] = {9: (1,), 1: (20,), 2: (60,)}

    lessons = ids(lessons_of(lesson_pages(fillers(1, 60)), related))

    assert lessons[:2] == [[1, 9, 20, 2, 3], [4, 5, 6, 7, 8]]


def test_a_large_page_is_a_lesson_of_its_own() -> None:
    large = [note(2, str(number)) for number in range(70)]

    pages = lesson_pages([*fillers(1, 1), large, *fillers(3, 1)])

    assert ids(lessons_of(pages, {})) == [[1], [2], [3]]


def test_in_a_lesson_the_best_cards_come_first_and_definitions_before_others() -> None:
    pages = [
        [
            note(1, "point"),
            note(1, "term", kind=Kind.TERM),
            note(1, "number", kind=Kind.NUMBER, tier="extra"),
        ],
        [
            note(2, "qa", kind=Kind.QA, tier="standard"),
            note(2, "why", kind=Kind.DOES, tier="standard"),
            note(2, "point"),
            note(2, "more"),
        ],
        [replace(note(3, "untagged", tier="none"), tags=())],
    ]

    assert guids(new_card_order(pages)) == [
        "1/term", "1/point", "2/point", "2/more", "2/qa", "2/why", "1/number", "3/untagged",
    ]  # fmt: skip


def test_a_card_is_not_near_one_that_shows_its_answer() -> None:
    told = note(1, "told", answer="a sourdough starter")
    teller = note(1, "teller", question="What does a sourdough starter raise?")
    reverse = note(2, "reverse", reverse="Which sourdough starter bubbles?")

    order = guids(new_card_order([[told, teller], [reverse], *fillers(3, 30)]))

    for other in (teller, reverse):
        assert abs(order.index(other.guid) - order.index(told.guid)) > 8


def test_steps_stay_in_order_and_apart() -> None:
    steps = [
        note(1, str(n), kind=Kind.NEXT, question=f"After step{n}?", answer=f"step{n + 1}")
        for n in range(4)
    ]

    order = guids(new_card_order([steps, *fillers(2, 60)]))

    places = [order.index(step.guid) for step in steps]
    assert places == [0, 9, 18, 27]


def test_cards_of_one_page_that_ask_alike_are_not_in_a_row() -> None:
    alike = [note(1, str(n), kind=Kind.TERM) for n in range(3)]
    others = [note(2, str(n), kind=Kind.TERM) for n in range(3)]

    order = new_card_order([alike, others])

    assert [one.page_id for one in order] == [1, 2, 1, 2, 1, 2]


def test_extra_cards_come_last() -> None:
    pages = [[note(1, "a", tier="extra"), note(1, "b")], *fillers(2, 80)]

    assert guids(new_card_order(pages))[-1] == "1/a"


def test_similar_pages_are_not_in_lessons_that_follow_each_other() -> None:
    lessons = ids(lessons_of(lesson_pages(fillers(1, 15)), {}, {1: [2], 2: [1]}))

    assert [at for at, lesson in enumerate(lessons) if {1, 2} & set(lesson)] == [0, 2]


def test_where_cards_cannot_be_apart_they_are_as_far_apart_as_they_can() -> None:
    same = [note(1, "a", answer="rye"), note(1, "b", answer="rye")]

    assert guids(new_card_order([same, *fillers(2, 2)])) == ["1/a", "2/1", "3/1", "1/b"]


PAGES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from((Kind.QA, Kind.TERM, Kind.NEXT, Kind.POINT, Kind.DOES)),
            st.sampled_from(TIERS),
            st.sampled_from(("", "rye", "oats", "corn")),
        ),
        max_size=8,
    ),
    max_size=30,
)


@given(PAGES)
def test_promises_of_the_order(drawn: list[list[tuple[Kind, str, str]]]) -> None:
    pages = [
        [
            note(page_id, str(at), kind=kind, tier=tier, answer=answer)
            for at, (kind, tier, answer) in enumerate(cards)
        ]
        for page_id, cards in enumerate(drawn)
    ]

    order = new_card_order(pages)

    place = {one.guid: at for at, one in enumerate(order)}
    assert sorted(place) == sorted(one.guid for notes in pages for one in notes)
    assert list(new_card_order(pages)) == list(order)
    assert list(map(is_extra, order)) == sorted(map(is_extra, order))
    for are_extra in (False, True):
        part = [[one for one in notes if is_extra(one) is are_extra] for notes in pages]
        for lesson in lessons_of(lesson_pages(part), {}):
            every = (one for page in lesson for _, one in page.notes)
            notes = sorted(every, key=lambda n: place[n.guid])
            assert list(map(tier_rank, notes)) == sorted(map(tier_rank, notes))
            assert place[notes[-1].guid] - place[notes[0].guid] < SPAN
