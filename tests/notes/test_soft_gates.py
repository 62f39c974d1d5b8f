from __future__ import annotations

import pytest

from qt2anki.notes.gates import echoes, other_forms
from qt2anki.notes.soft_gates import (
    clue_fits,
    explains_gap,
    identifies,
    is_label,
    is_one_of_several,
    names_gap,
    sentence_fits,
)
from qt2anki.notes.words import roots

WELL = "The old well behind the barn gives sweet water in every summer."


@pytest.mark.parametrize(
    ("sentence", "opens", "expected"),
    [
        pytest.param(WELL, False, True, id="stands for itself"),
        pytest.param("The well gives water.", False, False, id="short"),
        pytest.param(WELL[:-1] + " and so on" * 12 + ".", False, False, id="long"),
        pytest.param("W" + "e" * 500 + " " + WELL, False, False, id="no words"),
        pytest.param(WELL[:-1] + ":", False, False, id="leads to something"),
        pytest.param(WELL[:-1], False, False, id="no end"),
        pytest.param(
            "It gives sweet water behind the barn in every summer.", False, False, id="it"
        ),
        pytest.param(
            "It gives sweet water behind the barn in every summer.", True, True, id="title"
        ),
        pytest.param("For example, " + WELL, True, False, id="an example"),
        pytest.param("In contrast, " + WELL, False, True, id="a contrast"),
        pytest.param("While it rains, " + WELL, False, True, id="a clause first"),
        pytest.param("You may drink from the old well behind the barn.", True, False, id="you"),
        pytest.param(WELL[:-1] + " (Hay, 2001).", False, False, id="a source"),
        pytest.param(
            "The old well is an essential and crucial part of every farm.",
            False,
            False,
            id="praise",
        ),
    ],
)
def test_sentences(sentence: str, opens: bool, expected: bool) -> None:
    assert sentence_fits(sentence, opens=opens) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("Ducks eat weeds such as [...] in spring.", True, id="such as"),
        pytest.param("Ducks eat (e.g. [...]) in spring.", True, id="in brackets"),
        pytest.param("Ducks eat [...] and snails.", True, id="before and"),
        pytest.param("Ducks eat snails and [...].", True, id="after and"),
        pytest.param("Ducks eat snails and the green [...].", False, id="unknown adjective"),
        pytest.param("Ducks eat snails, [...], and grass.", True, id="in a list"),
        pytest.param("Ducks eat [...], snails, and grass.", True, id="first of a list"),
        pytest.param("Ducks eat [...], which grows on ponds and lakes.", False, id="which"),
        pytest.param("In ponds, [...] feeds ducks.", False, id="after a clause"),
        pytest.param("Ducks like mud. They eat [...] in spring.", False, id="example ended"),
        pytest.param("Birds such as ducks, geese, and swans, eat [...].", False, id="list ended"),
        pytest.param("Birds like ducks, which swim, eat [...].", False, id="a clause after it"),
        pytest.param("Ducks, especially the old, eat [...].", False, id="of its own"),
        pytest.param("Ducks eat weeds, especially the green [...].", True, id="especially"),
        pytest.param("Ducks eat [...], covering ponds and lakes.", False, id="a participle"),
        pytest.param("Ducks eat [...], such as reed and rush.", False, id="has examples"),
        pytest.param("Ducks find [...] and are fed in winter.", False, id="and a verb"),
        pytest.param("Ducks are fed [...] and moved to ponds.", False, id="and a passive"),
    ],
)
def test_one_of_several(sentence: str, expected: bool) -> None:
    before, _, after = sentence.partition("[...]")

    assert is_one_of_several(before, after) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("A green film called [...] covers it.", True, id="called"),
        pytest.param("A film, also known as the [...], covers it.", True, id="known as"),
        pytest.param("[...] is a plant without roots.", True, id="is a"),
        pytest.param("The [...], which is a plant, floats.", True, id="which is"),
        pytest.param("[...] is green.", False, id="a property"),
        pytest.param("Ducks eat [...], a plant.", False, id="not the subject"),
    ],
)
def test_names_gap(sentence: str, expected: bool) -> None:
    before, _, after = sentence.partition("[...]")

    assert names_gap(before, after) is expected


def test_explains_gap() -> None:
    assert explains_gap(", which floats")
    assert explains_gap(" (a small plant)")
    assert not explains_gap(" floats")


def test_labels() -> None:
    assert is_label("Supply Chain Issues")
    assert is_label("Awards and Honours")
    assert not is_label("Supply Curve")


@pytest.mark.parametrize(
    ("clue", "expected"),
    [
        pytest.param("This plant has no roots.", True, id="tells"),
        pytest.param("Also known as water lentil, this plant floats.", True, id="also known as"),
        pytest.param("Also, it floats.", False, id="also"),
        pytest.param("Unlike moss, this plant floats.", False, id="leans"),
        pytest.param("It has three parts:", False, id="leads to something"),
    ],
)
def test_clues(clue: str, expected: bool) -> None:
    assert clue_fits(clue) is expected


@pytest.mark.parametrize(
    ("clue", "expected"),
    [
        ("This gate holds water back.", True),
        ("Made of oak, it holds water back.", True),
        ("A gate that holds water back.", True),
        ("The ▢ is lowered in spring.", True),
        ("Water is held back by a gate known as ▢ or stop.", True),
        ("Many millers prefer a ▢ to a dam.", False),
        ("This is also common.", False),
        ("They hold water back.", False),
    ],
)
def test_clues_that_speak_of_the_term(clue: str, expected: bool) -> None:
    assert identifies(clue) is expected


def test_this_is_something_else_where_the_term_is_named() -> None:
    clue = "This gate lets a flow of ▢ pass."

    assert identifies(clue)
    assert not identifies(clue, names_term=True)
    assert identifies("The ▢ is a gate.", names_term=True)


@pytest.mark.parametrize(
    ("hidden", "shown", "expected"),
    [
        pytest.param("neuroplasticity", "plasticity", True, id="inside"),
        pytest.param("rotomolding", "molding", True, id="at the end"),
        pytest.param("microbe", "microbial", True, id="at the start"),
        pytest.param("ion", "motion", False, id="short"),
        pytest.param("photosynthesis", "photography", False, id="only a Greek start"),
        pytest.param("sluice", "sluices", True, id="another form"),
    ],
)
def test_echoes(hidden: str, shown: str, expected: bool) -> None:
    assert echoes(roots(hidden), roots(shown)) is expected


def test_other_forms() -> None:
    assert other_forms(roots("formation"), "a form of rocks is formed") == roots("form formed")
