from __future__ import annotations

import pickle
import re
import subprocess
import sys
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.html.sanitize import clean_by_bleach
from tests.conftest import EXAMPLES
from tests.golden import golden
from tests.html.html_check import check_html
from tests.html.strategies import any_text, nasty_text

PLAIN = [
    pytest.param("**Heat** and `a_b`", "Heat and a_b", id="markup off"),
    pytest.param("1 &lt; 2 &amp;&nbsp;3", "1 < 2 & 3", id="references"),
    pytest.param("a  b\nc<br>d", "a b c d", id="blanks"),
    pytest.param("so $ x_1 $ and $$y$$", "so \\(x_1\\) and \\[y\\]", id="math"),
    pytest.param("[text](https://example.org)", "text", id="links"),
    pytest.param("List<int> {{x}}::y}", "List<int> {{x}}::y}", id="not for Anki's eyes"),
]


@pytest.mark.parametrize(("markdown", "expected"), golden("fragments.md"))
def test_inline_html(markdown: str, expected: str) -> None:
    html = inline_html(markdown)

    assert html == expected
    check_html(html)


@pytest.mark.parametrize(("markdown", "expected"), PLAIN)
def test_plain_text(markdown: str, expected: str) -> None:
    assert plain_text(markdown) == expected


def test_characters_that_no_field_may_hold_are_dropped() -> None:
    assert inline_html("a\x1fb\x02 **c\x00**\ud800\ufffe") == "ab <strong>c</strong>"
    assert inline_html("a `b\x1f` $c\x1f$") == "a <code>b</code> \\(c\\)"
    assert inline_html("\U001000000\U00100001 `x`") == "0 <code>x</code>"


@settings(max_examples=4 * EXAMPLES)
@given(any_text)
@example("[x](`j`avascript:y)")
@example("[$a$](https://example.org/$a$)")
@example("*a <b>b* c</b>")
def test_output_is_well_formed_and_harmless(markdown: str) -> None:
    check_html(inline_html(markdown))


@given(any_text)
def test_a_second_sanitising_changes_nothing(markdown: str) -> None:
    html = inline_html(markdown)

    assert clean_by_bleach(html) == html


@given(nasty_text)
def test_a_closing_cloze_may_follow_any_fragment(markdown: str) -> None:
    cloze = f"{{{{c1::{inline_html(markdown)}}}}}"

    assert cloze.index("}}") == len(cloze) - 2
    assert cloze.count("::") == 1


words = st.text(alphabet="xyz TU12<>{}:;=#/\"'(),.-ü漢\n", max_size=60)


@given(words)
def test_no_text_is_lost(text: str) -> None:
    shown = " ".join(text.split())

    assert plain_text(text) == shown
    assert " ".join(check_html(inline_html(text).replace("<br>", " ")).split()) == shown


@pytest.mark.no_cover
def test_a_page_cannot_hang_a_build() -> None:
    started = time.process_time()
    for piece in ("*a **a ", "[", "<b>", "![a](", "_a __", "`", "$a ", "&", "<a ", "~~a "):
        inline_html(piece * (100_000 // len(piece)))
        inline_html(piece * (8_000 // len(piece)))

    assert time.process_time() - started < 20


def test_html_is_the_same_in_every_process() -> None:
    markdown = "**a** [b](https://example.org) `c` $d$ <sub>e</sub> <f> &amp;"
    code = "import sys, pickle; from qt2anki.html.fragment import inline_html\n"
    code += "sys.stdout.buffer.write(pickle.dumps(inline_html(sys.argv[1])))"
    run = subprocess.run(  # noqa: S603 - this interpreter, our own code
        [sys.executable, "-c", code, markdown], capture_output=True, check=True
    )

    assert pickle.loads(run.stdout) == inline_html(markdown)  # noqa: S301 - written above


def test_fragments_of_real_pages(real_fragments: list[str]) -> None:
    for fragment in real_fragments:
        html = inline_html(fragment)
        check_html(html)
        assert re.search(r"\*\*|\$\$", re.sub(r"<code>.*?</code>", "", html)) is None, fragment
