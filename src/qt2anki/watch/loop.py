"""Look, build, tell, wait: the watch itself.

It builds with :func:`qt2anki.build.pipeline.build`, so what a build refuses it refuses too, and
what comes while it builds leads to one more build.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from qt2anki.build.job import Job, Progress
from qt2anki.build.pipeline import build
from qt2anki.build.report import Report
from qt2anki.errors import BusyError, Qt2AnkiError
from qt2anki.messages import Problem
from qt2anki.preview.news import News
from qt2anki.watch.draft import as_published
from qt2anki.watch.live_preview import LivePreview
from qt2anki.watch.notifier import Wakes
from qt2anki.watch.texts import Outcome, has_errors, line_of, news_of
from qt2anki.watch.watched_paths import (
    FileChange,
    Look,
    Places,
    Seen,
    changes,
    file_stamp,
    look,
    out_of_sight,
)

Progresses = Callable[[], AbstractContextManager[Progress]]
"""Makes what one build tells how far it is."""

_TRY_AGAIN: Final = 1.0  # seconds until a folder another build is at work in is tried again
_STILL: Final = 0.05  # seconds between two looks that find the same once a save is over
_LOOKS: Final = 20  # at most; what never stands still is built as it is
_UNREAD: Final = "QT404"
_FIRST: Final = {"level": "good", "text": "The first build is at work.", "problems": []}


class Teller(Protocol):
    """Who hears of every build."""

    def __call__(self, line: str, outcome: Outcome, new_problems: Sequence[Problem]) -> None:
        """Hear of a build, and of the problems the build before it did not have."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to build over and over: *make_job* reads settings and note types anew each time.

    *published* names, for drafts that nobody gets, the packages they are compared with.
    """

    make_job: Callable[[], Job]
    places: Places
    published: str = ""


class Watch:
    """Builds whenever something has changed; *news* hear of it, *live* shows it."""

    def __init__(self, task: Task, live: LivePreview, news: News, tell: Teller) -> None:
        news.tell(json.dumps({**_FIRST, "versions": live.versions()}))
        self._task = task
        self._places = task.places  # with the pictures that were found out of sight
        self._live = live
        self._news = news
        self._tell = tell
        self._seen: Look = {}
        self._is_busy = False
        self._problems: tuple[Problem, ...] = ()
        self._said: dict[str, object] = {}
        self._read: set[str] = set()  # the subjects that had pages in any build
        self._shown_at = ""
        self._is_shown = False  # what was built last

    def run(self, wakes: Wakes, progress: Progresses) -> None:
        """Build now, and at every change, until an exception ends it (KeyboardInterrupt)."""
        wakes.hush()
        self._build(look(self._places), (), progress)
        while True:
            wakes.glance_at(
                {p: self._seen[p].stamp if p in self._seen else None for p in self._places.pictures}
            )
            self._audit(wakes)
            wakes.wait(_TRY_AGAIN if self._is_busy else None)
            wakes.hush()
            seen = self._look()
            changed = changes(self._seen, seen)
            if changed or self._is_busy:
                self._build(seen, changed, progress)

    def _look(self) -> Look:
        """Look again while files change: an editor may have written half of one."""
        before, seen = self._seen, look(self._places)
        for _ in range(_LOOKS):
            if seen == before:
                break
            time.sleep(_STILL)
            before, seen = seen, look(self._places)
        return seen

    def _build(self, seen: Look, changed: Sequence[FileChange], progress: Progresses) -> None:
        self._seen, self._is_shown = seen, False
        was_busy = self._is_busy
        outcome = self._attempt(changed, progress)
        self._is_busy = isinstance(outcome.error, BusyError)
        if changed or not (was_busy and self._is_busy):
            self._say(outcome)

    def _attempt(self, changed: Sequence[FileChange], progress: Progresses) -> Outcome:
        at = datetime.datetime.now().astimezone().strftime("%H:%M:%S")
        started = time.monotonic()
        begun = time.time_ns()
        try:
            job = self._task.make_job()
            with progress() as shown:
                report = build(job, shown)
        except Qt2AnkiError as error:
            told = self._in_user_terms(error)
            return Outcome(at, changed, time.monotonic() - started, error=told)
        self._read.update(report.found)
        self._follow(report.pictures, begun)
        report = self._without_silence(report)
        self._show(report, job, at)
        return Outcome(
            at,
            changed,
            time.monotonic() - started,
            report,
            published=self._task.published,
            is_after_draft=not job.previous,
            subjects=job.subjects,
        )

    def _follow(self, pictures: Iterable[Path], begun: int) -> None:
        """Watch pictures that pages show and no look comes across, as they were at the build.

        One that was written after it has *begun* (nanoseconds) is taken for a new one: this build
        may have read it too early.
        """
        before, found = set(self._places.pictures), out_of_sight(self._places, pictures)
        self._places = replace(self._places, pictures=found)
        seen = dict(self._seen)
        for path in before - set(found):
            seen.pop(path, None)
        for path in set(found) - before:
            stamp = file_stamp(path)
            if stamp is not None and stamp[0] < begun:
                seen[path] = Seen("picture", stamp)
        self._seen = seen

    def _in_user_terms(self, error: Qt2AnkiError) -> Qt2AnkiError:
        places = self._task.places
        if not self._task.published or places.output is None:
            return error
        return as_published(error, places.output, places.published)

    def _without_silence(self, report: Report) -> Report:
        """Who looks at some pages and writes nothing need not be told of all the others.

        A subject that had pages since the watch began is another matter: they were taken away.
        """
        if not self._task.published:
            return report
        kept = (p for p in report.problems if p.code != _UNREAD or self._had_pages(p))
        return replace(report, problems=tuple(map(self._of_published, kept)))

    def _had_pages(self, problem: Problem) -> bool:
        return any(repr(subject) in problem.text for subject in self._read)

    def _of_published(self, problem: Problem) -> Problem:
        """Name the package a copy in the draft was made of."""
        places = self._task.places
        if places.output is None or places.output not in Path(problem.source).parents:
            return problem
        inside = Path(problem.source).relative_to(places.output)
        own = (folder / inside for folder in places.published)
        found = next((path for path in own if path.exists()), None)
        return replace(problem, source=found.as_posix()) if found else problem

    def _show(self, report: Report, job: Job, at: str) -> None:
        """Show what was built, unless there was nothing to build from: the folder has gone."""
        if report.packages or not has_errors(report):
            page_format, roots = job.settings.page_format, self._places.pages
            self._live.take(report.packages, self._seen, page_format, roots)
            self._shown_at, self._is_shown = at, True

    def _say(self, outcome: Outcome) -> None:
        problems = outcome.report.problems if outcome.report is not None else self._problems
        new = [problem for problem in problems if problem not in self._problems]
        self._problems = problems
        self._said = news_of(outcome, kept_from="" if self._is_shown else self._shown_at)
        self._publish()
        self._tell(line_of(outcome), outcome, new)

    def _audit(self, wakes: Wakes) -> None:
        """Use the time until the next change to look for what is wrong with cards."""
        has_looked = False
        while not wakes.is_ringing and self._live.audit_next():
            has_looked = True
        if has_looked:
            self._publish()

    def _publish(self) -> None:
        self._news.tell(json.dumps({**self._said, "versions": self._live.versions()}))
