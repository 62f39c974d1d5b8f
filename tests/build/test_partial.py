"""A build of part of the pages over a full release."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.errors import PackageError
from tests.site import Site, kinds


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A published site of two subjects that share a page; its files have different addresses."""
    one = Site(tmp_path)
    for page_id in range(1, 8):
        one.plain(page_id)
        one.plain(page_id + 20, subject="Botany")
    for subject in ("Botany", "Cooking"):
        path = one.process(50, subject=subject)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("id: 50\n", f"id: 50\nurl: /{subject.casefold()}/tea\n"))
    one.build()
    return one


def test_part_of_the_pages_is_refused_with_numbers(site: Site) -> None:
    before = site.files()

    said = "7 of the 15 published pages are not among the 8 pages of this build"
    with pytest.raises(PackageError, match=said) as caught:
        site.build(site.pages / "cooking")

    assert "--partial" in caught.value.hint
    assert site.files() == before


def test_a_partial_build_changes_what_it_reads_and_keeps_the_rest(site: Site) -> None:
    before = site.files()
    notes = site.notes()
    site.plain(3, answer="Herb 3 grows between old stones and smells of smoke and honey.")

    report = site.build(site.pages / "cooking", is_partial=True)

    assert kinds(report) == {"changed": 1, "kept": len([n for n in notes if n.startswith("50/")])}
    assert site.files()["botany.apkg"] == before["botany.apkg"]
    after = site.notes()
    assert after.keys() == notes.keys()
    changed = [name for name in after if after[name] != notes[name]]
    assert changed == ["3/qa"]
    assert [p.code for p in report.problems if p.code == "QT406"]


def test_a_partial_build_retires_nothing(site: Site) -> None:
    notes = site.notes()

    report = site.build(site.path(1), site.path(2), is_partial=True)

    assert report.retired == ()
    assert site.notes() == notes


def test_a_full_build_after_a_partial_one_changes_nothing(site: Site) -> None:
    before = site.files()
    site.build(site.pages / "botany", is_partial=True)

    report = site.build()

    assert kinds(report) == {}
    assert {name: data for name, (data, _) in site.files().items()} == {
        name: data for name, (data, _) in before.items()
    }


def test_pages_that_are_gone_can_be_retired(site: Site) -> None:
    for page_id in range(1, 8):
        site.path(page_id).unlink()

    site.build(site.pages, may_retire=True)

    assert len(site.retired()) == 7


def test_a_page_left_out_of_a_partial_build_is_named(site: Site) -> None:
    before = site.files()
    path = site.path(3)
    path.write_text(path.read_text().replace('"Cooking"', '"Soup"'))

    report = site.build(path, is_partial=True)

    (left_out,) = [problem for problem in report.problems if problem.code == "QT409"]
    assert left_out.source == path.as_posix()
    assert "published under 'Cooking'" in left_out.text
    assert site.files() == before


def test_a_partial_build_does_not_report_what_it_does_not_do(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.plain(1)
    site.plain(2)
    path = site.plain(1, subject="Botany")
    text = path.read_text(encoding="utf-8")
    site.build()
    path.write_text(text.replace('"Botany"', '"Garden"'))
    site.build()
    path.write_text(text)
    before = site.files()

    report = site.build(path, is_partial=True)

    assert site.files() == before
    assert "QT403" not in {problem.code for problem in report.problems}  # "Garden" is not renamed
    assert "QT409" in {problem.code for problem in report.problems}


def test_a_partial_build_leaves_out_a_page_of_which_it_reads_only_one_file(site: Site) -> None:
    one = site.page(30, "What is mint?", "**Mint** is a herb that spreads by runners.")
    site.page(30, "What is mint?", "**Mint** is a herb that spreads by runners.", subject="Botany")
    site.plain(31, subject="Botany")
    site.build()
    before = site.files()

    report = site.build(one, site.path(31, "Botany"), is_partial=True)

    assert site.files() == before
    assert "QT409" in {problem.code for problem in report.problems}
