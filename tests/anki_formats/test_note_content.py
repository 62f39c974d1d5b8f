"""When a note counts as changed: its import then overwrites students' edits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qt2anki.anki.note_content import is_same
from tests.anki_formats.decks import qa_note

LISTING = '<pre><code class="language-c"><span class="k">int</span> a = &#39;b&#39;;</code></pre>'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("rye", "rye", True, id="equal"),
        pytest.param("rye", "oat", False, id="a different word"),
        pytest.param("rye", "<b>rye</b>", False, id="bold"),
        pytest.param(LISTING, LISTING.replace('"k"', '"kt"'), True, id="a different colour"),
        pytest.param(LISTING, LISTING.replace("&#39;", "'"), True, id="a quote as it is"),
        pytest.param(LISTING, LISTING.replace("int", "char"), False, id="a different listing"),
        pytest.param(LISTING, LISTING.replace("a =", "a  ="), False, id="more spaces in a listing"),
        pytest.param("rye, oat", "rye,  oat", True, id="more spaces"),
        pytest.param("ro\u0302ti", "r\u00f4ti", True, id="a composed letter"),
        pytest.param("&lt;b&gt;", "<b>", False, id="a tag for its name"),
        pytest.param("[sound:a]", "&#91;sound:a]", False, id="a sound that is text now"),
    ],
)
def test_answers(before: str, after: str, *, expected: bool) -> None:
    assert is_same(qa_note(5, Answer=before), qa_note(5, Answer=after)) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("Q::tier::core",), ("Q::tier::extra",), True),
        (("Q::subject::a",), ("Q::subject::b",), False),
        (("Q::retired", "Q::tier::core"), ("Q::tier::core",), False),
    ],
)
def test_tags(before: tuple[str, ...], after: tuple[str, ...], *, expected: bool) -> None:
    note = qa_note(5, Answer="rye")

    assert is_same(replace(note, tags=before), replace(note, tags=after)) is expected
