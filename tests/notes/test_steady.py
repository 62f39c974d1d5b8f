"""What was published stays what it is while the evidence moves a little."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pytest

from qt2anki.config import Settings
from qt2anki.model import Note, Page
from qt2anki.notes.hysteresis import SLACK
from qt2anki.notes.make_notes import Recognized, make_notes
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import find_sequences

ANSWER = """Soap is made by boiling tallow with caustic lye.

It is made in stages:

1. **Melt the Fat**: Warm the tallow in a wide pan until every lump has gone.
2. **Mix in the Lye**: Stir the caustic liquid slowly while both are lukewarm.
3. **Pour the Blocks**: Fill lined wooden moulds and wrap them with old towels.
"""
PAGE = Page("a.md", 1, "How is soap made?", ANSWER, ("Crafts",), "", None, (), None)


@dataclass(frozen=True)
class Keys:
    """Published notes that are recognised by their keys alone."""

    keys: frozenset[str]
    all_keys: frozenset[str] = frozenset()
    is_part: bool = False
    terms: frozenset[str] = frozenset()

    @property
    def questions(self) -> frozenset[str]:
        return frozenset()

    def recognize(self, notes: tuple[Note, ...]) -> Recognized:
        return Recognized({}, {note.key: 0 for note in notes if note.key in self.keys})

    def kept(self, page: Page, made: Collection[str]) -> tuple[Note, ...]:  # noqa: ARG002
        return ()

    def answer_at(self, notes: Sequence[Note]) -> int:  # noqa: ARG002
        return 0


def score() -> float:
    outline = read_outline(PAGE.answer)
    (sequence,) = find_sequences(outline, question=PAGE.question, threshold=0)
    return sequence.score


def keys(threshold: float, published: frozenset[str] = frozenset()) -> frozenset[str]:
    settings = Settings(card_threshold=0, profile="full", sequence_threshold=threshold)
    return frozenset(note.key for note in make_notes(PAGE, settings, Keys(published)).notes)


AS_SEQUENCE = keys(score())
AS_PLAIN = keys(score() + 0.01)


def is_sequence(found: frozenset[str]) -> bool:
    return any(key.startswith("step/") for key in found)


def test_the_two_states_differ() -> None:
    assert is_sequence(AS_SEQUENCE)
    assert not is_sequence(AS_PLAIN)
    assert AS_PLAIN


@pytest.mark.parametrize(
    ("published", "above", "expected"),
    [
        pytest.param(frozenset(), 0.0, True, id="new: at the threshold"),
        pytest.param(frozenset(), -0.01, False, id="new: just below"),
        pytest.param(AS_SEQUENCE, -SLACK, True, id="sequence: half a point below"),
        pytest.param(AS_SEQUENCE, -SLACK - 0.01, False, id="sequence: further below"),
        pytest.param(AS_PLAIN, SLACK - 0.01, False, id="plain: not quite half a point above"),
        pytest.param(AS_PLAIN, SLACK, True, id="plain: half a point above"),
    ],
)
def test_a_published_list_changes_slowly(
    published: frozenset[str], above: float, *, expected: bool
) -> None:
    assert is_sequence(keys(score() - above, published)) is expected


def test_what_the_settings_say_of_a_page_decides_alone() -> None:
    settings = replace(Settings(card_threshold=0), sequences=((1, False),))

    made = make_notes(PAGE, settings, Keys(AS_SEQUENCE)).notes

    assert not is_sequence(frozenset(note.key for note in made))


@pytest.mark.parametrize("above", [-SLACK, -0.01, 0.0, SLACK - 0.01, SLACK])
@pytest.mark.parametrize("published", [frozenset(), AS_SEQUENCE, AS_PLAIN])
@pytest.mark.parametrize("kinds", [("qa",), ("qa", "name"), ("qa", "cloze", "point"), ()])
def test_a_rebuild_finds_what_the_build_before_it_found(
    kinds: tuple[str, ...], published: frozenset[str], above: float
) -> None:
    """Also where the kinds of notes are not made by which a sequence could be told."""
    settings = replace(Settings(card_threshold=0), sequence_threshold=score() - above, kinds=kinds)

    first = make_notes(PAGE, settings, Keys(published)).notes
    again = make_notes(PAGE, settings, Keys(frozenset(note.key for note in first))).notes

    assert again == first


@pytest.mark.parametrize("above", [-SLACK, -0.01, 0.0, SLACK - 0.01, SLACK])
@pytest.mark.parametrize("reviewed", [False, True])
def test_a_note_published_without_the_others_of_its_page_stays(
    above: float, *, reviewed: bool
) -> None:
    """A course, or ``only_reviewed``, leaves out the notes of steps, which may be retired."""
    settings = Settings(card_threshold=0, sequence_threshold=score() - above)

    first = make_notes(PAGE, settings).notes
    keys = frozenset(note.key for note in first)

    with_reviews = replace(settings, only_reviewed=reviewed)
    for key in keys:
        published = Keys(frozenset((key,)), keys, is_part=not reviewed)
        assert make_notes(PAGE, with_reviews, published).notes == first
        only = Keys(frozenset((key,)), frozenset((key,)), is_part=not reviewed)
        assert make_notes(PAGE, with_reviews, only).notes == first


TOLD = "Leather has four stages: soaking, liming, deliming, and pickling."


@pytest.mark.parametrize("above", [-SLACK, -0.01, 0.0, SLACK - 0.01, SLACK])
def test_a_sequence_in_a_sentence_does_not_make_the_list_one(above: float) -> None:
    page = replace(PAGE, answer=f"{TOLD}\n\n{ANSWER}")
    settings = replace(Settings(card_threshold=0), sequence_threshold=score() - above)

    first = make_notes(page, settings).notes
    again = make_notes(page, settings, Keys(frozenset(note.key for note in first))).notes

    assert again == first
    assert any(note.key == "step/liming/next" for note in first) is (above < 0)


def test_the_settings_refuse_a_sequence_in_a_sentence_as_well() -> None:
    settings = replace(Settings(card_threshold=0), sequences=((1, False),))
    page = replace(PAGE, answer=TOLD)

    assert is_sequence(
        frozenset(note.key for note in make_notes(page, Settings(card_threshold=0)).notes)
    )
    assert not is_sequence(frozenset(note.key for note in make_notes(page, settings).notes))


@pytest.mark.parametrize("needed", range(0, 1000, 50))
def test_a_list_whose_steps_are_not_good_enough_stays_a_sequence(needed: int) -> None:
    page = replace(
        PAGE, answer=ANSWER + "\n- **Glycerine**: A trihydric alcohol that is drained.\n"
    )
    settings = Settings(card_threshold=needed, sequence_threshold=score())

    first = frozenset(note.key for note in make_notes(page, settings).notes)
    again = make_notes(page, settings, Keys(first)).notes if first else ()

    assert {note.key for note in again} == first


def test_a_step_that_was_named_after_its_section_is_still_asked() -> None:
    """Its name has the section only as long as a different list has a step of the same title."""
    page = replace(PAGE, answer=ANSWER.replace("It is made", "## Method\n\nIt is made"))
    settings = Settings(card_threshold=0)
    new = {note.key for note in make_notes(page, settings, Keys(frozenset())).notes}
    published = frozenset(("qa", "step/method/pour-blocks/next"))

    made = {note.key for note in make_notes(page, settings, Keys(published)).notes}

    assert made - new == {"step/pour-blocks/next"}
