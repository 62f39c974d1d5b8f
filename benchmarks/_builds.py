"""The builds of one site, measured one after the other, and checked: a quick wrong one is no good.

Every build after the first of a series has the same arguments, on the packages and the cache the
ones before it left, a day later.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._measure import Measured, measure
from benchmarks._results import (
    COLD,
    DASK,
    EDITED,
    NAIVE,
    NEW_TIMES,
    UNCHANGED,
    Measurement,
    Site,
)
from benchmarks._stages import SAMPLER, naive_shares, stage_shares

ROOT = Path(__file__).parents[1]
PLAIN = ROOT.parent / "shared" / "tools" / "naive.py"
_FIRST_DAY, _NEXT_DAY = "1700000000", "1700086400"
SETTLED = 3.5  # seconds; a file that was written just before is looked into once more
_MOST_CHECKED = 10_000  # pages; on larger sites a build more takes too long
Noted = Callable[[Site, Measurement], None]


@dataclass(frozen=True)
class Plan:
    """What to measure on every site."""

    processes: Sequence[int]
    rounds: int
    with_dask: bool


def measure_site(site: Site, corpus: Path, work: Path, plan: Plan, noted: Noted) -> None:
    """Measure the builds of *corpus* in the folder *work*; *noted* is told of each."""

    def take(build: str, processes: int, one: Measured, stages: Mapping[str, float]) -> None:
        found = Measurement(build, processes, one.wall, one.cpu, one.memory, stages)
        site.taken.append(found)
        noted(site, found)

    builds = _Builds(site, corpus, work, take)
    for turn in range(plan.rounds):
        builds.plain()
        for processes in plan.processes:
            builds.series(processes, is_first=turn == 0)
    if plan.rounds == 1 and site.pages <= _MOST_CHECKED:
        builds.plain()  # before and after, so that a machine that grows slower shows
    if plan.with_dask:
        builds.with_dask(max(plan.processes))
    if len(builds.cold_states) > 1:
        ways = ", ".join(builds.cold_states)
        are_same = len(set(builds.cold_states.values())) == 1
        site.check(f"the same packages on {ways} processes", holds=are_same)


@dataclass
class _Builds:
    site: Site
    corpus: Path
    work: Path
    take: Callable[[str, int, Measured, Mapping[str, float]], None]

    def __post_init__(self) -> None:
        self.cold_states: dict[str, str] = {}  # way of building -> digest of its packages

    def plain(self) -> None:
        """Run the plain program, where it is there."""
        if not PLAIN.exists():
            return
        out = _emptied(self.work / "naive")
        one, printed = measure([sys.executable, str(PLAIN), str(self.corpus), str(out)], {})
        self.site.sizes["naive"] = sum(path.stat().st_size for path in out.rglob("*.apkg"))
        shares = naive_shares(printed)
        self.take(NAIVE, 1, one, {stage: share * one.cpu for stage, share in shares.items()})
        _emptied(out)

    def series(self, processes: int, *, is_first: bool) -> None:
        """Build cold, with nothing changed, with new times of files, and with one page edited."""
        out = _emptied(self.work / f"out-{processes}")
        self._cold(out, processes)
        self.cold_states[str(processes)] = digest(out)
        before = _state(out)
        self._again(UNCHANGED, out, processes)
        self._check("a rebuild with nothing changed writes no package", holds=_state(out) == before)
        for path in self.corpus.rglob("*.md"):
            path.touch()
        time.sleep(SETTLED)
        self._again(NEW_TIMES, out, processes)
        self._check("nor does one with new times of files", holds=_state(out) == before)
        self.site.sizes["packages"] = sum(path.stat().st_size for path in out.rglob("*.apkg"))
        self.site.sizes["cache"] = _hidden_size(out)
        is_checked = is_first and self.site.pages <= _MOST_CHECKED
        plain_copy = _without_cache(out) if is_checked else None
        with one_edited(self.corpus):
            self._again(EDITED, out, processes)
            after = _state(out)
            written = [name for name in after if after[name] != before.get(name)]
            self._check("one page edited: one package is written", holds=len(written) == 1)
            if plain_copy:
                measure(self._command(plain_copy, processes), _env(_NEXT_DAY))
                same = digest(plain_copy) == digest(out)
                self._check("without the cache the packages are the same", holds=same)
                shutil.rmtree(plain_copy)

    def with_dask(self, workers: int) -> None:
        """Build cold on a local Dask cluster."""
        out = _emptied(self.work / "out-dask")
        command = [*self._command(out, workers), "--executor", "dask"]
        one, _ = measure(command, _env(_FIRST_DAY))
        self.take(DASK, workers, one, {})
        self.cold_states[f"{workers} Dask"] = digest(out)

    def _cold(self, out: Path, processes: int) -> None:
        with tempfile.TemporaryDirectory() as samples:
            env = {**_env(_FIRST_DAY, SAMPLER), "QT2ANKI_SAMPLES": samples}
            one, _ = measure(self._command(out, processes), env)
            shares = stage_shares(Path(samples))
        stages = {stage: share * one.cpu for stage, share in shares.items()}
        self.take(COLD, processes, one, stages)

    def _again(self, build: str, out: Path, processes: int) -> None:
        one, _ = measure(self._command(out, processes), _env(_NEXT_DAY))
        self.take(build, processes, one, {})

    def _command(self, out: Path, processes: int) -> list[str]:
        build = [sys.executable, "-m", "qt2anki", "build", str(self.corpus), "--quiet"]
        return [*build, "--out", str(out), "--jobs", str(processes)]

    def _check(self, text: str, *, holds: bool) -> None:
        self.site.check(text, holds=holds)


def help_time(rounds: int = 10) -> float:
    """Return the seconds that ``qt2anki --help`` takes, the least of several."""
    command = [sys.executable, "-m", "qt2anki", "--help"]
    return min(measure(command, _env(_FIRST_DAY))[0].wall for _ in range(rounds))


def has_dask() -> bool:
    """Whether there is Dask, and a build that can use it."""
    if importlib.util.find_spec("distributed") is None:
        return False
    command = [sys.executable, "-m", "qt2anki", "build", "--help"]
    return "--executor" in measure(command, _env(_FIRST_DAY))[1]


@contextlib.contextmanager
def one_edited(corpus: Path) -> Iterator[Path]:
    """Add a sentence to a page that is listed once; put the page back in the end."""
    paths = sorted(corpus.rglob("*.md"))
    listed = Counter(path.name for path in paths)
    path = next(path for path in paths if listed[path.name] == 1)
    text = path.read_text(encoding="utf-8")
    edited = text.replace("\nsubject:", "\\n\\nA reader added this sentence.\nsubject:", 1)
    path.write_text(edited, encoding="utf-8")
    try:
        yield path
    finally:
        path.write_text(text, encoding="utf-8")


def digest(out: Path) -> str:
    """Return a digest of all packages of a folder, their names and bytes."""
    whole = hashlib.sha256()
    for path in sorted(out.rglob("*.apkg")):
        whole.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _env(stamp: str, *more: Path) -> dict[str, str]:
    paths = os.pathsep.join(map(str, (ROOT / "src", *more)))
    return {"SOURCE_DATE_EPOCH": stamp, "PYTHONPATH": paths}


def _state(out: Path) -> dict[str, tuple[int, int, str]]:
    """Tell when each package was written, where, and what is in it."""
    return {
        path.name: (path.stat().st_mtime_ns, path.stat().st_ino, _digest_of(path))
        for path in out.rglob("*.apkg")
    }


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hidden_size(out: Path) -> int:
    """Return the bytes of all that is kept beside the packages under a name with a dot."""
    hidden = (path for path in out.rglob("*") if path.relative_to(out).as_posix()[0] == ".")
    return sum(path.stat().st_size for path in hidden if path.is_file())


def _without_cache(out: Path) -> Path:
    """Copy a folder of packages, but for what has a name with a dot."""
    copy = _emptied(out.with_name(f"{out.name}-plain"))
    shutil.copytree(out, copy, ignore=shutil.ignore_patterns(".*"))
    return copy


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
