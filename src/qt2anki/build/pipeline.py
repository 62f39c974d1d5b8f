"""Build packages from pages, or find out what a build would change."""

from __future__ import annotations

import filecmp
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

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
from qt2anki.messages import Problem, make_problem, sort_problems
from qt2anki.release.changes import SubjectDiff
from qt2anki.release.package_index import PackageEntry
from qt2anki.release.previous_release import read_previous_release, subject_key

__all__ = ["Job", "Progress", "build"]


def build(job: Job, progress: Progress) -> Report:
    """Build one package per subject; nothing is written before all stale packages are made."""
    said: list[Problem] = []
    with locked(job.out) as stopped, cache_locked(job.cache), open_cache(job.cache) as database:
        # Unreadable files are noticed before the first package is replaced.
        folders = (job.out, *job.previous)
        changes, manifest = read_changelog(folders), read_manifest(folders)
        if stopped is None:  # a stopped build may already have removed a package
            refuse_missing(job.previous or (job.out,))
        refuse_lost_corrections(manifest, job)
        changes = complete_changelog(job.out, changes)
        is_older = bool(job.previous) and is_newer(job.out, job.previous)
        report = _build(job, progress, database)
        if is_older and any(built.is_written for built in report.packages):
            text = (
                "the packages in this folder were newer than those passed to --previous, and were"
                " replaced; if students have them, pass a copy of them with --previous"
            )
            said.append(make_problem("QT410", job.out.as_posix(), text))
        update_changelog(job.out, changes, report.packages, job.stamp)
        update_manifest(job.out, manifest, report, job.stamp)
    if stopped is not None:
        text = f"a build in this folder did not finish: {stopped}; this build has completed it"
        said.append(make_problem("QT405", job.out.as_posix(), text))
    return replace(report, problems=sort_problems([*said, *report.problems])) if said else report


def _build(job: Job, progress: Progress, database: sqlite3.Connection) -> Report:
    last = LastBuild(database, job, progress)
    files = last.files
    progress.files(files.changed())
    known = last.report() if not files.stale else None
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

    return build_subjects(Workspace(last), progress)


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


def would_change(
    job: Job, progress: Progress, make: Callable[[Job, Progress], Report] = build
) -> DryRun:
    """Build into a temporary folder with *make*, and compare with the last release."""
    from qt2anki.release.diff import diff_pages  # noqa: PLC0415  # as above

    paths = job.previous or (job.out,)
    previous = read_previous_release(paths)
    with tempfile.TemporaryDirectory(prefix="qt2anki-dry-run-") as folder:
        out, cache = Path(folder), Path(folder) / "cache"
        copy_cache(job.cache, cache)
        report = make(replace(job, out=out, previous=paths, cache=cache), progress)
        differences, files = list[SubjectDiff](), list[FileChange | None]()
        for built in report.packages:
            if report.is_of_courses:
                name, head = built.subject, previous.course_heads.get(built.path.name)
            else:
                name = built.deck.rpartition("::")[2]
                head = previous.live_heads.get(subject_key(name))
            files.append(_file_change(out, built, head))
            old = read_package(head.path).notes if head else ()
            new = read_package(built.path).notes if built.size else ()
            if pages := diff_pages(old, new):
                numbers = (len(old), len(new))
                differences.append(SubjectDiff(name, *numbers, pages, report.is_of_courses))
        for one in report.retired:
            head = previous.retired_heads.get(subject_key(one.subject))
            files.append(_file_change(out, one, head))
    differences.sort(key=lambda one: one.subject)
    return DryRun(report, tuple(differences), tuple(filter(None, files)))


def _file_change(
    out: Path, made: Built | BuiltRetired, before: PackageEntry | None
) -> FileChange | None:
    """Compare the bytes with the package of the same subject under any file name."""
    name = made.path.relative_to(out).as_posix()
    if made.size == 0:
        return FileChange(name, "remove") if before is not None else None
    is_same = before is not None and filecmp.cmp(before.path, made.path, shallow=False)
    return None if is_same else FileChange(name, "write")
