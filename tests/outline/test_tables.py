from __future__ import annotations

import pytest

from qt2anki.model import Table
from qt2anki.outline.leaf_blocks import read_table, table_rows
from qt2anki.outline.lines import logical_lines


def table(text: str) -> Table | None:
    lines = logical_lines(text)
    end = table_rows(lines, 0)
    return read_table(lines[:end], "", "") if end else None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("|a|b|\n|-|-|\n|1|2|", (("1", "2"),), id="bars at both ends"),
        pytest.param("a|b\n-|-\n1|2", (("1", "2"),), id="bars inside only"),
        pytest.param("|a|b|\n|-|-|", (), id="a header alone"),
        pytest.param("|a|b|\n|-|-|\n|1|", (("1", ""),), id="a cell too few"),
        pytest.param("|a|b|\n|-|-|\n|1|2|3|", (("1", "2 | 3"),), id="a cell too many is kept"),
        pytest.param("|a|b|\n|-|-|\n|x\\|y|2|", (("x|y", "2"),), id="an escaped bar"),
        pytest.param(
            "|a|b|\n|-|-|\n|`x|y`|$|z|$|", (("`x|y`", "$|z|$"),), id="bars in code and math"
        ),
        pytest.param("|a|b|\n|-|-|\n||2|", (("", "2"),), id="an empty cell"),
    ],
)
def test_rows(text: str, rows: tuple[tuple[str, ...], ...]) -> None:
    found = table(text)

    assert found
    assert found.header == ("a", "b")
    assert found.rows == rows


def test_sides() -> None:
    found = table("|a|b|c|d|\n|-|:-|-:|:-:|")

    assert found
    assert found.align == ("", "left", "right", "center")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a|b", id="no rule"),
        pytest.param("a|b\ntext", id="no rule below it"),
        pytest.param("a\n---", id="a rule alone"),
        pytest.param("|a|b|\n|-|", id="a rule of another width"),
        pytest.param("a|b\n-a-|-", id="letters in the rule"),
    ],
)
def test_no_table(text: str) -> None:
    assert table(text) is None


def test_a_table_ends_with_its_bars() -> None:
    assert table_rows(logical_lines("|a|\n|-|\n|1|\n\n|2|"), 0) == 3
