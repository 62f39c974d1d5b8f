"""Handle signals that ask the program to end, and closed or full output streams."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any, TextIO

from qt2anki.build.signals import ENDING, ending, signals_held

_ONCE = 2.0  # seconds: timeout sends its signal twice, and people press Ctrl-C more than once


class EndedError(BaseException):
    """A signal asks to end; locks, part files and processes are cleaned up."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number  # as shells count
        self.word = "Terminated" if number == signal.SIGTERM else "Hung up"


class InterruptError(KeyboardInterrupt):
    """Ctrl-C. After a bare KeyboardInterrupt in an exec, Python replaces the exit status."""


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt or EndedError for a signal that asks to end.

    Signals that are ignored already, as under nohup, stay ignored. Once one has been raised, the
    program is ending, and further signals are ignored.
    """
    raised: list[float] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if raised and now - raised[-1] < _ONCE:
            return
        raised.append(now)
        error = InterruptError() if number == signal.SIGINT else EndedError(number)
        ending(error)
        raise error

    usual = {each: signal.getsignal(each) for each in ENDING}
    heard = [each for each in ENDING if usual[each] is not signal.SIG_IGN]
    for each in heard:
        signal.signal(each, stop)
    try:
        yield
    finally:
        ending(None)
        for each in heard:
            signal.signal(each, signal.SIG_IGN if raised else usual[each])


class OutputError(Exception):
    """Standard output cannot be written, other than because its reader has gone."""


@contextlib.contextmanager
def safe_streams() -> Iterator[None]:
    """Write messages as long as someone can read them, and report lost data once.

    A closed, full or vanished standard error loses messages and fails nothing. A closed or full
    standard output raises OutputError; a terminal that has gone does not. Nothing else may get the
    number of a closed stream: a message would be written into a package.
    """
    before = sys.stdout, sys.stderr
    ours: list[TextIO] = []
    if sys.platform != "win32":
        _open_closed()
        if sys.stdout is sys.__stdout__:
            sys.stdout = _text_stream(sys.stdout, 1)
            ours.append(sys.stdout)
        if sys.stderr is sys.__stderr__:
            sys.stderr = _text_stream(sys.stderr, 2)
            ours.append(sys.stderr)
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        sys.stdout, sys.stderr = before
        for stream in ours:  # Python would do it too late to hold back signals
            stream.close()


def _open_closed() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # open() takes the lowest free number; one that is only read refuses data
            mode = os.O_WRONLY if number == 2 else os.O_RDONLY
            os.set_inheritable(os.open(os.devnull, mode), True)  # noqa: FBT003


def _text_stream(stream: TextIO | None, number: int) -> TextIO:
    descriptor = number if stream is None else stream.fileno()
    raw = _Stream(descriptor, is_for_messages=number == 2)
    return _Text(
        io.BufferedWriter(raw),
        encoding="utf-8" if stream is None else stream.encoding,
        errors="backslashreplace",  # a file name may not be valid text
        line_buffering=number == 2 or raw.isatty(),
    )


class _Text(io.TextIOWrapper):
    """Holds back signals while writing: an interrupted write would be repeated."""

    def write(self, text: str, /) -> int:
        with signals_held():
            return super().write(text)

    def flush(self) -> None:
        with signals_held():
            super().flush()


class _Stream(io.FileIO):
    def __init__(self, descriptor: int, *, is_for_messages: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._is_for_messages = is_for_messages
        self._is_terminal = super().isatty()
        self._has_failed = False

    def isatty(self) -> bool:
        return self._is_terminal  # as at the start, so that a drawing is completed

    def write(self, data: Any, /) -> int:  # noqa: ANN401  # any buffer
        try:
            if not self._has_failed:
                return super().write(data)
        except OSError as error:
            self._has_failed = True  # the rest of the buffer is dropped
            if isinstance(error, BrokenPipeError):
                raise
            if not self._is_for_messages and error.errno != errno.EIO:
                raise OutputError(error.strerror) from error
        return memoryview(data).nbytes
