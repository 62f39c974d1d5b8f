from __future__ import annotations

import contextlib
import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from operator import neg

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.build import parallel as workers
from qt2anki.build.parallel import Pool, parallel_map

CHUNK = 16
AHEAD = 40
MANY = 100


@contextlib.contextmanager
def threads(size: int = 3) -> Iterator[Pool]:
    with ThreadPoolExecutor(size) as executor:
        yield Pool(executor, size)


def never() -> contextlib.AbstractContextManager[Pool]:
    raise AssertionError("a pool is started for nothing")


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    items = list(range(MANY))

    with parallel_map(jobs) as spread:
        assert list(spread(neg, items)) == [-item for item in items]
        assert list(spread(str, iter(items))) == [str(item) for item in items]
        assert list(spread(neg, [])) == []


@given(st.lists(st.integers(), max_size=200), st.integers(1, 5))
def test_any_executor_gives_the_same_results(items: list[int], size: int) -> None:
    with parallel_map(open_pool=lambda: threads(size)) as spread:
        assert list(spread(neg, items)) == [-item for item in items]


def test_a_pool_that_works_unevenly_gives_results_in_order() -> None:
    with parallel_map(open_pool=threads) as spread:
        assert list(spread(doze_unevenly, range(MANY))) == list(range(MANY))


def doze_unevenly(item: int) -> int:
    time.sleep(item % 17 / 10_000)
    return item


def test_other_processes_do_the_work() -> None:
    with parallel_map(2) as spread:
        assert os.getpid() not in set(spread(pid, range(MANY)))


def pid(_: int) -> int:
    return os.getpid()


def test_what_fits_into_one_chunk_needs_no_pool() -> None:
    with parallel_map(open_pool=never) as spread:
        assert list(spread(neg, range(CHUNK))) == [-item for item in range(CHUNK)]


def test_without_a_number_processes_must_be_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def start(jobs: int) -> contextlib.AbstractContextManager[Pool]:
        started.append(jobs)
        return threads()

    monkeypatch.setattr(workers, "own_processes", start)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    with parallel_map(worth=50) as spread:
        for count, expected in ((30, []), (19, []), (0, []), (1, [8]), (60, [8])):
            assert len(list(spread(neg, range(count)))) == count
            assert started == expected
    monkeypatch.delattr(os, "sched_getaffinity")
    with parallel_map(worth=50) as spread:
        list(spread(neg, range(60)))
    assert started == [8]


def test_items_are_taken_only_as_fast_as_results_are() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(10_000):
            taken.append(item)
            yield item

    size = 3
    with parallel_map(open_pool=lambda: threads(size)) as spread:
        results = spread(neg, items())
        for wanted in (1, 500, 2000):
            for _ in range(wanted):
                next(results)
            done = len(taken)
            time.sleep(0.02)
            assert len(taken) == done
        assert done <= 2501 + (AHEAD * size + 1) * CHUNK


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_in_the_work_is_raised_here(jobs: int) -> None:
    with pytest.raises(ZeroDivisionError), parallel_map(jobs) as spread:
        list(spread(divide, [*range(1, MANY), 0]))


def divide(item: int) -> float:
    return 1 / item


def test_a_fault_in_the_items_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError), parallel_map(open_pool=threads) as spread:
        list(spread(neg, (1 // item for item in range(MANY, -1, -1))))


def test_results_nobody_wants_are_not_worked_out() -> None:
    done: list[int] = []
    gate = threading.Event()

    def work(item: int) -> int:
        if item >= CHUNK:
            gate.wait(20)
        done.append(item)
        return item

    with parallel_map(open_pool=lambda: threads(1)) as spread:
        results = spread(work, range(10_000))
        assert next(results) == 0
        close: Callable[[], None] = getattr(results, "close")  # noqa: B009  # no Iterator has it
        close()
        gate.set()
    assert len(done) <= 2 * CHUNK


def test_a_stopped_run_does_not_finish_its_queue() -> None:
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        stop_early()

    assert time.monotonic() - started < 20


def stop_early() -> None:
    with parallel_map(2) as spread:
        next(spread(doze, range(CHUNK * 400)))
        raise KeyboardInterrupt


def doze(_: int) -> None:
    time.sleep(0.02)


@pytest.mark.parametrize("jobs", [1, 2])
def test_collecting_garbage_is_as_usual_again_after_the_work(jobs: int) -> None:
    usual = gc.get_threshold()

    with parallel_map(jobs):
        assert gc.get_threshold() != usual

    assert gc.get_threshold() == usual


def test_who_waits_long_looks_whether_it_is_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PATIENCE", 0.01)
    looked: list[int] = []
    gate = threading.Event()

    def check() -> None:
        looked.append(1)
        if len(looked) == 3:
            gate.set()
            raise ConnectionError

    @contextlib.contextmanager
    def lost() -> Iterator[Pool]:
        with ThreadPoolExecutor(1) as executor:
            yield Pool(executor, 1, check)

    with pytest.raises(ConnectionError), parallel_map(open_pool=lost) as spread:
        list(spread(lambda _: gate.wait(20), range(MANY)))
    assert len(looked) == 3


def test_processes_can_be_started_in_a_thread() -> None:
    with ThreadPoolExecutor(1) as executor:
        assert executor.submit(in_a_thread).result() == [-item for item in range(MANY)]


def in_a_thread() -> list[int]:
    with parallel_map(2) as spread:
        return list(spread(neg, range(MANY)))
