from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from qt2anki.model import Page
from qt2anki.topics.find_topics import FEWEST, MOST, find_topics
from tests.conftest import EXAMPLES
from tests.topics.subject_pages import WORDS, large_subject, page, pages_about

PAGES = large_subject()


def sizes(pages: list[Page], **how: object) -> Counter[str]:
    return Counter(find_topics("Everything", pages, **how).values())  # type: ignore[arg-type]


def test_a_small_subject_has_no_topics() -> None:
    assert sizes(PAGES[:MOST]) == {"": MOST}


def test_pages_go_to_the_headings_that_their_words_point_to() -> None:
    found = find_topics("Everything", PAGES)

    for place, heading in enumerate(WORDS):
        assert {found[one.page_id] for one in PAGES[10 * place : 10 * place + 10]} == {heading}


def test_a_heading_with_too_few_pages_gives_them_to_a_broader_one() -> None:
    body = pages_about("Heart and circulation", 5)
    lungs = [page(7 + at, f"How does breathing fill lung {at}?") for at in range(5)]

    assert sizes([*PAGES[:10], *PAGES[20:], *body, *lungs])["Heart, blood and lungs"] == 10


def test_a_heading_that_says_no_more_than_the_subject_names_no_topic() -> None:
    found = find_topics("Poetry", PAGES)

    assert "Poetry" not in found.values()


def test_large_topics_are_divided_by_keywords() -> None:
    poems = [
        page(at, f"How does poem {at} rhyme?", ["love songs" if at % 2 else f"verse {at}"])
        for at in range(1, 91)
    ]

    found = sizes([*PAGES, *poems])

    assert found["Love songs"] == 45
    assert found["Poetry"] == 55


def test_large_topics_without_such_keywords_are_numbered() -> None:
    poems = [page(at, f"How does poem {at} rhyme?") for at in range(1, 66)]

    found = sizes([*PAGES[:60], *poems])

    assert (found["Poetry"], found["Poetry 2"]) == (57, FEWEST)


def test_keywords_name_topics_that_the_thesaurus_does_not_know() -> None:
    knots = [page(at, f"How is knot {at} tied?", ["bowline hitches"]) for at in range(1, 10)]

    assert sizes([*PAGES, *knots])["Bowline hitches"] == 9


def test_a_page_without_any_words_joins_its_relatives() -> None:
    relatives = [one.page_id for one in PAGES[:7] if isinstance(one.page_id, int)]
    stray = page(5, "Why does it matter so?", related=relatives)

    assert find_topics("Everything", [*PAGES, stray])[5] == "Memory"


def test_what_authors_say_counts() -> None:
    found = find_topics(
        "Everything", PAGES, given={PAGES[0].page_id: "Exam"}, names={"Poetry": "Poems"}
    )

    assert found[PAGES[0].page_id] == "Exam"
    assert Counter(found.values())["Poems"] == 10


def test_renamed_topics_may_be_merged() -> None:
    assert sizes(PAGES, names={"Poetry": "Texts", "Rome": "Texts"})["Texts"] == 20


@given(st.randoms(use_true_random=False))
@settings(max_examples=EXAMPLES // 5)
def test_the_order_of_pages_does_not_matter(order: random.Random) -> None:
    shuffled = list(PAGES)
    order.shuffle(shuffled)

    assert find_topics("Everything", shuffled) == find_topics("Everything", PAGES)


@given(st.data())
@settings(max_examples=EXAMPLES // 5)
def test_no_published_page_moves(data: st.DataObject) -> None:
    """Edit, add and remove one page in twenty."""
    published = find_topics("Everything", PAGES)
    some = st.lists(st.sampled_from(range(len(PAGES))), min_size=4, max_size=4, unique=True)
    gone, changed = data.draw(some), data.draw(some)
    other = data.draw(st.sampled_from(list(WORDS)))
    pages = [one for at, one in enumerate(PAGES) if at not in gone and at not in changed]
    pages += [
        page(int(PAGES[at].page_id), f"What of {other}?", [WORDS[other].split()[0]])
        for at in changed
    ]
    pages += pages_about(other, 4, start=9000)

    found = find_topics("Everything", pages, kept=published)

    assert {i: found[i] for i in found if i in published} == {
        i: topic for i, topic in published.items() if i in found
    }
    assert {found[100 * (9000 + at)] for at in range(4)} == {other}


def test_pages_without_published_cards_stay_in_their_topics_too() -> None:
    found = find_topics("Everything", PAGES)
    kept = {one.page_id: found[one.page_id] for one in PAGES[::5]}

    assert find_topics("Everything", PAGES, kept=kept) == found


def test_a_new_topic_is_born_of_new_pages_only() -> None:
    kept = find_topics("Everything", PAGES)
    few = [page(at, f"How is knot {at} tied?", ["bowline hitches"]) for at in range(1, FEWEST)]
    one_more = page(FEWEST, f"How is knot {FEWEST} tied?", ["bowline hitches"])

    assert "Bowline hitches" not in sizes([*PAGES, *few], kept=kept)
    assert sizes([*PAGES, *few, one_more], kept=kept)["Bowline hitches"] == FEWEST


def test_a_full_topic_takes_no_more_pages() -> None:
    kept = {one.page_id: "Rome" for one in pages_about("Rome", MOST)}
    pages = [*pages_about("Rome", MOST), *pages_about("Rome", 3, start=500)]

    assert sizes(pages, kept=kept) == {"Rome": MOST, "": 3}


def test_keywords_and_headings_are_spelled_alike() -> None:
    poems = [
        page(at, f"How does poem {at} rhyme?", ["pOETRY" if at % 2 else f"verse {at}"])
        for at in range(1, 91)
    ]

    found = sizes([*PAGES, *poems], names={"Tides": "poetry"})

    assert len({topic.casefold() for topic in found}) == len(found)
