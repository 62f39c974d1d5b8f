"""Reports and progress of a build: data on stdout, messages on stderr, color on terminals."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from qt2anki.build.job import Progress, changes_by_kind
from qt2anki.messages import format_problem, message_codes, plural, visible, without_repeats
from qt2anki.release.changes import counts_in_words
from qt2anki.release.previous_release import COURSES_FOLDER, RETIRED_FOLDER

if TYPE_CHECKING:  # rich takes long to import, so functions do it
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID
    from rich.table import Table
    from rich.text import Text

    from qt2anki.build.job import Built, Fate, Job, Report, Stage
    from qt2anki.model import Kind

_STAGES: dict[Stage, str] = {"read": "Reading pages", "make": "Making cards"}
_WINDOW = 10.0  # seconds over which the rate is averaged
STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
"""How problems look on a terminal, by severity."""
_NO_CARDS = frozenset({"QT203", "QT301", "QT302", "QT303"})
_FEW = 10


def to_json(value: object, names: str, **more: object) -> dict[str, object]:
    """Return the attributes *names* of a value, and *more*, as an object of JSON."""
    return {name: getattr(value, name) for name in names.split()} | more


def print_json(value: object) -> None:
    """Print *value* as JSON on stdout; paths and dates become text."""

    def as_text(one: object) -> str:
        return one.as_posix() if isinstance(one, Path) else str(one)

    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=as_text))


def print_object(**values: object) -> None:
    """Print an object of JSON on stdout; its version increases if the meaning of a name changes."""
    print_json({"version": 1} | values)


def exit_with(problems: object) -> NoReturn:
    """Exit with status 1 if there are problems, else with 0."""
    click.get_current_context().exit(1 if problems else 0)


def stdout_console() -> Console:
    """Return a console for stdout without automatic colors."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def say(text: str, style: str = "", *, err: bool = True) -> None:
    """Print a message, in color on a terminal."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=err, highlight=False, soft_wrap=True).print(Text(text, style=style))


def plain_table() -> Table:
    """Return a table without lines."""
    from rich.table import Table

    return Table(box=None, pad_edge=False, header_style="bold")


@contextlib.contextmanager
def progress_shown(
    *, is_wanted: bool, with_packages: bool = False, clock: Callable[[], float] = time.monotonic
) -> Iterator[Progress]:
    """Yield an object that shows progress; *with_packages* if packages are written.

    A terminal with cursor control shows a bar with pages done, their rate and the remaining time,
    until the work is done. Elsewhere, each package prints a line on stderr.
    """
    from rich.console import Console

    # Not is_terminal, which FORCE_COLOR can make true for a file: it has colors, but no cursor.
    console = Console(stderr=True)
    if is_wanted and sys.stderr.isatty() and not console.is_dumb_terminal:
        with _bar(console, clock) as bar:
            yield _OnTerminal(bar)
    else:
        yield _Lines() if is_wanted and with_packages else Progress()


def _bar(console: Console, clock: Callable[[], float]) -> Bar:
    from rich import progress
    from rich.text import Text

    class Rate(progress.ProgressColumn):
        def render(self, task: progress.Task) -> Text:
            return Text(f"{task.speed:.0f} pages/s" if task.speed else "")

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        Rate(),
        progress.TimeRemainingColumn(),
        console=console,
        transient=True,
        refresh_per_second=4,
        speed_estimate_period=_WINDOW,
        get_time=clock,
    )


class _OnTerminal(Progress):
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


class _Lines(Progress):
    """Prints one line per package."""

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        numbers = f"{plural(pages, 'page')}, {plural(notes, 'note')}"
        click.echo(f"{visible(name)}: {numbers}, {fate}", err=True)


def print_report(report: Report, job: Job, seconds: float, *, quiet: bool, verbose: bool) -> None:
    """Print problems and, unless *quiet*, the summary tables."""
    for problem in report.problems if verbose else without_repeats(report.problems):
        if problem.severity != "note" or verbose:
            say(format_problem(problem), STYLES[problem.severity])
    if quiet:
        return
    if not verbose:
        _print_pages_without_cards(report)
    if report.packages:
        _print_tables(report)
    say(_closing_line(report, job, seconds))
    new = [built.subject for built in report.packages if built.is_first and built.is_written]
    if new and not report.is_first:
        say(f"First release of {', '.join(new)}: there was no earlier package.")
    print_changes(report)
    _print_searches(report, job)


def _print_searches(report: Report, job: Job) -> None:
    if notes := sum(package.notes for package in report.retired):
        folder = next(package.path for package in report.retired).parent.as_posix()
        say(
            f"{plural(notes, 'retired note')} in {folder}, for students who have them; after"
            " importing those packages, search Anki for"
            f" tag:{job.settings.tag_root}::{RETIRED_FOLDER}"
        )
    if report.searches:
        say("Students who have the subjects' decks can find a unit's cards there with this search:")
    for name, search in report.searches:
        say(f"  {name} ({plural(search.count('::page::'), 'page')}): {search}")


def print_changes(report: Report) -> None:
    """Print how many notes change, each counted once; nothing for a first release."""
    if report.is_first:
        return
    if report.is_of_courses:
        pages = (page for built in report.packages for page in built.differences)
        counts = counts_in_words(pages, is_course=True)
    else:
        counts = ", ".join(f"{count} {kind}" for kind, count in changes_by_kind(report))
    say(f"Since the last release: {counts or 'no changes'}")


def _print_pages_without_cards(report: Report) -> None:
    problems = [problem for problem in report.problems if problem.code in _NO_CARDS]
    lines = [f"{problem.source}: no cards: {problem.text}" for problem in problems]
    if len(problems) > _FEW:
        counts = sorted(Counter(problem.code for problem in problems).items())
        lines = [
            f"{plural(count, 'page')} without cards: {message_codes()[code].title} ({code})"
            for code, count in counts
        ]
        lines.append("-v lists them.")
    for line in lines:
        say(line, "dim")


def _print_tables(report: Report) -> None:
    from rich.console import Console
    from rich.text import Text

    subjects = _number_table("Subject", "pages", "notes", "cards", "size")
    subjects.add_column("package", no_wrap=True)
    for built in report.packages:
        fate = " (removed)" if not built.size else "" if built.is_written else " (unchanged)"
        notes, cards = _by_kind(built)
        name = Text(built.subject, no_wrap=True, overflow="ellipsis")
        numbers = (str(built.pages), str(notes.total()), str(cards.total()), _size(built.size))
        subjects.add_row(name, *numbers, Text(built.path.name + fate))
    kinds = _number_table("Kind of note", "notes", "cards")
    notes, cards = _by_kind(*report.packages)
    for kind, count in notes.items():
        kinds.add_row(kind.value, str(count), str(cards[kind]))
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(subjects, "", kinds, "", sep="\n")


def _number_table(first: str, *numbers: str) -> Table:
    table = plain_table()
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _by_kind(*packages: Built) -> tuple[Counter[Kind], Counter[Kind]]:
    """Count the notes and the cards of packages."""
    notes: Counter[Kind] = Counter()
    cards: Counter[Kind] = Counter()
    for built in packages:
        notes.update(dict(built.notes))
        cards.update(dict(built.cards))
    return notes, cards


def _size(size: int) -> str:
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def _closing_line(report: Report, job: Job, seconds: float) -> str:
    notes, cards = _by_kind(*report.packages)
    folder = job.out / COURSES_FOLDER if report.is_of_courses else job.out
    severities = Counter(problem.severity for problem in report.problems)
    problems = ", ".join(plural(severities[name], name) for name in ("error", "warning"))
    numbers = {"page": report.pages, "note": notes.total(), "card": cards.total()}
    made = f"{plural(len(report.packages), 'package')} in {folder.as_posix()}/: "
    made += ", ".join(plural(count, noun) for noun, count in numbers.items())
    size = _size(sum(built.size for built in report.packages))
    return f"{made}, {size}; {problems}; {seconds:.1f} s"
