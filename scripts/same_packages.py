"""Compare the packages of the working tree with those of an earlier revision, byte for byte.

    .venv/bin/python -m scripts.same_packages [REVISION]

Both build the sample pages, made-up pages and, where they exist, the pages in ``../shared/corpus``:
in every profile, again after edits over what the earlier revision published, and two courses.
Exit status 1 means that a package, a manifest or a change list differs.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks._corpus import generate

ROOT = Path(__file__).resolve().parents[1]
PROFILES = ("core", "standard", "full")
PUBLISHED = 1_795_000_000  # seconds since 1970
DAY = 86_400
MADE_UP_PAGES = 2000
EDITED = 0.05  # of the pages
_COMMAND = (sys.executable, "-m", "qt2anki", "build", "--quiet", "--jobs", "1")
COURSES = {
    "sciences": """title = "Sciences"
[[unit]]
title = "Life"
take = [{ subject = "Biology" }]
[[unit]]
title = "Matter"
take = [{ subject = ["Physics", "Chemistry"] }]
order = "title"
""",
    "numbers": """title = "Numbers"
profile = "core"
[[unit]]
title = "Proofs"
take = [{ subject = "Mathematics" }]
[[unit]]
title = "Programs"
take = [{ subject = "Computer Science", text = "the" }]
""",
}


@dataclass(frozen=True)
class Build:
    """One run of ``qt2anki build``, the same for both revisions; *name* is its output folder."""

    name: str
    pages: Path
    options: tuple[str, ...]
    stamp: int = PUBLISHED
    start: str = ""  # the build whose packages are published already


def main(arguments: Sequence[str] | None = None) -> int:
    """Build with both revisions and list what differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("revision", nargs="?", default="HEAD~1", help="default: HEAD~1")
    parser.add_argument("--ignore-manifest", action="store_true", help="skip manifest.json")
    parser.add_argument("--keep", type=Path, help="empty folder to keep all packages in")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="same-packages-") as temporary:
        work = (options.keep or Path(temporary)).resolve()
        before = work / "revision"
        before.mkdir(parents=True)
        _check_out(options.revision, before)
        sites = _make_sites(work / "sites")
        first = [
            Build(f"{site.name}-{profile}", site, ("--profile", profile, "--first-release"))
            for site in sites
            for profile in PROFILES
        ]
        found = _compare(first, before, work, with_manifest=not options.ignore_manifest)
        later = list(_later_builds(sites, work))
        found += _compare(later, before, work, with_manifest=not options.ignore_manifest)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    total = len(first) + len(later)
    summary = f"{len(found)} differences" if found else "identical"
    sys.stdout.write(f"{options.revision} and the working tree, {total} builds each: {summary}\n")
    return 1 if found else 0


def _check_out(revision: str, folder: Path) -> None:
    """Write the files of *revision* into *folder*; unlike a worktree, a crash leaves nothing."""
    command = ["git", "archive", "--format=tar", revision]
    archive = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def _make_sites(folder: Path) -> list[Path]:
    """Copy or make all pages, so that both revisions read the same ones."""
    shutil.copytree(ROOT / "input", folder / "input")
    generate(ROOT / "input", folder / "made-up", MADE_UP_PAGES, per_subject=200)
    corpus = ROOT.parent / "shared" / "corpus"
    if corpus.is_dir():
        shutil.copytree(corpus, folder / "corpus")
    return sorted(folder.iterdir())


def _later_builds(sites: Sequence[Path], work: Path) -> Iterator[Build]:
    for site in sites:
        pages = work / "edited" / site.name
        shutil.copytree(site, pages)
        edit_pages(pages)
        name = f"{site.name}-standard"
        yield Build(f"{site.name}-edited", pages, (), PUBLISHED + DAY, name)
    for name, text in COURSES.items():
        file = work / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        options = ("--course", str(file))
        yield Build(f"course-{name}", work / "sites/input", options, start="input-standard")


def edit_pages(folder: Path) -> None:
    """Add a sentence to some pages below *folder*, misspell a word of some, delete others."""
    chance = random.Random(1)  # noqa: S311  # the same pages every time
    names = sorted({path.name for path in folder.rglob("*-*.md")})
    chosen = chance.sample(names, round(EDITED * len(names)))
    for number, name in enumerate(chosen):
        for path in folder.rglob(name):
            if number % 10 == 0:
                path.unlink()
                continue
            head, key, answer = path.read_text(encoding="utf-8").partition("\nanswer:")
            if number % 2:
                answer = answer.replace(". ", ". Readers asked for this sentence. ", 1)
            else:
                answer = re.sub(r"\b[a-z]{8,}\b", lambda word: f"{word[0]}e", answer, count=1)
            path.write_text(head + key + answer, encoding="utf-8")


def _compare(
    builds: Sequence[Build], before: Path, work: Path, *, with_manifest: bool
) -> list[str]:
    """Run *builds* with both revisions and return what differs, a line each."""
    jobs = [(side, build) for build in builds for side in ("before", "after")]
    sources = {"before": before, "after": ROOT}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        ended = threads.map(lambda job: _run(job[1], sources[job[0]], work, job[0]), jobs)
        statuses = dict(zip(jobs, ended, strict=True))
    lines = []
    for build in builds:
        old, new = (statuses[side, build] for side in ("before", "after"))
        if old != new:
            lines.append(f"{build.name}: exit status {old}, now {new}")
        one, other = (work / side / build.name for side in ("before", "after"))
        differing = differences(one, other, with_manifest=with_manifest)
        lines += [f"{build.name}/{name}" for name in differing]
    return lines


def _run(build: Build, source: Path, work: Path, side: str) -> int:
    """Build into ``work/side/name`` and return the exit status."""
    out = work / side / build.name
    if build.start:
        ignored = shutil.ignore_patterns(".*")
        shutil.copytree(work / "before" / build.start, out, ignore=ignored)
    done = subprocess.run(  # noqa: S603  # ourselves
        [*_COMMAND, str(build.pages), "--out", str(out), *build.options],
        cwd=work,
        env=os.environ | {"PYTHONPATH": str(source / "src"), "SOURCE_DATE_EPOCH": str(build.stamp)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not out.is_dir() or done.returncode not in {0, 1} or "Traceback" in done.stderr:
        sys.exit(f"{side}: the build {build.name} failed\n{done.stderr}")
    return done.returncode


def differences(before: Path, after: Path, *, with_manifest: bool = True) -> list[str]:
    """Name the files below two output folders that only one has or whose contents differ."""
    old, new = _contents(before), _contents(after)
    names = (name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return sorted(n for n in names if with_manifest or n != "manifest.json")


def _contents(folder: Path) -> dict[str, object]:
    """Read all files of a release except caches and locks, and the manifest without our version."""
    found: dict[str, object] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name == "manifest.json":
            found[name] = json.loads(path.read_bytes()) | {"tool": ""}
        elif path.is_file() and not name.startswith("."):
            found[name] = path.read_bytes()
    return found


if __name__ == "__main__":
    sys.exit(main())
