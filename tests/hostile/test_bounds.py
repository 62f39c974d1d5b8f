"""Time and memory stay bounded, and what is beyond the bounds is said."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from qt2anki.config import Settings
from qt2anki.notes.make_notes import make_notes
from qt2anki.outline.read_outline import read_outline
from qt2anki.source.discover import Source, read_source
from qt2anki.source.page_keys import LONGEST, PageReading
from qt2anki.source.read_file import parse_pages
from tests.reading import read_one

SECONDS = 4.0  # of processor time; 2 s on an idle machine

PIECES = [
    *("1. a\n", "- a\n", "$\\a$", "Ab Cd (AC) ", "?", "...", " ", "\\[x=1\\]\n", "> > ", "  - a\n"),
    *("`\\n", "|a|b|\n|-|-|\n", "**a**:", "[a](b"),
]


def page(**values: object) -> str:
    defaults = {"id": 7, "question": "How is a bowl turned?", "subject": "Crafts", "answer": "Wood"}
    lines = [f"{key}: {json.dumps(value)}" for key, value in (defaults | values).items()]
    return "\n".join(("---", *lines, "---", ""))


def codes(reading: PageReading) -> set[str]:
    return {problem.code for problem in reading.problems if problem.severity == "error"}


@pytest.mark.parametrize("piece", PIECES)
def test_the_longest_answer_takes_bounded_time(piece: str) -> None:
    answer = piece * (LONGEST["answer"] // len(piece) - 1)
    started = time.process_time()

    reading = read_one(page(answer=f"Steps:\n\n1. **Saw**: {answer}"[: LONGEST["answer"]]), "a.md")
    if reading.page:
        make_notes(reading.page, Settings(card_threshold=0))

    assert time.process_time() - started < SECONDS


def test_a_short_form_is_looked_for_once_in_a_long_word() -> None:
    answer = (
        f"There are two types:\n\n1. **XAAAAAAQ Deficiency**: This condition affects the enzyme"
        f" xb{'a' * 230}, which is involved in the pentose phosphate pathway, leading to metabolic"
        " acidosis.\n\n2. **Scurvy**: This condition affects collagen, which repairs vessel walls."
    )
    question, keywords = "What are the types of deficiency?", ["XAAAAAAQ Deficiency", "enzyme"]
    text = page(question=question, answer=answer, seo={"page_keywords": ", ".join(keywords)})
    read = read_one(text.replace("\n\n", "\\n\\n"), "a.md").page
    assert read
    started = time.process_time()

    made = make_notes(read, Settings(card_threshold=0))

    assert time.process_time() - started < SECONDS
    keys = {choice.candidate.note.key for choice in made.choices}
    assert any(key.startswith("cloze/xaaaaaaq-deficiency/") for key in keys)


def test_a_row_of_backticks_and_newlines_is_read_once() -> None:
    started = time.process_time()

    read_one(page(answer="`" * 47_000 + "\\n" * 23_000), "a.md")

    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("key", ["question", "answer"])
def test_a_longer_text_is_refused(key: str) -> None:
    assert codes(read_one(page(**{key: "- wood\\n" * 200_000}), "a.md")) == {"QT129"}


def test_aliases_are_not_expanded() -> None:
    bomb = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    text = page().replace("id: 7", f"id: 7\na0: &a0 [wood]\n{bomb}", 1)
    started = time.process_time()

    assert codes(read_one(text, "a.md")) == {"QT115"}
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(opening: str) -> None:
    text = page().replace("id: 7", f"id: 7\ndeep: {opening * 50_000}", 1)

    assert codes(read_one(text, "a.md")) & {"QT113", "QT115"}


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "huge.md"
    with file.open("wb") as stream:
        stream.truncate(100 * 1024**2)
    started = time.process_time()

    read = read_source(Source(str(file), file))

    assert read.text is None
    assert [problem.code for problem in read.problems] == ["QT103"]
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    "subject", ["..", "::", "x" * 101, "\u202egpk.", "---", "\u2066Nursing", "//"]
)
def test_a_subject_that_names_no_deck_is_refused(subject: str) -> None:
    assert codes(read_one(page(subject=subject), "a.md")) == {"QT121"}


BODIES = (
    "[[", "![[a", "%%", "<!--", "==a", "^[a", "[^1]: a\n", ":::note\n", "!!! x\n    y\n", "{% a ",
    "Q: a?\nA: b\n", "# a?\n", "**a?**\n", "<details><summary>a</summary>", "<img src='a' ",
    "a\n: b\n", "a. b\nb. c\n", "2. a\n1. b\n", "`a` # b?\n", "\\u0041", "> [!note] a\n",
    "a\n===\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", BODIES)
def test_the_longest_text_below_front_matter_takes_bounded_time(piece: str) -> None:
    body = piece * (LONGEST["answer"] // len(piece) - 1)
    source = Source("a.md", Path("pages/a.md"), Path("pages"))
    started = time.process_time()

    for reading in parse_pages(f"---\ntitle: x\n---\n{body}", source):
        if reading.page:
            read_outline(reading.page.answer)

    assert time.process_time() - started < SECONDS
