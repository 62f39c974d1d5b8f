"""Cards rendered by the audit are what Anki itself renders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.audit.deletions import (
    cloze_html,
    cloze_numbers,
    hidden_parts,
    read_deletions,
    with_gaps,
)
from qt2anki.audit.template import Sides, render_sides
from qt2anki.errors import PackageError
from qt2anki.package.published import PublishedTemplate


def template(front: str, back: str = "{{FrontSide}}") -> PublishedTemplate:
    return PublishedTemplate("Card", front, back)


@pytest.mark.parametrize(
    ("front", "values", "expected"),
    [
        pytest.param("<b>{{ Bud }}</b>", {"Bud": "a<i>b</i>"}, "<b>a<i>b</i></b>", id="field"),
        pytest.param("{{#Bud}}x{{Bud}}{{/Bud}}", {"Bud": "1"}, "x1", id="filled-section"),
        pytest.param("{{#Bud}}x{{/Bud}}y", {"Bud": "<br> "}, "y", id="blank-is-empty"),
        pytest.param("{{^Bud}}none{{/Bud}}", {"Bud": ""}, "none", id="unless"),
        pytest.param("{{#A}}{{#B}}both{{/B}}{{/A}}", {"A": "1", "B": ""}, "", id="nested"),
        pytest.param("<!-- {{Bud}} -->{{Bud}}", {"Bud": "1"}, "<!-- {{Bud}} -->1", id="comment"),
        pytest.param("{{text:Bud}}", {"Bud": "<p>a</p><p>b</p>"}, "a b", id="text"),
        pytest.param("{{hint:Bud}}", {"Bud": "secret"}, "<a>Bud</a>", id="hint"),
        pytest.param("{{type:Bud}}", {"Bud": "secret"}, "", id="type"),
        pytest.param("{{#c1}}first{{/c1}}{{#c2}}no{{/c2}}", {}, "first", id="cloze-section"),
        pytest.param("{{Tags}}!", {}, "!", id="special-field-without-a-value"),
    ],
)
def test_template(front: str, values: dict[str, str], expected: str) -> None:
    assert render_sides(template(front), values, 0) == Sides(expected, expected)


@pytest.mark.parametrize("front", ["{{#A}}{{/B}}", "{{#A}}", "{{/A}}"])
def test_sections_that_do_not_pair_up(front: str) -> None:
    with pytest.raises(PackageError, match="a card template"):
        render_sides(template(front), {}, 0)


GAP = '<span class="cloze" data-cloze="{}" data-ordinal="1">[{}]</span>'
OTHER = '<span class="cloze-inactive" data-ordinal="2">bark</span>'


@pytest.mark.parametrize(
    ("field", "front", "back"),
    [
        pytest.param(
            "sap {{c1::rises}}",
            f"sap {GAP.format('rises', '...')}",
            'sap <span class="cloze" data-ordinal="1">rises</span>',
            id="one",
        ),
        pytest.param(
            "{{c1::1859::year}}",
            GAP.format("1859", "year"),
            '<span class="cloze" data-ordinal="1">1859</span>',
            id="hint",
        ),
        pytest.param(
            "{{c2::bark}} {{c1::wood}}",
            f"{OTHER} {GAP.format('wood', '...')}",
            f'{OTHER} <span class="cloze" data-ordinal="1">wood</span>',
            id="another-number",
        ),
        pytest.param("{{c2::bark}}", "", "", id="no-such-number"),
        pytest.param(
            "{{c1::a}} {{c2::lost",
            f"{GAP.format('a', '...')} ",
            '<span class="cloze" data-ordinal="1">a</span> ',
            id="never-closed",
        ),
        pytest.param(
            r"\(x = {{c1::2}}\)", r"\(x = [...]\)", r"\(x = 2\)", id="no-tags-inside-math"
        ),
    ],
)
def test_cloze(field: str, front: str, back: str) -> None:
    assert cloze_html(field, 1, is_front=True) == front
    assert cloze_html(field, 1, is_front=False) == back


def test_parts_of_a_cloze() -> None:
    field = "{{c1::outer {{c2::inner}}}} and {{c1::more}}"

    assert hidden_parts(field, 1) == ("outer inner", "more")
    assert with_gaps(field, 1, "_") == "_ and _"
    assert cloze_numbers(read_deletions(field)) == {1, 2}


@given(st.text(st.sampled_from("{}c1:: ab\\()"), max_size=60))
def test_no_text_makes_it_fail(field: str) -> None:
    cloze_html(field, 1, is_front=True)


def test_deep_nesting_and_long_lines_end() -> None:
    cloze_html("{{c1::" * 100_000 + "}}" * 100_000, 1, is_front=True)
    cloze_html("{{c1::x}}" + r"\(" * 300_000, 1, is_front=True)
