from __future__ import annotations

import pytest
from hypothesis import given

from qt2anki.outline.lines import logical_lines
from tests.outline.strategies import answers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\nb", [(0, "a"), (0, "b")], id="two lines"),
        pytest.param("  a  \n\tb", [(2, "a"), (4, "b")], id="indents; a tab is four blanks"),
        pytest.param("", [(0, "")], id="nothing"),
        pytest.param("a\n\n", [(0, "a"), (0, ""), (0, "")], id="blank lines"),
        pytest.param("```\na\n\nb\n```\nc", [(0, "```\na\n\nb\n```"), (0, "c")], id="a fence"),
        pytest.param("$$\na\n$$\nc", [(0, "$$\na\n$$"), (0, "c")], id="a formula"),
        pytest.param("see `a\nb` c\nd", [(0, "see `a\nb` c"), (0, "d")], id="inline code"),
    ],
)
def test_logical_lines(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(line.indent, line.text) for line in logical_lines(text)] == expected


def test_a_line_knows_the_block_that_opens_it() -> None:
    fence, formula, text = logical_lines("  ```c\n  x\n  ```\n \\[y\\] z\nsee $$w$$")

    assert fence.opens
    assert formula.opens
    assert fence.text[fence.opens.inner_start : fence.opens.inner_end] == "  x"
    assert formula.text[formula.opens.inner_start : formula.opens.inner_end] == "y"
    assert text.opens is None


@given(answers)
def test_lines_are_the_text_again(answer: str) -> None:
    lines = logical_lines(answer)

    again = "\n".join(f"{' ' * line.indent}{line.text}" for line in lines)
    assert again.split() == answer.replace("\t", " ").split()
    assert all(line.text[:1] != " " for line in lines)
