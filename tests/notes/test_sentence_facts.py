from __future__ import annotations

import pytest

from qt2anki.config import Settings
from qt2anki.notes.clauses import is_plural, read_clause
from qt2anki.notes.frame import frame_for
from qt2anki.notes.kinds.facts import fact_candidates
from qt2anki.notes.text_units import read_units
from qt2anki.notes.verbs import find_verb
from qt2anki.outline.read_outline import read_outline
from tests.golden import golden
from tests.notes.keyword_pages import asked, candidates, page_of, values


@pytest.mark.parametrize(("page", "expected"), golden("facts.md"))
def test_facts(page: str, expected: str) -> None:
    assert asked(page, fact_candidates) == expected


@pytest.mark.parametrize(
    ("sentence", "title", "parts"),
    [
        ("The loom weaves narrow cloth.", "", None),  # a verb that is not in the table
        ("The loom produces cloth.", "", ("", "The loom", "", "produce", "cloth")),
        ("In mills, looms produce cloth.", "", ("In mills, ", "looms", "", "produce", "cloth")),
        ("In such mills, looms produce cloth.", "", None),
        ("It produces cloth.", "", None),
        ("It produces cloth.", "Loom", ("", "", "", "produce", "cloth")),
        ("Produces cloth.", "Loom", ("", "", "", "produce", "cloth")),
        ("Results are good.", "Loom", ("", "Results", "are", None, "good")),
        ("Used for weaving.", "Looms", ("", "", "are", None, "used for weaving")),
        ("Produce cloth on the loom.", "", None),
        ("Looms, which are old, produce cloth.", "", ("", "Looms", "", "produce", "cloth")),
        ("Looms, reeds, and heddles produce cloth.", "", None),
        ("Looms can often produce cloth.", "", ("", "Looms", "can", "produce", "cloth")),
        ("Looms can be made of oak.", "", ("", "Looms", "can", None, "be made of oak")),
        ("Looms cannot not fail.", "", None),
        ("Looms have produced cloth.", "", None),
        ("The loom (a frame) is old.", "", ("", "The loom (a frame)", "is", None, "old")),
        ("Cloth produced here is cheap.", "", None),
        ("Cloth produced by hand is red.", "", ("", "Cloth produced by hand", "is", None, "red")),
        ("Order forms contain fields.", "", ("", "Order forms", "", "contain", "fields")),
        ("Slowly the loom produces cloth.", "", None),
        ("The people who weave produce cloth.", "", None),
        ("Weavers", "", None),
    ],
)  # fmt: skip
def test_clauses(sentence: str, title: str, parts: tuple[object, ...] | None) -> None:
    clause = read_clause(sentence, title)

    found = clause and (
        clause.opening,
        clause.subject,
        clause.auxiliary,
        clause.verb and clause.verb.base,
        clause.rest,
    )
    assert found == parts


@pytest.mark.parametrize(
    ("word", "base", "form"),
    [
        ("carries", "carry", "third"),
        ("carried", "carry", "past"),
        ("passes", "pass", "third"),
        ("stopped", "stop", "past"),
        ("limited", "limit", "past"),
        ("transferred", "transfer", "past"),
        ("controlled", "control", "past"),
        ("bound", "bind", "past"),
        ("release", "release", "base"),
    ],
)
def test_verb_forms(word: str, base: str, form: str) -> None:
    verb = find_verb(word)

    assert verb is not None
    assert (verb.base, verb.form) == (base, form)


@pytest.mark.parametrize("word", ["wool", "carding", "stoped", "limitted"])
def test_no_verbs(word: str) -> None:
    assert find_verb(word) is None


@pytest.mark.parametrize(
    "noun", ["looms", "bacteria", "the walls of a cell", "warp and weft", "Mice"]
)
def test_plurals(noun: str) -> None:
    assert is_plural(noun)


@pytest.mark.parametrize("noun", ["loom", "virus", "loss", "basis", "the PNS", "the edge of looms"])
def test_singulars(noun: str) -> None:
    assert not is_plural(noun)


def test_the_sentence_is_on_the_back() -> None:
    page = "What is a loom?\nkeywords: keratin\n\n- **Reed**: It separates merino threads."
    (candidate,) = candidates(page, fact_candidates)

    assert values(candidate.note)["Extra"] == "It separates merino threads."
    assert candidate.sentence == "It separates merino threads."
    assert candidate.cue == "does"
    assert "title-subject" in candidate.traits


def test_what_a_point_asks_is_not_asked_again() -> None:
    page = "What is a loom?\nkeywords: keratin\n\nThe reed separates merino threads."
    frame = frame_for(page_of(page), Settings())
    units = read_units(read_outline(frame.page.answer), ())

    assert [one.note.key for one in fact_candidates(frame, units)] == ["does/reed-separate"]
    assert not list(fact_candidates(frame, units, asked={"The reed separates merino threads."}))
