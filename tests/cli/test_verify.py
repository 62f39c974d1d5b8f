"""``qt2anki verify`` on a command line."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.anki.note_types import load_note_types
from qt2anki.cli import main
from qt2anki.model import Note
from tests.anki_formats.decks import STAMP, deck_of, pack, qa_note
from tests.site import TEA, Site, edited

OLD = (qa_note(1, mod=STAMP), qa_note(2, mod=STAMP))
BETTER = qa_note(1, mod=STAMP + 60, Answer="<p>Chlorophyll leaves first.</p>")


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, args)])


def package(path: Path, *notes: Note) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pack(deck_of(notes), load_note_types(), stamp=STAMP))
    return path


def test_a_good_package(tmp_path: Path) -> None:
    result = run(package(tmp_path / "botany.apkg", *OLD))

    assert result.exit_code == 0
    first, second, third, last = result.stdout.splitlines()
    assert first == "A new student"
    assert second == "  botany.apkg: 2 new, 0 updated, 0 untouched, 0 conflicting"
    assert third == "  2 notes and 2 cards in the collection"
    assert last.startswith("Import test passed (Anki 2")


def test_a_good_update(tmp_path: Path) -> None:
    package(tmp_path / "old" / "botany.apkg", *OLD)
    package(tmp_path / "new" / "botany.apkg", BETTER, qa_note(3, mod=STAMP + 60))

    result = run(tmp_path / "new", "--against", tmp_path / "old")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[3:-1] == [
        "A student who has studied the old decks",
        "  botany.apkg: 1 new, 1 updated, 0 untouched, 0 conflicting",
        "  3 notes and 3 cards in the collection",
        "  1 note only in the old decks; kept unchanged",
        "  1 note of these are in no retired package: this release loses them",
        "  histories: 2 of 2 kept",
        "  decks, suspensions, flags: 2 of 2 kept",
        "  edits on unchanged notes: 0 of 0 kept",
        "  edits on changed notes: 0 of 1 kept",
    ]


def test_packages_of_one_name_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    package(tmp_path / "one" / "botany.apkg", qa_note(1))
    package(tmp_path / "two" / "botany.apkg", qa_note(2))

    lines = run("one", "two").stdout.splitlines()

    assert lines[1].startswith("  one/botany.apkg: 1 new")
    assert lines[2].startswith("  two/botany.apkg: 1 new")


def test_a_broken_promise(tmp_path: Path) -> None:
    old = package(tmp_path / "old.apkg", *OLD)
    new = package(tmp_path / "new.apkg", *(dataclasses.replace(n, mod=STAMP + 60) for n in OLD))

    result = run(new, "--against", old)
    as_json = run(new, "--against", old, "--json")

    assert result.exit_code == as_json.exit_code == 1
    assert (
        "  republished: 1/qa: the text is that of the old decks with a newer time" in result.stdout
    )
    found = json.loads(as_json.stdout)
    assert (found["version"], found["kept"]) == (1, False)
    assert found["new_student"]["findings"] == []
    assert found["old_student"]["faults"] == {"republished": 1}
    assert found["old_student"]["kept"]["histories"] == {"kept": 2, "of": 2}


def test_findings_beyond_the_first_ten(tmp_path: Path) -> None:
    old = package(tmp_path / "old.apkg", *(qa_note(n, mod=STAMP) for n in range(1, 31)))
    new = package(tmp_path / "new.apkg", *(qa_note(n, mod=STAMP + 60) for n in range(1, 31)))

    short = run(new, "--against", old).stdout
    whole = run(new, "--against", old, "-v").stdout

    assert short.count("  republished") == 10
    assert "more; -v lists them" in short
    assert whole.count("  republished") == 20
    assert "-v lists them" not in whole


def test_two_builds_of_a_site(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.process(1)
    site.plain(2)
    site.build()
    before = tmp_path / "before"
    site.out.rename(before)
    site.process(1, edited(TEA, 1, title="Heat the Teapot"))
    site.plain(3)
    site.build(previous=[before])

    result = run(site.out, "--against", before)

    assert result.exit_code == 0, result.stdout


def test_notes_that_a_release_has_lost_are_counted(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for page_id in (1, 2, 3):
        site.plain(page_id)
    site.build()
    before = tmp_path / "before"
    shutil.copytree(site.out, before)
    site.path(3).unlink()
    site.build()

    retired = run(site.out, "--against", before)
    shutil.rmtree(site.out / "retired")
    lost = run(site.out, "--against", before)

    for result in (retired, lost):
        assert "  1 note only in the old decks" in result.stdout
    assert "no retired package" not in retired.stdout
    assert "  1 note of these are in no retired package" in lost.stdout


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        pytest.param([], 2, "Missing argument 'PACKAGES...'", id="nothing"),
        pytest.param(["nowhere.apkg"], 2, "does not exist", id="missing"),
        pytest.param(["empty"], 2, "no package (*.apkg) in", id="empty folder"),
        pytest.param(["odd.apkg"], 1, "not an Anki package", id="damaged"),
        pytest.param(["good.apkg", "--against", "odd.apkg"], 1, "odd.apkg", id="damaged old one"),
    ],
)
def test_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd.apkg").write_bytes(b"PK nothing")
    package(tmp_path / "good.apkg", *OLD)

    result = run(*args)

    assert result.exit_code == code
    assert says in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_without_anki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    result = run(package(tmp_path / "botany.apkg", *OLD))

    assert result.exit_code == 1
    assert "the library anki, which is not installed" in result.stderr
    assert "qt2anki[verify]" in result.stderr


def test_as_a_process(tmp_path: Path) -> None:
    path = package(tmp_path / "botany.apkg", *OLD)

    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-m", "qt2anki", "verify", path.name],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0
    assert b"\x1b" not in done.stdout
    assert done.stderr == b""
