from __future__ import annotations

import random
from dataclasses import replace

import pytest

from qt2anki.model import Page
from qt2anki.source.read_file import catalog

PAGE = Page("a.md", 1, "Why salt?", "Taste.", ("Baking",), "/a", None, ("salt",), None)


def page(page_id: int, subject: str, source: str = "a.md", **changes: object) -> Page:
    return replace(PAGE, page_id=page_id, subjects=(subject,), source=source, **changes)  # type: ignore[arg-type]


def test_pages_are_sorted_by_id_and_subjects_by_name() -> None:
    found = catalog([page(3, "dairy"), page(-2, "Baking"), page(1, "Zymology")], {})

    assert [p.page_id for p in found.pages] == [-2, 1, 3]
    assert found.subjects == ("Baking", "dairy", "Zymology")
    assert found.problems == ()


def test_a_cross_listed_page_is_one_page_with_all_its_subjects() -> None:
    pages = [
        page(1, "Dairy", "dairy/a.md", keywords=("salt", "brine"), score=0.5, url="/dairy/a"),
        page(1, "Baking", "baking/a.md", keywords=("salt", "crust"), score=2.0, url="/baking/a"),
    ]

    found = catalog(pages, {})

    assert found == catalog(pages[::-1], {})
    assert found.problems == ()
    (joined,) = found.pages
    assert joined.subjects == ("Baking", "Dairy")
    assert joined.keywords == ("salt", "crust", "brine")
    assert (joined.score, joined.url) == (2.0, "/baking/a")


@pytest.mark.parametrize("part", ["question", "answer"])
def test_one_id_for_two_pages_makes_neither(part: str) -> None:
    other = page(1, "Dairy", "b.md", **{part: "Something else."})

    found = catalog([page(1, "Baking"), other, page(2, "Baking")], {})

    assert [p.page_id for p in found.pages] == [2]
    (problem,) = found.problems
    assert (problem.code, problem.severity, problem.source) == ("QT201", "error", "b.md")
    assert f"a different {part}" in problem.text
    assert "a.md" in problem.text
    assert "different id" in problem.hint


def test_two_equal_questions_of_a_file_are_told_how_to_differ() -> None:
    pages = [page(1, "Lab"), page(1, "Lab", answer="Something else.")]

    found = catalog([replace(one, page_id="lab#range") for one in pages], {})

    assert "{#sodium}" in found.problems[0].hint


def test_the_same_page_twice_in_one_subject() -> None:
    found = catalog([page(1, "Baking", "b.md"), page(1, "baking", "a.md")], {})

    (problem,) = found.problems
    assert (problem.code, problem.source) == ("QT202", "b.md")
    assert len(found.pages) == 1


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param(
            ["Food Science", "Food science", "Food Science"], "Food Science", id="commonest"
        ),
        pytest.param(
            ["food science", "Food Science"], "Food Science", id="a tie: the first by letters"
        ),
        pytest.param(
            ["Food  Science", "FOOD SCIENCE", "Food  Science"], "Food Science", id="blanks"
        ),
    ],
)
def test_one_spelling_a_subject(written: list[str], name: str) -> None:
    pages = [page(number, subject, f"{number}.md") for number, subject in enumerate(written)]

    for order in (pages, pages[::-1]):
        assert catalog(order, {}).subjects == (name,)
        assert {p.subjects for p in catalog(order, {}).pages} == {(name,)}


def test_aliases_join_subjects() -> None:
    pages = [page(1, "Bakery"), page(2, "bakery", "b.md"), page(3, "Baking", "c.md")]

    found = catalog(pages, {"BAKERY": "Baking"})

    assert found.subjects == ("Baking",)
    assert {p.subjects for p in found.pages} == {("Baking",)}


def test_an_alias_may_name_a_subject_that_no_page_has() -> None:
    assert catalog([page(1, "Bakery")], {"Bakery": "Food"}).subjects == ("Food",)


def test_the_order_of_pages_does_not_matter() -> None:
    pages = [
        page(number % 7, ("Baking", "baking", "Dairy")[number % 3], f"{number}.md")
        for number in range(20)
    ]
    expected = catalog(pages, {})

    for seed in range(5):
        shuffled = random.Random(seed).sample(pages, len(pages))  # noqa: S311  # no secret
        assert catalog(shuffled, {}) == expected


def test_nothing_gives_nothing() -> None:
    found = catalog([], {})

    assert (found.pages, found.subjects, found.problems) == ((), (), ())
