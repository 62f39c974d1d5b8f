"""The main loop of a watch: build, report, wait.

It builds with :func:`qt2anki.build.pipeline.build`, so it refuses whatever a build refuses. A
change during a build triggers another one. The build finds out which pages have changed.
"""

from __future__ import annotations

import datetime
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.build.job import (
    ChangedFile,
    Fate,
    FileFate,
    Job,
    Progress,
    Report,
    Stage,
    changes_by_kind,
)
from qt2anki.build.pipeline import build
from qt2anki.errors import BusyError, Qt2AnkiError
from qt2anki.messages import Problem, format_problem, plural, visible, visible_lines
from qt2anki.preview.server import News
from qt2anki.release.previous_release import RETIRED_FOLDER
from qt2anki.watch.draft import as_published, of_published
from qt2anki.watch.live_preview import LivePreview
from qt2anki.watch.notifier import PAGE, Notifier, PolledFiles, WatchedPaths, polled_files, stamp_of

_TRY_AGAIN = 1.0  # seconds until the next attempt while another build is running
_FEW = 2
_MOST_PROBLEMS = 50  # in the browser; the others appear when these are fixed


@dataclass(frozen=True, slots=True)
class Task:
    """What to build repeatedly; *make_job* reads settings and note types each time."""

    make_job: Callable[[], Job]
    paths: WatchedPaths
    published: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One build: its cause, its result, and how long it took."""

    at: str  # time of day, "17:03:12"
    changed: Sequence[ChangedFile]  # empty: the first build, or a retry
    seconds: float
    report: Report | None = None
    error: Qt2AnkiError | None = None
    published: str = ""  # of a draft: where the latest published packages are looked for
    is_after_draft: bool = False  # whether it was compared with an earlier draft
    subjects: tuple[str, ...] = ()  # case-folded; those given by the user


Teller = Callable[[str, Outcome, Sequence[Problem]], None]
"""Receives each build with its line, and the problems that the previous build did not have."""
Progresses = Callable[[], AbstractContextManager[Progress]]
"""Makes the progress of one build."""


class _Listening(Progress):
    """Forwards progress, and remembers which pages have changed."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self.changed: tuple[ChangedFile, ...] = ()

    def files(self, changed: Sequence[ChangedFile]) -> None:
        self.changed = tuple(changed)

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        self._shown.pages(stage, done, total, reused)

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        self._shown.subject(name, pages, notes, fate)


class Watch:
    """Builds whenever something changes, notifies *news*, and shows the result in *live*."""

    def __init__(self, task: Task, live: LivePreview, news: News, tell: Teller) -> None:
        first = {"level": "good", "text": "The first build is running.", "problems": []}
        news.tell(json.dumps({**first, "versions": live.versions()}))
        self._task = task
        self._live = live
        self._news = news
        self._tell = tell
        self._files: PolledFiles = {}
        self._pictures: tuple[Path, ...] = ()  # that pages show
        self._last: Outcome | None = None
        self._problems: tuple[Problem, ...] = ()
        self._said: dict[str, object] = {}
        self._read: set[str] = set()  # the subjects that had pages in any build
        self._shown_at = ""
        self._is_shown = False  # the last build

    def run(self, notifier: Notifier, progress: Progresses) -> None:
        """Build now and after every change, until an exception (KeyboardInterrupt)."""
        while True:
            notifier.hush()
            self._build(progress)
            notifier.expect(self._files, self._pictures)
            has_looked = False
            while not notifier.is_ringing and self._live.audit_next():
                has_looked = True
            if has_looked:
                self._publish()
            is_busy = self._last is not None and isinstance(self._last.error, BusyError)
            notifier.wait(_TRY_AGAIN if is_busy else None)

    def _build(self, progress: Progresses) -> None:
        """Build and report."""
        begun, before = time.time_ns(), self._files
        self._files = polled_files(self._task.paths, self._pictures)
        others = _changes(before, self._files) if self._last else ()
        outcome = self._attempt(others, progress)
        if not outcome.changed and outcome.report and _is_written(outcome.report):
            # Something changed between the check and the build.
            seen, self._files = self._files, polled_files(self._task.paths, self._pictures)
            outcome = replace(outcome, changed=_changes(seen, self._files) if self._last else ())
        if outcome.report is not None:
            self._follow(outcome.report.pictures, begun)
        last, self._last = self._last, outcome
        if last is None or not _is_same(last, outcome):
            self._say(outcome)

    def _attempt(self, others: Sequence[ChangedFile], progress: Progresses) -> Outcome:
        at = datetime.datetime.now().astimezone().strftime("%H:%M:%S")
        started = time.monotonic()
        changed = tuple(others)
        self._is_shown = False
        try:
            job = self._task.make_job()
            # A draft that was just copied can only be compared with the release.
            is_comparable = self._last is not None and job.previous != (job.out,)
            with progress() as shown:
                listening = _Listening(shown)
                try:
                    report = build(job, listening)
                finally:
                    changed = (*(listening.changed if is_comparable else ()), *others)
        except Qt2AnkiError as error:
            paths, told = self._task.paths, error
            if self._task.published and paths.output is not None:
                told = as_published(error, paths.output, paths.published)
            return Outcome(at, changed, time.monotonic() - started, error=told)
        self._read.update(report.found)
        report = self._of_draft(report)
        # If the folder of pages is gone, there was nothing to build from.
        if report.packages or not has_errors(report):
            self._live.take(report.packages, job.cache, job.settings.page_format)
            self._shown_at, self._is_shown = at, True
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
        """Watch the pictures that pages show now; one that is newer than the build is news."""
        self._pictures = tuple(pictures)
        known = [path for path in self._pictures if path not in self._files]
        stamps = ((path, stamp_of(path)) for path in known)
        seen = {path: ("picture", stamp) for path, stamp in stamps if stamp and stamp[0] < begun}
        self._files = {**self._files, **seen}

    def _of_draft(self, report: Report) -> Report:
        """Leave out, in a draft, subjects that were never read; losing all pages is reported."""
        paths = self._task.paths
        # A draft replaces the draft before.
        known = [problem for problem in report.problems if problem.code != "QT410"]
        if not self._task.published or paths.output is None:
            return replace(report, problems=tuple(known))
        problems = (
            of_published(problem, paths.output, paths.published)
            for problem in known
            if problem.code != "QT404" or any(repr(name) in problem.text for name in self._read)
        )
        return replace(report, problems=tuple(problems))

    def _say(self, outcome: Outcome) -> None:
        problems = outcome.report.problems if outcome.report is not None else self._problems
        new = [problem for problem in problems if problem not in self._problems]
        self._problems = problems
        self._said = news_of(outcome, kept_from="" if self._is_shown else self._shown_at)
        self._publish()
        self._tell(line_of(outcome), outcome, new)

    def _publish(self) -> None:
        self._news.tell(json.dumps({**self._said, "versions": self._live.versions()}))


def _changes(before: PolledFiles, after: PolledFiles) -> tuple[ChangedFile, ...]:
    """Return the files that differ, sorted by path; a build reports pages itself."""
    found = []
    for path in sorted(before.keys() | after.keys()):
        kind = (after.get(path) or before[path])[0]
        if before.get(path) != after.get(path) and kind != PAGE:
            fate: FileFate = "changed" if path in before else "new"
            found.append(ChangedFile(kind, path, fate if path in after else "gone"))
    return tuple(found)


def _is_same(last: Outcome, now: Outcome) -> bool:
    """Whether a build has nothing new to report."""
    if now.report is None or last.report is None:
        is_busy = isinstance(now.error, BusyError)
        return str(last.error) == str(now.error) and (last.changed == now.changed or is_busy)
    is_same = last.report.problems == now.report.problems
    return is_same and not now.changed and not _is_written(now.report)


def _is_written(report: Report) -> bool:
    return any(built.is_written for built in report.packages)


def line_of(outcome: Outcome) -> str:
    """Return one line with time, cause, result and duration.

    ``17:03:12 1 page changed (a.md): wrote tea.apkg; 1 changed; 0.2 s``
    """
    what = _built(outcome, outcome.report) if outcome.report else ["not built"]
    reason = _reason(outcome.changed)
    return visible(f"{outcome.at} {reason}{'; '.join((*what, f'{outcome.seconds:.1f} s'))}")


def news_of(outcome: Outcome, *, kept_from: str) -> dict[str, object]:
    """Return the same for the browser; *kept_from* is when its cards were built, if earlier."""
    is_bad = outcome.report is None or has_errors(outcome.report)
    text = line_of(outcome) + (f"; the cards are those of {kept_from}" if kept_from else "")
    if outcome.error is not None:
        shown = [visible_lines(str(outcome.error))]
    else:
        problems = [p for p in outcome.report.problems if p.severity != "note"]  # type: ignore[union-attr]
        problems.sort(key=lambda problem: problem.severity != "error")  # stable: errors first
        shown = [format_problem(problem) for problem in problems[:_MOST_PROBLEMS]]
        if problems[_MOST_PROBLEMS:]:
            shown.append(f"and {len(problems) - _MOST_PROBLEMS:,} more")
    return {"level": "bad" if is_bad else "good", "text": text, "problems": shown}


def has_errors(report: Report) -> bool:
    """Whether a page could not be used."""
    return any(problem.severity == "error" for problem in report.problems)


def _reason(changed: Sequence[ChangedFile]) -> str:
    if not changed:
        return ""
    counts = Counter((change.kind, change.fate) for change in changed)
    kinds = ", ".join(f"{plural(number, kind)} {fate}" for (kind, fate), number in counts.items())
    names = [change.path.name for change in changed[:_FEW]]
    more = f" and {len(changed) - _FEW:,} more" if len(changed) > _FEW else ""
    return f"{kinds} ({', '.join(names)}{more}): "


def _built(outcome: Outcome, report: Report) -> list[str]:
    parts = [] if outcome.changed else [plural(report.pages, "page")]
    if report.is_first:
        parts.append(f"nothing has been published in {outcome.published or 'that folder'} yet")
    if not outcome.published:
        written = [built.path.name for built in report.packages if built.is_written]
        written += [f"{RETIRED_FOLDER}/{one.path.name}" for one in report.retired if one.is_written]
        names = ", ".join(written) or "no package"
        parts.append(f"wrote {names if len(written) <= _FEW else f'{len(written)} packages'}")
    if not report.is_first:
        said = ", ".join(f"{count:,} {kind}" for kind, count in changes_by_kind(report))
        parts.append(_compared_with(outcome) + (said or "no note has changed"))
    known = {*report.found, *(built.subject for built in report.packages)}
    missing = set(outcome.subjects) - set(map(str.casefold, known))
    parts += [f"no page has the subject {name!r}" for name in outcome.subjects if name in missing]
    counts = Counter(problem.severity for problem in report.problems)
    severities = [plural(counts[name], name) for name in ("error", "warning") if counts[name]]
    return [*parts, ", ".join(severities)] if severities else parts


def _compared_with(outcome: Outcome) -> str:
    """Return what a draft is compared with, if that is not clear from the previous line."""
    if outcome.published and not outcome.is_after_draft:
        return f"compared with {outcome.published}: "
    is_of_packages = any(change.kind == "package" for change in outcome.changed)
    return "compared with the previous draft: " if outcome.published and is_of_packages else ""
