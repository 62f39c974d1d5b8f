"""Time is linear for any page: no rule may hang on a long line."""

from __future__ import annotations

import time

import pytest

from qt2anki.checks.check_pages import problems_of
from qt2anki.checks.page_view import Reading
from qt2anki.source.discover import Source
from qt2anki.source.entry import Entry, FrontMatter

LENGTH = 60_000
SECONDS = 2.0  # many times what is needed

PIECES = [
    *("<", "<a", "<a ", "</b>", "<b>", "`", "``a", "```\n", "*", "**", "**a ", "* ", "a**b "),
    *("[", "[a](", "![](a", "[a](b:c)", "](", "$", "$$", "$a", "\\(", "\\[a", "\\(a_b ", "{", "}"),
    *("$\\a$", "$\\left$", "$\\begin{a}$", "$\\frac{$", "$a_$ ", "\\frac{", "\\alpha ", "\\"),
    *("steps:\n", "steps ", "1. a\n", "1. ", " 2) a\n", "# 3. a\n", "#", "\n", " ", "\t", "\n\n"),
    *("{{c1::", "| a ", "> ", "1. **a ", "**a**:", "_", "&", "$x_1_2$", "a ", "é", "- "),
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("end", ["", "x"])
def test_time(piece: str, end: str) -> None:
    answer = (piece * (LENGTH // len(piece)) + end).strip()
    text = f"---\nanswer: |\n {answer}\n---\n"
    entry = Entry("text", answer, 2, column=9, style="|")
    reading = Reading(Source("a.md", None), text, FrontMatter({"answer": entry}, 1), None)
    start = time.process_time()

    count = sum(1 for _ in problems_of(reading))

    assert time.process_time() - start < SECONDS
    assert count < 500
