"""Bad luck: a full disk, signals, vanished files, two builds at once, a clock that goes back.

A clear message, packages that are the old ones or the new ones, and a next build that is right.
QT2ANKI_KILLS sets how often a signal is sent; docs/reliability.md tells of long runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qt2anki.errors import Qt2AnkiError
from qt2anki.job import NoProgress, Stage
from qt2anki.package.note_types import load_note_types
from qt2anki.pipeline import Job, build
from qt2anki.settings import Settings
from qt2anki.workers import spread_over
from tests.site import TEA, Site, edited

KILLS = int(os.environ.get("QT2ANKI_KILLS", "1"))
JOBS = ("1", "2") if KILLS > 1 else ("2",)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and signals of POSIX")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    for page_id in range(1, 13):
        one.process(page_id, subject=f"Subject {'ABC'[page_id % 3]}")
    return one


def command(site: Site, out: Path, *more: str) -> list[str]:
    build = [sys.executable, "-m", "qt2anki", "build", str(site.pages), "--out", str(out), "-q"]
    return [*build, "--first-release", *more]


def environment(stamp: int) -> dict[str, str]:
    # A process that is stopped or may not write must not be measured: measuring writes files, too.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return plain | {"SOURCE_DATE_EPOCH": str(stamp), "PYTHONDONTWRITEBYTECODE": "1"}


def run(arguments: Sequence[str], stamp: int, **more: object) -> subprocess.CompletedProcess[str]:
    options = {"capture_output": True, "text": True, "env": environment(stamp), "timeout": 60}
    return subprocess.run(arguments, **options | more)  # type: ignore[call-overload,no-any-return] # noqa: PLW1510, S603


def packages(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.apkg")}


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix == ".part"]


def change(site: Site) -> None:
    """Edit a page of every subject."""
    for page_id in (1, 2, 3):
        steps = edited(TEA, 1, text="Rinse the pot twice with water that is nearly boiling by now.")
        site.process(page_id, steps, subject=f"Subject {'ABC'[page_id % 3]}")


def test_a_full_disk_leaves_the_old_packages(site: Site) -> None:
    assert run(command(site, site.out), site.now).returncode == 0
    before = packages(site.out)
    change(site)

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    full = run(command(site, site.out), site.now + 9, preexec_fn=no_room)

    assert full.returncode == 1
    assert "cannot be written" in full.stderr
    assert "disk has room" in full.stderr
    assert "Traceback" not in full.stderr
    assert packages(site.out) == before
    assert parts(site.out) == []
    assert run(command(site, site.out), site.now + 9).returncode == 0
    assert packages(site.out) != before


@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_that_may_not_be_written(site: Site, mode: int) -> None:
    site.build()
    before = packages(site.out)
    change(site)
    site.out.chmod(mode)
    if os.access(site.out, os.W_OK):
        site.out.chmod(0o700)
        pytest.skip("root may do anything")

    refused = run(command(site, site.out), site.now + 9)
    site.out.chmod(0o700)

    assert refused.returncode in (1, 2)
    assert "Traceback" not in refused.stderr
    assert "ermission denied" in refused.stderr or "is not readable" in refused.stderr
    assert packages(site.out) == before


def test_an_output_folder_that_cannot_be_made(site: Site) -> None:
    site.out.write_text("in the way", encoding="utf-8")

    refused = run(command(site, site.out / "deeper"), site.now)

    assert refused.returncode in (1, 2)
    assert "Traceback" not in refused.stderr
    assert "dist" in refused.stderr


def test_a_file_that_vanishes_keeps_its_notes(site: Site) -> None:
    site.build()
    before = {key for key in site.notes("Subject A") if key.startswith("9/")}

    class Vanish(NoProgress):
        def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
            super().pages(stage, done, total, reused)
            if (stage, done) == ("read", 1):
                site.path(9, "Subject A").unlink(missing_ok=True)

    types = load_note_types()
    job = Job((str(site.pages),), site.out, Settings(), types, site.now + 9, processes=1)
    report = build(job, Vanish())

    assert before
    assert {key for key in site.notes("Subject A") if key.startswith("9/")} == before
    codes = {problem.code for problem in report.problems if problem.severity == "error"}
    assert codes == {"QT103"}
    assert site.retired("Subject A") == {}


def test_a_page_that_may_not_be_read_keeps_its_notes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.build()
    before = site.notes("Subject A").keys()
    real = Path.open

    def refuse(path: Path, *arguments: object, **more: object) -> object:
        if path.name == "page-9.md":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    report = site.build()

    assert site.notes("Subject A").keys() == before
    assert {p.code for p in report.problems} >= {"QT103", "QT402"}


def end_oneself(item: int) -> int:
    if item == 40:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_a_killed_helper_is_said() -> None:
    with pytest.raises(Qt2AnkiError, match="was killed; nothing was written"), spread_over(2) as go:
        list(go(end_oneself, range(100)))


def children(group: int) -> list[str]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] == str(group) and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("jobs", JOBS)
def test_a_signal_at_any_moment(site: Site, number: signal.Signals, jobs: str) -> None:
    old, new, out = (site.root / name for name in ("old", "new", "out"))
    run(command(site, old), site.now)
    change(site)
    shutil.copytree(old, new)
    started = time.monotonic()
    run(command(site, new, "--jobs", jobs), site.now + 9)
    seconds = time.monotonic() - started
    before, after = packages(old), packages(new)
    dice = random.Random(number)  # noqa: S311  # no secret depends on it

    for _ in range(KILLS):
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(old, out)
        process = subprocess.Popen(  # noqa: S603
            command(site, out, "--jobs", jobs),
            env=environment(site.now + 9),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        time.sleep(seconds * dice.uniform(0.3, 1.05))
        process.send_signal(number)
        said = process.communicate(timeout=60)[1] if number != signal.SIGKILL else ""
        process.wait()
        if process.stderr:
            process.stderr.close()

        assert process.returncode in (0, 128 + number, -number)
        if process.returncode == 128 + number:
            assert "what was not finished is not written" in said
        for name, data in packages(out).items():
            assert data in {before.get(name), after.get(name)}
        assert before.keys() <= packages(out).keys()
        assert_gone(process.pid)
        assert run(command(site, out), site.now + 9).returncode == 0
        assert packages(out) == after
        assert parts(out) == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, float]:
    """Pages that two processes have enough to do with, built once, and the seconds that took."""
    one = Site(tmp_path_factory.mktemp("large"))
    for page_id in range(1, 201):
        one.process(page_id, subject=f"Subject {'ABC'[page_id % 3]}")
    started = time.monotonic()
    assert run(all_at_once(one, one.root / "whole"), one.now).returncode == 0
    return one, time.monotonic() - started


def all_at_once(site: Site, out: Path) -> list[str]:
    return command(site, out, "--jobs", "2", "--no-cache")


@pytest.mark.parametrize(
    ("number", "times"),
    [(signal.SIGTERM, 1), (signal.SIGHUP, 1), (signal.SIGINT, 2)],
)
def test_a_signal_to_every_process(
    large: tuple[Site, float], number: signal.Signals, times: int
) -> None:
    site, seconds = large
    whole = packages(site.root / "whole")
    dice = random.Random(number)  # noqa: S311  # no secret depends on it

    for at in range(KILLS):
        out = site.root / f"out {number} {at}"
        process = subprocess.Popen(  # noqa: S603
            all_at_once(site, out),
            env=environment(site.now),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        time.sleep(seconds * dice.uniform(0.3, 0.95))
        for _ in range(times):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            time.sleep(dice.uniform(0, 0.05))
        said = process.communicate(timeout=60)[1]

        assert process.returncode in (0, 128 + number)
        word = {"SIGTERM": "Terminated", "SIGHUP": "Hung up"}.get(number.name, "Interrupted")
        end = f"{word}; what was not finished is not written.\n"
        assert "Traceback" not in said
        assert said.endswith(end) or process.returncode == 0
        assert_gone(process.pid)
        assert packages(out).items() <= whole.items()
        assert [path.name for path in out.rglob("*") if path.suffix in {".part", ".lock"}] == []
        assert run(all_at_once(site, out), site.now).returncode == 0
        assert packages(out) == whole


def assert_gone(group: int) -> None:
    """Wait until no process of *group* is left."""
    if not Path("/proc/self/stat").exists():
        return
    deadline = time.monotonic() + 20
    while children(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children(group) == []


def test_two_builds_at_once(site: Site) -> None:
    alone = site.root / "alone"
    run(command(site, alone), site.now)

    with ThreadPoolExecutor(3) as threads:
        both = list(threads.map(lambda _: run(command(site, site.out), site.now), range(3)))

    for one in both:
        assert one.returncode in (0, 1)
        assert "Traceback" not in one.stderr
        if one.returncode:
            assert "another build" in one.stderr.lower()
    assert any(one.returncode == 0 for one in both)
    assert packages(site.out) == packages(alone)
    assert parts(site.out) == []


def test_a_clock_that_goes_back_never_takes_a_change_back(site: Site) -> None:
    site.build()
    published = {key: note.mod for key, note in site.notes("Subject A").items()}
    change(site)
    year = 365 * 86_400
    past = site.now - year
    job = Job((str(site.pages),), site.out, Settings(), load_note_types(), past, processes=1)

    report = build(job, NoProgress())

    changed = [change for built in report.packages for change in built.changes]
    assert changed
    for key, note in site.notes("Subject A").items():
        # Anki takes a note again only if it is newer than the one it has.
        was = published.get(key)
        assert was is None or note.mod >= was
    edits = [key for key, note in site.notes("Subject A").items() if note.mod != published.get(key)]
    assert edits
    assert all(site.notes("Subject A")[k].mod > published[k] for k in edits if k in published)


def test_a_manifest_from_elsewhere_harms_nothing(site: Site) -> None:
    site.build()
    before = packages(site.out)
    evil = {"schema": 1, "packages": [{"file": "../../x", "sha256": "", "bytes": 1}], "retired": []}
    (site.out / "manifest.json").write_text(json.dumps(evil), encoding="utf-8")

    site.build()

    assert packages(site.out) == before
    assert "../" not in (site.out / "manifest.json").read_text(encoding="utf-8")
