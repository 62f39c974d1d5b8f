"""What a command shows: data on stdout, talk on stderr, colour and progress on a terminal only."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from qt2anki.messages import CODES, Problem, format_problem

if TYPE_CHECKING:
    from pathlib import Path

    from qt2anki.model import Kind
    from qt2anki.pipeline import Built, Job, Report
    from qt2anki.pipeline import Progress as Step

    Counts = tuple[tuple[Kind, int], ...]

SUMMARY_VERSION = 1
_STAGES = {"read": "Reading pages", "make": "Making cards"}
_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
_NO_CARDS = frozenset({"QT203", "QT301", "QT302", "QT303"})
_FEW = 10


@cache
def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextlib.contextmanager
def progress_on_terminal(*, is_wanted: bool) -> Iterator[Step]:
    """Yield the callback a build reports to; it draws a bar where there is a terminal."""
    console = _console()
    if not is_wanted or not console.is_terminal:
        yield lambda stage, done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        tasks = {stage: bar.add_task(text, total=None) for stage, text in _STAGES.items()}
        yield lambda stage, done, total: bar.update(tasks[stage], completed=done, total=total)


def print_report(report: Report, out: Path, seconds: float, *, quiet: bool, verbose: bool) -> None:
    """Print the problems, and the closing tables unless *quiet*."""
    console = _console()
    without = [problem for problem in report.problems if problem.code in _NO_CARDS]
    for problem in report.problems:
        if problem.severity != "note" or verbose:
            console.print(Text(format_problem(problem), style=_STYLES[problem.severity]))
    if quiet:
        return
    if without and not verbose:
        _print_without(without)
    if report.packages:
        console.print(_subject_table(report), "", _kind_table(report), "", sep="\n")
    console.print(_closing_line(report, out, seconds))


def _print_without(problems: list[Problem]) -> None:
    console = _console()
    if len(problems) <= _FEW:
        for problem in problems:
            console.print(Text(f"{problem.source}: no cards: {problem.text}", style="dim"))
        return
    for code, count in sorted(Counter(problem.code for problem in problems).items()):
        console.print(Text(f"{count} pages without cards: {CODES[code].title} ({code})", "dim"))
    console.print(Text("-v lists them.", style="dim"))


def _subject_table(report: Report) -> Table:
    table = _plain_table("Subject", "pages", "notes", "cards", "size")
    table.add_column("package", overflow="fold")
    for built in report.packages:
        numbers = (built.pages, _total(built.notes), _total(built.cards))
        row: list[str | Text] = [*map(str, numbers), _size(built.size), Text(_place(built))]
        table.add_row(Text(built.subject), *row)
    return table


def _kind_table(report: Report) -> Table:
    table = _plain_table("Kind of note", "notes", "cards")
    for kind in dict.fromkeys(kind for built in report.packages for kind, _ in built.notes):
        notes = sum(dict(built.notes).get(kind, 0) for built in report.packages)
        cards = sum(dict(built.cards).get(kind, 0) for built in report.packages)
        table.add_row(kind.value, str(notes), str(cards))
    return table


def _plain_table(first: str, *numbers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _total(counts: Counts) -> int:
    return sum(count for _, count in counts)


def _place(built: Built) -> str:
    return built.path.name + ("" if built.is_written else " (unchanged)")


def _size(size: int) -> str:
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def _closing_line(report: Report, out: Path, seconds: float) -> Text:
    notes = sum(_total(built.notes) for built in report.packages)
    cards = sum(_total(built.cards) for built in report.packages)
    size = _size(sum(built.size for built in report.packages))
    severities = Counter(problem.severity for problem in report.problems)
    problems = f"{severities['error']} errors, {severities['warning']} warnings"
    made = f"{len(report.packages)} packages in {out.as_posix()}/"
    made += f": {report.pages} pages, {notes} notes, {cards} cards"
    return Text(f"{made}, {size}; {problems}; {seconds:.1f} s")


def print_json(report: Report, job: Job, seconds: float) -> None:
    """Print the same facts for a machine: one JSON object on stdout."""
    summary = {
        "version": SUMMARY_VERSION,
        "stamp": job.stamp,
        "seconds": round(seconds, 3),
        "pages": report.pages,
        "packages": [_as_json(built) for built in report.packages],
        "problems": [_problem_as_json(problem) for problem in report.problems],
    }
    click.echo(json.dumps(summary, ensure_ascii=False, indent=1))


def _as_json(built: Built) -> dict[str, object]:
    return {
        "subject": built.subject,
        "deck": built.deck,
        "path": built.path.as_posix(),
        "bytes": built.size,
        "written": built.is_written,
        "pages": built.pages,
        "pages_without_cards": built.pages_without_cards,
        "notes": {kind.value: count for kind, count in built.notes},
        "cards": {kind.value: count for kind, count in built.cards},
    }


def _problem_as_json(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "source": problem.source,
        "line": problem.line,
        "column": problem.column,
        "text": problem.text,
        "hint": problem.hint,
    }
