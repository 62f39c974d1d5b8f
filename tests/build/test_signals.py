from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from qt2anki.build.signals import ENDING, ignore_signals, signals_blocked, signals_held


@pytest.fixture
def came() -> Iterator[list[int]]:
    """Signals that have come to this process."""
    found: list[int] = []
    usual = {each: signal.signal(each, lambda number, _: found.append(number)) for each in ENDING}
    yield found
    for each, handler in usual.items():
        signal.signal(each, handler)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGHUP")
def test_a_terminal_that_closes_asks_to_end() -> None:
    assert set(ENDING) == {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_waits_for_the_end_of_a_block(number: int, came: list[int]) -> None:
    with signals_held():
        signal.raise_signal(number)
        assert not came

    assert came == [number]


def test_a_signal_that_is_ignored_hides_no_other(came: list[int]) -> None:
    first, last = ENDING[0], ENDING[-1]
    signal.signal(first, signal.SIG_IGN)

    with signals_held():
        signal.raise_signal(first)
        signal.raise_signal(last)

    assert came == [last]


def test_a_signal_is_not_lost_when_the_block_fails(came: list[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_late()

    assert came == [signal.SIGINT]


def fail_late() -> None:
    with signals_held():
        signal.raise_signal(signal.SIGINT)
        raise ZeroDivisionError


def test_another_thread_hears_of_no_signal() -> None:
    with ThreadPoolExecutor(1) as executor:
        executor.submit(hold_signals).result()


def hold_signals() -> None:
    with signals_held():
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", ENDING)
def test_a_process_is_started_that_hears_of_none(number: int, came: list[int]) -> None:
    with signals_blocked():
        signal.raise_signal(number)
        deaf = subprocess.Popen(
            [sys.executable, "-c", "print(input())"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert not came

    deaf.send_signal(number)
    assert deaf.communicate("still here")[0] == "still here\n"
    assert deaf.returncode == 0
    assert came == [number]


def test_signals_can_be_ignored(came: list[int]) -> None:
    ignore_signals()

    for each in ENDING:
        signal.raise_signal(each)
    assert not came
