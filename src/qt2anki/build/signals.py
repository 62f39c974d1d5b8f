"""Delay, block or ignore the signals that ask the program to end."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

ENDING: tuple[signal.Signals, ...] = tuple(
    each for each in signal.Signals if each.name in {"SIGHUP", "SIGINT", "SIGTERM"}
)
"""A closing terminal, Ctrl-C, a request to end; Windows has no SIGHUP."""

_raised: list[BaseException] = []


def ending(error: BaseException | None) -> None:
    """Remember the exception that a signal is about to raise; None clears it."""
    _raised[:] = [] if error is None else [error]


def end_if_asked() -> None:
    """Raise the exception of a signal again if it was swallowed.

    Python swallows it if the signal arrives in a callback. Endless loops call this in each
    iteration.
    """
    if _raised:
        raise _raised[0]


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Hold back signals until the end of this block, which must not be left halfway.

    They are raised when it ends, also by an exception.
    """
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
