from __future__ import annotations

import time

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer

from qt2anki.notes.words import content_words, root, roots, vague_words, word_count, words

FAMILIES = """\
fuse fused fuses fusing fusion
ratify ratifying ratified ratification
bind binding binds bound
vesicle vesicles vesicle's vesicle’s Vesicles VESICLE
absorb absorbs absorption
produce produces production
divide dividing divided division
expand expansion
emit emission
convert conversion
conclude conclusion
receive reception
transcribe transcription
consume consumption
invade invasion
decide decision
evolve evolution
respond response
succeed success
proceed process
adhere adhesion
acquire acquisition
repel repulsion
hydrolysis hydrolytic
synthesis synthetic synthesize
begin began begun beginning
grow grew grown growth
break broke broken
choose chose chosen choice
swell swollen swelling
sink sank sunk
move motion moved movement
destroy destruction
strong strength strengthen
long length
prove proof
child children
mouse mice
nucleus nuclei nuclear
bacterium bacteria bacterial
mitochondrion mitochondria mitochondrial
stimulus stimuli stimulate stimulation
criterion criteria
alga algae algal
virus viruses viral
analysis analyses analyze
hypothesis hypotheses
ion ions
sediment sediments sedimentary
element elements elementary
fragment fragmentary
complement complementary
supplement supplements supplementary
"""


@pytest.mark.parametrize("family", FAMILIES.splitlines())
def test_one_root_for_all_forms(family: str) -> None:
    first, *others = family.split()

    assert all(roots(first) & roots(other) for other in others), [roots(w) for w in family.split()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cell", "cellar"),
        ("acid", "accident"),
        ("artery", "art"),
        ("vein", "venue"),
        ("mitosis", "meiosis"),
        ("anode", "cathode"),
        ("exocytosis", "endocytosis"),
        ("plus", "minus"),
    ],
)
def test_other_words_keep_other_roots(one: str, other: str) -> None:
    assert not roots(one) & roots(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Rye's crust", ("the", "rye", "crust")),
        ("voltage-gated", ("voltage", "gated")),
        ("Ca²⁺ and CO₂", ("ca2", "and", "co2")),
        ("Naïve Café", ("naive", "cafe")),
        ("\\(\\frac{a}{b}\\)", ("a", "b")),
        ("don’t", ("dont",)),
        ("12 g", ("12", "g")),
        ("Ζύμη", ("ζυμη",)),
        ("", ()),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_function_words_carry_no_meaning() -> None:
    assert content_words("What happens when the cell is in this state?") == ("cell", "state")


def test_counts() -> None:
    assert word_count("A well-made loaf — of 2 kg.") == 6
    assert vague_words("A crucial role enhances the overall crust") == 3
    assert vague_words("Steam gelatinises starch") == 0


@given(st.text(max_size=60))
def test_roots_are_those_of_the_words(text: str) -> None:
    assert roots(text) == {root(word) for word in content_words(text)}
    assert roots(text) == roots(f" {text} ")


@pytest.mark.no_cover
def test_a_hostile_text_is_read_soon() -> None:
    started = time.process_time()

    for piece in ("a'", "\\a", "important ", "crucial", "ǆ", "-"):
        roots(piece * 50_000)
        vague_words(piece * 50_000)

    assert time.process_time() - started < 4


@given(st.text())
def test_a_word_is_what_holds_a_letter_or_digit_between_blanks(text: str) -> None:
    parts = [part for part in text.split() if any(sign.isalnum() for sign in part)]

    assert word_count(text) == len(parts)


def test_stems_in_c_are_those_in_python() -> None:
    in_c, in_python = snowballstemmer.stemmer("english"), EnglishStemmer()
    text = f"{FAMILIES} generously dying skies hopped news organization probabilities naïveté"

    assert type(in_c) is not type(in_python)
    for word in text.lower().split():
        assert in_c.stemWord(word) == in_python.stemWord(word)


@given(st.text(st.characters(max_codepoint=127)))
def test_text_in_ascii_has_the_words_it_has_next_to_other_text(text: str) -> None:
    assert (*words(text), "e") == words(f"{text} é")
