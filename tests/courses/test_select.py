from __future__ import annotations

import datetime
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.build.page_table import Library, find_pages
from qt2anki.config.values import Condition
from qt2anki.courses.course import Selection, select
from qt2anki.courses.course_files import choose_courses, course_template
from qt2anki.messages import format_problem
from qt2anki.model import Page, PageId


def page(page_id: int, question: str, **values: object) -> Page:
    whole: dict[str, object] = {
        "source": f"in/{page_id}.md",
        "page_id": page_id,
        "question": question,
        "answer": "It is served warm.",
        "subjects": ("Cooking",),
        "url": f"/learn/q/{question.lower().rstrip('?').replace(' ', '-')}",
        "date": datetime.date(2026, 1, page_id % 28 + 1),
        "keywords": ("kitchen",),
        "score": None,
    } | values
    return Page(**whole)  # type: ignore[arg-type]


PAGES = (
    page(110, "How is tea made?", keywords=("Tea", "hot"), related=(130, 120, 999)),
    page(120, "How is cocoa made?", date=None),
    page(130, "Where does basil grow?", subjects=("Cooking", "Gardening"), answer="In the sun."),
    page(140, "Where does mint grow?", subjects=("Gardening",), answer="In  the\nSHADE."),
)
BY_ID = {each.page_id: each for each in PAGES}
LIBRARY = Library(
    BY_ID,
    {130: ("in/cooking/basil.md", "in/garden/basil.md")},
    lambda page_id: BY_ID[page_id].answer,
)


def selected(tmp_path: Path, *units: str) -> Selection:
    path = tmp_path / "c.toml"
    text = "".join(f'[[unit]]\ntitle = "Unit {n}"\n{unit}\n' for n, unit in enumerate(units, 1))
    path.write_text(f'title = "C"\n{text}', encoding="utf-8")
    (course,) = choose_courses([str(path)], tmp_path, None)
    return select(course, LIBRARY)


def ids(selection: Selection) -> list[list[PageId]]:
    return [[page.page_id for page in unit] for unit in selection.units]


def said(selection: Selection, tmp_path: Path) -> list[str]:
    start = f"{tmp_path.as_posix()}/c.toml:"
    return [format_problem(problem).removeprefix(start) for problem in selection.problems]


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ("[120, 110]", [120, 110]),
        ('["where-does-mint-grow", "basil"]', [140, 130]),
        ('["garden/*.md"]', [130]),
        ('["in/1?0.md"]', [110, 120, 140]),
        ('[{ subject = "gardening" }]', [130, 140]),
        ('[{ subject = ["Gardening", "Cooking"], text = "the shade" }]', [140]),
        ('[{ keyword = "tea" }]', [110]),
        ('[{ keyword = ["tea", "kitchen"], subject = "Gardening" }]', [130, 140]),
        ('[{ question = "grow mint" }]', [140]),
        ('[{ question = ["TEA", "bas"] }]', [110, 130]),
        ("[{ from = 2026-01-19 }]", [110, 130]),
        ("[{ until = 2026-01-18, from = 2026-01-01 }]", [140]),
        ("[{ related_to = 110 }]", [130, 120]),
        ('[{ related_to = 110, subject = "Gardening" }, 110]', [130, 110]),
        ("[{ id = [140, 110] }, 110]", [140, 110]),
    ],
)
def test_what_a_unit_takes(tmp_path: Path, take: str, expected: list[int]) -> None:
    selection = selected(tmp_path, f"take = {take}")

    assert said(selection, tmp_path) == []
    assert ids(selection) == [expected]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("written", [140, 110, 120, 130]),
        ("id", [110, 120, 130, 140]),
        ("date", [140, 130, 110, 120]),
        ("title", [120, 110, 130, 140]),
    ],
)
def test_orders(tmp_path: Path, order: str, expected: list[int]) -> None:
    unit = f'take = [140, {{ subject = "Cooking" }}]\norder = "{order}"'

    assert ids(selected(tmp_path, unit)) == [expected]


def test_excluded_pages_may_be_in_another_unit(tmp_path: Path) -> None:
    units = ('take = [{ subject = "Cooking" }]\nexclude = [130]', "take = [130]")

    selection = selected(tmp_path, *units)

    assert selection.is_usable
    assert ids(selection) == [[110, 120], [130]]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        pytest.param(
            ["take = [\n  110,\n  1300,\n]"],
            [
                (
                    "6: error QT502: there is no page 1300\n  hint: The nearest are "
                    "130 (Where does basil grow?); 140 (Where does mint grow?); "
                    "120 (How is cocoa made?)."
                )
            ],
            id="unknown-id",
        ),
        pytest.param(
            ['take = [110, { subject = "Gardning" }]'],
            [
                (
                    "4: error QT501: 'Unit 1': no page matches {subject = \"Gardning\"}\n"
                    "  hint: Did you mean 'Gardening'?"
                )
            ],
            id="unknown-subject",
        ),
        pytest.param(
            ['take = [\n"how-is-tea-mad",\n]'],
            [
                (
                    "5: error QT501: 'Unit 1': no page matches 'how-is-tea-mad'\n"
                    "  hint: Did you mean 'how-is-tea-made'?"
                )
            ],
            id="unknown-slug",
        ),
        pytest.param(
            ["take = [110]", "take = [120, 110]"],
            [
                (
                    "7: warning QT503: 110 takes page 110 (How is tea made?), which 'Unit 1'"
                    " keeps, because 110 (line 4) takes it\n"
                    "  hint: Exclude the shared pages in the later unit."
                )
            ],
            id="two-units",
        ),
        pytest.param(
            ["take = [110]\nexclude = [{ text = 'moon' }]"],
            [
                (
                    "5: error QT504: 'Unit 1': no page matches {text = \"moon\"}\n"
                    "  hint: 'qt2anki list' with the same conditions as options shows the pages"
                    " that match."
                )
            ],
            id="exclude-finds-nothing",
        ),
        pytest.param(
            ["take = [110]\nexclude = [110]"],
            ["5: error QT501: 'Unit 1' excludes all the pages that it takes (1)"],
            id="all-excluded",
        ),
        pytest.param(["take = []"], ["4: error QT501: 'Unit 1' takes nothing"], id="takes-nothing"),
    ],
)
def test_problems_stand_with_their_line(
    tmp_path: Path, units: list[str], expected: list[str]
) -> None:
    assert said(selected(tmp_path, *units), tmp_path) == expected


def test_many_pages_in_two_units_are_one_message(tmp_path: Path) -> None:
    selection = selected(tmp_path, 'take = [{ subject = "Cooking" }]', 'take = ["in/*"]')

    problem = next(one for one in selection.problems if one.code == "QT503")
    assert "'in/*' takes 2 pages (110, 120), which 'Unit 1' keeps" in problem.text


def test_the_first_unit_keeps_a_page(tmp_path: Path) -> None:
    selection = selected(tmp_path, "take = [110]", "take = [110, 120]")

    assert selection.is_usable
    assert [[page.page_id for page in unit] for unit in selection.units] == [[110], [120]]


def test_a_unit_whose_pages_are_all_in_earlier_ones_is_an_error(tmp_path: Path) -> None:
    selection = selected(tmp_path, "take = [110]", "take = [110]")

    assert [problem.code for problem in selection.problems] == ["QT503", "QT501"]
    assert selection.problems[1].text == "'Unit 2': earlier units have all 1 page"


@pytest.mark.parametrize("take", ['["herbs#dill"]', '[{ id = "herbs#dill" }]'])
def test_pages_whose_ids_are_names_are_taken(tmp_path: Path, take: str) -> None:
    named = replace(PAGES[0], page_id="herbs#dill")
    path = tmp_path / "c.toml"
    path.write_text(f'title = "C"\n[[unit]]\ntitle = "One"\ntake = {take}\n', encoding="utf-8")
    (course,) = choose_courses([str(path)], tmp_path, None)

    found = select(course, Library({named.page_id: named}, {}, lambda _: named.answer))

    assert ids(found) == [["herbs#dill"]]
    assert found.problems == ()


def test_a_new_course_may_take_a_name() -> None:
    text = course_template("herbs", "Herbs", ("herbs#dill", 7))

    assert tomllib.loads(text)["unit"][0]["take"] == ["herbs#dill", 7]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("heart", [150]), ("fail heart", [150]), ("art", []), ("heart tea", []), ("kitchen", [160])],
)
def test_a_keyword_is_found_by_words_in_it(words: str, expected: list[int]) -> None:
    pages = (page(150, "Why?", keywords=("Heart failure", "tea")), page(160, "How?"))
    library = Library({each.page_id: each for each in pages}, {}, lambda _: "")

    found = find_pages(Condition(keyword_words=(words,)), library)

    assert [each.page_id for each in found] == expected
