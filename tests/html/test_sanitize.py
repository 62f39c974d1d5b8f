from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qt2anki.html.anki_escape import without_controls
from qt2anki.html.fragment import markdown_html
from qt2anki.html.sanitize import INLINE_TAGS, clean, clean_by_bleach, limit_raw_html
from tests.conftest import EXAMPLES
from tests.html.strategies import any_text

RAW = [
    pytest.param("a < b", "a &lt; b", id="a sign"),
    pytest.param("\\<b>x</b>", "&lt;b>x&lt;/b>", id="escaped"),
    pytest.param("<b><i>x</i></b>", "<b><i>x</i></b>", id="nested"),
    pytest.param("<b><i>x</b></i>", "&lt;b><i>x&lt;/b></i>", id="crossed"),
    pytest.param('<b class="x">y</b>', '&lt;b class="x">y&lt;/b>', id="attributes"),
    pytest.param("a<BR />b", "a<br />b", id="line break"),
    pytest.param("the <br> tag", "the &lt;br> tag", id="spoken of"),
    pytest.param("<https://a.b>", "<https://a.b>", id="address"),
]


@pytest.mark.parametrize(("markdown", "expected"), RAW)
def test_raw_html_is_limited(markdown: str, expected: str) -> None:
    assert limit_raw_html(markdown) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://x.y">a</a>', '<a href="https://x.y">a</a>'),
        ('<a href="HTTP://x.y" onclick="z()">a</a>', '<a href="HTTP://x.y">a</a>'),
        ('<a href="https:relative">a</a>', "a"),
        ('<a href="//x.y">a</a>', "a"),
        ('<a href="java&#10;script:z">a</a>', "a"),
        ("<a>a</a>", "a"),
        ('<a href="mailto:">a</a>', "a"),
        ("<b>a", "<b>a</b>"),
        ("a</b>", "a"),
        ('<p style="x">a</p>', '&lt;p style="x"&gt;a&lt;/p&gt;'),
    ],
)
def test_cleaning(html: str, expected: str) -> None:
    assert clean(html) == expected


soup = st.lists(
    st.sampled_from(sorted(f"<{tag}>" for tag in INLINE_TAGS))
    | st.sampled_from(sorted(f"</{tag}>" for tag in INLINE_TAGS))
    | st.sampled_from(
        ("a", " ", "&amp;", "&lt;", "&gt;", "&", "<br />", "<br/>", "<", ">", '"', "\n")
    ),
    max_size=12,
).map("".join)


@settings(max_examples=4 * EXAMPLES)
@given(soup | any_text.map(without_controls).map(limit_raw_html).map(markdown_html))
def test_the_short_cut_is_what_bleach_would_do(html: str) -> None:
    assert clean(html) == clean_by_bleach(html)


def test_the_short_cut_on_real_pages(real_fragments: list[str]) -> None:
    for fragment in real_fragments:
        html = markdown_html(limit_raw_html(fragment))
        assert clean(html) == clean_by_bleach(html), fragment
