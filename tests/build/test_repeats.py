"""Notes of different pages that ask the same: a deck gets only one, and students lose none."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.note_content import field
from tests.courses.made import build_course, course_package, write_course
from tests.site import Site, kinds

ENZYME = "**Plasmin** is the enzyme that digests the fibrin mesh of a clot."
CLOTS = f"Clots are taken apart once the vessel has closed. {ENZYME} The liver releases it."
SCAB = f"A scab falls off when skin has grown. {ENZYME} **Keratin** is a tough protein of the skin."
PLAIN = "Clots are taken apart once the vessel has closed. The liver releases what does it."
QUESTIONS = {1: "How are clots removed?", 2: "Why does a scab fall off?"}
FIRST, SECOND, OWN = "1/gloss/plasmin", "2/gloss/plasmin", "2/gloss/keratin"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a site of two pages that define the same term."""
    one = Site(tmp_path)
    one.page(1, QUESTIONS[1], CLOTS)
    one.page(2, QUESTIONS[2], SCAB)
    return one


def unchanged(site: Site) -> bool:
    """Build again, with and without a cache, and compare all packages."""
    before = site.files()
    reports = [site.build()]
    site.is_cached = False
    reports.append(site.build())
    return site.files() == before and not any(map(kinds, reports))


def test_the_oldest_page_asks(site: Site) -> None:
    site.build()

    assert FIRST in site.notes()
    assert OWN in site.notes()
    assert SECOND not in site.notes()
    assert unchanged(site)


def test_the_other_card_is_named(site: Site) -> None:
    site.build()

    assert f"{FIRST} asks the same question" in site.explained(SECOND)


def test_notes_that_students_have_stay(site: Site) -> None:
    site.page(1, QUESTIONS[1], PLAIN)
    site.build()
    assert SECOND in site.notes()

    site.page(1, QUESTIONS[1], CLOTS)
    site.build()

    assert SECOND in site.notes()
    assert FIRST not in site.notes()
    assert unchanged(site)


def test_two_published_notes_that_come_to_ask_the_same_both_stay(site: Site) -> None:
    site.page(1, QUESTIONS[1], CLOTS.replace("Plasmin", "Fibrinase"))
    site.build()
    before = {key: note.guid for key, note in site.notes().items()}

    site.page(1, QUESTIONS[1], CLOTS)
    site.build()

    assert {key: note.guid for key, note in site.notes().items()} == before
    assert unchanged(site)


def test_a_page_asks_when_the_other_one_no_longer_does(site: Site) -> None:
    site.build()
    site.page(1, QUESTIONS[1], PLAIN)

    site.build()

    assert SECOND in site.notes()
    assert FIRST in site.retired()
    site.page(1, QUESTIONS[1], CLOTS)
    site.build()
    assert {FIRST, SECOND} <= site.notes().keys()  # each may have a history
    assert unchanged(site)


def test_a_page_that_moves_to_the_other_subject_keeps_its_notes(site: Site) -> None:
    site.page(2, QUESTIONS[2], SCAB, subject="Botany").touch()
    site.path(2).unlink()
    site.build()
    guid = site.notes("Botany")[SECOND].guid

    site.path(2, "Botany").unlink()
    site.page(2, QUESTIONS[2], SCAB)
    site.build(may_retire=True)

    assert site.notes()[SECOND].guid == guid
    assert unchanged(site)


def test_a_page_of_two_subjects_is_asked_where_nothing_else_asks(site: Site) -> None:
    site.page(2, QUESTIONS[2], SCAB, subject="Botany")

    site.build()

    assert SECOND in site.notes("Botany")
    assert SECOND not in site.notes()
    assert unchanged(site)


def test_the_whole_answer_of_a_page_goes_to_its_next_note(site: Site) -> None:
    site.settings = site.settings.__class__(card_threshold=0, kinds=("gloss",))

    site.build()

    assert "scab falls off" in field(site.notes()[OWN], "Details")
    assert unchanged(site)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        pytest.param("[2]", FIRST, id="the other page is not in the course"),
        pytest.param("[2, 1]", FIRST, id="it is"),
    ],
)
def test_a_course_has_the_same_note_as_the_deck(site: Site, pages: str, expected: str) -> None:
    site.build()
    write_course(site, f'title = "Blood"\n[[unit]]\ntitle = "Clots"\ntake = {pages}\n')

    build_course(site)

    found = [note.guid for note in course_package(site).notes]
    assert site.notes()[expected].guid in found
    assert len(found) == len(set(found))
    assert set(found) <= {note.guid for note in site.notes().values()}
