"""Build packages from pages, or find out what a build would change."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from qt2anki.anki.note_content import AnyNote
from qt2anki.anki.package_reader import read_package
from qt2anki.build.cache import cache_locked, copy_cache, open_cache
from qt2anki.build.changelog import complete_changelog, read_changelog, update_changelog
from qt2anki.build.job import Built, BuiltRetired, Job, Progress, Report, report_package
from qt2anki.build.last_build import LastBuild
from qt2anki.build.lock import locked
from qt2anki.build.manifest import (
    is_newer,
    read_manifest,
    refuse_lost_corrections,
    refuse_missing,
    update_manifest,
)
from qt2anki.build.source_files import SourceFiles
from qt2anki.messages import Problem, make_problem, sort_problems
from qt2anki.release.changes import SubjectDiff
from qt2anki.release.package_index import PackageEntry
from qt2anki.release.previous_release import RETIRED_FOLDER, read_previous_release, subject_key

__all__ = ["Job", "Progress", "build"]


def build(job: Job, progress: Progress) -> Report:
    """Build one package per subject and return what was done.

    Only stale packages are made again. Problems in pages are in the report. Nothing is written
    before everything is made.
    """
    said: list[Problem] = []
    with locked(job.out) as stopped, cache_locked(job.cache), open_cache(job.cache) as database:
        # Unreadable files are noticed before the first package is replaced.
        folders = (job.out, *job.previous)
        changes, manifest = read_changelog(folders), read_manifest(folders)
        if stopped is None:  # a stopped build may already have removed a package
            refuse_missing(job.previous or (job.out,))
        refuse_lost_corrections(manifest, job)
        changes = complete_changelog(job.out, changes)
        if job.previous and is_newer(job.out, job.previous):
            text = (
                "the packages in this folder are of a newer release than those of --previous, and"
                " were replaced; if students have them, name a copy of them with --previous"
            )
            said.append(make_problem("QT410", job.out.as_posix(), text))
        report = _build(job, progress, database)
        update_changelog(job.out, changes, report.packages, job.stamp)
        update_manifest(job.out, manifest, report, job.stamp)
    if stopped is not None:
        text = f"a build was stopped in this folder: {stopped}; this build has completed it"
        said.append(make_problem("QT405", job.out.as_posix(), text))
    return replace(report, problems=sort_problems([*said, *report.problems])) if said else report


def _build(job: Job, progress: Progress, database: sqlite3.Connection) -> Report:
    files, last = SourceFiles(database), LastBuild(database, job)
    previous = read_previous_release(job.previous or (job.out,), database)
    files.find(job.paths, previous.pages)
    files.settle(progress)
    progress.files(files.changed())
    known = last.report(previous, files) if not files.stale else None
    if known is not None:
        progress.pages("read", files.total, files.total, files.total)
        for built in known.packages:
            report_package(built, progress, is_changed=False)
        return known
    # Importing the modules that make notes takes longer than finding out that nothing has changed.
    from qt2anki.build.parallel import get_ready  # noqa: PLC0415

    if job.open_pool is None:
        get_ready(job.processes, files.stale)
    from qt2anki.build.subject_build import build_subjects  # noqa: PLC0415
    from qt2anki.build.workspace import Workspace  # noqa: PLC0415

    return build_subjects(Workspace(job, database, files, previous, last), last, progress)


class FileChange(NamedTuple):
    """What a build would do to a package, named relative to the output folder."""

    name: str
    fate: Literal["write", "remove"]


class DryRun(NamedTuple):
    """The report of a dry run, and how its packages would differ from the last release.

    *files* may differ although no note does: in a style, a description, an order.
    """

    report: Report
    differences: tuple[SubjectDiff, ...]
    files: tuple[FileChange, ...]


def would_change(job: Job, progress: Progress) -> DryRun:
    """Build into a temporary folder, and compare with the last release."""
    from qt2anki.release.diff import diff_releases, release_of  # noqa: PLC0415  # as above

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
        live, retired = previous.live_heads, previous.retired_heads
        files = [_file_change(one, live, one.path.name) for one in report.packages]
        files += [
            _file_change(one, retired, f"{RETIRED_FOLDER}/{one.path.name}")
            for one in report.retired
        ]
    return DryRun(report, diff_releases(old, new), tuple(filter(None, files)))


def _file_change(
    made: Built | BuiltRetired, published: Mapping[str, PackageEntry], name: str
) -> FileChange | None:
    """Compare the bytes with the package of the same subject under any file name."""
    before = published.get(subject_key(made.subject))
    if made.size == 0:
        return FileChange(name, "remove") if before is not None else None
    is_same = before is not None and before.path.read_bytes() == made.path.read_bytes()
    return None if is_same else FileChange(name, "write")
