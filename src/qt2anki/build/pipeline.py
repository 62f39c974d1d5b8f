"""The one place that joins the stages: pages -> outlines -> notes -> packages."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import replace

from qt2anki.build.cache_database import open_cache
from qt2anki.build.changelog import read_changelog, update_changelog
from qt2anki.build.job import Job, Progress, tell_of
from qt2anki.build.last_report import LastBuild
from qt2anki.build.lock import locked
from qt2anki.build.manifest import read_manifest, update_manifest
from qt2anki.build.report import Report
from qt2anki.build.source_files import Sources
from qt2anki.messages import make_problem, sort_problems
from qt2anki.release.previous_release import read_memory

__all__ = ["Job", "Progress", "build"]


def build(job: Job, progress: Progress) -> Report:
    """Build one package per subject and return what was done.

    What is known from the build before is not done again. Faults in pages are in the report.
    Nothing is written before everything is made. Raises PackageError when another build is at
    work in the same folder, when the packages published last cannot be read, when too much would
    be retired, or when a package cannot be written.
    """
    with locked(job.out) as stopped, _cache_locked(job), open_cache(job.cache) as database:
        # What cannot be read is noticed before the first package is replaced.
        folders = (job.out, *job.previous)
        changes, manifest = read_changelog(folders), read_manifest(folders)
        report = _build(job, progress, database)
        update_changelog(job.out, changes, report.packages, job.stamp)
        update_manifest(job.out, manifest, report.packages, report.retired, job.stamp)
    if stopped is None:
        return report
    text = f"a build was stopped in this folder: {stopped}; this one has made it right"
    problem = make_problem("QT405", job.out.as_posix(), text)
    return replace(report, problems=sort_problems([problem, *report.problems]))


def _cache_locked(job: Job) -> AbstractContextManager[object]:
    """Keep builds into other folders out of the cache, wherever it is."""
    return locked(job.cache) if job.cache else contextlib.nullcontext()


def _build(job: Job, progress: Progress, database: sqlite3.Connection) -> Report:
    sources, last = Sources(database), LastBuild(database, job)
    sources.find(job.paths)
    sources.settle(progress)
    memory = read_memory(job.previous or (job.out,), database)
    known = last.report(memory, sources) if not sources.stale else None
    if known is not None:
        progress.pages("read", sources.total, sources.total, sources.total)
        for built in known.packages:
            tell_of(built, progress, is_changed=False)
        return known
    # To import all that makes notes takes longer than to see that nothing has changed.
    from qt2anki.build.parallel import get_ready  # noqa: PLC0415

    if job.open_pool is None:
        get_ready(job.processes, sources.stale)
    from qt2anki.build.steps import Making  # noqa: PLC0415

    return Making(job, progress, database, sources, last).run(memory)
