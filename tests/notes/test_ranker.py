from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config import Settings
from qt2anki.model import Kind, Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.features import features_of, page_traits
from qt2anki.notes.frame import frame_for
from qt2anki.notes.ranker import as_score, score, score_parts, tier_of, weights

FRAME = frame_for(
    Page("p.md", 1, "How is bread leavened?", "", ("Baking",), "", None, (), None), Settings()
)


def card(question: str, answer: str, kind: Kind = Kind.TERM) -> Candidate:
    return Candidate(FRAME.qa(kind, "k", question=question, answer=answer), "")


@pytest.mark.parametrize(
    ("question", "answer", "feature"),
    [
        ("What is it called?", "Autolysis", "answer of 1 words"),
        ("Why rest dough?", "Because gluten relaxes.", "answer has a reason"),
        ("Why rest dough?", "It plays a crucial role.", "answer has 1 words of praise"),
        ("How hot?", "At 230 °C.", "answer has a number"),
        ("Formula?", r"\(m = fw\)", "answer has a formula"),
        ("Name two flours.", "<ul><li>Rye</li><li>Oat</li></ul>", "answer of 2 parts"),
        ("Measure flour: how?", "Measure the flour.", "61+ % of the answer is on the front"),
        ("What is left?", "Those two.", "answer opens with a pointing word"),
    ],
)  # fmt: skip
def test_a_feature_says_what_it_is(question: str, answer: str, feature: str) -> None:
    assert feature in features_of(card(question, answer))


def test_a_gap_is_no_part_of_its_question() -> None:
    note = FRAME.cloze(Kind.CLOZE, "k", text="Yeast makes {{c1::ethanol::1 word}} and gas.")
    features = features_of(Candidate(note, ""))

    assert "answer of 1 words" in features
    assert "0 % of the answer is on the front" in features


def test_what_the_generator_knows_is_a_feature() -> None:
    note = card("What?", "Gluten").note
    candidate = Candidate(note, "", cue="because", traits=frozenset(("first-step",)))

    assert {"cue because", "trait first-step"} <= features_of(candidate)


def test_a_page_has_features_that_all_its_cards_share() -> None:
    answer = r"Yeast, \(n\) cells of it, makes essential and important improvements possible. " * 4
    page = Page("p.md", 1, "How?", answer, ("Baking",), "", None, (), None)
    traits = page_traits(page)

    assert "page with formulas" in traits
    assert "page of 23+ words of praise in 1,000" in traits
    candidate = replace(card("What?", "Gluten"), page_traits=traits)
    assert traits <= features_of(candidate)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(
            card("What process turns sugar into ethanol?", "Fermentation"),
            card("Explain: Effective Engagement", "It is crucial to foster effective engagement."),
            id="a term, and praise",
        ),
        pytest.param(
            card("Formula: the hydration of a dough is given by …", r"\[h = w / f\]", Kind.FORMULA),
            card("Measure the Flour: how?", "Measure the flour with care.", Kind.EXPLAIN),
            id="a formula, and an echo",
        ),
    ],
)
def test_a_better_card_has_a_higher_score(better: Candidate, worse: Candidate) -> None:
    assert score(better) > score(worse)


def test_reasons_add_up_to_the_score() -> None:
    candidate = card("What is it called?", "Autolysis")
    (first, _), *_ = score_parts(candidate)

    assert first == "kind term"
    assert as_score(sum(weight for _, weight in score_parts(candidate))) == score(candidate)


@given(st.integers(-2000, 2000))
def test_more_log_odds_never_give_a_lower_score(log_odds: int) -> None:
    assert 0 < as_score(log_odds) <= as_score(log_odds + 1) < 1000


@pytest.mark.parametrize(
    ("log_odds", "chance"), [(-9000, 2), (-200, 119), (0, 500), (25, 561), (200, 881), (9000, 998)]
)
def test_the_curve_is_the_logistic_function(log_odds: int, chance: int) -> None:
    assert as_score(log_odds) == chance


def test_the_table_holds_whole_numbers_only() -> None:
    table = weights()
    numbers = [
        table.base,
        *table.kinds.values(),
        *table.features.values(),
        *(weight for own in table.by_kind.values() for weight in own.values()),
    ]

    assert all(type(number) is int for number in numbers)
    assert set(table.kinds) | set(table.by_kind) <= set(Kind)


def test_tiers_follow_the_score() -> None:
    assert [tier_of(points) for points in (0, 599, 600, 799, 800, 1000)] == [
        "extra", "extra", "standard", "standard", "core", "core",
    ]  # fmt: skip
