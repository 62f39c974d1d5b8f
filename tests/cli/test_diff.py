"""``qt2anki diff`` and ``qt2anki build --dry-run`` on a command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.anki.note_types import load_note_types
from qt2anki.cli import main
from qt2anki.model import Note
from tests.anki_formats.decks import STAMP, deck_of, pack, qa_note
from tests.site import Site


def run(*args: object) -> Result:
    return CliRunner().invoke(main, list(map(str, args)))


def package(folder: Path, *notes: Note, subject: str = "Botany") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{subject.casefold()}.apkg"
    path.write_bytes(pack(deck_of(notes, subject=subject), load_note_types(), stamp=STAMP))
    return path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a folder as the commands expect it: input/ and, built from it, dist/."""
    one = Site(tmp_path)
    one.process(1)
    one.plain(2)
    one.plain(4, subject="Botany")
    (tmp_path / "input").symlink_to(one.pages, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    one.build()
    return one


def test_two_packages(tmp_path: Path) -> None:
    old = package(tmp_path / "old", qa_note(1), qa_note(2))
    new = package(tmp_path / "new", qa_note(1), qa_note(3))

    result = run("diff", old, new)

    assert result.exit_code == 1
    assert result.stdout == (
        "Botany: 1 new, 1 retired (2 notes before, 2 now)\n"
        "  2 Why do leaves of kind 2 turn red?\n"
        "    - 2/qa: Why do leaves of kind 2 turn red?\n"
        "  3 Why do leaves of kind 3 turn red?\n"
        "    + 3/qa: Why do leaves of kind 3 turn red?\n"
    )
    assert result.stderr == ""


def test_equal_folders(tmp_path: Path) -> None:
    package(tmp_path / "old", qa_note(1))
    package(tmp_path / "new", qa_note(1))

    result = run("diff", tmp_path / "old", tmp_path / "new")

    assert (result.exit_code, result.stdout) == (0, "No difference.\n")


def test_json_and_markdown(tmp_path: Path) -> None:
    old = package(tmp_path / "old", qa_note(1))
    new = package(tmp_path / "new", qa_note(1, Answer="<p>Cold.</p>"))

    as_json = json.loads(run("diff", old, new, "--json").stdout)
    as_markdown = run("diff", old, new, "--markdown").stdout

    assert (as_json["version"], as_json["is_equal"]) == (1, False)
    assert as_json["counts"] == {"new": 0, "changed": 1, "moved": 0, "retired": 0}
    (page,) = as_json["subjects"][0]["pages"]
    assert page["notes"][0]["fields"]["Answer"][-1] == ["added", "Cold."]
    assert as_markdown.startswith("## Botany\n\n1 changed (1 note before, 1 now).\n\n- 1 Why")
    assert "**Cold.**" in as_markdown


def test_what_a_build_would_make_now(site: Site) -> None:
    assert run("diff").exit_code == 0
    files = site.files()
    site.plain(3)
    site.path(2).unlink()

    result = run("diff")

    assert result.exit_code == 1
    assert result.stdout.startswith("Cooking: 1 new, 1 retired (")
    assert "herb 3" in result.stdout
    assert site.files() == files


def test_a_subject_that_has_another_name_now(site: Site) -> None:
    site.path(4, "Botany").unlink()
    site.plain(4, subject="Zoology")

    result = run("diff")

    assert result.exit_code == 1
    assert "Botany: 1 retired (1 note before, 0 now)\n" in result.stdout
    assert "Zoology: 1 new (0 notes before, 1 now)\n" in result.stdout


def test_nothing_published_yet(site: Site) -> None:
    site.out.rename(site.root / "elsewhere")

    result = run("diff")

    assert result.exit_code == 1
    assert result.stdout.startswith("Botany: 1 new (0 notes before, 1 now)\n")
    assert "There is no package in dist, so every note is new." in result.stderr
    assert not site.out.exists()


def test_one_package_against_a_build(site: Site) -> None:
    site.plain(3)
    site.plain(5, subject="Botany")

    result = run("diff", site.out / "botany.apkg")

    assert result.stdout.startswith("Botany: 1 new (1 note before, 2 now)\n")
    assert "Cooking" not in result.stdout


def test_a_dry_run_shows_the_same_and_writes_nothing(site: Site) -> None:
    before = {path: path.read_bytes() for path in site.out.rglob("*") if path.is_file()}
    site.plain(3)

    result = run("build", "--dry-run")

    assert result.exit_code == 0
    assert result.stdout == run("diff").stdout
    assert {p: p.read_bytes() for p in site.out.rglob("*") if p.is_file()} == before


def test_a_dry_run_counts_a_note_of_several_decks_once_as_the_build_does(site: Site) -> None:
    for subject in ("Botany", "Cooking"):
        site.process(7, subject=subject)
    run("build")
    site.path(7, "Botany").unlink()
    site.path(2).unlink()

    dry = run("build", "--dry-run")
    built = run("build")

    assert "retired" in dry.stderr
    (line,) = (line for line in dry.stderr.splitlines() if line.startswith("Since the last"))
    assert line in built.stderr.splitlines()


def test_a_dry_run_as_json(site: Site) -> None:
    site.plain(3)

    result = run("build", "--dry-run", "--json")

    assert json.loads(result.stdout)["counts"]["new"] == 1


def test_a_dry_run_makes_no_folder(site: Site, tmp_path: Path) -> None:
    result = run("build", site.pages, "--dry-run", "-o", tmp_path / "fresh")

    assert result.exit_code == 0
    assert "first release" in result.stderr
    assert not (tmp_path / "fresh").exists()


def test_faults_in_pages_are_told(site: Site) -> None:
    site.path(2).write_text("no page", encoding="utf-8")

    assert "QT110" in run("diff").stderr


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        pytest.param(["nowhere.apkg"], 2, "does not exist", id="missing"),
        pytest.param(["empty", "empty"], 2, "no package (*.apkg) in 'empty'", id="empty folder"),
        pytest.param(["odd.apkg", "odd.apkg"], 1, "odd.apkg", id="damaged"),
        pytest.param(["odd.apkg"], 1, "odd.apkg", id="damaged, against a build"),
        pytest.param(["--json", "--markdown"], 2, "mutually exclusive", id="two formats"),
        pytest.param(["--config", "none.toml"], 2, "none.toml", id="no settings"),
    ],
)
def test_wrong_use(site: Site, args: list[str], code: int, says: str) -> None:
    (site.root / "empty").mkdir()
    (site.root / "odd.apkg").write_bytes(b"PK nothing")

    result = run("diff", *args)

    assert result.exit_code == code
    assert says in result.stderr
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_without_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").mkdir()

    result = run("diff")

    assert result.exit_code == 2
    assert "no folder 'input'" in result.stderr


def test_as_a_process_without_colour(site: Site) -> None:
    site.plain(3)

    done = subprocess.run(  # our own interpreter
        [sys.executable, "-m", "qt2anki", "diff"], cwd=site.root, capture_output=True, check=False
    )

    assert done.returncode == 1
    assert b"\x1b" not in done.stdout + done.stderr
    assert done.stdout.startswith(b"Cooking: 1 new (")
