from __future__ import annotations

import contextlib
import importlib.util
import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from operator import neg
from pathlib import Path

import pytest

from qt2anki.build import parallel as processes
from qt2anki.build.parallel import Pool, own_processes, parallel_map
from qt2anki.build.signals import ENDING
from qt2anki.errors import Qt2AnkiError

MANY = 100

of_posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def test_where_there_is_no_fork_server_processes_are_spawned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])

    with own_processes(2) as pool:
        assert pool.size == 2
        assert list(pool.executor.map(neg, [1, 2])) == [-1, -2]
        if sys.platform != "win32":
            deafen(pool)


def test_what_processes_are_forked_with_is_there() -> None:
    # The fork server passes over a module that it cannot import.
    for name in processes.PRELOADED:
        assert importlib.util.find_spec(name) is not None


@of_posix
def test_what_works_for_us_hears_of_no_signal() -> None:
    with own_processes(2) as pool:
        deafen(pool)


def deafen(pool: Pool) -> None:
    """Send every signal to what works for *pool*, and have it work on."""
    for number in ENDING:
        ours, theirs = pool.executor.submit(family).result()
        for each in {ours, theirs} - {os.getpid()}:
            os.kill(each, number)
        assert pool.executor.submit(family).result()[1] == theirs
    assert list(pool.executor.map(neg, range(MANY))) == [-item for item in range(MANY)]


def family(_: object = None) -> tuple[int, int]:
    """Return this process, and the one it was forked from."""
    return os.getpid(), os.getppid()


@of_posix
def test_a_killed_process_is_said_while_others_wait_for_work() -> None:
    started = time.monotonic()

    with pytest.raises(Qt2AnkiError, match="was killed"):
        kill_one_of_many()

    assert time.monotonic() - started < 20


def kill_one_of_many() -> None:
    with own_processes(3) as pool:
        list(pool.executor.map(family, range(9)))
        pool.executor.submit(end_oneself).result()


@of_posix
def test_a_killed_process_is_said_while_others_work() -> None:
    started = time.monotonic()

    with pytest.raises(Qt2AnkiError, match="was killed"), parallel_map(2) as spread:
        list(spread(work_or_die, range(10 * MANY)))

    assert time.monotonic() - started < 20


def work_or_die(item: int) -> int:
    if item == 40:
        end_oneself()
    time.sleep(60 if item == 50 else 0.001)
    return item


def end_oneself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@of_posix
def test_who_stops_does_not_wait_for_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.5)
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        stop_long_work()

    assert time.monotonic() - started < 20


@of_posix
def test_who_stops_does_not_wait_for_a_process_that_does_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.5)
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        stop_one_and_end()

    assert time.monotonic() - started < 20


def stop_one_and_end() -> None:
    with own_processes(2) as pool:
        os.kill(pool.executor.submit(family).result()[0], signal.SIGSTOP)
        raise KeyboardInterrupt


@of_posix
def test_a_signal_at_any_moment_of_the_start_leaves_no_process_behind() -> None:
    for delay in range(0, 60, 3):
        timer = threading.Timer(delay / 1000, os.kill, (os.getpid(), signal.SIGINT))
        with contextlib.suppress(KeyboardInterrupt):
            timer.start()
            with own_processes(2) as pool:
                pool.executor.submit(family).result()
                timer.join()
        assert multiprocessing.active_children() == []


def stop_long_work() -> None:
    with own_processes(2) as pool:
        pool.executor.submit(time.sleep, 60)
        pool.executor.submit(family).result()
        raise KeyboardInterrupt


@of_posix
def test_a_second_signal_waits_until_processes_have_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.5)
    ended: list[str] = []
    shutdown = ProcessPoolExecutor.shutdown

    def interrupted(*arguments: object, **more: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        shutdown(*arguments, **more)  # type: ignore[arg-type]
        ended.append("processes")

    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", interrupted)
    with pytest.raises(KeyboardInterrupt):
        stop_long_work()

    assert ended == ["processes"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux")
def test_no_signal_stays_blocked_here() -> None:
    with own_processes(1) as pool:
        pool.executor.submit(family).result()

    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(ENDING)
