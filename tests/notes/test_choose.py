from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config import PROFILES, Settings
from qt2anki.model import Kind, Note
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.choose import (
    KINDS_OF,
    NEEDED,
    THRESHOLDS,
    Choice,
    choose,
    wanted_kinds,
)

FULL = Settings(profile="full")
ENOUGH = THRESHOLDS["full"]


def one(
    kind: Kind, key: str, unit: str = "", *, cue: str = "", traits: Iterable[str] = ()
) -> Candidate:
    note = Note(key, 1, key, kind, "qa", (), ())
    return Candidate(note, unit or key, cue=cue, traits=frozenset(traits))


def steps(count: int) -> list[Candidate]:
    sides = (Kind.NEXT, Kind.EXPLAIN, Kind.NAME)
    return [one(side, f"step/{n}/{side}", f"step-{n}") for side in sides for n in range(count)]


def choices(
    candidates: list[Candidate],
    settings: Settings = FULL,
    kept: Iterable[str] = (),
    scores: Mapping[str, int] | None = None,
) -> tuple[Choice, ...]:
    """Choose among candidates that have just enough points, but for those in *scores*."""
    points = scores or {}
    return choose(
        candidates,
        settings,
        dict.fromkeys(kept, 0),
        estimate=lambda candidate: points.get(candidate.note.key, ENOUGH),
    )


def keys(chosen: Iterable[Choice]) -> list[str]:
    return [choice.candidate.note.key for choice in chosen if not choice.left_out]


def test_every_profile_of_the_settings_has_its_kinds_and_threshold() -> None:
    assert list(KINDS_OF) == list(THRESHOLDS) == list(PROFILES)
    assert KINDS_OF["core"] < KINDS_OF["standard"] < KINDS_OF["full"] == frozenset(Kind)
    assert THRESHOLDS["core"] >= THRESHOLDS["standard"] >= THRESHOLDS["full"]


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        pytest.param(Settings(), KINDS_OF["standard"], id="default"),
        pytest.param(Settings(profile="core"), KINDS_OF["core"], id="profile"),
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
    chosen = choices(candidates, Settings(profile="full", kinds=("qa", "compare")))

    assert keys(chosen) == ["qa", "c"]
    assert chosen[1].left_out == "the settings do not ask for this kind"


def test_a_page_has_its_sixteen_best_notes_at_most() -> None:
    terms = [one(Kind.TERM, f"t{n}") for n in range(30)]
    chosen = choices([*terms, one(Kind.QA, "qa")], scores={"qa": ENOUGH + 1})

    assert len(keys(chosen)) == 16
    assert keys(chosen)[-1] == "qa"
    assert chosen[20].left_out == "the page has enough better cards"


def test_a_long_mechanism_may_have_more_so_that_no_step_is_asked_from_one_side_only() -> None:
    chosen = choices([one(Kind.QA, "qa"), *steps(8)])

    assert len(keys(chosen)) == 24


def test_an_item_is_asked_from_two_angles_at_most() -> None:
    angles = [one(kind, kind, "osmosis") for kind in (Kind.NUMBER, Kind.CLOZE, Kind.TERM)]

    assert keys(choices(angles, scores={"term": ENOUGH + 1})) == ["number", "term"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_card_needs_the_score_of_its_profile(profile: str) -> None:
    least = 850 if profile == "core" else THRESHOLDS[profile]
    pair = [one(Kind.QA, "poor"), one(Kind.QA, "fine")]
    chosen = choices(pair, Settings(profile=profile), scores={"poor": least - 1, "fine": least})

    assert keys(chosen) == ["fine"]
    assert chosen[0].left_out == f"a new card needs a score of {least}"


@pytest.mark.parametrize(
    ("kind", "mark", "least"),
    [(kind, mark, least) for kind, marks in NEEDED.items() for mark, least in marks.items()],
)
def test_some_kinds_need_a_different_score_but_for_what_is_published(
    kind: Kind, mark: str, least: int
) -> None:
    scores = {"poor": least - 1, "fine": least, "old": min(least, THRESHOLDS["standard"]) - 100}
    three = [one(kind, key, traits={mark} - {""}) for key in scores]

    assert keys(choices(three, Settings(), kept=("old",), scores=scores)) == ["fine", "old"]
    assert keys(choices(three, scores=scores)) == ["poor", "fine", "old"]


def test_core_wants_more_of_all_but_definitions_in_words_of_their_own() -> None:
    scores = {"own": 800, "less": 799, "shared": 849}
    cards = [one(Kind.GLOSS, "own"), one(Kind.GLOSS, "less")]
    cards.append(one(Kind.GLOSS, "shared", traits={"shared-words"}))

    assert keys(choices(cards, Settings(profile="core"), scores=scores)) == ["own"]
    learned = choices(cards, Settings(profile="core"), kept=scores, scores=scores)
    assert keys(learned) == ["own", "less", "shared"]


def test_the_steps_that_answer_the_question_of_a_page_need_less() -> None:
    scores = {"poor": 469, "fine": 470}
    pair = [one(Kind.QA, key, cue="steps") for key in scores]

    assert keys(choices(pair, Settings(), scores=scores)) == ["fine"]
    assert keys(choices(pair, Settings(profile="core"), scores=scores)) == []
    to_do = [replace(card, traits=frozenset({"commands", "terms-few"})) for card in pair]
    assert keys(choices(to_do, Settings(), scores=scores)) == []


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", Kind)
def test_a_card_that_is_made_once_is_made_again(profile: str, kind: Kind) -> None:
    settings = Settings(profile=profile)
    cues = ("", "steps", *sorted({cue for cues in NEEDED.values() for cue in cues}))
    for cue, points in product(cues, range(0, 1001, 10)):
        card, scores = one(kind, "key", cue=cue), {"key": points}

        if keys(choices([card], settings, scores=scores)):
            assert keys(choices([card], settings, kept=("key",), scores=scores)), (cue, points)


def test_the_settings_may_name_the_score_a_card_needs() -> None:
    pair = [one(Kind.QA, "poor"), one(Kind.QA, "fine")]
    chosen = choices(pair, Settings(card_threshold=930), scores={"poor": 929, "fine": 930})

    assert keys(chosen) == ["fine"]


def test_a_published_card_stays_until_its_score_is_clearly_too_low() -> None:
    pair = [one(Kind.QA, "a"), one(Kind.QA, "b")]
    scores = {"a": ENOUGH - 100, "b": ENOUGH - 101}

    assert keys(choices(pair, kept={"a", "b"}, scores=scores)) == ["a"]
    assert keys(choices(pair, scores=scores)) == []


def test_no_new_gap_in_the_clue_of_a_term() -> None:
    term, gap, other = (
        replace(one(kind, key), sentence=sentence)
        for kind, key, sentence in (
            (Kind.TERM, "item/sluice", "A sluice holds water back."),
            (Kind.CLOZE, "cloze/p/sluice", "A sluice holds water back."),
            (Kind.CLOZE, "cloze/q/sluice", "Every weir has a sluice."),
        )
    )

    assert keys(choices([term, gap, other])) == ["item/sluice", "cloze/q/sluice"]
    assert len(keys(choices([term, gap], kept=("cloze/p/sluice",)))) == 2


def test_a_published_card_keeps_the_score_that_is_sure() -> None:
    made = choose([one(Kind.QA, "a")], FULL, {"a": ENOUGH}, estimate=lambda _: 0)

    assert [(choice.score, choice.left_out) for choice in made] == [(ENOUGH, "")]


def test_published_cards_may_be_more_than_a_page_may_have() -> None:
    many = [one(Kind.CLOZE, f"c{n}", "one part") for n in range(30)]
    names = [f"c{n}" for n in range(30)]

    assert keys(choices([*many, one(Kind.CLOZE, "new")], kept=names)) == names


def test_a_published_card_is_not_pushed_out_by_better_ones() -> None:
    new = [one(Kind.COMPARE, f"c{n}") for n in range(20)]
    scores = {f"c{n}": ENOUGH + 100 for n in range(20)}

    assert "old" in keys(choices([*new, one(Kind.TERM, "old")], kept={"old"}, scores=scores))


@given(st.permutations(steps(7)), st.data())
def test_what_is_chosen_stays_when_it_is_published(
    candidates: list[Candidate], data: st.DataObject
) -> None:
    points = st.integers(ENOUGH - 200, ENOUGH + 200)
    scores = {one.note.key: data.draw(points) for one in candidates}
    first = keys(choices(candidates, scores=scores))

    assert keys(choices(candidates, kept=first, scores=scores)) == first


def test_a_term_is_defined_once() -> None:
    term, gloss = one(Kind.TERM, "item/weir"), one(Kind.GLOSS, "gloss/weir")
    point = Candidate(Note("p", 1, "point/weir", Kind.POINT, "qa", (), ()), "p", cue="definition")

    assert keys(choices([term, gloss, point])) == ["item/weir"]
    assert keys(choices([gloss, point], scores={"point/weir": 900})) == ["point/weir"]
    assert keys(choices([term, gloss], scores={"item/weir": 0})) == ["gloss/weir"]
    # A larger profile, or a better clue, must not retire what students learn.
    assert keys(choices([term, gloss], kept={"gloss/weir"})) == ["gloss/weir"]
    assert keys(choices([term, gloss], kept={"item/weir"})) == ["item/weir"]


def test_a_sentence_defines_once() -> None:
    sentence = "A weir is a low wall that raises a stream."
    note = Note("q", 1, "qa", Kind.QA, "qa", (), ())
    main = Candidate(note, "", sentence=sentence, cue="definition")
    gloss = one(Kind.GLOSS, "gloss/weir")

    both = [main, replace(gloss, sentence=sentence, cue="definition")]

    assert keys(choices(both)) == ["qa"]
    assert keys(choices([main, gloss])) == ["qa", "gloss/weir"]


def test_no_new_card_asks_for_the_first_step() -> None:
    first = replace(one(Kind.NEXT, "first"), traits=frozenset(("first-step",)))
    (new,) = choices([first])

    assert new.left_out == "a new card does not ask which step is first"
    assert keys(choices([first], kept={"first"})) == ["first"]
