"""A build that is killed at any moment leaves complete packages, and the next one is correct.

QT2ANKI_KILLS sets how often a build is killed; a few times are enough in everyday runs.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from qt2anki.anki.package_reader import read_package
from qt2anki.cli import main
from tests.site import TEA, Site

KILLS = int(os.environ.get("QT2ANKI_KILLS", "2"))
SUBJECTS = tuple(f"Subject {letter}" for letter in "ABCDEFGH")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX")


def command(site: Site, out: Path) -> list[str]:
    build = [sys.executable, "-m", "qt2anki", "build", str(site.pages), "--out", str(out), "-q"]
    return [*build, "--jobs", "1", "--first-release"]


def environment(stamp: int) -> dict[str, str]:
    return os.environ | {"SOURCE_DATE_EPOCH": str(stamp), "PYTHONDONTWRITEBYTECODE": "1"}


def run(site: Site, out: Path, stamp: int) -> float:
    started = time.monotonic()
    subprocess.run(command(site, out), env=environment(stamp), check=True)  # noqa: S603
    return time.monotonic() - started


def run_here(site: Site, out: Path, stamp: int) -> None:
    """Build in this process, which is quicker than starting one."""
    done = CliRunner().invoke(main, command(site, out)[3:], env=environment(stamp))
    assert done.exit_code == 0, done.output


def packages(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.apkg")}


def notes_in(folder: Path) -> dict[str, set[tuple[object, ...]]]:
    found = {path: read_package(path).notes for path in folder.rglob("*.apkg")}
    return {path.name: {(n.guid, n.fields, n.mod) for n in notes} for path, notes in found.items()}


def test_every_package_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for at, subject in enumerate(SUBJECTS):
        site.process(10 + at, subject=subject)
        for page_id in range(100 * at + 100, 100 * at + 110):
            site.plain(page_id, subject=subject)
    old, new = tmp_path / "old", tmp_path / "new"
    run(site, old, site.now)
    for at, subject in enumerate(SUBJECTS):
        site.process(10 + at, (TEA[0], *TEA[2:]), subject=subject)
        site.path(100 * at + 105, subject).unlink()
    shutil.copytree(old, new)
    seconds = run(site, new, site.now + 99)
    before, after = packages(old), packages(new)
    dice = random.Random(4)  # noqa: S311  # no secret depends on it

    for _ in range(KILLS):
        out = tmp_path / "killed"
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(old, out)
        process = subprocess.Popen(command(site, out), env=environment(site.now + 99))  # noqa: S603
        # Most of the time goes into reading; the last third is when files are written.
        time.sleep(seconds * dice.uniform(0.3, 1.05))
        process.kill()
        process.wait()

        for name, data in packages(out).items():
            assert data in {before.get(name), after.get(name)}
        assert before.keys() <= packages(out).keys()
        run_here(site, out, site.now + 99)
        assert packages(out) == after
        assert [path for path in out.rglob("*") if path.suffix == ".part"] == []


# Python reports each renaming before it does it (https://docs.python.org/3/library/audit_events.html).
# After a first build, a fork of this process has loaded all that a build needs.
KILLED_AT_RENAMING = """
import contextlib, itertools, os, shutil, signal, sys
from qt2anki.cli import main
old, folder, *sys.argv[1:] = sys.argv[1:]
at = sys.argv.index(old)
sys.argv[at] = f"{folder}/first"
with contextlib.suppress(SystemExit):
    main()
for number in range(99):
    sys.argv[at] = f"{folder}/{number:02}"
    shutil.copytree(old, sys.argv[at])
    if not (child := os.fork()):
        left = itertools.count(number, -1)
        def hook(event, arguments):
            if event == "os.rename" and next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        main()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != -signal.SIGKILL:
        sys.exit(status)
"""


def killed_at_renamings(site: Site, old: Path, stamp: int) -> list[Path]:
    """Build in copies of *old*, killed at the first renaming, at the second, ..., at the last."""
    folder = site.root / "killed"
    arguments = [str(old), str(folder), *command(site, old)[3:]]
    code = [sys.executable, "-c", KILLED_AT_RENAMING]
    subprocess.run([*code, *arguments], env=environment(stamp), check=True)  # noqa: S603
    return sorted(folder.glob("[0-9]*"))[:-1]  # the last one found no renaming to be killed at


def test_the_changelog_has_what_a_killed_build_has_published(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for at, subject in enumerate(SUBJECTS[:3]):
        site.process(10 + at, subject=subject)
        site.plain(20 + at, subject=subject)
    site.plain(30, subject="Zoology")
    old = tmp_path / "old"
    run(site, old, site.now)
    for at, subject in enumerate(SUBJECTS[:2]):
        site.process(10 + at, (TEA[0], *TEA[2:]), subject=subject)
    site.plain(40, subject=SUBJECTS[2])
    site.plain(50, subject="Astronomy")
    shutil.copytree(old, tmp_path / "new")
    run(site, tmp_path / "new", site.now + 99)
    entries = {name: told(tmp_path / name) for name in ("old", "new")}
    assert len(entries["new"]) - len(entries["old"]) == 7

    killed = killed_at_renamings(site, old, site.now + 99)

    assert len(killed) > 6
    for out in killed:
        run_here(site, out, site.now + 999)
        assert told(out) == entries["new"], out
        assert packages(out).keys() == packages(tmp_path / "new").keys()
        assert not list(out.glob(".qt2anki-*.json"))


@pytest.mark.parametrize("is_exchange", [False, True])
def test_a_build_killed_while_a_page_changes_its_subject_loses_no_note(
    tmp_path: Path, *, is_exchange: bool
) -> None:
    site = Site(tmp_path)
    first, second = SUBJECTS[:2]
    old, new = tmp_path / "old", tmp_path / "new"
    for page_id, subject in ((10, first), (20, first), (30, second)):
        site.process(page_id, subject=subject)
    run_here(site, old, site.now)
    # Only the packages know the keys of renamed steps.
    renamed = tuple((title.replace("Phase", "Stage"), text) for title, text in TEA)
    site.process(10, renamed, subject=first)
    site.process(30, renamed, subject=second)
    run_here(site, old, site.now + 9)
    site.path(10, first).unlink()
    site.process(10, renamed, subject=second)
    if is_exchange:
        site.path(30, second).unlink()
        site.process(30, renamed, subject=first)
    shutil.copytree(old, new)
    run_here(site, new, site.now + 99)

    killed = killed_at_renamings(site, old, site.now + 99)

    assert len(killed) >= 4
    for out in killed:
        run_here(site, out, site.now + 99)
        assert notes_in(out) == notes_in(new), out


def told(folder: Path) -> list[str]:
    """Return what CHANGES.md says of decks and questions, without the versions, sorted."""
    lines = (folder / "CHANGES.md").read_text(encoding="utf-8").splitlines()
    return sorted(line for line in lines if line.startswith(("**", "- ")))
