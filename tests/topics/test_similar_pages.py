from __future__ import annotations

from qt2anki.topics.page_likeness import SimilarPages
from tests.topics.subject_pages import large_subject, page

BASALT = "How does the hardness of basalt differ from that of granite?"
GRANITE = "How does the hardness of basalt compare to that of granite?"
PAGES = [*large_subject(), page(1, BASALT), page(2, GRANITE), page(3, "How does basalt weather?")]


def test_pages_that_ask_the_same_in_other_words() -> None:
    found = SimilarPages(PAGES, {})

    assert {i: found.get(i) for i in (1, 2, 3)} == {1: {2}, 2: {1}, 3: None}


def test_pages_of_two_topics_are_not_similar() -> None:
    assert 1 not in SimilarPages(PAGES, {1: "Gases", 2: "Elements"})
