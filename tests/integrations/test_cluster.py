from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from operator import neg
from pathlib import Path

import pytest

from qt2anki.build.parallel import ParallelMap, parallel_map
from qt2anki.errors import Qt2AnkiError
from tests.shell import ROOT

cluster = pytest.importorskip("qt2anki.integrations.dask_cluster")

INPUT = ROOT / "input"
MANY = 100
# A scheduler in a process of its own, with workers in that same process: they start at once, and
# all threads of all workers share its helpers.
CLUSTER = """
import sys, qt2anki
qt2anki.__version__ = sys.argv[2] or qt2anki.__version__
from distributed import LocalCluster
with LocalCluster(
    n_workers=int(sys.argv[1]), threads_per_worker=4, processes=False, protocol="tcp://",
    host="127.0.0.1", dashboard_address=None,
    scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
) as cluster:
    print(cluster.scheduler_address, *(w.address for w in cluster.workers.values()), flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def running(folder: Path, workers: int, version: str = "") -> Iterator[tuple[list[str], int]]:
    """Run a cluster in *folder*; give the addresses of its scheduler and workers, and its pid."""
    command = [sys.executable, "-c", CLUSTER, str(workers), version]
    with subprocess.Popen(  # noqa: S603  # ourselves
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split(), process.pid
        process.kill()


def build(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qt2anki", "build", "input", "-o", str(out), "-q", *more]
    return subprocess.run(  # noqa: S603  # ourselves
        [*command, "--first-release"],
        cwd=ROOT,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def files(folder: Path) -> dict[str, bytes]:
    """Read all files but those of the cache and the lock."""
    found = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder): path for path in found}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in names.items()
        if not name.parts[0].startswith(".")
    }


def test_whoever_does_the_work_the_bytes_are_the_same(tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    ways = {"one": ["--jobs", "1"], "two": ["--jobs", "2"], "dask": ["--executor", "dask"]}
    with running(far, 2) as (addresses, _):
        ways["far"] = ["--executor", f"dask={addresses[0]}"]
        done = {name: build(tmp_path / name, *way) for name, way in ways.items()}

    for name, process in done.items():
        assert (process.returncode, process.stderr) == (0, done["one"].stderr), name
    expected = files(tmp_path / "one")
    assert any(name.endswith(".apkg") for name in expected)
    for name in ways:
        assert files(tmp_path / name) == expected, name


def test_a_cluster_on_this_machine_keeps_the_order() -> None:
    with parallel_map(open_pool=partial(cluster.local_cluster, 2)) as spread:
        assert list(spread(neg, range(MANY))) == [-item for item in range(MANY)]
        assert os.getpid() not in set(spread(pid, range(MANY)))
        with pytest.raises(ZeroDivisionError):
            list(spread(divide, [*range(1, MANY), 0]))


def pid(_: int) -> int:
    return os.getpid()


def divide(item: int) -> float:
    return 1 / item


def end_oneself(item: int) -> int:
    if item == MANY // 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_work_that_kills_every_worker_is_said() -> None:
    with (
        pytest.raises(Qt2AnkiError, match="lost its workers or its scheduler; nothing was written"),
        parallel_map(open_pool=partial(cluster.local_cluster, 1)) as spread,
    ):
        list(spread(end_oneself, range(MANY)))


def test_a_cluster_that_goes_away_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The client may have given up and closed itself before we ask it.
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 2.0)
    with (
        running(tmp_path, 1) as (addresses, number),
        pytest.raises(Qt2AnkiError, match=f"the Dask cluster at {addresses[0]} lost its"),
        parallel_map(open_pool=partial(cluster.cluster_at, addresses[0])) as spread,
    ):
        work_and_kill(spread, number)


def work_and_kill(spread: ParallelMap, number: int) -> None:
    for item in spread(neg, range(100 * MANY)):
        if item == -1:
            os.kill(number, signal.SIGTERM)


def test_without_workers_nothing_is_waited_for(tmp_path: Path) -> None:
    with running(tmp_path, 0) as (addresses, _):
        assert "has no workers" in refusal(addresses[0])


def test_another_program_on_a_worker_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, 1, "0.0.1") as (addresses, _):
        said = refusal(addresses[0])
    assert "worker inproc" in said or "worker tcp" in said
    assert "has qt2anki 0.0.1 on Python" in said
    assert "install the same release" in said


def test_a_worker_is_no_scheduler(tmp_path: Path) -> None:
    with running(tmp_path, 1) as (addresses, _):
        assert "is not a Dask scheduler but a Worker" in refusal(addresses[1])


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Serve, in another language than Dask's, *answer* to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    kept.append(server.accept()[0])
                    kept[-1].sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        for each in kept:
            each.close()


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait half a second for an answer instead of five."""
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.5)


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9])
def test_another_server_is_no_scheduler(answer: bytes) -> None:
    with answering(answer) as address:
        assert f"no Dask scheduler answers at {address}" in refusal(address)


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize(
    "address",
    ["nonsense", "tcp://", "tcp://127.0.0.1:1", "http://127.0.0.1:80", "tls://127.0.0.1:1"],
)
def test_a_wrong_address_is_said(address: str) -> None:
    assert f"no Dask scheduler answers at {address}" in refusal(address)


def refusal(address: str) -> str:
    with pytest.raises(Qt2AnkiError) as caught, cluster.cluster_at(address):
        pass
    return str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qt2anki", "build", "input", "-o", str(tmp_path / "out")]
    with subprocess.Popen(  # noqa: S603  # ourselves
        [*command, "-q", "--executor", "dask", "--jobs", "2"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        time.sleep(1.5)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert "Traceback" not in errors
    if process.returncode == 130:
        assert errors == "Interrupted; unfinished files are not written.\n"
