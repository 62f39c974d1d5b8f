from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config import PROFILES as PROFILE_NAMES
from qt2anki.config import Settings
from qt2anki.model import Kind, Note
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.choose import PROFILES, choose, wanted_kinds

ALL = frozenset(Kind)


def one(kind: Kind, key: str, unit: str = "", *, vague: int = 0) -> Candidate:
    note = Note(key, 1, key, kind, "qa", (), ())
    return Candidate(note, unit or key, vague=vague)


def steps(count: int) -> list[Candidate]:
    sides = (Kind.NEXT, Kind.EXPLAIN, Kind.NAME)
    return [one(side, f"step/{n}/{side}", f"step-{n}") for side in sides for n in range(count)]


def keys(notes: tuple[Note, ...]) -> list[str]:
    return [note.key for note in notes]


def test_every_profile_of_the_settings_has_its_kinds() -> None:
    assert set(PROFILES) == set(PROFILE_NAMES)
    assert PROFILES["core"] < PROFILES["standard"] < PROFILES["full"] == ALL


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        pytest.param(Settings(), PROFILES["standard"], id="default"),
        pytest.param(Settings(profile="core"), PROFILES["core"], id="profile"),
        pytest.param(
            Settings(profile="core", kinds=("qa", "point")),
            {Kind.QA, Kind.POINT},
            id="kinds beat the profile",
        ),
    ],
)
def test_the_settings_say_which_kinds_are_made(settings: Settings, kinds: set[Kind]) -> None:
    assert wanted_kinds(settings) == kinds


def test_only_wanted_kinds_are_chosen_in_the_given_order() -> None:
    candidates = [one(Kind.QA, "qa"), one(Kind.POINT, "p"), one(Kind.COMPARE, "c")]
    assert keys(choose(candidates, kinds=PROFILES["core"])) == ["qa", "c"]


def test_a_page_has_sixteen_notes_at_most_and_the_question_is_one_of_them() -> None:
    terms = [one(Kind.TERM, f"t{n}") for n in range(30)]
    chosen = choose([*terms, one(Kind.QA, "qa")], kinds=ALL)
    assert len(chosen) == 16
    assert chosen[-1].key == "qa"


def test_a_long_mechanism_may_have_more_so_that_no_step_is_asked_from_one_side_only() -> None:
    chosen = choose([one(Kind.QA, "qa"), *steps(8)], kinds=ALL)
    assert len(chosen) == 24
    assert sum(note.kind is not Kind.NAME for note in chosen) == 1 + 2 * 8


def test_a_step_is_named_only_where_there_is_room() -> None:
    chosen = choose([one(Kind.QA, "qa"), *steps(6)], kinds=ALL)
    assert sum(note.kind is Kind.NAME for note in chosen) == 16 - 1 - 2 * 6


def test_an_item_is_asked_from_two_angles_at_most() -> None:
    angles = [one(kind, kind, "osmosis") for kind in (Kind.NUMBER, Kind.CLOZE, Kind.TERM)]
    assert keys(choose(angles, kinds=ALL)) == ["cloze", "term"]


def test_praise_comes_last() -> None:
    vague = [one(Kind.TERM, f"v{n}", vague=1) for n in range(16)]
    assert "t" in keys(choose([*vague, one(Kind.TERM, "t")], kinds=ALL))


def test_what_is_learnt_already_is_not_pushed_out() -> None:
    new = [one(Kind.COMPARE, f"c{n}") for n in range(20)]
    assert "old" in keys(choose([*new, one(Kind.SUMMARY, "old")], kinds=ALL, kept={"old"}))


@given(st.permutations(steps(7)))
def test_what_is_chosen_stays_when_it_is_published(candidates: list[Candidate]) -> None:
    first = choose(candidates, kinds=ALL)
    assert choose(candidates, kinds=ALL, kept={note.key for note in first}) == first
