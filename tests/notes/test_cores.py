"""Which answers are tried, and in which order (the cards: data/cards/main_question.md)."""

from __future__ import annotations

from qt2anki.notes.kinds.short_answers import MOST_POINTS, Core, cores
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import find_sequences
from tests.notes.card_text import plain


def tried(question: str, answer: str) -> list[Core]:
    outline = read_outline(answer)
    return list(cores(outline, find_sequences(outline, question=question), question=question))


def test_a_core_counts_its_points() -> None:
    first = tried("Which?", "Two:\n\n1. **Rye**: Dark.\n2. **Oats**: Soft.")[0]

    assert (first.hint, first.text) == ("2 points", "Rye Oats")
    assert first.html == "<ul><li>Rye</li><li>Oats</li></ul>"


def test_a_list_that_says_too_little_is_tried_with_its_texts() -> None:
    second = tried("Which?", "Two:\n\n1. **Rye**: Dark. Old.\n2. **Oats**: Soft.")[1]

    assert plain(second.html) == "• Rye: Dark. • Oats: Soft."


def test_a_text_that_announces_more_is_not_tried() -> None:
    found = tried("Which?", "Two:\n\n1. **Rye**: These are dark:\n   - a\n2. **Oats**: Soft.")

    assert all("These" not in core.text for core in found)


def test_a_long_list_comes_after_good_sentences() -> None:
    points = "\n".join(f"{n}. **Point {n}**: x" for n in range(1, MOST_POINTS + 3))
    found = tried("Which?", f"Steam, malt, acid, salt and fat act on starch and crust.\n\n{points}")

    assert not found[0].hint
    assert f"{MOST_POINTS + 2} points" in {core.hint for core in found}


def test_headings_that_say_nothing_are_no_points() -> None:
    text = "## Introduction\n\na\n\n## Rye\n\nb\n\n## Oats\n\nc\n\n## Conclusion\n\nd"

    assert tried("Which?", text)[0].text == "Rye Oats"


def test_one_top_heading_gives_way_to_those_below() -> None:
    assert tried("Which?", "# Flour\n\n## Rye\n\na\n\n## Oats\n\nb")[0].text == "Rye Oats"


def test_long_headings_come_without_their_titles() -> None:
    below = "\n".join(f"{n}. **One two three four five six {n}**: x" for n in range(1, 6))
    found = tried("Which?", f"## Rye\n\n{below}\n\n## Oats\n\n{below}")

    assert (found[0].text, found[0].hint) == ("Rye Oats", "2 parts")
    assert "six" not in found[0].html


def test_an_empty_outline_has_no_core() -> None:
    assert tried("Why?", "") == []


def test_praise_and_announcements_come_last() -> None:
    found = tried(
        "Why rye?",
        "Several factors are crucial, essential and important.\n\nPentosans bind water and acid.",
    )

    assert found[0].text == "Pentosans bind water and acid."
