"""Topics in packages: subdecks, tags, and what stays of them from build to build."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.config.settings import TopicSettings
from qt2anki.config.values import Condition
from qt2anki.model import OTHER_TOPICS
from tests.site import Site, with_settings
from tests.topics.subject_pages import WORDS

SUBJECT = "Cooking"


def fill(site: Site, each: int = 9) -> None:
    for place, heading in enumerate(WORDS):
        add(site, heading, each, start=100 * place)


def add(site: Site, heading: str, number: int, start: int) -> None:
    words = WORDS[heading].split()
    for at in range(start + 1, start + number + 1):
        word = words[at % len(words)]
        answer = f"The {word} of garden {at} is seen where the {at} old walls meet the river."
        site.page(at, f"Where is {word} number {at} seen?", answer)


def package(site: Site) -> PublishedPackage:
    return site.memory().live["cooking"]


def topics(site: Site) -> dict[object, str]:
    found = package(site)
    return {note.page_id: found.topic_of(note) for note in found.notes}


def test_similar_pages_are_not_in_lessons_that_follow_each_other(tmp_path: Path) -> None:
    site = Site(tmp_path)
    fill(site, each=30)
    for at, word in ((215, "drop"), (216, "shed")):
        question = f"When does an old garden quince {word} each leaf in winter?"
        site.page(at, question, f"It does so in week {at} of the year.")
    site.build()

    order = [note.page_id for note in package(site).notes]
    assert abs(order.index(215) - order.index(216)) > 5


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    fill(site)
    site.build()
    return site


def test_each_topic_is_a_subdeck(site: Site) -> None:
    found = package(site)

    assert found.deck == f"QuickTakes::{SUBJECT}"
    assert found.deck_names == tuple(f"QuickTakes::{SUBJECT}::{name}" for name in sorted(WORDS))
    assert found.description.startswith(f"**{SUBJECT}**")


def test_new_cards_come_topic_by_topic(site: Site) -> None:
    order = [package(site).topic_of(note) for note in package(site).notes]

    assert order == sorted(order, key=str.casefold)


def test_new_notes_have_the_tag_of_their_topic(site: Site) -> None:
    for note in package(site).notes:
        tag = package(site).topic_of(note).replace(" ", "_")
        assert f"QuickTakes::topic::{SUBJECT}::{tag}" in note.tags


def test_nothing_new_changes_nothing(site: Site) -> None:
    before = site.files()
    site.is_cached = False
    site.build()

    assert site.files() == before


def test_published_pages_stay_in_their_topics(site: Site) -> None:
    before = topics(site)
    for at in (1, 101, 201):
        site.page(at, f"Where is Rome number {at} seen?", "Rome is seen where the walls meet.")
    site.path(2).unlink()
    add(site, "Poetry", 2, start=900)
    site.build()

    after = topics(site)
    assert {i: topic for i, topic in after.items() if i in before} == {
        i: topic for i, topic in before.items() if i in after
    }
    assert after[901] == after[902] == "Poetry"


def test_notes_published_without_topics_keep_their_tags(tmp_path: Path) -> None:
    site = Site(tmp_path)
    fill(site)
    with_settings(site, topics=TopicSettings(is_on=False))
    site.build()
    flat = site.notes()
    assert package(site).deck_names == (f"QuickTakes::{SUBJECT}",)

    with_settings(site, topics=TopicSettings())
    add(site, "Poetry", 1, start=900)
    report = site.build()

    notes = site.notes()
    assert {key: (notes[key].mod, notes[key].tags) for key in flat} == {
        key: (note.mod, note.tags) for key, note in flat.items()
    }
    assert topics(site)[1] == "Memory"
    new = [note for key, note in notes.items() if key not in flat]
    assert new
    assert all(f"QuickTakes::topic::{SUBJECT}::Poetry" in note.tags for note in new)
    assert {change.page_id for one in report.packages for change in one.changes} == {901}


def test_a_changed_note_keeps_its_topic_tag(site: Site) -> None:
    answer = "A quite different answer, about boats that sail on the sea in spring."
    site.page(1, "Where is recall number 1 seen?", answer)
    site.build()

    assert any("::topic::" in tag for tag in site.notes()["1/qa"].tags)


def test_pages_and_settings_may_name_a_topic(site: Site) -> None:
    path = site.path(1)
    text = path.read_text(encoding="utf-8").replace("date:", "topic: Exam\ndate:", 1)
    path.write_text(text, encoding="utf-8")
    settings = TopicSettings(
        names=(("Poetry", "Poems"),), pages=(("Resits", (Condition(ids=(2, 3)),)),)
    )
    with_settings(site, topics=settings)
    site.build()

    found = topics(site)
    assert (found[1], found[2], found[3], found[602]) == ("Exam", "Resits", "Resits", "Poems")


def test_a_condition_that_no_page_meets_is_reported(site: Site) -> None:
    conditions = (Condition(ids=(1,)), Condition(keywords=("rye",), written='{keyword = "rye"}'))
    with_settings(site, topics=TopicSettings(pages=(("Bread", conditions),)))

    (problem,) = [one for one in site.build().problems if one.code == "QT407"]

    assert problem.text == "'Bread': no page matches {keyword = \"rye\"}"
    assert topics(site)[1] == "Bread"


def test_the_rest_has_a_deck_of_its_own(site: Site) -> None:
    site.plain(950)
    site.build()

    assert topics(site)[950] == ""
    assert f"QuickTakes::{SUBJECT}::{OTHER_TOPICS}" in package(site).deck_names


def test_a_page_that_cannot_be_read_stays_in_its_topic(site: Site) -> None:
    before = topics(site)
    site.path(1).write_text("---\nid: 1\n", encoding="utf-8")
    site.build()

    assert topics(site) == before


def test_a_page_of_two_subjects_has_a_tag_for_each(tmp_path: Path) -> None:
    site = Site(tmp_path)
    fill(site)
    text = site.path(1).read_text(encoding="utf-8").replace(SUBJECT, "Gardening")
    other = site.path(1, "Gardening")
    other.parent.mkdir()
    other.write_text(text, encoding="utf-8")
    for at in range(1000, 1061):
        site.page(
            at, f"Where is memory {at}?", f"In garden {at} by the old wall.", subject="Gardening"
        )
    site.build()

    tags = {tag for tag in site.notes()["1/qa"].tags if "::topic::" in tag}
    assert tags >= {f"QuickTakes::topic::{SUBJECT}::Memory"}
    assert set(site.notes("Gardening")["1/qa"].tags) >= tags


@pytest.mark.parametrize("topic", ["retired", OTHER_TOPICS, OTHER_TOPICS.upper()])
def test_a_topic_may_have_a_name_of_ours(tmp_path: Path, topic: str) -> None:
    site = Site(tmp_path)
    for page_id in (1, 2, 3):
        site.plain(page_id)
    with_settings(site, topics=TopicSettings(pages=((topic, (Condition(ids=(1, 2)),)),)))
    site.build()
    notes = site.notes()
    site.plain(3, answer="Herb 3 grows between old stones and smells of smoke and honey.")

    site.build()

    assert {name for name, note in site.notes().items() if note != notes[name]} == {"3/qa"}
    assert not site.retired()


def test_spellings_of_a_topic_are_one_deck(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for page_id, topic in enumerate(("Cafe\u0301", "CAF\u00c9", "Caf\u00e9", ""), start=1):
        path = site.plain(page_id)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("subject:", f"topic: {topic}\nsubject:"), encoding="utf-8")

    site.build()

    assert len(package(site).deck_names) == 2
    found = topics(site)
    assert found[1] == found[2] == found[3] != found[4] == ""
