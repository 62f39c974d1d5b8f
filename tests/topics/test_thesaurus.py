from __future__ import annotations

from collections import Counter
from pathlib import Path

import qt2anki.topics.thesaurus as module
from qt2anki.topics.find_topics import topic_name
from qt2anki.topics.thesaurus import load_thesaurus, phrases_of, without_plurals
from tests.topics.subject_pages import page

LINES = Path(module.__file__).with_name("thesaurus.txt").read_text(encoding="utf-8").splitlines()
ENTRIES = [line for line in LINES if line and not line.startswith("#")]


def test_every_heading_occurs_once_and_can_name_a_deck() -> None:
    headings = [line.strip().partition(": ")[0] for line in ENTRIES]

    assert Counter(headings).most_common(1)[0][1] == 1
    assert [topic_name(heading) for heading in headings] == headings


def test_every_heading_has_narrower_ones_or_words() -> None:
    thesaurus = load_thesaurus()
    broader = set(thesaurus.broader.values())
    pointed = {heading for headings in thesaurus.headings.values() for heading in headings}

    assert set(thesaurus.broader) == (broader - {""}) | pointed
    assert broader & pointed == set()


def test_no_word_points_everywhere() -> None:
    most = max(load_thesaurus().headings.values(), key=len)

    assert len(most) <= 3, most


def test_phrases_count_more_than_words_and_the_question_more_than_keywords() -> None:
    one = page(1, "How is blood pressure measured?", ["arteries", "a", "b", "c", "veins"])

    assert phrases_of(one, load_thesaurus()) == {
        "blood": 4, "blood pressure": 8, "artery": 2, "vein": 1,
    }  # fmt: skip


def test_plurals_lose_their_ending() -> None:
    assert without_plurals("Diagnosis of arteries") == ("diagnosis", "of", "artery")
