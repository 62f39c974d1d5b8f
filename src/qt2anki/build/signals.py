"""Signals that ask the program to end: when they may, and who is not to hear of them."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

ENDING: tuple[signal.Signals, ...] = tuple(
    each for each in signal.Signals if each.name in {"SIGHUP", "SIGINT", "SIGTERM"}
)
"""A terminal that closes, Ctrl-C, a request to end; on Windows there is no terminal that closes."""


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Let signals that ask to end wait for the end of this block, which must not be left halfway.

    They come once it is over, also when an exception ends it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal comes to another thread
        return
    came: list[int] = []
    usual = {each: signal.signal(each, lambda number, _: came.append(number)) for each in ENDING}
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
        for one in came:
            signal.raise_signal(one)


@contextlib.contextmanager
def signals_blocked() -> Iterator[None]:
    """Have processes that start in this block never hear of signals that ask to end.

    They inherit what is blocked, and so do those that they start. What comes to this process is
    not lost, as it would be were it ignored: it comes at the end of the block.
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
    """Leave signals that ask to end to the process that this one works for."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
