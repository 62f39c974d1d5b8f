from __future__ import annotations

import time

import pytest

from qt2anki.notes.refusals import is_refusal, points_elsewhere, speaks_of_sources


@pytest.mark.parametrize(
    "answer",
    [
        "I cannot answer this question with the information at hand.",
        "I'm sorry, but I can't help with that.",
        "I’m sorry, I am unable to answer.",
        "Unfortunately, we do not have enough details to answer.",
        "There is not enough information to say how rye was sold.",
        "Based on the available information, I cannot tell which mill it was.",
        "The provided context does not mention a mill.",
        "The available information does not cover rye. It speaks of oats. Oats are soft.",
    ],
)
def test_refusal(answer: str) -> None:
    assert is_refusal(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Rye cannot rise as wheat does, because its pentosans hold the water.",
        "We do not bake rye hot. It needs eighty minutes.",
        "Based on the available flour, bakers choose. They know it.",
        f"I cannot answer in one line. {'Rye needs acid, time and heat. ' * 40}",
        "",
    ],
)
def test_no_refusal(answer: str) -> None:
    assert not is_refusal(answer)


@pytest.mark.parametrize(
    ("question", "elsewhere"),
    [
        ("What did the lecture say about rye?", True),
        ("Who mills rye in this story?", True),
        ("Which mills did the study compare?", True),
        ("What is the study of rye called?", False),
        ("How do books keep?", False),
        ("What is the presentation of a cake?", False),
        ("How does the Presentation Layer encode text?", False),
        ("What do nurses hear during the assignment briefing?", False),
        ("How does light change the study environment?", False),
        ("How does the course treat rye?", True),
        ("What went wrong in Martha's case?", True),
        ("What is the case of Martha?", False),
        ("How do these institutions lend?", True),
        ("What are banks, and how do these institutions lend?", False),
        ("Can you walk me through Example 3?", True),
        ("What is an example of three sieves?", False),
        ("How is this ratio found?", True),
        ("Who are those millers?", True),
    ],
)
def test_points_elsewhere(question: str, *, elsewhere: bool) -> None:
    assert points_elsewhere(question) is elsewhere


def test_speaks_of_sources() -> None:
    assert speaks_of_sources("The gathered information says so.")
    assert not speaks_of_sources("Information is gathered by the miller.")


@pytest.mark.no_cover
def test_a_hostile_answer_is_judged_soon() -> None:
    started = time.process_time()

    for piece in ("I ", "the available information ", "there is no ", "this course ", "sorry"):
        is_refusal(piece * 20_000)
        points_elsewhere(piece * 20_000)

    assert time.process_time() - started < 4
