"""The same pages give the same packages, to the byte, however they are built."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_packages
from qt2anki.build.job import Fate, Progress, Report, Stage
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings

INPUT = Path(__file__).parents[2] / "input"
SUBJECTS = ("biology", "computer-science", "health-studies", "nursing", "physics")
FOLDERS = tuple(INPUT / subject for subject in SUBJECTS)
FILES = sum(len(list(folder.glob("*.md"))) for folder in FOLDERS)
STAMP = 1_795_000_000


def run(out: Path, *paths: Path, subjects: tuple[str, ...] = (), processes: int = 1) -> Report:
    job = Job(
        paths=tuple(str(path) for path in paths or FOLDERS),
        out=out,
        settings=Settings(card_threshold=0),
        note_types=load_note_types(),
        stamp=STAMP,
        subjects=subjects,
        processes=processes,
    )
    return build(job, Progress())


def packages(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*.apkg"))}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    run(folder)
    return folder


def test_one_package_a_subject(built: Path) -> None:
    assert list(packages(built)) == [f"{subject}.apkg" for subject in SUBJECTS]


def test_a_subject_without_cards_has_no_package(tmp_path: Path) -> None:
    (page,) = (INPUT / "health-studies").glob("which-*.md")  # says that it cannot answer

    run(tmp_path, page)

    assert packages(tmp_path) == {}


def test_the_order_of_the_input_does_not_matter(built: Path, tmp_path: Path) -> None:
    files = [file for folder in FOLDERS for file in sorted(folder.glob("*.md"))]
    random.Random(3).shuffle(files)  # noqa: S311  # no secret
    for file in files:
        copy = tmp_path / "pages" / file.parent.name / file.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)

    run(tmp_path / "shuffled", *files)
    run(tmp_path / "copied", tmp_path / "pages")

    assert packages(tmp_path / "shuffled") == packages(built)
    assert packages(tmp_path / "copied") == packages(built)


def test_the_number_of_processes_does_not_matter(built: Path, tmp_path: Path) -> None:
    run(tmp_path, processes=2)

    assert packages(tmp_path) == packages(built)


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}, id="zone-and-hashes"),
        pytest.param({"LC_ALL": "C", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"}, id="locale"),
        pytest.param({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, id="turkish"),
    ],
)
def test_the_environment_does_not_matter(
    built: Path, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    command = [sys.executable, "-m", "qt2anki", "build", *map(str, FOLDERS)]
    command += ["-q", "-o", str(tmp_path)]
    variables = {**os.environ, "SOURCE_DATE_EPOCH": str(STAMP), **environment}

    subprocess.run(command, env=variables, check=True, timeout=120)  # noqa: S603  # ourselves

    assert packages(tmp_path) == packages(built)


def test_a_choice_of_subjects_changes_no_package(built: Path, tmp_path: Path) -> None:
    report = run(tmp_path, subjects=("nursing", "physics"))

    assert packages(tmp_path) == {
        name: data
        for name, data in packages(built).items()
        if name in ("nursing.apkg", "physics.apkg")
    }
    assert "Biology" in report.found


def test_a_cross_listed_page_has_one_set_of_notes(built: Path) -> None:
    biology, nursing = (
        {note.guid: note for note in package.notes if note.page_id == 900002}
        for package in read_packages([built / "biology.apkg", built / "nursing.apkg"])
    )

    assert biology.keys() == nursing.keys()
    assert len(biology) > 3
    for guid, note in biology.items():
        assert note.fields == nursing[guid].fields
        assert note.tags == nursing[guid].tags
        assert {"QuickTakes::subject::Biology", "QuickTakes::subject::Nursing"} <= set(note.tags)


def test_no_guid_twice_in_a_package(built: Path) -> None:
    for package in read_packages([built]):
        guids = [note.guid for note in package.notes]
        assert len(guids) == len(set(guids))


def test_building_again_writes_nothing(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    shutil.copytree(built, out)

    report = run(out)

    assert not any(package.is_written for package in report.packages)
    assert packages(out) == packages(built)


def test_a_bad_page_keeps_no_other_from_being_built(built: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text("---\nid: yes\nquestion: Why?\n---\n", encoding="utf-8")

    report = run(tmp_path / "out", *FOLDERS, bad)

    assert packages(tmp_path / "out") == packages(built)
    codes = {problem.code for problem in report.problems if problem.source == bad.as_posix()}
    assert {"QT120", "QT121"} <= codes


def test_the_report_counts_what_is_in_the_packages(tmp_path: Path) -> None:
    report = run(tmp_path)

    inside = {package.path.name: package for package in read_packages([tmp_path])}
    assert report.pages == FILES - 1  # one is in two subjects
    assert len(report.packages) == len(inside)
    for package in report.packages:
        assert package.path.is_file()
        assert package.size == package.path.stat().st_size
        assert sum(count for _, count in package.notes) == len(inside[package.path.name].notes)
    assert {p.code for p in report.problems if p.severity == "note"} >= {"QT301"}


def test_progress_is_told_for_every_page(tmp_path: Path) -> None:
    told = Told()
    paths = tuple(map(str, FOLDERS))
    job = Job(paths, tmp_path, Settings(card_threshold=0), load_note_types(), STAMP, processes=1)

    report = build(job, told)

    read = [(done, total) for stage, done, total, _ in told.events if stage == "read"]
    made = [(done, total) for stage, done, total, _ in told.events if stage == "make"]
    for stage in (read, made):
        assert [done for done, _ in stage] == list(range(stage[0][1] + 1))
        assert len({total for _, total in stage}) == 1
    assert read[-1] == (FILES, FILES)
    assert [name for name, *_ in told.packages] == [one.subject for one in report.packages]
    assert {fate for *_, fate in told.packages} == {"changed"}
    build(job, told)
    assert {fate for *_, fate in told.packages[len(report.packages) :]} == {"unchanged"}


def test_progress_tells_of_files_that_are_known_again(tmp_path: Path) -> None:
    job = Job(
        tuple(str(shutil.copytree(folder, tmp_path / folder.name)) for folder in FOLDERS),
        tmp_path / "out",
        Settings(card_threshold=0),
        load_note_types(),
        STAMP,
        processes=1,
        cache=tmp_path / "cache",
    )
    build(job, Progress())
    told = Told()

    build(job, told)  # files this young are looked into once more

    read = [(done, total, reused) for stage, done, total, reused in told.events if stage == "read"]
    assert [done for done, *_ in read] == [*range(1, FILES + 1), FILES]
    assert all(done == reused and total == FILES for done, total, reused in read)


class Told(Progress):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.events: list[tuple[Stage, int, int, int]] = []
        self.packages: list[tuple[str, int, int, Fate]] = []

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        self.events.append((stage, done, total, reused))

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        self.packages.append((name, pages, notes, fate))
