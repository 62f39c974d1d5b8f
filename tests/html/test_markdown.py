from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.html import fragment as module
from qt2anki.html.fragment import markdown_html


@pytest.mark.parametrize("start", ["# ", "- ", "1. ", "> ", "    ", "***\n", "[a]: b ", "=== "])
def test_nothing_at_the_start_makes_a_block(start: str) -> None:
    shown = markdown_html(f"{start}*x*")

    assert not any(f"<{tag}" in shown for tag in ("h1", "ul", "ol", "blockquote", "pre", "hr", "p"))
    assert "<em>x</em>" in shown


def test_a_text_beyond_any_length_is_escaped() -> None:
    text = "*a* <b> & &lt; " * 1000

    assert markdown_html(text) == "*a* &lt;b&gt; &amp; &lt; " * 1000


@given(st.text(alphabet="ab .,:;#-+=|(){}!?\"'$^~%/@0 1ü漢").map(str.strip))
def test_text_without_marks_needs_no_markdown(text: str) -> None:
    converter = module._converter()  # noqa: SLF001 - the short cut is to do what this does

    if "~~" not in text and text:
        assert markdown_html(text) == converter.reset().convert(text)[3:-4]
