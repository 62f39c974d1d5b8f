"""A parallel map over processes: the same results in the same order as without them."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import AbstractContextManager
from functools import partial
from itertools import chain, islice
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

from qt2anki.build.processes import (
    NoProcessesError,
    Pool,
    collect_rarely,
    own_processes,
    process_context,
)
from qt2anki.build.signals import signals_held

T = TypeVar("T")
R = TypeVar("R")

WORTH_PROCESSES = 400
"""Pages to make into cards from which on processes save more time than they cost."""

_CHUNK = 16  # pages: a twelfth of a second, so that no process waits long at the end
_AHEAD = 40  # chunks queued for each process: enough while a deck is packed
_MOST = 8
_PATIENCE = 5.0  # seconds


class ParallelMap(Protocol):
    """Apply a picklable function to every item, in order."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Yield the results in the order of *items*, which are consumed as needed."""


OpenPool = Callable[[], AbstractContextManager[Pool]]
"""Starts a pool; its end stops it."""


@contextlib.contextmanager
def parallel_map(
    jobs: int | None = None, *, open_pool: OpenPool | None = None, worth: int = WORTH_PROCESSES
) -> Iterator[ParallelMap]:
    """Yield a way to apply a function to many items on up to *jobs* processes (1: in this one).

    No process is started before there is something to share: two chunks of items, or where *jobs*
    is None, and as many are used as there are processors, *worth* items. *open_pool* starts others
    than processes of our own.

    Raises Qt2AnkiError when one of the processes was killed.
    """
    processes = jobs or processors()
    alone = _CHUNK + 1 if open_pool else _enough(jobs, worth)
    with contextlib.ExitStack() as stack, _rare_collections():
        if processes <= 1 and open_pool is None:
            yield map
        else:
            start = open_pool or partial(own_processes, processes)
            yield _Shared(lambda: stack.enter_context(start()), alone)


def processors() -> int:
    """Return the number of processors of this machine, at most eight."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, _MOST)


def get_ready(jobs: int | None, items: int) -> None:
    """Start what processes are forked from, if *items* will be shared, while other things go on.

    It imports what makes notes, which takes as long as this process needs to do the same.
    """
    if (jobs or processors()) > 1 and items >= _enough(jobs):
        with contextlib.suppress(OSError):  # reported, or done without, where work is shared
            process_context()


def _enough(jobs: int | None, worth: int = WORTH_PROCESSES) -> int:
    """Return the number of items that makes processes worthwhile."""
    return worth if jobs is None else _CHUNK + 1


@contextlib.contextmanager
def _rare_collections() -> Iterator[None]:
    usual = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Shared:
    """Applies a function in chunks on a pool, which is started when there is enough to do."""

    def __init__(self, start: Callable[[], Pool], alone: int) -> None:
        self._start = start
        self._alone = alone  # items to do here before a pool is started
        self._pool: Pool | None = None

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        left = iter(items)
        if self._pool is None:
            first = list(islice(left, self._alone))
            if len(first) < self._alone:
                self._alone -= len(first)
                yield from map(work, first)
                return
            left = chain(first, left)
            try:
                self._pool = self._start()
            except NoProcessesError:  # then this one does it all
                self._alone = sys.maxsize
                yield from map(work, left)
                return
        yield from _in_chunks(self._pool, work, left)


def _in_chunks(pool: Pool, work: Callable[[T], R], items: Iterator[T]) -> Iterator[R]:
    """Yield results in order, with just enough chunks queued to keep all processes busy."""
    waiting: deque[Future[list[R]]] = deque()
    try:
        while chunk := list(islice(items, _CHUNK)):
            # One value without arguments: Dask looks through these for results of other tasks.
            with signals_held():
                waiting.append(pool.executor.submit(partial(_run_chunk, work, chunk)))
            if len(waiting) >= _AHEAD * pool.size:
                yield from _result(waiting.popleft(), pool)
        while waiting:
            yield from _result(waiting.popleft(), pool)
    except BrokenExecutor:
        waiting.clear()  # its thread is setting each of them now, and would fail at a cancelled one
        raise
    finally:
        with signals_held():
            for future in waiting:
                future.cancel()


def _result(future: Future[R], pool: Pool) -> R:
    """Wait for a result; a signal that interrupts the wait must leave no lock behind."""
    done: SimpleQueue[object] = SimpleQueue()
    with signals_held():
        future.add_done_callback(done.put)
    while True:
        try:
            done.get(timeout=_PATIENCE)
            break
        except Empty:
            pool.check()
    with signals_held():
        return future.result()


def _run_chunk(work: Callable[[T], R], chunk: Sequence[T]) -> list[R]:
    return [work(item) for item in chunk]
