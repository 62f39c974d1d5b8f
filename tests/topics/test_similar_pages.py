from __future__ import annotations

from qt2anki.topics.similar_pages import similar_pages
from tests.topics.subject_pages import large_subject, page

HYDROGEN = "How does the reactivity of hydrogen differ from that of oxygen?"
OXYGEN = "How does the reactivity of hydrogen compare to that of oxygen?"
PAGES = [*large_subject(), page(1, HYDROGEN), page(2, OXYGEN), page(3, "How does hydrogen burn?")]


def test_pages_that_ask_the_same_in_other_words() -> None:
    found = similar_pages(PAGES, {})

    assert {i: found.get(i) for i in (1, 2, 3)} == {1: {2}, 2: {1}, 3: None}


def test_pages_of_two_topics_are_not_similar() -> None:
    assert 1 not in similar_pages(PAGES, {1: "Gases", 2: "Elements"})
