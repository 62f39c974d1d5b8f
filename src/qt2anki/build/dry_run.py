"""What a build would change, found by building into a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from qt2anki.anki.note_content import AnyNote
from qt2anki.anki.package_reader import PublishedPackage, read_package
from qt2anki.build.cache import copy_cache
from qt2anki.build.job import Built, BuiltRetired, Report
from qt2anki.build.pipeline import Job, Progress, build
from qt2anki.release.changes import SubjectDiff
from qt2anki.release.diff import diff_releases, release_of
from qt2anki.release.previous_release import (
    RETIRED_FOLDER,
    PreviousRelease,
    read_previous_release,
    subject_key,
)


class FileChange(NamedTuple):
    """What a build would do to a package, named relative to the output folder."""

    name: str
    fate: Literal["write", "remove"]


class DryRun(NamedTuple):
    """What a build would report, and how its packages would differ from the last release.

    *files* may differ without any note doing so: a style, a description, an order.
    """

    report: Report
    differences: tuple[SubjectDiff, ...]
    files: tuple[FileChange, ...]


def would_change(job: Job, progress: Progress) -> DryRun:
    """Build into a temporary folder, and compare with the last release.

    Raises PackageError as a build does.
    """
    paths = job.previous or (job.out,)
    previous = read_previous_release(paths)
    old = release_of(previous)
    new: dict[str, Sequence[AnyNote]] = dict(old)
    with tempfile.TemporaryDirectory(prefix="qt2anki-dry-run-") as folder:
        out, cache = Path(folder), Path(folder) / "cache"
        copy_cache(job.cache, cache)
        report = build(replace(job, out=out, previous=paths, cache=cache), progress)
        for built in report.packages:
            subject = built.deck.rpartition("::")[2]
            new[subject] = read_package(built.path).notes if built.size else ()
        files = tuple(_file_changes(report, previous))
    return DryRun(report, diff_releases(old, new), files)


def _file_changes(report: Report, previous: PreviousRelease) -> Iterator[FileChange]:
    for built in report.packages:
        yield from _file_change(built, previous.live, built.path.name)
    for grave in report.retired:
        yield from _file_change(grave, previous.retired, f"{RETIRED_FOLDER}/{grave.path.name}")


def _file_change(
    made: Built | BuiltRetired, published: Mapping[str, PublishedPackage], name: str
) -> Iterator[FileChange]:
    """Compare the bytes with the package of the same subject under any file name."""
    before = published.get(subject_key(made.subject))
    if made.size == 0:
        if before is not None:
            yield FileChange(name, "remove")
    elif before is None or before.path.read_bytes() != made.path.read_bytes():
        yield FileChange(name, "write")
