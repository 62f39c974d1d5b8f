"""What a reader sees of finished HTML."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.visible_text import visible_text, visible_words


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("<p>Sap rises.</p><p>Buds swell.</p>", "Sap rises. Buds swell.", id="blocks"),
        pytest.param("x<sub>2</sub> and <b>x</b>y", "x2 and xy", id="inline"),
        pytest.param("one<br>two", "one two", id="break"),
        pytest.param("a &lt; b &amp; c&nbsp;d", "a < b & c d", id="references"),
        pytest.param("Buds → {{c1::sap rises}}.", "Buds → sap rises.", id="cloze"),
        pytest.param("{{c1::sugar::1 word}} flows", "sugar flows", id="hint"),
        pytest.param('<div class="qt-q">Why?</div>', "Why?", id="attributes"),
        pytest.param("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", id="no tags"),
        pytest.param("<!-- no --><style>p {}</style>yes<script>no()</script>", "yes", id="hidden"),
        pytest.param("yes<style>p {}", "yes", id="hidden and open"),
        pytest.param('<img src="a.png" alt="a leaf"> leaf', "leaf", id="image"),
        pytest.param("\\(x &lt; y\\)", "\\(x < y\\)", id="math"),
    ],
)
def test_text(html: str, text: str) -> None:
    assert visible_text(html) == text


def test_words_are_folded_and_without_punctuation() -> None:
    assert visible_words("<b>Sap</b> rises: sap, <i>rises</i>!") == {"sap", "rises"}


@given(st.text())
def test_text_is_one_line_without_loose_blanks(html: str) -> None:
    text = visible_text(html)

    assert text == " ".join(text.split())


@pytest.mark.no_cover
@pytest.mark.parametrize("part", ["<", "<a ", "<!--", "{{c1::", "::", "&", "<style>", "<script"])
def test_a_megabyte_of_anything_takes_linear_time(part: str) -> None:
    started = time.process_time()
    visible_text(part * (1_000_000 // len(part)))

    assert time.process_time() - started < 2
