"""Builds that are asked to end at any moment, or are killed: one process of them, or all.

QT2ANKI_KILLS sets how often a signal is sent; docs/reliability.md tells of long runs.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.hostile.builds import (
    assert_gone,
    change,
    command,
    environment,
    packages,
    parts,
    run,
    small_site,
)
from tests.site import Site

KILLS = int(os.environ.get("QT2ANKI_KILLS", "1"))
JOBS = ("1", "2") if KILLS > 1 else ("2",)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path)


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
            assert "unfinished files are not written" in said
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
    for page_id in range(1, 121):
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
    out = site.root / f"out {number}"

    for _ in range(KILLS):
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

        # Killed by it: before it had begun; CPython itself, after all was in order, if it met exec.
        assert process.returncode in (0, 128 + number, -number)
        word = {"SIGTERM": "Terminated", "SIGHUP": "Hung up"}.get(number.name, "Interrupted")
        end = f"{word}; unfinished files are not written.\n"
        if process.returncode == 128 + number:
            assert said.endswith(end)
            assert "Traceback" not in said
        assert_gone(process.pid)
        assert packages(out).items() <= whole.items()
        assert [path.name for path in out.rglob("*") if path.suffix in {".part", ".lock"}] == []
    assert run(all_at_once(site, out), site.now).returncode == 0
    assert packages(out) == whole
