"""What the last build reported, for when nothing is other than it was then."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from qt2anki.anki.files import package_file_name
from qt2anki.build.cache_records import (
    built_from_json,
    built_to_json,
    digest,
    problems_from_json,
    problems_to_json,
    retired_from_json,
    retired_to_json,
)
from qt2anki.build.job import Job
from qt2anki.build.report import Report
from qt2anki.build.source_files import Sources
from qt2anki.release.index import Head
from qt2anki.release.previous_release import RETIRED_FOLDER, Memory, subject_key

if TYPE_CHECKING:
    from qt2anki.release.write_release import Written


class LastBuild:
    """What is kept of a build as a whole, and what notes and packages depend on besides pages."""

    def __init__(self, database: sqlite3.Connection, job: Job) -> None:
        self._database = database
        self._out = job.out
        self._reading = digest(repr(job.settings.front_matter))
        self.making = digest(repr(job.settings))
        self.packing = digest(self.making, repr(job.note_types))
        whole = (job.out.as_posix(), job.subjects, job.may_retire)
        self._whole = digest(self.packing, repr(whole))
        if self._fact("reading") != self._reading:
            database.execute("DELETE FROM files")
            self._set("reading", self._reading)

    def report(self, memory: Memory, sources: Sources, pictures: str = "") -> Report | None:
        """Return what a build has to report in which nothing changes; None if something does.

        *pictures* stands for those that pages show; see :meth:`Site.find_pictures`.
        """
        if sources.is_changed or (sources.has_images and not pictures):
            return None
        if self._fact("state") != self.state(memory, sources, pictures):
            return None
        packages, retired, problems, pages, found = json.loads(self._fact("report"))
        return Report(
            packages=tuple(built_from_json(text, Path(path)) for path, text in packages),
            problems=problems_from_json(problems),
            pages=pages,
            found=tuple(found),
            retired=retired_from_json(retired),
            is_first=memory.is_empty,
        )

    def state(self, memory: Memory, sources: Sources, pictures: str) -> str:
        """Return what stands for all that a report depends on, besides the contents of files."""
        heads = memory.index.heads()
        packages = sorted(f"{head.path.as_posix()} {head.digest}" for head in heads)
        problems = problems_to_json(sources.problems)
        return digest(self._whole, pictures, problems, *packages)

    def forget(self) -> None:
        """Let nobody take the last report for the next."""
        self._set("state", "-")

    def record(self, report: Report, state: str) -> None:
        """Remember a report for as long as the state is the same."""
        packages = [(b.path.as_posix(), built_to_json(b)) for b in report.packages if b.size]
        retired = retired_to_json(grave for grave in report.retired if grave.size)
        problems = problems_to_json(report.problems)
        values = (packages, retired, problems, report.pages, report.found)
        self._set("report", json.dumps(values, ensure_ascii=False))
        self._set("state", state)

    def is_settled(self, head: Head) -> bool:
        """Whether a package of retired notes was written as it would be written now."""
        row = self._database.execute(
            "SELECT input, output FROM decks WHERE name = ?", (_retired_name(head.name),)
        ).fetchone()
        path = self._out / RETIRED_FOLDER / package_file_name(head.name)
        return row == (self.packing, head.digest) and head.path == path

    def record_retired(self, written: Written) -> None:
        """Remember a package of retired notes that was written."""
        self._database.execute(
            "INSERT OR REPLACE INTO decks VALUES (?, ?, ?, '', '')",
            (_retired_name(written.subject), self.packing, written.digest),
        )

    def _fact(self, name: str) -> str:
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _set(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def _retired_name(subject: str) -> str:
    return f"{RETIRED_FOLDER}/{subject_key(subject)}"
