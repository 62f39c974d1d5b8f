"""Reports and progress of a build: data on stdout, messages on stderr, colour on terminals."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qt2anki.build.job import NoProgress, changes_by_kind
from qt2anki.cli.options import plain_table, print_json
from qt2anki.messages import (
    Problem,
    format_problem,
    message_codes,
    plural,
    visible,
    without_repeats,
)
from qt2anki.release.changes import counts_in_words
from qt2anki.release.previous_release import RETIRED_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from qt2anki.build.job import Report
    from qt2anki.build.pipeline import Job
    from qt2anki.model import Kind
    from qt2anki.release.changes import Change

    Counts = tuple[tuple[Kind, int], ...]
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from qt2anki.build.job import Fate, Progress, Stage

_STAGES: dict[Stage, str] = {"read": "Reading pages", "make": "Making cards"}
_WINDOW = 10.0  # seconds over which the rate is averaged


@contextlib.contextmanager
def progress_shown(
    *, is_wanted: bool, with_packages: bool = False, clock: Callable[[], float] = time.monotonic
) -> Iterator[Progress]:
    """Yield an object that shows progress; *with_packages* if packages are written.

    A terminal with cursor control shows a bar with pages done, their rate and the remaining time,
    until the work is done. Elsewhere, each package prints a line on stderr.
    """
    # Not is_terminal, which FORCE_COLOR can make true of a file: colours there are, but no cursor.
    if is_wanted and sys.stderr.isatty():
        from rich.console import Console

        console = Console(stderr=True)
        if not console.is_dumb_terminal:
            with _bar(console, clock) as bar:
                yield _OnTerminal(bar)
            return
    yield _Lines() if is_wanted and with_packages else NoProgress()


def _bar(console: Console, clock: Callable[[], float]) -> Bar:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.0f} pages/s" if task.speed else "")

    text, left = TextColumn("{task.description}"), TimeRemainingColumn()
    return Progress(
        *(text, BarColumn(), MofNCompleteColumn(), Rate(), left),
        console=console,
        transient=True,
        refresh_per_second=4,
        speed_estimate_period=_WINDOW,
        get_time=clock,
    )


class _OnTerminal(NoProgress):
    """Draws one bar per stage that has started."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._tasks: dict[Stage, TaskID] = {}

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(_STAGES[stage], total=total)
        task = self._tasks[stage]
        if done == reused:  # these took next to no time, and do not count for the rate
            self._bar.reset(task, completed=done)
        else:
            self._bar.update(task, completed=done)


class _Lines(NoProgress):
    """Prints one line per package."""

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        numbers = f"{plural(pages, 'page')}, {plural(notes, 'note')}"
        click.echo(f"{visible(name)}: {numbers}, {fate}", err=True)


SUMMARY_VERSION = 1
_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
_NO_CARDS = frozenset({"QT203", "QT301", "QT302", "QT303"})
_FEW = 10


@cache
def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_report(report: Report, job: Job, seconds: float, *, quiet: bool, verbose: bool) -> None:
    """Print problems and, unless *quiet*, the summary tables."""
    console = _console()
    without = [problem for problem in report.problems if problem.code in _NO_CARDS]
    for problem in report.problems if verbose else without_repeats(report.problems):
        if problem.severity != "note" or verbose:
            console.print(Text(format_problem(problem), style=_STYLES[problem.severity]))
    if quiet:
        return
    if without and not verbose:
        _print_without(without)
    if report.packages:
        console.print(_subject_table(report), "", _kind_table(report), "", sep="\n")
    console.print(_closing_line(report, job.out, seconds))
    print_changes(report)
    if notes := sum(package.notes for package in report.retired):
        folder = next(package.path for package in report.retired).parent.as_posix()
        text = (
            f"{plural(notes, 'retired note')} in {folder}, for students who have them; after"
            " importing those packages, search Anki for"
            f" tag:{job.settings.tag_root}::{RETIRED_FOLDER}"
        )
        console.print(Text(text))
    _print_searches(report)


def _print_searches(report: Report) -> None:
    if report.searches:
        text = "Students who have the subjects' decks find a unit's cards there with this search:"
        _console().print(Text(text))
    for name, search in report.searches:
        pages = plural(search.count("::page::"), "page")
        _console().print(Text(f"  {name} ({pages}): {search}"))


def print_first_release(job: Job) -> None:
    """Warn that no earlier release was found."""
    where = " or ".join(path.as_posix() for path in job.previous or (job.out,))
    _console().print(
        Text(
            f"There are no earlier packages in {where}, so this is treated as a first release.\n"
            "  If students already have these decks, an import would overwrite their edits, and"
            " renamed steps would lose their histories. In that case put the packages published"
            " last into that folder, or name them with --previous, and build again.\n"
            "  Otherwise, --first-release confirms that there are none.",
            style="yellow",
        )
    )


def print_changes(report: Report) -> None:
    """Print how many notes change, each counted once; nothing for a first release."""
    if report.is_first:
        return
    if report.is_of_courses:
        pages = (page for built in report.packages for page in built.differences)
        counts = counts_in_words(pages, is_course=True)
    else:
        counts = ", ".join(f"{count} {kind}" for kind, count in changes_by_kind(report))
    _console().print(Text(f"Since the last release: {counts or 'no changes'}"))


def _print_without(problems: list[Problem]) -> None:
    lines = [f"{problem.source}: no cards: {problem.text}" for problem in problems]
    if len(problems) > _FEW:
        counts = sorted(Counter(problem.code for problem in problems).items())
        lines = [
            f"{plural(count, 'page')} without cards: {message_codes()[code].title} ({code})"
            for code, count in counts
        ]
        lines.append("-v lists them.")
    for line in lines:
        _console().print(Text(line, style="dim"))


def _subject_table(report: Report) -> Table:
    table = _number_table("Subject", "pages", "notes", "cards", "size")
    table.add_column("package", no_wrap=True)
    for built in report.packages:
        fate = " (removed)" if not built.size else "" if built.is_written else " (unchanged)"
        numbers = (built.pages, _total(built.notes), _total(built.cards))
        row = (*map(str, numbers), _size(built.size))
        name = Text(built.subject, no_wrap=True, overflow="ellipsis")
        table.add_row(name, *row, Text(built.path.name + fate))
    return table


def _kind_table(report: Report) -> Table:
    table = _number_table("Kind of note", "notes", "cards")
    for kind in dict.fromkeys(kind for built in report.packages for kind, _ in built.notes):
        notes = sum(dict(built.notes).get(kind, 0) for built in report.packages)
        cards = sum(dict(built.cards).get(kind, 0) for built in report.packages)
        table.add_row(kind.value, str(notes), str(cards))
    return table


def _number_table(first: str, *numbers: str) -> Table:
    table = plain_table()
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _total(counts: Counts) -> int:
    return sum(count for _, count in counts)


def _size(size: int) -> str:
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def _closing_line(report: Report, out: Path, seconds: float) -> Text:
    notes = sum(_total(built.notes) for built in report.packages)
    cards = sum(_total(built.cards) for built in report.packages)
    size = _size(sum(built.size for built in report.packages))
    severities = Counter(problem.severity for problem in report.problems)
    problems = ", ".join(plural(severities[name], name) for name in ("error", "warning"))
    numbers = {"page": report.pages, "note": notes, "card": cards}
    made = f"{plural(len(report.packages), 'package')} in {out.as_posix()}/: "
    made += ", ".join(plural(count, noun) for noun, count in numbers.items())
    return Text(f"{made}, {size}; {problems}; {seconds:.1f} s")


def print_summary(report: Report, job: Job, seconds: float) -> None:
    """Print the report as one JSON object on stdout."""
    summary = {
        "version": SUMMARY_VERSION,
        "stamp": job.stamp,
        "seconds": round(seconds, 3),
        "pages": report.pages,
        "first_release": report.is_first,
        "packages": [
            {
                "subject": built.subject,
                "deck": built.deck,
                "path": built.path,
                "bytes": built.size,
                "written": built.is_written,
                "pages": built.pages,
                "pages_without_cards": built.pages_without_cards,
                "notes": dict(built.notes),
                "cards": dict(built.cards),
                # In a first release all notes are new, and the list would only be long.
                "changes": [] if report.is_first else list(map(_as_json, built.changes)),
            }
            for built in report.packages
        ],
        "retired": [
            {
                "subject": package.subject,
                "path": package.path,
                "bytes": package.size,
                "written": package.is_written,
                "notes": package.notes,
                "changes": list(map(_as_json, package.changes)),
            }
            for package in report.retired
        ],
        "problems": [asdict(problem) for problem in report.problems],
    }
    print_json(summary)


def _as_json(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "guid": change.guid,
        "page": change.page_id,
        "key": change.key,
        "title": change.title,
        "parts": change.parts,
    }
