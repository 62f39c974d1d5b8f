"""How the program ends when it is asked to: once, in order, and without a terminal if need be."""

from __future__ import annotations

import contextlib
import errno
import io
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any, TextIO

from qt2anki.build.signals import ENDING

_ONCE = 2.0  # seconds: timeout sends its signal twice, and people press Ctrl-C more than once


class EndedError(BaseException):
    """A signal asks to end: whoever waits for a lock, a part file or other processes cleans up."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number  # as shells count
        self.word = "Terminated" if number == signal.SIGTERM else "Hung up"


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt or EndedError for a signal that asks to end.

    What is ignored already, as nohup has it, stays ignored. Once a signal came, the program is
    about to end, and nothing more may come between.
    """
    raised: list[float] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if raised and now - raised[-1] < _ONCE:
            return
        raised.append(now)
        raise KeyboardInterrupt if number == signal.SIGINT else EndedError(number)

    usual = {each: signal.getsignal(each) for each in ENDING}
    heard = [each for each in ENDING if usual[each] is not signal.SIG_IGN]
    for each in heard:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each in heard:
            signal.signal(each, signal.SIG_IGN if raised else usual[each])


@contextlib.contextmanager
def gone_terminals_ignored() -> Iterator[None]:
    """Write to a terminal as long as it is there: what is said after that, nobody needs to hear."""
    before = sys.stdout, sys.stderr
    patient = tuple(map(_patient, before))
    sys.stdout, sys.stderr = patient
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for stream in patient:
            if stream not in before:
                stream.flush()


def _patient(stream: TextIO) -> TextIO:
    """Return *stream*, or for a terminal one that takes no notice when that has gone."""
    if sys.platform == "win32" or not stream.isatty():
        return stream
    raw = io.BufferedWriter(_Terminal(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=True)


class _Terminal(io.FileIO):
    def write(self, data: Any, /) -> int:  # noqa: ANN401  # whatever has bytes
        try:
            return super().write(data)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return memoryview(data).nbytes

    def isatty(self) -> bool:
        return True  # as it was: what is drawn on it is drawn to its end
