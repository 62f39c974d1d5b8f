"""Progress of a command: a bar on a terminal, elsewhere one line per package."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from qt2anki.build.job import NoProgress
from qt2anki.messages import plural, visible

if TYPE_CHECKING:
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
