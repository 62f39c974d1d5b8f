"""A parallel map over processes, which end properly however the program ends.

A terminal, ``timeout`` and systemd send a signal to all processes of a program at once. Only the
main process reacts, and stops the others. If these ended themselves, the executor would find its
pool broken while shutting down, and wait forever (CPython 3.11).
"""

from __future__ import annotations

import contextlib
import gc
import math
import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

from qt2anki.build.signals import ignore_signals, signals_blocked, signals_held
from qt2anki.errors import Qt2AnkiError

PRELOADED = ("qt2anki.build.workspace", "qt2anki.build.preload")
"""Modules to import once, where processes are forked from, instead of in each of them."""

PATIENCE = 5.0
"""Seconds to wait for processes to end: one that is asked to end first finishes its page."""

# Pages and notes have no reference cycles, so searching for them is a waste of time.
_RARELY = (50_000, 20, 20)
_LONGEST_START = 30.0  # seconds
_THREADS = 4  # needed by an executor and its shutdown, and one more
_FILES = 32  # needed by an executor and a build
_LEAST_ADDRESSES = 500_000_000  # bytes: the C library reserves 64 MB for each of those threads


class NoProcessesError(Exception):
    """The system allows no more processes, threads, open files or memory."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A standard executor, and the number of its processes or threads.

    *check* is called when a result takes long, and raises if none will ever come.
    """

    executor: Executor
    size: int
    check: Callable[[], object] = lambda: None


@contextlib.contextmanager
def own_processes(jobs: int) -> Iterator[Pool]:
    """Yield a pool of *jobs* local processes; NoProcessesError if the system allows no more."""
    with contextlib.ExitStack() as stack:
        try:
            _check_room(jobs)
            context, others = process_context(), multiprocessing.active_children()
            life, grip = map(stack.enter_context, context.Pipe(duplex=False))
            executor = ProcessPoolExecutor(jobs, context, initializer=_set_up, initargs=(life,))
        except (OSError, RuntimeError, MemoryError) as error:
            raise NoProcessesError from error
        patience = PATIENCE
        try:
            _start(executor, jobs)
            yield Pool(executor, jobs)
        except BrokenProcessPool as error:
            patience = 0.0
            raise Qt2AnkiError(
                "a worker process was killed; nothing was written",
                hint="the machine may be out of memory; try again, possibly with --jobs 1",
            ) from error
        except NoProcessesError:
            patience = 0.0
            raise
        finally:
            # A second Ctrl-C here would leave processes behind that wait forever.
            with signals_held():
                own = [one for one in multiprocessing.active_children() if one not in others]
                _end(executor, grip, own, patience)


def _check_room(jobs: int) -> None:
    """Raise an error if too few files or threads, or too little memory, are left for a pool."""
    if _most_addresses() < _LEAST_ADDRESSES:
        raise MemoryError
    end = threading.Event()
    with contextlib.ExitStack() as stack:
        stack.callback(end.set)
        for _ in range(_THREADS):
            threading.Thread(target=end.wait, daemon=True).start()
        for _ in range(_FILES + 2 * jobs):
            stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))


if sys.platform == "win32":

    def _most_addresses() -> float:
        return math.inf

else:
    import resource

    def _most_addresses() -> float:
        """Return how many bytes this process may address (``ulimit -v``)."""
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        return math.inf if limit == resource.RLIM_INFINITY else limit


def _start(executor: ProcessPoolExecutor, jobs: int) -> None:
    """Start all processes now, so that none fails to start later."""
    started: SimpleQueue[Future[int]] = SimpleQueue()
    try:
        # The executor would lose track of a process if a signal came while it started.
        with signals_held():
            for _ in range(jobs):
                executor.submit(os.getpid).add_done_callback(started.put)
        for _ in range(jobs):
            started.get(timeout=_LONGEST_START).result()
    except (OSError, RuntimeError, MemoryError, Empty) as error:
        raise NoProcessesError from error


def process_context() -> BaseContext:
    """Return the context that forks processes from a server, which is running when this returns.

    A child forked from this process may inherit a lock that a thread of ours holds.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    with signals_held():
        # The server starts the tracker if need be, but that unblocks signals once it has started.
        for ensure_running in (resource_tracker.ensure_running, forkserver.ensure_running):
            with signals_blocked():
                ensure_running()
    return context


def collect_rarely() -> None:
    """Make this process collect cyclic garbage rarely."""
    gc.set_threshold(*_RARELY)


def _end(
    executor: ProcessPoolExecutor, grip: Connection, own: Sequence[BaseProcess], patience: float
) -> None:
    """Let the *own* processes of *executor* end; terminate those that take *patience* seconds."""
    ending = threading.Thread(target=executor.shutdown, kwargs={"cancel_futures": True})
    try:
        ending.start()
    except RuntimeError:  # not enough memory for a thread
        grip.close()
        executor.shutdown(cancel_futures=True)
        return
    ending.join(patience)
    grip.close()
    ending.join(PATIENCE)
    if ending.is_alive():  # a process has not started yet, so it cannot see that it should end
        for one in own:
            one.kill()
    ending.join()


def _set_up(life: Connection) -> None:
    ignore_signals()
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    collect_rarely()


def _end_with(life: Connection) -> None:
    """End this process when its parent closes the other end of *life*, or ends.

    Otherwise it might wait forever for work, or for the lock of a process that was killed.
    """
    with contextlib.suppress(EOFError, OSError):
        life.recv_bytes()
    os._exit(1)


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
    """Yield a map over many items that uses up to *jobs* processes (1: only this one).

    No process is started before it is worthwhile: for two chunks of items or, if *jobs* is None,
    which means one process per processor, for *worth* items. *open_pool* starts workers other than
    local processes.
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
    """Start the fork server in the background, if processes will share *items*.

    It imports the modules that make notes, which takes as long as importing them in this process.
    """
    if (jobs or processors()) > 1 and items >= _enough(jobs):
        with contextlib.suppress(OSError):  # handled where work is shared
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
            except NoProcessesError:  # then this process does all the work
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
        waiting.clear()  # a thread is setting their results, and would fail if one were canceled
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
