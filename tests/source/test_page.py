from __future__ import annotations

import pickle
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.messages import format_problem
from qt2anki.model import Page
from qt2anki.source.discover import discover, read_source
from qt2anki.source.page_keys import PageReading
from tests.golden import golden
from tests.reading import read_one

GOOD = """\
---
id: 1
question: {}
answer: Salt water.
subject: Dairy
url: /x
---
"""


@pytest.mark.parametrize(("text", "expected"), golden("pages.md"))
def test_page(text: str, expected: str) -> None:
    assert shown(read_one(text, "page.md")) == expected


def shown(reading: PageReading) -> str:
    lines = [] if reading.page is None else list(values(reading.page))
    return "\n".join([*lines, *(format_problem(problem) for problem in reading.problems)])


def values(page: Page) -> list[str]:
    answer = page.answer.replace("\n", "⏎")
    pairs = {
        "page_id": page.page_id,
        "question": page.question,
        "answer": answer,
        "subjects": " | ".join(page.subjects),
        "url": page.url,
        "date": page.date,
        "keywords": " | ".join(page.keywords),
        "score": page.score,
        "language": page.language,
        "topic": page.topic,
    }
    return [f"{key}: {value}" for key, value in pairs.items() if value not in ("", None)]


def test_every_real_page_reads_without_a_problem(corpus: Path) -> None:
    sources = discover([str(corpus)]).sources
    readings = [read_one(read_source(source).text or "", source.name) for source in sources]

    assert len(readings) > 1000
    assert [format_problem(problem) for reading in readings for problem in reading.problems] == []
    assert all(reading.page and reading.page.keywords for reading in readings)


def test_a_reading_can_be_sent_to_another_process() -> None:
    reading = read_one(GOOD.format("What is brine?"), "page.md")

    assert reading.page
    sent = reading.page, reading.problems
    assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301  # our own bytes


@given(st.text())
def test_any_text_gives_a_page_or_an_error(text: str) -> None:
    for page in (text, f"---\n{text}\n---\n", GOOD.format(text), GOOD.format(f'"{text}"')):
        reading = read_one(page, "page.md")

        failed = any(problem.severity == "error" for problem in reading.problems)
        assert (reading.page is None) == failed


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_a_folded_text_keeps_every_character(text: str) -> None:
    reading = read_one(GOOD.format(f">-\n    x{text}x"), "page.md")

    if reading.page is not None:  # else it holds a character that is no text
        composed = normalize("NFC", f"x{text}x")  # as all texts of pages are
        assert "".join(reading.page.question.split()) == "".join(composed.split())


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("[" * 500_000, id="lists"),
        pytest.param("- " * 250_000, id="points"),
        pytest.param("? " * 250_000, id="keys"),
        pytest.param("a: " + "{a: " * 200_000, id="mappings"),
        pytest.param("a: " + "'" * 500_001, id="quotes"),
        pytest.param("a: " + ": " * 250_000, id="colons"),
        pytest.param("\n" * 500_000, id="newlines"),
        pytest.param("-" * 500_000 + " x", id="dashes"),
        pytest.param("--- " * 100_000, id="fences"),
        pytest.param("a: &a [x, x]\n" + "b: [*a, *a, *a]\n" * 20_000, id="aliases"),
    ],
)
def test_hostile_front_matter_is_refused_soon(hostile: str) -> None:
    reading = read_one(f"---\n{hostile}\n---\n", "page.md")

    assert reading.page is None
