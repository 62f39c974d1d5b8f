from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.html.code_and_math import math_html
from tests.html.html_check import check_html

CASES = [
    pytest.param("x^2", "\\(x^2\\)", id="simple"),
    pytest.param("  x\n\n  + y\n", "\\(x + y\\)", id="lines and blanks"),
    pytest.param("a<b & c>d", "\\(a&lt;b &amp; c&gt;d\\)", id="references"),
    pytest.param("\\frac{a}{\\sqrt{b}}", "\\(\\frac{a}{\\sqrt{b} }\\)", id="closing braces"),
    pytest.param("{{{a}}}", "\\({ { {a} } }\\)", id="three in a row"),
    pytest.param("\\{\\{a\\}\\}", "\\(\\{\\{a\\}\\}\\)", id="escaped braces do not double"),
    pytest.param("{\\{a\\}}", "\\({\\{a\\} }\\)", id="an escaped one before a real one"),
    pytest.param(
        "\\text {a\\textit{b}}", "\\(\\text {a\\textit{b}&#125;\\)", id="text after blank"
    ),
    pytest.param("\\ce{SO4^{2-}}", "\\(\\ce{SO4^{2-}&#125;\\)", id="chemistry is text"),
    pytest.param("\\mathrm{{a}}", "\\(\\mathrm{ {a} }\\)", id="letters in math mode"),
    pytest.param("\\text{{a}}", "\\(\\text{&#123;a}&#125;\\)", id="opening braces in text"),
    pytest.param("a:::b", "\\(a: : :b\\)", id="colons"),
    pytest.param("a := b", "\\(a := b\\)", id="one colon"),
    pytest.param("5% \\% # \\#", "\\(5\\% \\% \\# \\#\\)", id="signs that TeX would take"),
    pytest.param("a \\\\[2pt] b", "\\(a \\\\[2pt] b\\)", id="a row end with a distance"),
    pytest.param("a \\\\] b", "\\(a \\\\ ] b\\)", id="a row end and a bracket"),
]

UNFIT = ["{a", "a}", "\\text{\\(a\\)}", "a \\] b", "}{", "a\\"]


@pytest.mark.parametrize(("tex", "expected"), CASES)
def test_formula(tex: str, expected: str) -> None:
    assert math_html(tex) == expected
    check_html(expected)


@pytest.mark.parametrize("tex", UNFIT)
def test_what_anki_cannot_carry_is_shown_as_source(tex: str) -> None:
    shown = math_html(tex, display=True)

    assert shown.startswith("<code>")
    assert check_html(shown) == tex


def test_display_and_empty_formulas() -> None:
    assert math_html("a", display=True) == "\\[a\\]"
    assert math_html(" \n ") == ""


tex_text = st.lists(
    st.sampled_from(
        ("{", "}", "{{", "}}", "\\text{", "\\ce{", "\\\\", "\\{", "\\}", ":", "::", "%")
    )
    | st.sampled_from(("\\frac", "\\(", "\\]", "\\", "]", ")", "x", " ", "\n", "<", "&", "#", "é")),
    max_size=16,
).map("".join)


@given(tex_text, st.booleans())
def test_any_formula_is_harmless_and_whole(tex: str, display: bool) -> None:
    shown = math_html(tex, display=display)
    text = check_html(shown)

    bare = re.sub(r"\s", "", html.unescape(text))
    if shown.startswith("\\"):
        assert shown[:2] not in shown[2:]
        bare = bare[2:-2]
    # TeX sees the text of the page, except for spaces and signs with a meaning in TeX.
    signs = re.compile(r"\\*(?=[%#])")
    assert signs.sub("", bare) == signs.sub("", re.sub(r"\s", "", tex))


@pytest.mark.parametrize(
    "tex",
    [
        "\\mathtoolsset{centercolon}",
        "x \\label{a}",
        "\\eqref{a}",
        "\\color{url(//e.org)}x",
        "\\textcolor[rgb]{url(//e.org)}{x}",
        "\\colorbox{url(//e.org)}{x}",
        "\\madeup{x}",
        "\\begin{tikzpicture}x\\end{tikzpicture}",
        "\\def\\x{1}",
    ],
)
def test_only_commands_that_affect_their_formula_alone_are_typeset(tex: str) -> None:
    assert math_html(tex).startswith("<code>")


@pytest.mark.parametrize(
    "tex",
    [
        "\\color{red}x",
        "\\textcolor{#ff0000}{x}",
        "\\color[rgb]{1,0,0}x",
        "\\colorbox{yellow}{x}",
        "a\\\\b",
        "\\,\\;\\!\\|",
        "\\begin{align*}a&=b\\end{align*}",
        "\\operatorname*{argmax}_x",
        "\\ce{H2O}",
    ],
)
def test_commands_of_mathjax_are_typeset(tex: str) -> None:
    assert math_html(tex).startswith("\\(")
