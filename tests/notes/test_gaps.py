"""Where in a sentence a phrase is left out, with markup and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.notes.kinds.gaps import find_gaps, with_acronym
from qt2anki.notes.kinds.sentence_terms import noun_phrases
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


@pytest.mark.parametrize(
    ("fragment", "hidden"),
    [
        pytest.param(
            "a rye flour gruel (RFG) with salt", "rye flour gruel (RFG)", id="hidden, too"
        ),
        pytest.param("a rye flour gruel (RFGs) with salt", "rye flour gruel (RFGs)", id="plural"),
        pytest.param("a thin rye flour gruel (TRFG)", "rye flour gruel", id="of more words"),
        pytest.param("a rye flour gruel (<b>RFG</b>)", "rye flour gruel", id="with markup"),
        pytest.param("a rye flour gruel (grey) with salt", "rye flour gruel", id="no acronym"),
    ],
)
def test_acronym_behind_a_gap(fragment: str, hidden: str) -> None:
    (gap,) = find_gaps(fragment, "rye flour gruel", known=frozenset())

    found = with_acronym(gap)

    assert found.hidden == hidden
    assert f"{found.html_before}{found.hidden}{found.html_after}" == fragment


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("The oven heats and stores rye flour.", ("rye flour", "object"), id="verb"),
        pytest.param("It is baked from the rye flour.", ("rye flour", "verb"), id="participle"),
        pytest.param("A sack of rye flour fell.", ("rye flour", "preposition"), id="of"),
        pytest.param("Nine specific rye flours fell.", ("rye flours", "subject"), id="empty words"),
        pytest.param("The oven, rye flour and salt", ("rye flour", "other"), id="comma"),
        pytest.param("A bread (rye flour) rises.", ("rye flour", "object"), id="in brackets"),
        pytest.param("An oven used to rye loaves", ("rye loaves", "infinitive"), id="used to"),
        pytest.param("It is time to rye loaves", ("rye loaves", "infinitive"), id="to"),
        pytest.param("Rye flours absorb water.", ("Rye flours", "subject"), id="verb after plural"),
        pytest.param(
            "The rye flour hydrates a loaf.", ("rye flour", "subject"), id="verb after it"
        ),
        pytest.param("Old rye flour heated slowly rises.", ("rye flour", "subject"), id="past"),
        pytest.param("Bakers handling rye flour cough.", ("rye flour cough", "object"), id="ing"),
        pytest.param("It has slowly ryed dough.", ("dough", "object"), id="has"),
        pytest.param("The brûlé is done.", ("brûlé", "subject"), id="accents"),
    ],
)
def test_noun_phrases(sentence: str, expected: tuple[str, str]) -> None:
    telling = ("rye", "brule", "dough")

    assert [tuple(one) for one in noun_phrases(sentence, telling)] == [expected]


TEXTS = st.lists(
    st.sampled_from(["rye", "flour", "Rye", "sieves", "the", " ", " ", "-", ", ", "(", ".", "4"])
).map("".join)


@given(TEXTS, st.sampled_from(["rye", "rye flour", "rye the sieve", "4"]), TEXTS)
def test_markup_elsewhere_changes_no_gap(fragment: str, phrase: str, known: str) -> None:
    tag = "<b>.</b>"
    bare = [
        gap._replace(html_after=f"{gap.html_after}{tag}", after=f"{gap.after}.")
        for gap in find_gaps(fragment, phrase, known=roots(known))
    ]

    marked = find_gaps(f"{fragment}{tag}", phrase, known=roots(known))
    assert list(marked) == bare
