from __future__ import annotations

import pytest

from qt2anki.notes.gates import (
    CLOZE_MOST_WORDS,
    CORE_MOST_WORDS,
    FRONT_MOST_WORDS,
    adds_to,
    cloze_fits,
    core_fits,
    echoes,
    front_fits,
    has_opposite,
    head_is_told,
    leaks,
    residual,
    says_something,
)
from qt2anki.notes.words import roots

QUESTION = "How do millers part the bran from the flour?"
TOLD = roots(QUESTION)


@pytest.mark.parametrize(
    ("answer", "front"),
    [
        pytest.param("Fusion of Germs", "the germs fuse with the hull", id="an inflected verb"),
        pytest.param("Sieves", "a wire sieve shakes", id="a plural"),
        pytest.param("Sieve", "the sieve’s mesh", id="a possessive"),
        pytest.param("Wire-Mesh Sifting", "a mesh of wire", id="parts of a hyphenated word"),
        pytest.param("Binding of Water", "water is bound by starch", id="an irregular verb"),
        pytest.param("Absorption", "starch absorbs water", id="a Latin stem"),
        pytest.param("Nuclei", "the nucleus of the germ", id="a Latin plural"),
        pytest.param("Strength", "a strong gluten", id="a noun of an adjective"),
        pytest.param("SIEVING", "they sieved it", id="capitals"),
        pytest.param("Crème", "a creme of wheat", id="accents"),
        pytest.param("450 microns", "below 450", id="a number"),
    ],
)
def test_leak(answer: str, front: str) -> None:
    assert leaks(answer, known=TOLD, front=roots(front))


@pytest.mark.parametrize(
    ("answer", "front"),
    [
        pytest.param("Parting of the Bran", "bran goes first", id="words of the question may show"),
        pytest.param("Sifting", "wire shakes the fragments", id="no common word"),
        pytest.param("The and of", "the and of", id="function words"),
        pytest.param("", "anything", id="nothing"),
    ],
)
def test_no_leak(answer: str, front: str) -> None:
    assert not leaks(answer, known=TOLD, front=roots(front))


def test_residual() -> None:
    assert residual("Brans and Sieves", known=TOLD) == {"siev"}
    assert residual("the flour", known=TOLD) == frozenset()


@pytest.mark.parametrize(
    ("answer", "is_something"),
    [
        ("Milling bran flour", False),
        ("Sieves", True),
        ("7", True),
        ("H", False),
        ("pH", False),
        ("", False),
    ],
)
def test_an_answer_must_say_something(answer: str, is_something: bool) -> None:
    assert says_something(answer, known=TOLD | roots("Mills")) is is_something


def test_lengths() -> None:
    for fits, most in (
        (front_fits, FRONT_MOST_WORDS),
        (core_fits, CORE_MOST_WORDS),
        (cloze_fits, CLOZE_MOST_WORDS),
    ):
        assert fits("word " * most)
        assert not fits("word " * (most + 1))
    assert front_fits("")
    assert front_fits("word " * FRONT_MOST_WORDS, " ·")
    assert not front_fits("word " * FRONT_MOST_WORDS, "word")
    assert not core_fits(" — ")
    assert not cloze_fits("")


@pytest.mark.parametrize(
    ("answer", "known", "adds"),
    [
        pytest.param("Anaphase", "What are the phases of mitosis?", True, id="a word before it"),
        pytest.param("Embryonic Stage", "How does an embryo grow?", True, id="one new word"),
        pytest.param("Embryonic Growth", "How does an embryo grow?", False, id="forms only"),
        pytest.param("Growth", "How does an embryo grow?", False, id="the same word"),
        pytest.param("Gastrulation", "What is the gastrula?", False, id="a derived word"),
    ],
)
def test_an_answer_adds_to_what_is_known(answer: str, known: str, *, adds: bool) -> None:
    assert adds_to(answer, known=roots(known)) is adds


@pytest.mark.parametrize(
    ("answer", "front", "is_told"),
    [
        ("a steep slope of the mill wheel", "steep slopes of the valley", True),
        ("a worn mill stone that cracks", "how stones of a mill are worn", True),
        ("a steep slope", "the valley", False),
        ("the stone", "the stone in the mill", False),
        ("between the mill stone and the bran", "the stone of the mill", False),
        ("the mill stone to the wheel", "the stone of the mill", False),
    ],
)
def test_the_head_of_an_answer(answer: str, front: str, is_told: bool) -> None:
    assert head_is_told(answer, roots(front)) is is_told


@pytest.mark.parametrize(
    ("secret", "front", "has"),
    [
        ("anterior", "the posterior lobe", True),
        ("borrowers", "what the lender pays", True),
        ("hypotonic", "a hypertonic brine", True),
        ("eukaryotic", "unlike prokaryotic yeast", True),
        ("anterior", "the lobe in front", False),
        ("hypotonic", "a brine that is thin", False),
    ],
)
def test_an_opposite_gives_the_answer_away(secret: str, front: str, has: bool) -> None:
    assert has_opposite(roots(secret), roots(front)) is has


@pytest.mark.parametrize(
    ("hidden", "seen", "is_one"),
    [
        ("osmotic", "osmosis", True),
        ("septic", "sepsis", True),
        ("aortic", "aorta", True),
        ("thymic", "thymus", True),
        ("septic", "sepals", False),
        ("optic", "option", False),
        ("gels", "gelling", True),
    ],
)
def test_greek_and_latin_endings(hidden: str, seen: str, is_one: bool) -> None:
    assert echoes(roots(hidden), roots(seen)) is is_one
