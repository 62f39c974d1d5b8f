"""Every command that needs the notes of unchanged pages takes them from the cache of a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Job, Progress
from qt2anki.build.pipeline import would_change
from qt2anki.build.reports import list_pages
from qt2anki.config.values import Condition
from qt2anki.courses.build_courses import build_courses
from qt2anki.courses.course_files import choose_courses
from qt2anki.preview.make_preview import gather
from tests.site import TEA, Site

COURSE = 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [1, { text = "Herb 4" }]\n'


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job for a site that is built already; it fails if notes are made."""
    site = Site(tmp_path)
    site.process(1)
    for subject in ("Botany", "Cooking"):
        site.process(2, subject=subject)
    site.plain(4, subject="Botany")
    site.page(5, "What is said of basil?", "I cannot answer this question.", subject="Botany")
    site.build()

    def refuse(*_: object) -> None:
        pytest.fail("notes are made")

    monkeypatch.setattr("qt2anki.build.note_cache.make_notes", refuse)
    return Job(
        paths=(str(site.pages),),
        out=site.out,
        settings=site.settings,
        note_types=load_note_types(),
        stamp=site.now + 1,
        processes=1,
        cache=site.out / ".qt2anki-cache",
    )


def test_list(job: Job) -> None:
    rows = {row.page.page_id: row.total for row in list_pages(job, Condition(), Progress())[0]}

    assert rows.keys() == {1, 2, 4, 5}
    assert rows[1] > 1
    assert rows[5] == 0


def test_a_dry_run(job: Job) -> None:
    found = would_change(job, Progress())

    assert (found.differences, found.files) == ((), ())


def test_a_preview(job: Job) -> None:
    material = gather(job, Progress())

    assert {name for p in material.packages for name in p.deck_names} == {
        "QuickTakes::Botany",
        "QuickTakes::Cooking",
    }
    assert "QT301" in {problem.code for problem in material.problems}


def test_courses(job: Job, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(COURSE, encoding="utf-8")
    courses = choose_courses([str(tmp_path / "c.toml")], tmp_path, None)

    report = build_courses(job, courses, Progress())

    assert [built.pages for built in report.packages] == [2]


def test_packages_are_the_same_however_few_pages_are_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = [Site(tmp_path / name) for name in ("many", "one")]
    for site, most in zip(sites, (1_000, 1), strict=True):
        monkeypatch.setattr("qt2anki.build.note_cache.MOST_PAGES", most)
        for page_id in (1, 2, 3):
            site.process(page_id)
        site.process(3, subject="Botany")
        site.plain(4, subject="Botany")
        site.build()
        site.process(1, TEA[:4])
        site.build()

    many, one = ({name: data for name, (data, _) in site.files().items()} for site in sites)
    assert one == many
    assert len(sites[0].notes()) > 10
