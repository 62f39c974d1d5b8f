from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qt2anki.html.fragment import inline_html
from qt2anki.notes.cloze_deletion import box, deletion, mask
from qt2anki.notes.words import roots
from tests.html.html_check import check_html
from tests.html.strategies import any_text

_CUT = re.compile(r"\{\{c1::(.*?)\}\}", re.DOTALL)
NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("markdown", "secret", "along", "expected"),
    [
        pytest.param("Rye is dark.", "rye", "", "{{c1::Rye}} is dark.", id="a word"),
        pytest.param(
            "The dough rises.", "rising", "", "The dough {{c1::rises}}.", id="another form"
        ),
        pytest.param("Rye and rye", "rye", "", "{{c1::Rye}} and {{c1::rye}}", id="every mention"),
        pytest.param(
            "dark rye bread", "rye", "bread", "dark {{c1::rye bread}}", id="a run of words"
        ),
        pytest.param("a pre-ferment", "ferment", "pre", "a {{c1::pre-ferment}}", id="hyphens"),
        pytest.param("bread alone", "rye", "bread", "bread alone", id="a neighbour alone"),
        pytest.param("rye, bread", "rye", "bread", "{{c1::rye}}, bread", id="a comma parts a run"),
        pytest.param(
            "a **rye** loaf", "rye", "", "a <strong>{{c1::rye}}</strong> loaf", id="inside a tag"
        ),
        pytest.param("rye &amp; oats", "oat", "", "rye &amp; {{c1::oats}}", id="beside an entity"),
        pytest.param("baker's rye", "baker", "", "{{c1::baker's}} rye", id="an apostrophe"),
    ],
)
def test_mask(markdown: str, secret: str, along: str, expected: str) -> None:
    masked = mask(inline_html(markdown), secret=roots(secret), along=roots(along))

    assert masked
    assert masked.html == expected
    assert masked.hidden == tuple(html.unescape(text) for text in _CUT.findall(masked.html))


@pytest.mark.parametrize(
    "markdown",
    [
        pytest.param("use `rye` here", id="code"),
        pytest.param("the rate $rye_2$ grows", id="math"),
        pytest.param("see [rye](https://example.org)", id="a link"),
        pytest.param("$$rye$$", id="display math"),
    ],
)
def test_what_may_not_be_cut_is_not_asked(markdown: str) -> None:
    assert mask(inline_html(markdown), secret=roots("rye"), along=NOTHING) is None


def test_a_box_hides_for_good() -> None:
    masked = mask("dark rye", secret=roots("rye"), along=NOTHING, hide=box)

    assert masked
    assert (masked.html, masked.hidden) == ("dark ▢", ("rye",))
    assert box("") == ""
    assert deletion("x") == "{{c1::x}}"


_words = st.sampled_from(("word", "a", "rel", "frac", "text", "mailto", "lt", "amp", "b", "c1"))


@given(any_text, st.sets(_words, min_size=1), st.sets(_words))
@example("a 🄑 rel", {"b"}, set())
def test_without_its_marks_it_is_the_fragment_again(
    text: str, secret: set[str], along: set[str]
) -> None:
    fragment = inline_html(text)
    masked = mask(fragment, secret=frozenset(secret), along=frozenset(along))
    if masked is None:
        return

    assert _CUT.sub(r"\1", masked.html) == fragment
    check_html(_CUT.sub("<b>gap</b>", masked.html))
    for hidden in _CUT.findall(masked.html):
        assert not re.search(r"[<>]|\\[()\[\]]|}}|::", hidden)
        assert not re.fullmatch(r".*&[^;]*", hidden, re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", _CUT.sub(" ", masked.html))
    assert not roots(html.unescape(shown)) & frozenset(secret)
