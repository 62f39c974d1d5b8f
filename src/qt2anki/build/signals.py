"""Raise, delay, block or ignore the signals that ask the program to end."""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

ENDING: tuple[signal.Signals, ...] = tuple(
    each for each in signal.Signals if each.name in {"SIGHUP", "SIGINT", "SIGTERM"}
)
"""A closing terminal, Ctrl-C, a request to end; Windows has no SIGHUP."""

_ONCE = 2.0  # seconds: timeout sends its signal twice, and people press Ctrl-C more than once
_raised: list[BaseException] = []  # the exception that a signal has raised


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
    last = -math.inf  # when the last signal was raised

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _ONCE:
            last = now
            _raised[:] = [InterruptError() if number == signal.SIGINT else EndedError(number)]
            raise _raised[0]

    usual = {each: signal.getsignal(each) for each in ENDING}
    heard = [each for each in ENDING if usual[each] is not signal.SIG_IGN]
    for each in heard:
        signal.signal(each, stop)
    try:
        yield
    finally:
        _raised.clear()
        for each in heard:
            signal.signal(each, usual[each] if last < 0 else signal.SIG_IGN)


def end_if_asked() -> None:
    """Raise the exception of a signal again if it was swallowed.

    Python swallows it if the signal arrives in a callback. Endless loops call this in each
    iteration.
    """
    if _raised:
        raise _raised[0]


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Hold back signals until this block, which must not be left halfway, has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield  # other threads receive no signals
        return
    came: list[int] = []
    usual = {each: signal.signal(each, lambda number, _: came.append(number)) for each in ENDING}
    try:
        yield
    finally:
        for number, handler in usual.items():
            if handler is not None:  # as when Python ends and closes a generator
                signal.signal(number, handler)
        for one in came:
            signal.raise_signal(one)


@contextlib.contextmanager
def signals_blocked() -> Iterator[None]:
    """Block signals for all processes that are started in this block, and for their children.

    A signal to this process is not lost: it is raised at the end of the block.
    """
    if sys.platform == "win32":
        yield
        return
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def ignore_signals() -> None:
    """Ignore signals in a worker: its parent handles them."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
