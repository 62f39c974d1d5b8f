"""The sample pages show every shape and every trap of the format, and stay readable."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_packages
from qt2anki.build.correction_reports import correction_problems
from qt2anki.build.job import Progress
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings
from qt2anki.corrections.corrections_file import read_corrections

INPUT = Path(__file__).parent.parent / "input"
PAGES = sorted(INPUT.glob("*/*.md"))
README = (INPUT / "README.md").read_text(encoding="utf-8")
CROSS_LISTED = {900002}
KEYS = {
    *("_schema", "id", "date", "title", "article_title", "date_format", "post_on_text", "seo"),
    *("author", "question", "answer", "subject", "file_name", "url"),
}


def front_matter(path: Path) -> dict[str, object]:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert body.strip() == "&nbsp;"
    values = yaml.safe_load(head)
    assert isinstance(values, dict)
    return values


@cache
def by_id() -> dict[object, list[dict[str, object]]]:
    pages: dict[object, list[dict[str, object]]] = defaultdict(list)
    for path in PAGES:
        values = front_matter(path)
        pages[values["id"]].append(values)
    return dict(pages)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_has_the_published_form(path: Path) -> None:
    values = front_matter(path)

    assert values.keys() >= KEYS
    assert "\n" not in str(values["answer"])
    assert values["title"] == values["article_title"] == values["question"]
    assert values["file_name"] == path.name
    assert values["url"] == f"/learn/{path.parent.name}/questions/{path.stem}"
    assert str(values["subject"]).lower().replace(" ", "-") == path.parent.name


def test_only_a_cross_listed_page_shares_its_id() -> None:
    shared = {page_id: pages for page_id, pages in by_id().items() if len(pages) > 1}

    assert shared.keys() == CROSS_LISTED
    for pages in shared.values():
        assert len({(page["question"], page["answer"]) for page in pages}) == 1
        assert len({page["subject"] for page in pages}) == len(pages)


def test_related_articles_name_pages_that_exist() -> None:
    pages = by_id()
    for page in (page for listed in pages.values() for page in listed):
        for key in ("related_article1", "related_article2"):
            related = page[key]
            assert isinstance(related, dict)
            assert related["url"] in {other["url"] for other in pages[related["id"]]}


def test_samples_cover_many_subjects_and_one_spelled_twice() -> None:
    spelled = {str(page["subject"]) for pages in by_id().values() for page in pages}

    assert len({name.casefold() for name in spelled}) >= 5
    assert {"Computer Science", "Computer science"} <= spelled


def test_readme_lists_every_page_and_every_shape() -> None:
    rows = re.findall(r"^\| (-?\d+) \| `([^`]+)` \| ([A-I, ]+|-) \|", README, re.MULTILINE)

    assert sorted((int(page_id), INPUT / name) for page_id, name, _ in rows) == sorted(
        (int(str(front_matter(path)["id"])), path) for path in PAGES
    )
    assert {shape for _, _, shapes in rows for shape in shapes.split(", ")} == {*"ABCDEFGHI", "-"}


@pytest.mark.parametrize(
    ("page_id", "trap"),
    [
        pytest.param(900009, r"\n   \nabla \cdot", id="nabla-after-a-newline"),
        pytest.param(900009, r"\neq 0$", id="neq"),
        pytest.param(900010, r"$$\n\nu_0", id="nu-after-a-newline"),
        pytest.param(900011, r"$$\nu(t)", id="newline-before-u"),
        pytest.param(900012, r"\\\nu - v", id="row-end-newline-before-u"),
        pytest.param(900013, r"$\sqrt{2} \notin", id="notin"),
        pytest.param(900013, r"$2 \nmid p$", id="nmid"),
        pytest.param(900013, r"$\neg S$", id="neg"),
        pytest.param(900013, r"\not\equiv", id="not"),
        pytest.param(900014, "{{n}", id="opening-braces-in-math"),
        pytest.param(900014, "k}}", id="closing-braces-in-math"),
        pytest.param(900017, r'printf("Sum: %d\n", sum);\n', id="newline-in-a-string"),
        pytest.param(900017, " #include <stdio.h> ", id="tag-that-is-code"),
        pytest.param(900019, "List<int> in", id="tag-that-is-a-type"),
        pytest.param(900019, "std::vector<int> in", id="double-colon"),
        pytest.param(900019, "{{ name }}", id="braces-in-text"),
        pytest.param(900023, "from $5 million to $10 million", id="money"),
        pytest.param(900023, r"$ m \to \infty $", id="math-with-blanks"),
        pytest.param(900004, r":\n1. **", id="list-directly-below-its-lead"),
        pytest.param(900008, r"\n  - **", id="nested-2"),
        pytest.param(900007, r"\n   - **", id="nested-3"),
        pytest.param(900029, r"\n    - ", id="nested-4"),
        pytest.param(900005, r"\n1. Situation: ", id="title-without-bold"),
        pytest.param(900011, r"\n1. **Proportional Term** - ", id="title-dash"),
        pytest.param(900022, r"\n1. **Introduction:** ", id="title-colon-inside"),
        pytest.param(900024, r"\n1. **Sensorimotor Stage** (0–2 years): ", id="title-brackets"),
        pytest.param(900018, "](https://", id="link"),
        pytest.param(900018, r"|---|---|", id="table"),
    ],
)
def test_trap_is_still_there(page_id: int, trap: str) -> None:
    assert trap in str(by_id()[page_id][0]["answer"])


def test_every_correction_of_a_sample_applies(tmp_path: Path) -> None:
    corrections = read_corrections([INPUT / "corrections"])
    pages = (str(INPUT),)

    job = Job(pages, tmp_path, Settings(), load_note_types(), stamp=1, corrections=corrections)
    assert correction_problems(job) == ()
    build(job, Progress())
    made = {note.fields[0] for package in read_packages([tmp_path]) for note in package.notes}
    assert len(corrections.by_key) >= 100
    assert corrections.by_key.keys() <= made
    assert len(corrections.by_page) >= 40


def test_building_the_same_pages_again_changes_no_card(tmp_path: Path) -> None:
    job = Job((str(INPUT),), tmp_path, Settings(), load_note_types(), stamp=1, cache=None)
    build(job, Progress())
    again = replace(job, stamp=2)

    assert not any(built.is_written for built in build(again, Progress()).packages)
