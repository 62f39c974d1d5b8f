"""Progress of a command: a bar on a terminal, elsewhere one line per package."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from qt2anki.build.job import NoProgress
from qt2anki.messages import plural, visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from qt2anki.build.job import Fate, Progress, Stage

_STAGES: dict[Stage, str] = {"read": "Reading pages", "make": "Making cards"}
_WINDOW = 10.0  # seconds over which the rate is averaged
_PAUSE = 0.1  # seconds between updates; a page takes only a few ms


@contextlib.contextmanager
def progress_shown(
    *, is_wanted: bool, with_packages: bool = False, clock: Callable[[], float] = time.monotonic
) -> Iterator[Progress]:
    """Yield an object that shows progress; *with_packages* if packages are written.

    A terminal with cursor control shows a bar with pages done, their rate and the remaining time,
    until the work is done. Elsewhere, each package prints a line on stderr.
    """
    from rich.console import Console

    console = Console(stderr=True)
    # Not is_terminal, which FORCE_COLOR can make true of a file: colours there are, but no cursor.
    if is_wanted and sys.stderr.isatty() and not console.is_dumb_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        text, speed = TextColumn("{task.description}"), TextColumn("{task.fields[speed]}")
        columns = (text, BarColumn(), MofNCompleteColumn(), speed)
        with Bar(*columns, console=console, transient=True, refresh_per_second=4) as bar:
            yield _OnTerminal(bar, clock)
    else:
        yield _Lines() if is_wanted and with_packages else NoProgress()


@dataclass(slots=True)
class Rate:
    """Pages per second over the last seconds."""

    seen: deque[tuple[float, int]] = field(default_factory=deque)  # times, and pages done by then

    def after(self, moment: float, worked: int) -> float:
        """Return the rate when *worked* pages are done at *moment*, in seconds; 0: not known."""
        self.seen.append((moment, worked))
        while len(self.seen) > 2 and self.seen[1][0] <= moment - _WINDOW:
            self.seen.popleft()
        first, before = self.seen[0]
        return (worked - before) / (moment - first) if moment > first else 0.0


def speed_text(rate: float, left: int) -> str:
    """Format a rate in pages per second, and the time that the *left* pages need."""
    if rate <= 0:
        return ""
    minutes, seconds = divmod(round(left / rate), 60)
    hours, minutes = divmod(minutes, 60)
    number = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
    return f"{number} pages/s, {hours}:{minutes:02}:{seconds:02} left"


@dataclass(slots=True)
class _Shown:
    """The bar of one stage, and the time of its last update."""

    task: TaskID
    rate: Rate = field(default_factory=Rate)
    moment: float = float("-inf")


class _OnTerminal(NoProgress):
    """Draws one bar per stage that has started."""

    def __init__(self, bar: Bar, clock: Callable[[], float]) -> None:
        self._bar = bar
        self._clock = clock
        self._shown: dict[Stage, _Shown] = {}

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        if stage not in self._shown:
            self._shown[stage] = _Shown(self._bar.add_task(_STAGES[stage], total=total, speed=""))
        shown, now = self._shown[stage], self._clock()
        if now - shown.moment < _PAUSE and done < total:
            return
        shown.moment = now
        speed = speed_text(shown.rate.after(now, done - reused), total - done)
        self._bar.update(shown.task, completed=done, total=total, speed=speed)


class _Lines(NoProgress):
    """Prints one line per package."""

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        numbers = f"{plural(pages, 'page')}, {plural(notes, 'note')}"
        click.echo(f"{visible(name)}: {numbers}, {fate}", err=True)
