"""Decks with topics in real Anki, for newcomers and for students with earlier versions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qt2anki.config.settings import TopicSettings
from tests.anki.learner import Learner
from tests.site import Site, with_settings
from tests.topics.subject_pages import WORDS
from tests.topics.test_topic_decks import add, fill

DOCS = Path(__file__).parents[2] / "docs"
DECK = "QuickTakes::Cooking"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    fill(site)
    return site


def decks_of_pages(learner: Learner) -> dict[int, str]:
    """Return the deck that the cards of each page are in."""
    found = {}
    for card_id in learner.collection.find_cards(""):
        card = learner.collection.get_card(card_id)
        page = int(card.note()["Key"].partition("/")[0])
        found[page] = learner.collection.decks.name(card.did)
    return found


def test_a_newcomer_gets_a_subdeck_for_each_topic(site: Site, learner: Learner) -> None:
    site.build()

    learner.import_file(site.out / "cooking.apkg")

    decks = decks_of_pages(learner)
    assert set(decks.values()) == {f"{DECK}::{topic}" for topic in WORDS}
    parent = learner.collection.decks.by_name(DECK)
    assert parent is not None
    assert parent["desc"].startswith("**Cooking**: 63 notes")
    assert "Version " in parent["desc"]
    found = {
        topic: len(learner.collection.find_notes(f'"deck:{DECK}::{topic}"')) for topic in WORDS
    }
    assert set(found.values()) == {9}


def test_the_deck_above_the_topics_arrives_open(site: Site, learner: Learner) -> None:
    site.build()

    learner.import_file(site.out / "cooking.apkg")

    deck = learner.collection.decks.by_name(DECK)
    assert deck is not None
    assert not deck["collapsed"]


def test_new_cards_of_the_whole_deck_come_topic_by_topic(site: Site, learner: Learner) -> None:
    site.build()
    learner.import_file(site.out / "cooking.apkg")
    collection = learner.collection

    guids = learner.queue(DECK)[:20]
    order = [collection.decks.name(learner.cards(guid)[0].did) for guid in guids]

    assert order == sorted(order)
    assert order[:9] == [f"{DECK}::Geometry and shapes"] * 9


def test_a_student_with_a_deck_without_topics_loses_nothing(site: Site, learner: Learner) -> None:
    with_settings(site, topics=TopicSettings(is_on=False))
    site.build()
    learner.import_file(site.out / "cooking.apkg")
    collection = learner.collection
    own = collection.decks.id("My own deck")
    assert own is not None
    moved = collection.find_cards("tag:QuickTakes::page::1")
    collection.set_deck(moved, own)
    note = collection.get_note(collection.find_notes("tag:QuickTakes::page::2")[0])
    note["Extra"] = "What I wrote"
    note.tags.append("mine")
    collection.update_note(note)
    before = decks_of_pages(learner)

    with_settings(site, topics=TopicSettings())
    add(site, "Poetry", 2, start=900)
    site.build()
    found = learner.import_file(site.out / "cooking.apkg")

    assert (found.new, found.updated, found.conflicting) == (2, 0, 0)
    after = decks_of_pages(learner)
    assert {page: deck for page, deck in after.items() if page in before} == before
    assert {before[1], before[2]} == {"My own deck", DECK}
    assert {after[901], after[902]} == {f"{DECK}::Poetry"}
    note.load()
    assert (note["Extra"], "mine" in note.tags) == ("What I wrote", True)
    assert len(collection.find_notes("tag:QuickTakes::topic::Cooking::Poetry")) == 2


def test_a_student_finds_the_older_cards_of_a_topic(site: Site, learner: Learner) -> None:
    with_settings(site, topics=TopicSettings(is_on=False))
    site.build()
    learner.import_file(site.out / "cooking.apkg")
    with_settings(site, topics=TopicSettings())
    site.build()
    learner.import_file(site.out / "cooking.apkg")
    collection = learner.collection
    poetry = collection.decks.by_name(f"{DECK}::Poetry")
    assert poetry is not None

    search = poetry["desc"].partition("`")[2].rstrip("`")
    collection.set_deck(collection.find_cards(search), poetry["id"])

    moved = [page for page, deck in decks_of_pages(learner).items() if deck.endswith("::Poetry")]
    assert sorted(moved) == list(range(601, 610))


def test_the_searches_of_the_guide_find_cards(tmp_path: Path, learner: Learner) -> None:
    site = Site(tmp_path / "site")
    for place, words in enumerate(("heart artery vein", "opioid analgesia pain_management")):
        for at in range(100 * place + 1, 100 * place + 41):
            first, *others = (word.replace("_", " ") for word in words.split())
            answer = f"Ward {at} has a **{first}** chart. {first.title()} means work on floor {at}."
            question = f"How does the {first} differ from the {others[at % 2]} in ward {at}?"
            site.page(at, question, answer, subject="Nursing")
    steps = site.process(50, question="How does the heart pump blood?", subject="Nursing")
    text = steps.read_text("utf-8").replace("subject:", "topic: Heart and circulation\nsubject:")
    steps.write_text(text, "utf-8")
    with_settings(site, profile="full")
    site.build()
    learner.import_file(site.out / "nursing.apkg")
    collection = learner.collection
    learner.answer_again(collection.get_card(collection.find_cards("")[0]))
    guide = (DOCS / "guide-exam.md").read_text(encoding="utf-8")

    searches = [
        line.strip()
        for block in re.findall(r"```anki\n(.*?)```", guide, re.DOTALL)
        for line in block.strip().splitlines()
    ]

    found = {search: len(collection.find_cards(search)) for search in searches}
    assert all(found.values()), found
    assert len(found) == 8
    assert found[searches[0]] < collection.card_count()


def test_topics_that_were_renamed_move_no_card(site: Site, learner: Learner) -> None:
    site.build()
    learner.import_file(site.out / "cooking.apkg")
    before = decks_of_pages(learner)

    with_settings(site, topics=TopicSettings(names=(("Poetry", "Poems"),)))
    site.build()
    found = learner.import_file(site.out / "cooking.apkg")

    assert (found.new, found.updated) == (0, 0)
    assert decks_of_pages(learner) == before
