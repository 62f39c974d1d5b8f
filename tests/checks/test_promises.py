"""What holds for every page: no rule raises, and every place is one in the file."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from qt2anki.checks.check_pages import problems_of
from qt2anki.checks.page_view import Reading
from qt2anki.source.discover import Source
from tests.reading import read_one

PIECES = (
    *("**", "*", "`", "```", "$", "$$", "\\(", "\\)", "\\[", "\\", "\\n", "\\frac{", "\\begin{a}"),
    *("\\left", "{", "}", "_", "^", "&", "<b>", "</b>", "<div ", "List<int>", "[a](", ")", "![]("),
    *("{{c1::", "}}", "steps:", "1. ", "3. ", "# ", "- ", "| ", "> ", " ", "rain", "\\alphax", "é"),
    *("\n", "\n\n", "\t", "5", ":", ".", "\\text{", "\\SI", "\ue000"),
)
answers = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"))
)


@given(answers)
@example("")
@example("\\")
def test_any_answer_can_be_checked(answer: str) -> None:
    text = f"---\nid: 1\nanswer: {json.dumps(answer, ensure_ascii=False)}\n---\n"
    reading = read_one(text, "a.md")
    assert reading.front is not None
    lines = text.split("\n")

    for problem in problems_of(Reading(Source("a.md", None), text, reading.front, reading.page)):
        assert problem.hint
        assert problem.text
        assert "\n" not in problem.text
        assert problem.line == 3
        assert problem.column is not None
        assert 1 <= problem.column <= len(lines[2])
