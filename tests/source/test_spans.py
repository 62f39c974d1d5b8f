from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.source.spans import find_spans

FOUND = [
    pytest.param("see `a $b$` there", [("code", "a $b$")], id="code hides math"),
    pytest.param("``a ` b`` and `c", [("code", "a ` b")], id="runs of equal length"),
    pytest.param("`a\n\nb`", [], id="code ends with its paragraph"),
    pytest.param("\\`a` b`", [("code", " b")], id="an escaped backtick opens nothing"),
    pytest.param("```py\nx\ny\n```\nz", [("fence", "x\ny")], id="a fence"),
    pytest.param(
        "- one:\n      ```\n      $x$\n      ```", [("fence", "      $x$")], id="indented"
    ),
    pytest.param("1. ~~~\na\n~~~~ \nb", [("fence", "a")], id="tildes after a list marker"),
    pytest.param("```\na\n~~~\n", [("fence", "a\n~~~\n")], id="an open fence runs to the end"),
    pytest.param("```", [("fence", "")], id="a fence and no more"),
    pytest.param("```\n```", [("fence", "")], id="an empty fence"),
    pytest.param("~~~ `x`\na\n~~~", [("fence", "a")], id="backticks after tildes"),
    pytest.param("see ```x``` here", [("code", "x")], id="three backticks within a line"),
    pytest.param("a $x$ b \\(y\\) c", [("inline", "x"), ("inline", "y")], id="inline math"),
    pytest.param("$$x$$ \\[y\\]", [("display", "x"), ("display", "y")], id="display math"),
    pytest.param("$$\na\n\nb\n$$", [("display", "\na\n\nb\n")], id="display over a blank line"),
    pytest.param("$$a$$$$b$$", [("display", "a"), ("display", "b")], id="two in a row"),
    pytest.param("\\$5 and \\$6, \\\\(x\\\\)", [], id="escaped marks"),
    pytest.param("$a$$b$", [("inline", "a"), ("inline", "b")], id="one behind the other"),
    pytest.param("\\(a \\(b\\)", [("inline", "b")], id="brackets do not nest"),
    pytest.param("\\(a\n\nb\\)", [], id="inline math ends with its paragraph"),
    pytest.param("\\[1\\] and \\[ \\]", [], id="an escaped bracket"),
    pytest.param("$$ a $$$ b", [], id="three dollars close nothing"),
    pytest.param("paid $$ once.\n\nThen it is to be as it was $$", [], id="dollars around prose"),
    pytest.param("\\[ alone, \\( alone", [], id="lone brackets"),
    pytest.param("$$ alone, `a`", [("code", "a")], id="a lone pair of dollars"),
]

MATH = (
    "$n$",
    "$ a $",
    "$5x + 3$",
    "$10^{-3}$",
    "$0.05$",
    "$\\alpha $",
    "$ -1 < x < 7$",
    "$CO_2$",
    "$\\{1, 2\\}$",
    "$2, 4, 6, ...$",
    "$P'$",
    "$i$th",
    "$x \\text{ and } y$",
    "$Mg$",
    "$f(x)$",
    "$180 - 75 = 105$",
    "$\\text{\\$5}$",
    "$n +\n1$",
)

MONEY = (
    "from $5 million to $10 million",
    "$5,000 and $20",
    "$3,000-$4,000",
    "between $100/$120 and US$5",
    "US$ 141 million, then US$ 50",
    "$ 5 and $ 10",
    "**$5** to **$10**",
    "for every $1 spent, $141 came back",
    "- rent: $500\n- food: $200",
    "$2.5 billion in US$",
    "$5 per head (A$8)",
    "10$ and 20$",
    "$HOME/$USER",
    "($5)/($6)",
    "costs $5.\n\nNo more $",
    '"$5" or "$6"',
    "| $5 |\n| a$ |",
    "$100 \\times 2 = $200",
    "$100\\times2=$200",
    "so 2 \\times $x \\cdot $5",
)


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_code_and_math_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(span.kind, text[span.inner_start : span.inner_end]) for span in find_spans(text)]

    assert found == expected


@pytest.mark.parametrize("text", MATH)
def test_math_in_single_dollars(text: str) -> None:
    inline = find_spans(f"so {text} holds")

    assert [(span.kind, span.start) for span in inline] == [("inline", 3)]


@pytest.mark.parametrize("text", MONEY)
def test_money_is_not_math(text: str) -> None:
    assert find_spans(text) == ()


def test_money_and_math_stand_side_by_side() -> None:
    text = "It costs $5 for $n$ items, $20 for $m$, and $x = 3$ is worth $4."

    assert [text[span.start : span.end] for span in find_spans(text)] == ["$n$", "$m$", "$x = 3$"]


marks = st.lists(
    st.sampled_from(
        ("`", "``", "```", "~~~", "$", "$$", "\\", "(", ")", "[", "]", "\n", "a", " ", "5")
    ),
    max_size=30,
).map("".join)


@given(marks)
def test_spans_are_in_order_and_within_the_text(text: str) -> None:
    last = 0
    for span in find_spans(text):
        assert last <= span.start <= span.inner_start <= span.inner_end <= span.end <= len(text)
        assert span.start < span.end
        last = span.end


def test_only_fences_and_display_math_cross_blank_lines() -> None:
    text = "`a\n \nb` $c\n\nd$ \\(e\n\t\nf\\) $$g\n\nh$$"

    assert [span.kind for span in find_spans(text)] == ["display"]


HOSTILE = {
    "dollars": "$" * 200_000,
    "spaced dollars": "$ a " * 50_000,
    "double dollars": "$$ a \n\n" * 30_000,
    "backticks": "`" * 200_000,
    "growing runs": "".join("`" * length + " a" for length in range(1, 600)),
    "opening brackets": "\\(\\[" * 50_000,
    "backslashes": "\\" * 200_000,
    "fences": "```\n" * 50_000,
    "blanks before a fence": " " * 200_000 + "```",
    "ticks in one line": "``` a " * 30_000,
    "open commands": "$\\a{" * 50_000,
    "blank lines": "\n" * 200_000,
}


@pytest.mark.no_cover
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    find_spans(text)

    assert time.process_time() - started < 3  # a quadratic walk takes minutes
