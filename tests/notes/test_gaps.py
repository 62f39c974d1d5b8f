"""Where in a sentence a phrase is left out, with markup and without."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.notes.kinds.gaps import find_gaps
from qt2anki.notes.words import roots


def shown(fragment: str, phrase: str, known: str = "") -> list[str]:
    found = find_gaps(fragment, phrase, known=roots(known))
    return [f"{gap.html_before}[{gap.hidden}]{gap.html_after}" for gap in found]


@pytest.mark.parametrize(
    ("fragment", "phrase", "known", "expected"),
    [
        pytest.param("Bakers sieve flour.", "sieves", "", ["Bakers [sieve] flour."], id="a form"),
        pytest.param("A sieve, a sieve", "sieve", "", ["A [sieve], a sieve", "A sieve, a [sieve]"]),
        pytest.param("a wire-mesh sieve", "wire mesh", "", ["a [wire-mesh] sieve"], id="hyphen"),
        pytest.param("wire, mesh", "wire mesh", "", [], id="a comma between"),
        pytest.param("mesh wire", "wire mesh", "", [], id="another order"),
        pytest.param("fine rye flour", "fine rye flour", "Flour?", ["[fine rye] flour"], id="told"),
        pytest.param("fine rye flour", "fine rye flour", "Rye?", ["[fine rye flour]"], id="inside"),
        pytest.param("rye flour", "rye flour", "Rye flour?", ["[rye flour]"], id="all is told"),
        pytest.param("<em>rye</em> flour", "rye flour", "", [], id="a tag between"),
        pytest.param(
            "<em>rye flour</em>", "rye flour", "", ["<em>[rye flour]</em>"], id="in a tag"
        ),
        pytest.param("<code>rye</code>", "rye", "", [], id="code is kept whole"),
        pytest.param("the miller&#39;s rye", "miller", "", ["the [miller&#39;s] rye"], id="entity"),
        pytest.param("Crème brûlée", "creme", "", ["[Crème] brûlée"], id="accents"),
        pytest.param("rye", "the", "", [], id="nothing of the kind"),
        pytest.param("rye", "—", "", [], id="no word"),
    ],
)
def test_gaps(fragment: str, phrase: str, known: str, expected: list[str]) -> None:
    assert shown(fragment, phrase, known) == expected


def test_a_gap_knows_what_a_reader_sees() -> None:
    (gap,) = find_gaps("<b>Salt</b> &amp; rye &lt; oats", "rye", known=frozenset())

    assert (gap.before, gap.answer, gap.after) == ("Salt & ", "rye", " < oats")


TEXTS = st.lists(
    st.sampled_from(["rye", "flour", "Rye", "sieves", "the", " ", " ", "-", ", ", "(", ".", "4"])
).map("".join)


@given(TEXTS, st.sampled_from(["rye", "rye flour", "rye the sieve", "4"]), TEXTS)
def test_markup_elsewhere_changes_no_gap(fragment: str, phrase: str, known: str) -> None:
    tag = "<b>.</b>"
    bare = [
        replace(gap, html_after=f"{gap.html_after}{tag}", after=f"{gap.after}.")
        for gap in find_gaps(fragment, phrase, known=roots(known))
    ]

    marked = find_gaps(f"{fragment}{tag}", phrase, known=roots(known))
    assert list(map(astuple, marked)) == list(map(astuple, bare))
