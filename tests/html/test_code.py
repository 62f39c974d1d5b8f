from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.html.code_and_math import code_html, inline_code_html
from tests.html.html_check import check_html
from tests.html.strategies import nasty_text


def test_known_language_has_classes_and_no_colours() -> None:
    shown = code_html("def f(x):\n    return x", "python")

    assert shown.startswith('<pre><code class="language-python"><span class="k">def</span>')
    assert "style=" not in shown
    assert check_html(shown) == "def f(x):\n    return x"


@pytest.mark.parametrize(("language", "name"), [("C++", "c++"), ("c#", "c#"), ("zork", "zork")])
def test_the_language_of_the_page_is_kept(language: str, name: str) -> None:
    assert code_html("x", language).startswith(f'<pre><code class="language-{name}">')


def test_no_language_and_a_hostile_one() -> None:
    assert code_html("a < b", "") == "<pre><code>a &lt; b</code></pre>"
    assert code_html("a", '"><script>') == '<pre><code class="language-script">a</code></pre>'


def test_pseudocode_is_not_coloured() -> None:
    assert (
        code_html("IF a", "pseudocode")
        == '<pre><code class="language-pseudocode">IF a</code></pre>'
    )


def test_blank_lines_around_go_and_tabs_become_blanks() -> None:
    assert code_html("\n\ta\x1f\n\n", "") == "<pre><code>    a</code></pre>"


def test_a_very_long_listing_is_not_coloured() -> None:
    assert "<span" not in code_html("x = 1\n" * 4000, "python")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", "<code>a b</code>"),
        (" `a ", "<code>`a</code>"),
        ("  ", "<code>  </code>"),
        ("\\(x\\)", "<code>&#92;(x&#92;)</code>"),
    ],
)
def test_inline_code(text: str, expected: str) -> None:
    assert inline_code_html(text) == expected


@given(
    nasty_text | st.text(), st.sampled_from(("", "python", "cpp", "latex", "html", "sql", "bash"))
)
def test_any_code_is_shown_whole_and_harmless(text: str, language: str) -> None:
    shown = check_html(code_html(text, language))

    assert [*shown] == [*shown.strip("\n")]
    assert "".join(shown.split()) == "".join(
        character for character in text if not character.isspace() and _is_allowed(character)
    )


def _is_allowed(character: str) -> bool:
    code = ord(character)
    control = code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
    return not (control or 0xFDD0 <= code < 0xFDF0 or code in (0xFFFE, 0xFFFF))
