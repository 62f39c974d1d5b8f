"""From pages or packages to a preview."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Job, Progress
from qt2anki.build.pipeline import build
from qt2anki.config import Settings
from qt2anki.preview.make_preview import (
    STAMP,
    Material,
    are_packages,
    gather,
    links_from,
    make_preview,
)
from tests.anki_formats.decks import qa_note
from tests.preview.made import package

INPUT = Path(__file__).parents[2] / "input"
NURSING = INPUT / "nursing"


def gathered(
    *paths: Path, sources: tuple[Path, ...] = (), subjects: tuple[str, ...] = ()
) -> Material:
    job = Job(
        paths=tuple(map(str, paths)),
        out=Path("nowhere"),
        settings=Settings(card_threshold=0),
        note_types=load_note_types(),
        stamp=STAMP,
        subjects=subjects,
    )
    return gather(job, Progress(), source_paths=tuple(map(str, sources)))


def test_pages_are_built_where_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    material = gathered(NURSING)

    assert [package.deck_names for package in material.packages] == [("QuickTakes::Nursing",)]
    assert len(material.sources) == len(list(NURSING.glob("*.md")))
    assert {problem.severity for problem in material.problems} <= {"note"}
    assert list(tmp_path.iterdir()) == []


def test_the_samples_have_no_findings_and_as_many_cards_as_their_build(tmp_path: Path) -> None:
    job = Job((str(INPUT),), tmp_path, Settings(), load_note_types(), stamp=1)
    report = build(job, Progress())

    preview = make_preview(gather(job, Progress()), link=lambda _page_id: None, with_audit=True)

    assert preview.marked == 0
    assert preview.cards_in_decks == sum(n for built in report.packages for _, n in built.cards)


def test_faults_of_pages_are_told(tmp_path: Path) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text("no front matter\n", encoding="utf-8")

    material = gathered(bad)

    assert [problem.code for problem in material.problems] == ["QT110"]
    assert material.packages == ()


def test_packages_are_read_as_they_are(tmp_path: Path) -> None:
    package(tmp_path / "a.apkg")
    package(tmp_path / "b.apkg", (qa_note(7),), subject="Optics")

    assert len(gathered(tmp_path).packages) == 2
    (optics,) = gathered(tmp_path, subjects=("optics",)).packages
    assert optics.deck_names == ("QuickTakes::Optics",)
    assert gathered(tmp_path / "a.apkg", sources=(NURSING,)).sources


def test_what_is_a_package(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "decks").mkdir()
    package(tmp_path / "decks" / "a.apkg")

    assert are_packages(["x.apkg", str(tmp_path / "decks")])
    assert not are_packages([str(tmp_path / "pages")])
    assert not are_packages([str(tmp_path / "decks"), str(tmp_path / "pages")])
    assert not are_packages(["-"])


def test_a_preview_counts_its_cards_and_findings(tmp_path: Path) -> None:
    leak = qa_note(5, key="step/sap/explain", Question="What is sap?", Answer="What is sap?")
    material = Material((package(tmp_path / "a.apkg", (qa_note(1), leak)),))

    audited = make_preview(material, link=lambda _: None, with_audit=True)
    plain = make_preview(material, link=lambda _: None, with_audit=False)

    assert (audited.cards, plain.cards, plain.marked) == (2, 2, 0)
    assert audited.marked > 0
    assert "<title>Botany: preview</title>" in plain.html


def test_several_decks_have_a_title_too(tmp_path: Path) -> None:
    packages = package(tmp_path / "a.apkg"), package(tmp_path / "b.apkg", subject="Optics")

    preview = make_preview(Material(packages), link=lambda _: None, with_audit=False)

    assert "<title>2 decks: preview</title>" in preview.html


def test_links_lead_from_the_preview_to_the_page(tmp_path: Path) -> None:
    page = tmp_path / "my pages" / "50 %.md"
    page.parent.mkdir()
    text = min(NURSING.glob("*.md")).read_text(encoding="utf-8")
    page.write_text(text, encoding="utf-8")
    sources = gathered(page).sources
    (page_id,) = sources

    link = links_from(tmp_path / "out", sources)

    assert link(page_id) == "../my%20pages/50%20%25.md"
    assert link(999) is None
    assert link(None) is None
