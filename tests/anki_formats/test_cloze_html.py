"""What a cloze field shows; tests/anki/test_rendering.py asks Anki itself about any text."""

from __future__ import annotations

import time

import pytest

from qt2anki.anki.cloze import cloze_html, strip_html_in_math

GAP = '<span class="cloze" data-cloze="{}" data-ordinal="1">[{}]</span>'
ANSWER = '<span class="cloze" data-ordinal="1">{}</span>'
OTHER = '<span class="cloze-inactive" data-ordinal="2">{}</span>'


@pytest.mark.parametrize(
    ("html", "front", "back"),
    [
        pytest.param("no gap", "", "", id="none"),
        pytest.param("{{c2::sap}}", "", "", id="another-number"),
        pytest.param(
            "The {{c1::sap}} rises",
            f"The {GAP} rises".format("sap", "..."),
            f"The {ANSWER} rises".format("sap"),
            id="plain",
        ),
        pytest.param(
            "{{c1::oak::a tree}}", GAP.format("oak", "a tree"), ANSWER.format("oak"), id="hint"
        ),
        pytest.param("{{c1::oak::}}", GAP.format("oak", ""), ANSWER.format("oak"), id="empty-hint"),
        pytest.param(
            "{{c1::std::vector::x}}",
            GAP.format("std", "vector::x"),
            ANSWER.format("std"),
            id="the-first-colons-split",
        ),
        pytest.param(
            "{{c1::\N{LATIN SMALL LETTER E WITH ACUTE}, \N{EURO SIGN} <b>}}",
            GAP.format("&#xE9;&#x2C;&#x20;\N{EURO SIGN}&#x20;&lt;b&gt;", "..."),
            ANSWER.format("\N{LATIN SMALL LETTER E WITH ACUTE}, \N{EURO SIGN} <b>"),
            id="attribute",
        ),
        pytest.param(
            "{{c2::bark}} {{c1::sap}}",
            f"{OTHER.format('bark')} {GAP.format('sap', '...')}",
            f"{OTHER.format('bark')} {ANSWER.format('sap')}",
            id="inactive",
        ),
        pytest.param(
            "{{c2::the {{c1::sap}} of}}",
            OTHER.format(f"the {GAP.format('sap', '...')} of"),
            OTHER.format(f"the {ANSWER.format('sap')} of"),
            id="nested",
        ),
        pytest.param(
            "{{c1::sap}} {{c1::lost",
            GAP.format("sap", "...") + " ",
            ANSWER.format("sap") + " ",
            id="never-closed",
        ),
        pytest.param(
            "}} {{c1::x}}",
            "}} " + GAP.format("x", "..."),
            "}} " + ANSWER.format("x"),
            id="stray-closing",
        ),
        pytest.param(
            r"\({{c1::x^2}} + 1\)", r"\([...] + 1\)", r"\(x^2 + 1\)", id="no-html-in-math"
        ),
    ],
)
def test_both_sides(html: str, front: str, back: str) -> None:
    assert cloze_html(html, 1, is_front=True) == front
    assert cloze_html(html, 1, is_front=False) == back


@pytest.mark.parametrize(
    ("html", "stripped"),
    [
        (r"<b>\(a <i>b</i>\)</b>", r"<b>\(a b\)</b>"),
        (r"\[x < y\]", r"\[x < y\]"),
        (r"\(a<!-- > -->b<style>c</style>d\]", r"\(abd\]"),
        (r"\(never <b>closed</b>", r"\(never <b>closed</b>"),
        (r"\(a &lt; b\)", r"\(a &lt; b\)"),
    ],
)
def test_math_is_plain_tex(html: str, stripped: str) -> None:
    assert strip_html_in_math(html) == stripped


@pytest.mark.parametrize(
    "piece", ["{{c1::", "}}", "\\(", "\\(<", "{{c1", "<!--", "<style>", "\\(<script", "::", "1,"]
)
def test_hostile_fields_take_no_time(piece: str) -> None:
    field = "{{c1::x}}\\(" + piece * (400_000 // len(piece)) + "\\)"
    started = time.process_time()

    cloze_html(field, 1, is_front=True)

    assert time.process_time() - started < 4
