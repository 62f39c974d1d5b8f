"""Notes of a page in other packages also count, with a cache and without one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qt2anki.build.job import Fate, Progress, Stage
from tests.site import DAY, TEA, Site, with_settings

CACHE = ".qt2anki-cache"
BOTH = ("Botany", "Cooking")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site with a page of two subjects, and one more page for each."""
    monkeypatch.setattr("qt2anki.build.source_files.RACY", -(10**15))
    one = Site(tmp_path)
    in_both(one)
    one.plain(2)
    one.plain(3, subject="Botany")
    return one


def in_both(site: Site, steps: tuple[tuple[str, str], ...] = TEA, **more: str) -> None:
    for subject in BOTH:
        site.process(1, steps, subject=subject, **more)


def build_and_compare(site: Site, **how: object) -> None:
    """Build with the cache, and from a copy of the same packages without; find the same bytes."""
    plain = site.root / "plain"
    shutil.copytree(site.out, plain, ignore=shutil.ignore_patterns(CACHE))
    site.build(may_retire=True, **how)  # type: ignore[arg-type]
    site.now -= DAY
    site.is_cached = False
    site.build(may_retire=True, out=plain, **how)  # type: ignore[arg-type]
    site.is_cached = True
    assert packages(site.out) == packages(plain)
    shutil.rmtree(plain)


def packages(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.apkg")
    }


def test_a_page_made_for_one_subject_alone_is_still_old_in_the_other(site: Site) -> None:
    with_settings(site, kinds=("qa", "explain"))
    site.build()
    in_both(site, TEA[:4])  # one note changes, and one is gone: as many as before
    site.build(subjects=["Cooking"], may_retire=True)

    build_and_compare(site)


def test_a_page_made_for_a_package_that_was_lost_is_still_old_in_the_other(site: Site) -> None:
    site.path(1, "Botany").unlink()
    site.build()
    site.process(1, subject="Botany")  # a second subject is a tag more on each note
    site.build(subjects=["Botany"])
    (site.out / "botany.apkg").unlink()
    (site.out / "manifest.json").unlink()

    build_and_compare(site)


def test_a_package_put_back_tells_what_a_page_once_had(site: Site) -> None:
    question = "What is tea at home?"
    in_both(site, lead="Here are the steps in order, first to last:", question=question)
    site.build()
    old = (site.out / "cooking.apkg").read_bytes()
    in_both(site, (("Tea", "It is a drink."), ("Cups", "They are small.")), question=question)
    site.build(may_retire=True)
    in_both(site, lead="People do this:", question=question)
    site.build()
    (site.out / "cooking.apkg").write_bytes(old)

    build_and_compare(site)
    build_and_compare(site)


def test_notes_that_are_back_leave_the_retired_of_a_subject_in_which_nothing_changes(
    site: Site,
) -> None:
    site.build()
    old = (site.out / "botany.apkg").read_bytes()
    in_both(site, TEA[:4])
    site.build()
    assert (site.out / "retired" / "cooking.apkg").exists()
    (site.out / "botany.apkg").write_bytes(old)

    build_and_compare(site, subjects=["Cooking"])


def test_a_subject_that_comes_back_in_other_letters(site: Site) -> None:
    site.process(1, TEA[:4], subject="Cooking")
    site.path(1, "Botany").unlink()
    site.build()
    site.path(1).unlink()
    site.path(2).unlink()
    site.build(subjects=["Cooking"], may_retire=True)
    site.plain(4, subject="COOKING")
    site.build()
    before = packages(site.out)

    site.build()
    assert packages(site.out) == before
    build_and_compare(site)
    assert packages(site.out) == before


class Events(Progress):
    """Remembers the order in which a build reports packages and makes notes."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int, str]] = []

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        if stage == "make" and done == reused:
            self.told.append(("notes", done, total, stage))

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        self.told.append((name, pages, notes, fate))


def test_a_note_that_one_deck_leaves_out_makes_nothing_stale(site: Site) -> None:
    question = "How is the last drink of the day made?"
    site.process(8, question=question)  # of two cards that ask the same, a deck has the first
    for subject in BOTH:
        site.process(9, question=question, subject=subject)
    site.build()
    assert any(note.page_id == 9 for note in site.notes("Botany").values())
    assert not any(note.page_id == 9 for note in site.notes("Cooking").values())
    site.plain(2, answer="Sage grows in the shade of old walls and smells of pine and rain.")
    events = Events()

    build_and_compare(site, progress=events)

    # What is fresh is told first; what is stale has to be made.
    told = [(name, fate) for name, *_, fate in events.told]
    assert told[:3] == [("Botany", "unchanged"), ("notes", "make"), ("Cooking", "changed")]
    (site.out / "cooking.apkg").unlink()
    (site.out / "manifest.json").unlink()
    build_and_compare(site)
