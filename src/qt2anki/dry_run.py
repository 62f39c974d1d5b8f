"""What a build would change, found by building aside: nothing that is published is touched."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from qt2anki.diff import SubjectDiff, diff_releases, release_of
from qt2anki.package.content import AnyNote
from qt2anki.package.memory import read_memory
from qt2anki.package.published import read_package
from qt2anki.pipeline import Job, Progress, build
from qt2anki.report import Report


class DryRun(NamedTuple):
    """What a build would report, and how its packages would differ from those published last."""

    report: Report
    differences: tuple[SubjectDiff, ...]


def would_change(job: Job, progress: Progress) -> DryRun:
    """Build into a folder that is thrown away, and compare with what was published last.

    Raises PackageError as a build does.
    """
    previous = job.previous or (job.out,)
    old = release_of(read_memory(previous))
    new: dict[str, Sequence[AnyNote]] = dict(old)
    with tempfile.TemporaryDirectory(prefix="qt2anki-dry-run-") as folder:
        report = build(replace(job, out=Path(folder), previous=previous), progress)
        for built in report.packages:
            subject = built.deck.rpartition("::")[2]
            new[subject] = read_package(built.path).notes if built.size else ()
    return DryRun(report, diff_releases(old, new))
