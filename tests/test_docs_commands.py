"""The guides, followed to the end: every command in them is run, and every search asked of Anki."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from qt2anki.anki.package_reader import read_packages
from qt2anki.cli import main
from tests.anki.learner import Learner
from tests.anki_connect import AnkiConnect, served
from tests.shell import ROOT, Shell
from tests.site import Site

DOCS = ROOT / "docs"
DIGEST = re.compile(r"(?m)^made_from = .*\n")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the guides need bash")


def blocks(name: str, language: str) -> list[str]:
    found = _BLOCK.findall((DOCS / name).read_text(encoding="utf-8"))
    assert {each for each, _ in found} <= {"sh", "anki", "toml", "text", "json"}
    return [text for each, text in found if each == language]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give what of a checkout the guides name."""
    folder = tmp_path / "checkout"
    for name in ("input", "examples"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Give a machine whose folders are ours; pip, systemctl and the like only write down."""
    machine = tmp_path / "machine"
    one = Shell(
        machine,
        {
            "/opt/qt2anki/bin": str(machine / "bin"),
            "/opt/qt2anki": str(machine / "opt"),
            "/srv/decks": str(machine / "srv"),
            "/usr/local/bin": str(machine / "bin"),
            "/etc/systemd/system/": f"{machine}/units/",
            "/tmp/trial": str(machine / "trial"),  # noqa: S108  # what the guide names
        },
    )
    one.set_up()
    # Nothing is installed into the environment that the guide makes, and pip takes seconds.
    without_pip = 'case "$*" in "-m venv "*) set -- "$@" --without-pip ;; esac'
    one.command("python3", f'{without_pip}\nexec {shlex.quote(sys.executable)} "$@"\n')
    (machine / "units").mkdir()
    return one


def follow(name: str, shell: Shell, checkout: Path, *, only: Sequence[str] | None = None) -> str:
    """Run every command of a guide, or those of some blocks, and return what they printed."""
    said = ""
    for block in blocks(name, "sh") if only is None else only:
        for line in map(shell.placed, block.replace("\\\n", " ").splitlines()):
            if line.startswith("qt2anki ") and ">" not in line:
                said += run_here(line, checkout)
                continue
            done = shell.run(line, cwd=checkout)
            said += done.stdout
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            assert "Traceback" not in done.stderr
    return said


def run_here(line: str, folder: Path) -> str:
    """Run a command of this program in this process, which is quicker than starting one."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(main, shlex.split(line)[1:])
    assert done.exit_code == 0, f"{line}\n{done.output}"
    return done.stdout


@pytest.mark.skipif(shutil.which("flock") is None, reason="nightly.sh needs flock of util-linux")
def test_the_guide_for_operators(shell: Shell, checkout: Path) -> None:
    said = follow("guide-operator.md", shell, checkout)

    public = Path(shell.places["/srv/decks"]) / "public"
    assert len(list(public.glob("*.apkg"))) == 17
    assert "Published nursing.apkg" in said
    assert "nursing.apkg" in said.split("Published manifest.json\n")[1]  # ls
    assert '"is_current": true' in (checkout / "check.json").read_text(encoding="utf-8")
    assert '"first_release": false' in said
    assert (checkout / ".github" / "workflows" / "decks.yml").is_file()
    units = {path.name for path in (shell.folder / "units").iterdir()}
    assert units == {"qt2anki-nightly.service", "qt2anki-nightly.timer"}
    assert shell.asked == [
        "pip install .[verify]",
        "useradd --system --home-dir " + shell.places["/srv/decks"] + " decks",
        "chown -R decks " + shell.places["/srv/decks"],
        "systemctl daemon-reload",
        "systemctl enable --now qt2anki-nightly.timer",
        "systemctl list-timers qt2anki-nightly.timer",
        "crontab -u decks examples/crontab",
    ]


def test_the_page_about_corrections(shell: Shell, checkout: Path) -> None:
    """The proposals are in a file when they are imported, and the folder is a repository."""
    steps = blocks("corrections.md", "sh")
    (at,) = (number for number, block in enumerate(steps) if "import" in block)
    removal = next(number for number, block in enumerate(steps) if "--remove" in block)
    (cards,) = blocks("corrections.md", "json")
    (written,) = blocks("corrections.md", "toml")
    (checkout / "cards.json").write_text(cards, encoding="utf-8")
    assert shell.run("git init -q .", cwd=checkout).returncode == 0

    follow("corrections.md", shell, checkout, only=steps[:removal])
    text = (checkout / "corrections.toml").read_text(encoding="utf-8")
    assert DIGEST.sub("", text).endswith(DIGEST.sub("", written))  # they depend on the wording
    assert shell.run("git add .", cwd=checkout).returncode == 0
    follow("corrections.md", shell, checkout, only=steps[removal:at])
    said = follow("corrections.md", shell, checkout, only=steps[at:])

    assert said.count(": kept") == 3
    kept = (checkout / "corrections/biology.toml").read_text("utf-8")
    assert "900001/own/why-a-spindle" in kept
    assert "900001/own/ring" not in kept
    assert list((checkout / "decks").glob("*.apkg"))


def test_the_guide_for_instructors(shell: Shell, checkout: Path, tmp_path: Path) -> None:
    """The course file exists from the command on after which the guide says to edit it."""
    (course,) = blocks("guide-instructor.md", "toml")
    steps = blocks("guide-instructor.md", "sh")
    (at,) = (number for number, block in enumerate(steps) if "course new" in block)

    follow("guide-instructor.md", shell, checkout, only=steps[: at + 1])
    file = checkout / "courses" / "physiology-1.toml"
    assert "900001," in file.read_text(encoding="utf-8")
    file.write_text(course, encoding="utf-8")
    said = follow("guide-instructor.md", shell, checkout, only=steps[at + 1 :])

    assert "Import test passed" in said
    assert "No difference." in said
    assert (checkout / "look.html").is_file()
    assert (checkout / "text" / "physiology-1.csv").is_file()
    learner = Learner(tmp_path / "learner")
    for package in sorted((checkout / "dist").glob("*.apkg")):
        learner.import_file(package)
    assert learner.import_file(checkout / "dist" / "courses" / "physiology-1.apkg").new == 0
    learner.close()
    newcomer = Learner(tmp_path / "newcomer")
    newcomer.import_file(checkout / "dist" / "courses" / "physiology-1.apkg")
    names = {deck.name for deck in newcomer.collection.decks.all_names_and_ids()}
    newcomer.close()
    assert names >= {"Physiology 1::01 Cells", "Physiology 1::02 Blood and Heart"}


def test_the_guide_for_students(shell: Shell, checkout: Path, tmp_path: Path) -> None:
    """Import, update, find retired cards: as the guide says, in Anki itself."""
    shell.run("qt2anki build input --quiet --first-release", cwd=checkout)
    learner = Learner(tmp_path / "learner")
    with served(AnkiConnect(learner)) as add_on:
        shell.places["http://127.0.0.1:8765"] = add_on.url
        follow("guide-student.md", shell, checkout)
        assert [done.new > 0 for done in add_on.imports] == [True]

        page = next((checkout / "input" / "nursing").glob("how-is-a-clinical-handover*.md"))
        page.unlink()
        shell.run("qt2anki build input --quiet --allow-retire", cwd=checkout)
        for package in sorted((checkout / "dist").rglob("*.apkg")):
            learner.import_file(package)

    (searches,) = blocks("guide-student.md", "anki")
    found = {line: len(learner.collection.find_notes(line)) for line in searches.splitlines()}
    learner.close()
    assert all(found.values()), found
    (retired,) = read_packages([checkout / "dist" / "retired"])
    assert found["tag:QuickTakes::retired"] == len(retired.notes)


def test_what_retired_packages_do_to_whom(tmp_path: Path) -> None:
    """What the guide for students says of them, both ways."""
    site = Site(tmp_path)
    site.plain(1)
    site.plain(2)
    site.build()
    learner, newcomer = Learner(tmp_path / "learner"), Learner(tmp_path / "newcomer")
    learner.import_file(site.out / "cooking.apkg")
    site.path(2).unlink()
    site.build()

    for one, before in ((learner, 2), (newcomer, 1)):
        one.import_file(site.out / "cooking.apkg")
        assert one.collection.note_count() == before
    assert learner.import_file(site.out / "retired" / "cooking.apkg").updated == 1
    assert learner.collection.note_count() == 2
    assert newcomer.import_file(site.out / "retired" / "cooking.apkg").new == 1
    learner.close()
    newcomer.close()
