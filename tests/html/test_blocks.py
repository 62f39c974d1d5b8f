from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.html.block_html import blocks_html
from qt2anki.model import (
    Block,
    Code,
    Formula,
    Heading,
    Item,
    Listing,
    Paragraph,
    Quote,
    Summary,
    Table,
)
from qt2anki.outline.blocks import read_blocks
from tests.golden import golden
from tests.html.html_check import check_html
from tests.html.strategies import any_text


@pytest.mark.parametrize(("markdown", "expected"), golden("blocks.md"))
def test_blocks_html(markdown: str, expected: str) -> None:
    html = blocks_html(read_blocks(markdown))

    assert html == expected
    check_html(html)


def test_a_list_of_headings() -> None:
    steps = Listing(
        "headings",
        (
            Item("1.", "Wet", "", "Soak *it*.", (Paragraph("Wait."),)),
            Item("", "Dry", "", "", ()),
        ),
        "",
        "",
    )

    assert blocks_html((steps,)) == (
        "<h4>1. Wet</h4><p>Soak <em>it</em>.</p><p>Wait.</p><h4>Dry</h4>"
    )


def test_a_summary_has_its_cue_again() -> None:
    assert (
        blocks_html((Summary("It works.", "In short, it works."),)) == "<p>In short, it works.</p>"
    )


def test_levels_of_headings() -> None:
    headings = tuple(Heading(level, "x") for level in (1, 3, 5, 7))

    assert blocks_html(headings) == "<h3>x</h3><h3>x</h3><h5>x</h5><h6>x</h6>"
    assert blocks_html((Heading(4, "Mix", "2."),)) == "<h4>2. Mix</h4>"


def test_views_are_not_repeated() -> None:
    blocks = (Formula("a", "lead"), Code("b", "", "lead", "s"), Formula(" ", ""))

    assert blocks_html(blocks) == '<div class="qt-math">\\[a\\]</div><pre><code>b</code></pre>'


def test_an_item_may_lack_any_part() -> None:
    items = (
        Item("-", "", "", "text", ()),
        Item("-", "Title", "", "", ()),
        Item("-", "Title", ".", "text", ()),
        Item("-", "", "", "", (Paragraph("p"),)),
    )

    assert blocks_html((Listing("bullets", items, "", ""), Listing("numbered", (), "", ""))) == (
        "<ul><li>text</li><li><strong>Title</strong></li><li><strong>Title</strong>. text</li>"
        "<li><p>p</p></li></ul><ol></ol>"
    )


texts = any_text
leaves: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, st.integers(1, 7), texts, texts),
    st.builds(Paragraph, texts),
    st.builds(Formula, texts, texts),
    st.builds(Code, texts, texts, texts, texts),
    st.builds(Summary, texts, texts),
    st.builds(
        Table,
        st.tuples(texts, texts),
        st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
        st.tuples(st.sampled_from(("", "left", "right", "center")), st.just("")),
        texts,
        texts,
    ),
)


def _holders(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    blocks = st.lists(inner, max_size=2).map(tuple)
    markers = st.sampled_from(("-", "1.", "2.", "7)", "0.", "", "x"))
    items = st.lists(st.builds(Item, markers, texts, texts, texts, blocks), max_size=2).map(tuple)
    styles = st.sampled_from(("numbered", "bullets", "headings"))
    return st.builds(Quote, blocks) | st.builds(Listing, styles, items, texts, texts)


@given(st.lists(st.recursive(leaves, _holders, max_leaves=4), max_size=2))
def test_blocks_are_always_well_formed(blocks: list[Block]) -> None:
    check_html(blocks_html(blocks))
