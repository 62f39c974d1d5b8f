"""Work spread over processes, with the same results in the same order as without them."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from qt2anki.errors import Qt2AnkiError

T = TypeVar("T")
R = TypeVar("R")

_CHUNK = 32
# Pages and notes hold no reference cycles, so looking for them is nearly all in vain.
_RARELY = (50_000, 20, 20)
_WORTH_A_PROCESS = 400  # pages; below that starting a process costs more than it saves


class Spread(Protocol):
    """Apply a picklable function to every item, in order."""

    def __call__(self, work: Callable[[T], R], items: Sequence[T], /) -> Iterator[R]:
        """Yield the results in the order of *items*."""


def default_jobs(pages: int) -> int:
    """Return how many processes pay off for so many pages on this machine."""
    if pages < _WORTH_A_PROCESS:
        return 1
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, 8)


@contextlib.contextmanager
def spread_over(jobs: int) -> Iterator[Spread]:
    """Yield a way to apply a function to many items on *jobs* processes (1: in this one).

    Raises Qt2AnkiError when one of the processes was killed.
    """
    if jobs <= 1:
        with _rare_collections():
            yield _in_turn
        return
    methods = multiprocessing.get_all_start_methods()
    # A forked child may inherit a lock that a thread of ours holds.
    method = "forkserver" if "forkserver" in methods else "spawn"
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_set_up) as pool:
        try:
            yield _Pooled(pool)
        except BrokenProcessPool as error:
            raise Qt2AnkiError(
                "a process that did part of the work was killed; nothing was written",
                hint="the machine may be out of memory: try again, or with --jobs 1",
            ) from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _set_up() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the one that waits for the rest."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(*_RARELY)


def _end_with_parent() -> None:
    """End this process when the one it works for is gone; else it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextlib.contextmanager
def _rare_collections() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _in_turn(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    return map(work, items)


class _Pooled:
    """Apply a function in chunks on an executor of the standard kind."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    def __call__(self, work: Callable[[T], R], items: Sequence[T], /) -> Iterator[R]:
        return self._pool.map(work, items, chunksize=_CHUNK)
