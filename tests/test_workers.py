from __future__ import annotations

import gc
import os
import time
from operator import neg

import pytest

from qt2anki.workers import default_jobs, spread_over


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    items = list(range(100))

    with spread_over(jobs) as spread:
        assert list(spread(neg, items)) == [-item for item in items]
        assert list(spread(str, items)) == [str(item) for item in items]
        assert list(spread(neg, [])) == []


def test_other_processes_do_the_work() -> None:
    with spread_over(2) as spread:
        assert os.getpid() not in set(spread(pid, range(3)))


def pid(_: int) -> int:
    return os.getpid()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_in_the_work_is_raised_here(jobs: int) -> None:
    with pytest.raises(ZeroDivisionError), spread_over(jobs) as spread:
        list(spread(divide, [1, 0]))


def divide(item: int) -> float:
    return 1 / item


def test_a_stopped_run_does_not_finish_its_queue() -> None:
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        stop_early()

    assert time.monotonic() - started < 20


def stop_early() -> None:
    with spread_over(2) as spread:
        spread(doze, range(32 * 200))
        raise KeyboardInterrupt


def doze(_: int) -> None:
    time.sleep(0.02)


def test_few_pages_need_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_jobs(399) == 1
    assert 1 <= default_jobs(400) <= 8
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
        assert default_jobs(400) == 8
        monkeypatch.delattr(os, "sched_getaffinity")
        assert default_jobs(400) == 1


def test_where_there_is_no_fork_server_processes_are_spawned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])

    with spread_over(2) as spread:
        assert list(spread(neg, [1, 2])) == [-1, -2]


def test_collecting_garbage_is_as_usual_again_after_the_work() -> None:
    usual = gc.get_threshold()

    with spread_over(1):
        assert gc.get_threshold() != usual

    assert gc.get_threshold() == usual
