"""Abbreviations whose page cannot be read now, or is not read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.anki.package_reader import PublishedNote
from tests.site import Site, kinds, with_settings

LUNG = (
    "Chronic obstructive pulmonary disease (COPD) is a lung disease. Smoking causes COPD in most"
    " people, and doctors treat COPD with inhalers."
)
CLINIC = (
    "A nurse helps patients with chronic obstructive pulmonary disease (COPD) at home. Patients"
    " with COPD learn to breathe slowly."
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site on which three pages of two subjects explain the same letters."""
    one = Site(tmp_path)
    one.page(1, "Which illness do smokers often have?", LUNG, subject="Medicine")
    one.page(2, "How do nurses help at home?", CLINIC, subject="Medicine")
    one.page(3, "Who visits patients at home?", CLINIC, subject="Nursing")
    for page_id in range(4, 20):
        one.plain(page_id, subject="Nursing")
    one.build()
    assert abbreviation(one, "Medicine").page_id == 1
    assert abbreviation(one, "Medicine") == same(one, "Nursing")
    return one


def abbreviation(site: Site, subject: str) -> PublishedNote:
    notes = site.notes(subject).values()
    return next(note for note in notes if note.key.startswith("abbr/"))


def same(site: Site, subject: str) -> PublishedNote:
    """Return the note with what differs between packages as in Medicine."""
    note, known = abbreviation(site, subject), abbreviation(site, "Medicine")
    return replace(note, note_id=known.note_id, deck=known.deck)


@pytest.mark.parametrize("is_cached", [True, False])
def test_a_page_with_an_error_keeps_its_abbreviations(site: Site, is_cached: bool) -> None:
    site.is_cached = is_cached
    before = abbreviation(site, "Medicine")
    path = site.path(1, "Medicine")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("question:", "question: [", 1), encoding="utf-8")

    report = site.build()

    assert kinds(report).keys() <= {"kept"}
    assert abbreviation(site, "Medicine") == before == same(site, "Nursing")

    path.write_text(text, encoding="utf-8")
    assert kinds(site.build()) == {}


def test_pages_of_a_part_do_not_take_over_abbreviations(site: Site) -> None:
    before = abbreviation(site, "Medicine")
    site.plain(4, subject="Nursing", answer="Herb 4 smells of smoke and honey in the rain.")

    report = site.build(site.pages / "nursing", is_partial=True)

    assert kinds(report).keys() <= {"changed", "kept"}
    assert before == same(site, "Nursing")


def test_a_subject_built_alone_does_not_take_over_abbreviations(site: Site) -> None:
    before = abbreviation(site, "Medicine")
    site.plain(4, subject="Nursing", answer="Herb 4 smells of smoke and honey in the rain.")

    site.build(site.pages / "nursing")

    assert before == same(site, "Nursing")


def test_an_abbreviation_whose_page_is_gone_moves_to_a_different_page(site: Site) -> None:
    guid = abbreviation(site, "Medicine").guid
    site.path(1, "Medicine").unlink()

    site.build()

    note = abbreviation(site, "Medicine")
    assert (note.guid, note.page_id) == (guid, 2)
    assert note == same(site, "Nursing")


@pytest.mark.parametrize("is_cached", [True, False])
def test_a_changed_abbreviation_is_the_same_in_all_subjects(site: Site, is_cached: bool) -> None:
    site.is_cached = is_cached
    answer = LUNG.replace("a lung disease", "a severe lung disease")
    site.page(1, "Which illness do smokers often have?", answer, subject="Medicine")

    site.build()

    note = abbreviation(site, "Medicine")
    assert note.mod == site.now
    assert note == same(site, "Nursing")


@pytest.mark.parametrize("is_cached", [True, False])
def test_a_page_without_cards_keeps_its_abbreviations(site: Site, is_cached: bool) -> None:
    site.corrections.write_text('[card."1/qa"]\ndrop = true\n', encoding="utf-8")
    site.is_cached = is_cached
    site.build()
    assert not [name for name in site.notes("Medicine") if name.startswith("1/qa")]
    before = abbreviation(site, "Medicine")
    path = site.path(1, "Medicine")
    path.write_text(path.read_text("utf-8").replace("question:", "question: [", 1), "utf-8")

    site.build()

    assert abbreviation(site, "Medicine") == before == same(site, "Nursing")


TAR = "Road tar has polycyclic aromatic hydrocarbons (PAH). Smoke has PAH too, as chimneys show."


BROKEN = "---\nid: 30\nquestion: [x\n---\n"


@pytest.mark.parametrize("broken", [BROKEN, BROKEN.replace("id: 30\n", ""), ""])
def test_a_page_whose_only_card_is_an_abbreviation_keeps_it(site: Site, broken: str) -> None:
    with_settings(site, kinds=("abbr",))
    path = site.page(30, "What is in road tar?", TAR, subject="Nursing")
    site.build(may_retire=True)
    before = site.notes("Nursing")
    assert [note.key for note in before.values() if note.page_id == 30] != []
    text = path.read_text(encoding="utf-8")
    path.write_text(broken, encoding="utf-8")

    site.build()

    assert site.notes("Nursing") == before
    path.write_text(text, encoding="utf-8")
    site.build()
    assert site.notes("Nursing") == before


def test_a_partial_build_keeps_the_abbreviations_of_pages_it_does_not_read(site: Site) -> None:
    path = site.page(30, "What is in road tar?", TAR, subject="Nursing")
    site.build()
    before = site.notes("Nursing")

    site.build(*(site.path(number, "Nursing") for number in range(4, 8)), is_partial=True)

    assert path.exists()
    assert site.notes("Nursing") == before


def test_a_partial_build_keeps_an_abbreviation_of_which_it_reads_only_one_file(site: Site) -> None:
    with_settings(site, kinds=("abbr",))
    one = site.page(30, "What is in road tar?", TAR, subject="Nursing")
    site.page(30, "What is in road tar?", TAR, subject="Medicine")
    site.build(may_retire=True)
    before = site.notes("Nursing"), site.notes("Medicine")

    report = site.build(one, site.path(1, "Medicine"), is_partial=True)

    assert (site.notes("Nursing"), site.notes("Medicine")) == before
    assert "QT409" in {problem.code for problem in report.problems}
