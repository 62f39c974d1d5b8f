"""Two builds never work in one folder, and a lock whose build has died never stops another."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qt2anki.build.lock import FILE_NAME, locked
from qt2anki.errors import PackageError
from tests.site import Site

HOLD = """
import sys, time
from pathlib import Path
from qt2anki.build.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holding(folder: Path) -> subprocess.Popen[str]:
    """Start a process that holds the lock of *folder*."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def left_behind(folder: Path, **values: object) -> Path:
    """Write a lock file that nobody holds."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    said = {"pid": 4711, "host": socket.gethostname(), "since": 1_795_000_000} | values
    path.write_text(json.dumps(said), encoding="ascii")
    return path


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    process = holding(tmp_path)
    try:
        with pytest.raises(PackageError) as caught, locked(tmp_path):
            pass
    finally:
        process.kill()
        process.communicate()

    said = str(caught.value)
    assert f"process {process.pid} on {socket.gethostname()}, since 20" in said
    assert (
        f"hint: wait for it to finish; if no build is running, remove {tmp_path}/{FILE_NAME}"
        in said
    )


def test_two_in_one_process_keep_apart(tmp_path: Path) -> None:
    said = f"process {os.getpid()} on"

    with locked(tmp_path), pytest.raises(PackageError, match=said), locked(tmp_path):
        pass


def test_the_lock_of_a_killed_process_is_taken_and_named(tmp_path: Path) -> None:
    process = holding(tmp_path)
    process.kill()
    process.communicate()
    assert (tmp_path / FILE_NAME).exists()

    with locked(tmp_path) as left:
        assert left is not None
        assert left.pid == process.pid
    with locked(tmp_path) as left:
        assert left is None


def test_nothing_stays(tmp_path: Path) -> None:
    with locked(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b" / FILE_NAME).is_file()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_stays(tmp_path: Path) -> None:
    with locked(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "page").write_text("x", encoding="utf-8")

    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["page"]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="of a process that is gone"),
        pytest.param({"pid": os.getpid()}, id="of a process number that is in use again"),
        pytest.param({"host": "press"}, id="of another machine, long ago"),
    ],
)
def test_a_lock_that_nobody_holds_is_taken(values: dict[str, object], tmp_path: Path) -> None:
    left_behind(tmp_path, **values)

    with locked(tmp_path) as left:
        assert left is not None
        assert str(left).endswith("since 2026-11-18 11:06:40 UTC")


def test_a_build_killed_under_another_host_name_blocks_nobody(tmp_path: Path) -> None:
    left_behind(tmp_path, host="container-7", since=int(time.time()) - 60)

    with locked(tmp_path) as left:
        assert left is not None
        assert left.host == "container-7"


@pytest.mark.parametrize(
    "values",
    [{"pid": "x"}, {"since": 1e300}, {"since": 10**400}, {"pid": -1}, {"host": None, "pid": None}],
)
def test_a_file_that_says_nothing_of_use(values: dict[str, object], tmp_path: Path) -> None:
    left_behind(tmp_path, **values)

    with locked(tmp_path) as left:
        assert left is None


@pytest.mark.skipif(os.name != "posix", reason="flock is of POSIX")
def test_a_holder_that_never_says_its_name(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")

    with (tmp_path / FILE_NAME).open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(PackageError, match="unknown process"), locked(tmp_path):
            pass


@pytest.mark.skipif(os.name != "posix", reason="flock is of POSIX")
@pytest.mark.parametrize(
    ("values", "is_busy"),
    [
        pytest.param({"pid": os.getpid()}, True, id="running here"),
        pytest.param({"pid": 2**22 + 1}, False, id="ended here"),
        pytest.param({"host": "press", "since": int(time.time()) - 60}, True, id="elsewhere"),
        pytest.param({"host": "press"}, False, id="elsewhere, long ago"),
    ],
)
def test_on_a_disk_without_locks_the_text_decides(
    values: dict[str, object], is_busy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    left_behind(tmp_path, **values)

    if is_busy:
        with pytest.raises(PackageError, match="another build is running"), locked(tmp_path):
            pass
    else:
        with locked(tmp_path) as left:
            assert left is not None


@pytest.mark.skipif(os.name != "posix", reason="flock is of POSIX")
def test_other_faults_of_the_system_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("fcntl.flock", refuse)

    said = "cannot be written: Input/output error"
    with pytest.raises(PackageError, match=said), locked(tmp_path):
        pass


def test_a_file_stands_where_the_folder_should(tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("x", encoding="utf-8")

    with pytest.raises(PackageError, match="cannot be written"), locked(tmp_path / "dist"):
        pass


def _count(folder: str) -> int:
    """Write and read a number under the lock, over and over; return how often it was not ours."""
    wrong = 0
    number = Path(folder) / "number"
    for _ in range(150):
        try:
            with locked(Path(folder)):
                number.write_text(str(os.getpid()), encoding="ascii")
                time.sleep(0.0005)
                wrong += number.read_text(encoding="ascii") != str(os.getpid())
        except PackageError:
            continue
    return wrong


def test_there_is_never_more_than_one(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_count, [str(tmp_path)] * 3) == [0, 0, 0]


def test_a_build_waits_for_nobody(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.plain(1)

    with locked(site.out), pytest.raises(PackageError, match="another build is running"):
        site.build()

    assert not list(site.out.glob("*.apkg"))


def test_a_build_says_that_one_was_stopped(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.plain(1)
    left_behind(site.out)

    problems = [problem for problem in site.build().problems if problem.code == "QT405"]

    assert [problem.severity for problem in problems] == ["warning"]
    assert "process 4711" in problems[0].text
    assert not (site.out / FILE_NAME).exists()
    assert not [problem for problem in site.build().problems if problem.code == "QT405"]
