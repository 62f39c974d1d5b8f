"""Work spread over processes, with the same results in the same order as without them."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import Protocol, TypeVar

from qt2anki.errors import Qt2AnkiError

T = TypeVar("T")
R = TypeVar("R")

WORTH_PROCESSES = 400
"""So many pages must be made into cards before starting processes costs less than it saves."""

PRELOADED = ("qt2anki.reading", "qt2anki.subject_decks", "qt2anki.warm")
"""Imported once, where processes are forked from, instead of in each of them."""

_CHUNK = 16  # pages: a twelfth of a second, so that at the end no process waits long for another
_AHEAD = 40  # chunks on their way for each process: as much as can be done while a deck is packed
_MOST = 8
_PATIENCE = 5.0  # seconds
# Pages and notes hold no reference cycles, so looking for them is nearly all in vain.
_RARELY = (50_000, 20, 20)


class Spread(Protocol):
    """Apply a picklable function to every item, in order."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Yield the results in the order of *items*, which are taken only little by little."""


@dataclass(frozen=True, slots=True)
class Pool:
    """An executor of the standard kind, and how many processes (or threads) work for it.

    *check* is called when a result is long in coming, and raises if none will ever come.
    """

    executor: Executor
    size: int
    check: Callable[[], object] = lambda: None


OpenPool = Callable[[], AbstractContextManager[Pool]]
"""Starts a pool when there is enough to do; its end stops what was started."""


@contextlib.contextmanager
def spread_over(
    jobs: int | None = None, *, open_pool: OpenPool | None = None, worth: int = WORTH_PROCESSES
) -> Iterator[Spread]:
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
    """Return how many processes can work at a time on this machine; eight are enough."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, _MOST)


@contextlib.contextmanager
def own_processes(jobs: int) -> Iterator[Pool]:
    """Yield a pool of *jobs* processes of this machine.

    Raises Qt2AnkiError when one of them was killed.
    """
    context = process_context()
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_set_up) as executor:
        try:
            yield Pool(executor, jobs)
        except BrokenProcessPool as error:
            raise Qt2AnkiError(
                "a process that did part of the work was killed; nothing was written",
                hint="the machine may be out of memory: try again, or with --jobs 1",
            ) from error
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


def get_ready(jobs: int | None, items: int) -> None:
    """Start what processes are forked from, if *items* will be shared, while other things go on.

    It imports what makes notes, which takes as long as this process needs to do the same.
    """
    if (jobs or processors()) > 1 and items >= _enough(jobs):
        process_context()


def _enough(jobs: int | None, worth: int = WORTH_PROCESSES) -> int:
    """Return how many items are worth starting processes of our own."""
    return worth if jobs is None else _CHUNK + 1


def process_context() -> BaseContext:
    """Return the way to start processes here: forked from a server that runs when this returns.

    A child forked from this process may inherit a lock that a thread of ours holds.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    with _ctrl_c_ignored():
        forkserver.ensure_running()
    return context


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Let Ctrl-C and a request to end wait for the end of this block, in which processes start.

    One that has not quite started is not yet among those that are waited for at the end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal comes to another thread
        return
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    usual = {each: signal.signal(each, lambda number, _: came.append(number)) for each in numbers}
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


@contextlib.contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    """Have no Ctrl-C, so that a process that starts never has it: it would die with a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what becomes of signals
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _set_up() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the one that waits for the rest."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_rarely()


def collect_rarely() -> None:
    """Let this process look for garbage in cycles rarely, for as long as it lives."""
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
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Shared:
    """Applies a function in chunks on a pool, which it starts when there is enough to do."""

    def __init__(self, start: Callable[[], Pool], alone: int) -> None:
        self._start = start
        self._alone = alone  # items that may still be done here before a pool is started
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
            self._pool = self._start()
        yield from _in_chunks(self._pool, work, left)


def _in_chunks(pool: Pool, work: Callable[[T], R], items: Iterator[T]) -> Iterator[R]:
    """Yield results in order; only so many chunks are on their way as keep all processes busy."""
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
    finally:
        for future in waiting:
            future.cancel()


def _result(future: Future[R], pool: Pool) -> R:
    while not wait((future,), _PATIENCE).done:
        pool.check()
    return future.result()


def _run_chunk(work: Callable[[T], R], chunk: Sequence[T]) -> list[R]:
    return [work(item) for item in chunk]
