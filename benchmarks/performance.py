"""Measure speed and memory of builds, compared with the simplest program that does the same.

    python -m benchmarks.performance [--pages N ...] [--corpus PATH ...] [--one-subject N ...]

Seconds of two machines, or of two moments on one machine, cannot be compared. So each build is
shown as a ratio to a straight pipeline of the same libraries on the same pages in the same run
("naive"), where that program is available.

A fast wrong build is useless, so each series also checks which packages were rewritten, and that
the number of processes does not change their bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks._corpus import SAMPLES, generate
from benchmarks._measure import CommandFailedError, Measured, measure

ROOT = Path(__file__).parents[1]
NAIVE = ROOT.parent / "shared" / "tools" / "naive.py"
_FIRST_DAY, _NEXT_DAY = "1700000000", "1700086400"
SETTLED = 3.5  # seconds; a file that was written just before is read again once


def main(arguments: Sequence[str] = ()) -> None:
    """Measure and print one table; exit with status 1 if a check fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance")
    parser.add_argument("--pages", type=int, nargs="*", default=(1_000,), help="made-up pages")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[], help="folders of real pages")
    parser.add_argument(
        "--one-subject", type=int, nargs="+", default=[], help="made-up pages of a single subject"
    )
    parser.add_argument("--processes", type=int, nargs="+", default=(1, 2))
    wanted = parser.parse_args(arguments)
    failed: list[str] = []
    print("| pages | build | processes | wall s | CPU s | peak MB | wall / naive |")
    print("|---|---|---|---|---|---|---|")
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as work:
            for number, corpus in enumerate(_corpora(wanted.pages, wanted.corpus, Path(work))):
                folder = Path(work, f"site-{number}")
                failed += _measure_site(corpus, folder, wanted.processes)
                shutil.rmtree(folder, ignore_errors=True)
            for count in wanted.one_subject:
                corpus = Path(work, f"subject-{count}")
                generate(SAMPLES, corpus, count, per_subject=count)
                failed += _measure_subject(corpus, Path(work, f"out-{count}"), count)
                shutil.rmtree(corpus)
    except CommandFailedError as error:
        raise SystemExit(f"stopped: {error}") from error
    if failed:
        raise SystemExit("\n".join(("failed:", *failed)))


def _corpora(pages: Sequence[int], real: Sequence[Path], work: Path) -> Iterator[Path]:
    """Yield the folders to measure; their files may be changed."""
    for number, folder in enumerate(real):
        yield Path(shutil.copytree(folder, work / f"real-{number}", copy_function=shutil.copyfile))
    for count in pages:
        generate(SAMPLES, work / f"pages-{count}", count)
        yield work / f"pages-{count}"


def _measure_site(corpus: Path, work: Path, processes: Sequence[int]) -> list[str]:
    """Print the rows of one site and return the checks that failed."""
    pages = sum(1 for _ in corpus.rglob("*.md"))
    naive = _naive(corpus, work / "naive", pages)
    failed: list[str] = []
    digests = {}

    def check(text: str, *, holds: bool) -> None:
        if not holds:
            failed.append(f"{pages:,} pages: {text}")

    for number in processes:
        out = work / f"out-{number}"

        def build(name: str, stamp: str, out: Path = out, number: int = number) -> None:
            command = [sys.executable, "-m", "qt2anki", "build", str(corpus), "--quiet"]
            command += ["--out", str(out), "--jobs", str(number)]
            found = measure(command, {"SOURCE_DATE_EPOCH": stamp, "PYTHONPATH": str(ROOT / "src")})
            _print_row(pages, name, number, found, naive)

        build("cold", _FIRST_DAY)
        before = packages(out)
        digests[number] = {name: digest for name, (digest, _) in before.items()}
        build("unchanged", _NEXT_DAY)
        check("an unchanged rebuild writes no package", holds=packages(out) == before)
        for path in corpus.rglob("*.md"):
            path.touch()
        time.sleep(SETTLED)
        build("new file times", _NEXT_DAY)
        check("new file times write no package", holds=packages(out) == before)
        with one_edited(corpus):  # makes the pages again whose notes a deck has left out
            build("first page edited", _NEXT_DAY)
        written = [name for name, state in packages(out).items() if state != before.get(name)]
        check("one edited page writes one package", holds=len(written) == 1)
        build("one page edited", _NEXT_DAY)  # its sentence is gone again
    first = digests[processes[0]]
    is_same = all(digest == first for digest in digests.values())
    check("any number of processes writes the same bytes", holds=is_same)
    return failed


def _measure_subject(corpus: Path, out: Path, pages: int) -> list[str]:
    """Print the rows of one large subject, for its memory, and return the checks that failed."""
    command = [sys.executable, "-m", "qt2anki", "build", str(corpus), "--quiet", "--jobs", "1"]
    command += ["--out", str(out)]
    for name, stamp in (("cold", _FIRST_DAY), ("unchanged", _NEXT_DAY)):
        before = packages(out)
        found = measure(command, {"SOURCE_DATE_EPOCH": stamp, "PYTHONPATH": str(ROOT / "src")})
        _print_row(pages, f"one subject, {name}", 1, found, None)
    is_same = packages(out) == before
    return [] if is_same else [f"{pages:,} pages of one subject: an unchanged build wrote"]


def _naive(corpus: Path, out: Path, pages: int) -> float | None:
    if not NAIVE.exists():
        return None
    found = measure([sys.executable, str(NAIVE), str(corpus), str(out)], {})
    _print_row(pages, "naive", 1, found, found.wall)
    return found.wall


def _print_row(
    pages: int, build: str, processes: int, found: Measured, naive: float | None
) -> None:
    ratio = f"{found.wall / naive:.3f}" if naive else ""
    cost = f"{found.wall:.2f} | {found.cpu:.2f} | {found.memory:.0f}"
    print(f"| {pages:,} | {build} | {processes} | {cost} | {ratio} |", flush=True)


@contextlib.contextmanager
def one_edited(corpus: Path) -> Iterator[Path]:
    """Add a sentence to a page that is listed once, and restore the page at the end."""
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


def packages(out: Path) -> dict[str, tuple[str, int]]:
    """Return the digest and the time of every package below *out*."""
    return {
        path.relative_to(out).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(out.rglob("*.apkg"))
    }


if __name__ == "__main__":
    main(sys.argv[1:])
