from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qt2anki.config import Settings
from qt2anki.model import Kind
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import frame_for
from qt2anki.notes.gates import leaks
from qt2anki.notes.kinds.acronyms import find_acronyms
from qt2anki.notes.kinds.facts import fact_candidates
from qt2anki.notes.kinds.key_terms import cloze_candidates
from qt2anki.notes.kinds.numbers import number_candidates
from qt2anki.notes.kinds.terms import term_candidates
from qt2anki.notes.text_units import read_units
from qt2anki.notes.words import roots
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import find_sequences
from tests.golden import golden
from tests.notes.keyword_pages import Maker, asked, candidates, page_of, plain, values
from tests.reading import read_one

MAKERS: tuple[Maker, ...] = (
    term_candidates,
    cloze_candidates,
    number_candidates,
    fact_candidates,
)


@pytest.mark.parametrize(("page", "expected"), golden("terms.md"))
def test_terms(page: str, expected: str) -> None:
    assert asked(page, term_candidates) == expected


@pytest.mark.parametrize(("page", "expected"), golden("keyterms.md"))
def test_key_terms(page: str, expected: str) -> None:
    assert asked(page, cloze_candidates) == expected


@pytest.mark.parametrize(("page", "expected"), golden("numbers.md"))
def test_numbers(page: str, expected: str) -> None:
    assert asked(page, number_candidates) == expected


@pytest.mark.parametrize(("sentence", "expected"), golden("acronyms.md"))
def test_acronyms(sentence: str, expected: str) -> None:
    assert "\n".join(f"{one.short} = {one.long}" for one in find_acronyms(sentence)) == expected


BARK = """How do plants breathe?
keywords: lenticels, periderm

- **Bark**: A twig is dotted with lenticels through which the periderm that botanists look for \
takes in the air of the night."""


def test_the_term_that_learners_have_stays() -> None:
    page = page_of(BARK)
    frame = frame_for(page, Settings())
    units = read_units(read_outline(page.answer), ())

    fresh = [one.note.key for one in cloze_candidates(frame, units)]
    again = [one.note.key for one in cloze_candidates(frame, units, {"cloze/bark/periderm"})]

    assert fresh == ["cloze/bark/lenticels"]
    assert again == ["cloze/bark/periderm"]


@pytest.mark.parametrize("make", [cloze_candidates, number_candidates])
@pytest.mark.parametrize(
    "page",
    [
        f"{BARK} Under them the oldest periderm of a young twig is soft enough for many insects.",
        *(case.values[0] for name in ("keyterms.md", "numbers.md") for case in golden(name)),
    ],
)
def test_a_page_that_is_made_again_hides_the_same(
    make: Callable[..., Iterator[Candidate]], page: str
) -> None:
    made = page_of(page)
    frame = frame_for(made, Settings())
    units = read_units(read_outline(made.answer), ())
    fresh = [one.note for one in make(frame, units)]

    for note in fresh:
        assert [one.note for one in make(frame, units, {note.key})] == fresh


def test_each_sentence_of_a_unit_has_a_gap_of_its_own() -> None:
    page = f"{BARK} Under them the oldest skin of a young twig is called phelloderm by botanists."

    keys = [one.note.key for one in candidates(page, cloze_candidates)]

    assert keys == ["cloze/bark/phelloderm", "cloze/bark/lenticels"]


def test_prose_and_points_are_different_units() -> None:
    text = BARK.replace("- **Bark**: ", "")

    assert [one.unit for one in candidates(BARK, cloze_candidates)] == ["bark"]
    assert [one.unit for one in candidates(text, cloze_candidates)] == [""]


@pytest.mark.no_cover
@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("such as " * 40_000, id="examples"),
        pytest.param("periderm and " * 30_000, id="a keyword again and again"),
        pytest.param("x" * 400_000 + " in 1874.", id="one word"),
        pytest.param("(" * 100_000, id="brackets"),
        pytest.param("- **" + "a b (" * 20_000 + "**: This is the act of", id="title"),
        pytest.param("This is " + "a, " * 100_000 + "published in 1874.", id="commas"),
    ],
)
def test_hostile_text_ends_soon(make: Maker, text: str) -> None:
    start = time.process_time()

    candidates(f"What is it?\nkeywords: periderm, a b\n\n- **Periderm**: {text}", make)

    assert time.process_time() - start < 20


def test_cards_of_real_pages_do_not_show_their_answers(corpus: Path) -> None:
    for file in sorted(corpus.rglob("*.md"))[::8]:
        page = read_one(file.read_text(encoding="utf-8"), str(file)).page
        if page is None:
            continue
        frame = frame_for(page, Settings())
        outline = read_outline(page.answer)
        units = read_units(outline, find_sequences(outline, question=page.question))
        made = [one.note for make in MAKERS for one in make(frame, units)]
        assert len({note.key for note in made}) == len(made), file
        for note in made:
            if note.kind is Kind.TERM:
                fields = {name: plain(value) for name, value in values(note).items()}
                answer = fields["Answer"].partition("(")[0]
                known, front = roots(fields["Context"]), roots(fields["Question"])
                assert not leaks(answer, known=known, front=front), note
            elif note.note_type == "cloze":
                assert values(note)["Text"].count("{{c1::") == 1, note
