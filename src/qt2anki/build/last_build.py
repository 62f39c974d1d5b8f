"""Remember the report of the last build until something that it depends on changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

from qt2anki.anki.files import package_file_name
from qt2anki.build.cache import (
    built_from_json,
    built_to_json,
    digest,
    digest_all,
    problems_from_json,
    problems_to_json,
    retired_from_json,
    retired_to_json,
)
from qt2anki.build.job import Built, Job, Progress, Report
from qt2anki.build.source_files import SourceFiles
from qt2anki.corrections.correction import PAGELESS
from qt2anki.messages import Problem
from qt2anki.model import PageId
from qt2anki.release.package_index import PackageEntry
from qt2anki.release.previous_release import RETIRED_FOLDER, read_previous_release, subject_key


class LastBuild:
    """The last build, what has changed since then, and what was published.

    Digests show whether anything else that notes and packages depend on has changed.
    """

    def __init__(self, database: sqlite3.Connection, job: Job, progress: Progress) -> None:
        self.database = database
        self.job = job
        reading = digest(repr(job.settings.page_format))
        self.making = digest(repr(job.settings))
        whole = (job.out.as_posix(), job.subjects, job.may_retire, job.is_partial)
        files = (repr(job.note_types), job.corrections.digest)
        self._whole = digest(self.making, *files, repr(whole))
        if self._fact("reading") != reading:
            database.execute("DELETE FROM files")
            database.execute("DELETE FROM facts")
            self._set("reading", reading)
        self.previous = read_previous_release(job.previous or (job.out,), database)
        self.files = SourceFiles(database)
        self.files.find(job.paths, self.previous.pages)
        self.files.settle(progress)

    @cached_property
    def _packing(self) -> str:
        """A digest of what packages depend on, except pages and their own corrections."""
        pageless = self.job.corrections.state_of(PAGELESS)
        return digest(self.making, repr(self.job.note_types), pageless)

    def report(self, pictures: str = "") -> Report | None:
        """Return the report of a build in which nothing changes; None if something does."""
        if self.files.is_changed or (self.files.has_images and not pictures):
            return None
        if self._fact("state") != self._state(pictures):
            return None
        packages, retired, problems, pages, found, corrections = json.loads(self._fact("report"))
        return Report(
            packages=tuple(built_from_json(text, Path(path)) for path, text in packages),
            problems=problems_from_json(problems),
            pages=pages,
            found=tuple(found),
            retired=retired_from_json(retired),
            is_first=self.previous.is_empty,
            corrections=corrections,
        )

    def record(self, report: Report, pictures: str) -> None:
        """Remember a report until the state changes."""
        packages = [(b.path.as_posix(), built_to_json(b)) for b in report.packages if b.size]
        retired = retired_to_json(one for one in report.retired if one.size)
        problems = problems_to_json(report.problems)
        values = (packages, retired, problems, report.pages, report.found, report.corrections)
        self._set("report", json.dumps(values, ensure_ascii=False))
        self._set("state", self._state(pictures))

    def forget(self) -> None:
        """Do not use the last report for the next build."""
        self._set("state", "-")

    def _state(self, pictures: str) -> str:
        heads = self.previous.index.heads()
        packages = sorted(f"{head.path.as_posix()} {head.digest}" for head in heads)
        return digest(self._whole, pictures, problems_to_json(self.files.problems), *packages)

    def fresh_deck(
        self, subject: str, head: PackageEntry | None, kept: Sequence[PageId], state: Iterable[str]
    ) -> tuple[Built, tuple[Problem, ...]] | None:
        """Return the report and problems of a package that is what a build would write now."""
        path = self.job.out / package_file_name(subject)
        row = self.database.execute(
            "SELECT built, problems FROM decks WHERE name = ? AND input = ? AND output = ?",
            (subject_key(subject), self._input(subject, kept, state), head.digest if head else ""),
        ).fetchone()
        if row is None or kept or (head is not None and head.path != path):
            return None
        return built_from_json(row[0], path), problems_from_json(row[1])

    def record_deck(
        self,
        built: Built,
        problems: Iterable[Problem],
        output: str,
        kept: Sequence[PageId],
        state: Iterable[str],
    ) -> None:
        """Remember a deck whose package has the digest *output*, "" for none."""
        made = (built_to_json(built), problems_to_json(problems))
        self.database.execute(
            "INSERT OR REPLACE INTO decks VALUES (?, ?, ?, ?, ?)",
            (subject_key(built.subject), self._input(built.subject, kept, state), output, *made),
        )

    def _input(self, subject: str, kept: Sequence[PageId], state: Iterable[str]) -> str:
        return digest_all(chain((self._packing, subject, *map(str, kept)), state))

    def is_settled(self, head: PackageEntry) -> bool:
        """Whether a package of retired notes is what a build would write now."""
        row = self.database.execute(
            "SELECT input, output FROM decks WHERE name = ?", (_retired_name(head.name),)
        ).fetchone()
        path = self.job.out / RETIRED_FOLDER / package_file_name(head.name)
        return row == (self._packing, head.digest) and head.path == path

    def record_retired(self, subject: str, output: str) -> None:
        """Remember a package of retired notes that was written."""
        self.database.execute(
            "INSERT OR REPLACE INTO decks VALUES (?, ?, ?, '', '')",
            (_retired_name(subject), self._packing, output),
        )

    def _fact(self, name: str) -> str:
        row = self.database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _set(self, name: str, value: str) -> None:
        self.database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def _retired_name(subject: str) -> str:
    return f"{RETIRED_FOLDER}/{subject_key(subject)}"
