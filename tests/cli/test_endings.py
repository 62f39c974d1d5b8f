from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import Mock

import click
import pytest
from click.testing import CliRunner

from qt2anki.anki.package_reader import read_package
from qt2anki.build.signals import ENDING, EndedError, end_if_asked, ended_by_signals
from qt2anki.cli import main, safe_streams
from tests.site import Site

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")

LIMIT = 60.0


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Have signals mean afterwards what they meant."""
    before = {each: signal.getsignal(each) for each in ENDING}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize(
    ("number", "status", "word"), [("SIGTERM", 143, "Terminated"), ("SIGHUP", 129, "Hung up")]
)
def test_a_request_to_end(number: str, status: int, word: str) -> None:
    with pytest.raises(EndedError) as caught, ended_by_signals():
        signal.raise_signal(signal.Signals[number])

    assert (caught.value.status, caught.value.word) == (status, word)


def test_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_in_the_middle_of_an_exec_keeps_the_exit_status(tmp_path: Path) -> None:
    program = """
import signal
from qt2anki.build.signals import ended_by_signals
try:
    with ended_by_signals():
        exec("signal.raise_signal(signal.SIGINT)")  # as dataclasses call it while they are imported
except KeyboardInterrupt:
    raise SystemExit(130)
"""
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    command = [sys.executable, "-m", "program"]

    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 130  # noqa: S603  # ours


def test_what_comes_at_once_is_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([100.0, 100.05, 101.9, 102.1])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    with ended_by_signals():
        with pytest.raises(EndedError):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_nothing_comes_between_once_the_program_ends() -> None:
    with pytest.raises(EndedError), ended_by_signals():
        signal.raise_signal(signal.SIGTERM)

    for each in ENDING:
        signal.raise_signal(each)


def test_signals_are_as_usual_after_an_end_that_nobody_asked_for() -> None:
    before = [signal.getsignal(each) for each in ENDING]

    with ended_by_signals():
        assert [signal.getsignal(each) for each in ENDING] != before

    assert [signal.getsignal(each) for each in ENDING] == before


def test_what_is_ignored_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with ended_by_signals():
        signal.raise_signal(signal.SIGHUP)


def test_a_terminal_that_has_gone_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pytest.importorskip("pty").openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(sys, "__stderr__", stream)
        with safe_streams():
            click.echo("heard", err=True)
            assert os.read(ours, 99) == b"heard\r\n"
            os.close(ours)
            click.echo("not heard", err=True)
            assert sys.stderr.isatty()
        assert sys.stderr is stream


@contextlib.contextmanager
def on_a_terminal(
    command: Sequence[str], folder: Path
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run *command* in a session of its own with a terminal; yield it and the other end of that."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603  # ourselves
        [sys.executable, "-c", OWN_TERMINAL, *command],
        cwd=folder,
        env=os.environ | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        text=True,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run *command* in *folder*, where ``qt2anki`` is this program."""
    own = f'qt2anki() {{ "{sys.executable}" -m qt2anki "$@"; }}'
    return subprocess.run(  # noqa: S603  # ourselves
        ["/bin/sh", "-c", f"{own}\n{command}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("qt2anki build . -o dist --first-release >&-", 0),
        ("qt2anki build . -o dist --first-release 2>&-", 0),
        ("qt2anki build . -o dist --first-release <&- >&- 2>&-", 0),
        ("qt2anki build missing -o dist 2>&-", 1),
        ("qt2anki build --no-such-option 2>&-", 2),
        pytest.param("qt2anki build . -o dist 2>/dev/full", 0, marks=needs_full),
        ("qt2anki explain --all | head -1 >&2", 0),
    ],
)
def test_messages_nobody_can_read_change_nothing(tmp_path: Path, command: str, status: int) -> None:
    Site(tmp_path).plain(1)

    done = shell(command, tmp_path)

    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert (tmp_path / "dist" / "cooking.apkg").exists() == (" build . " in command)


@pytest.mark.parametrize("place", [">&-", pytest.param(">/dev/full", marks=needs_full)])
@pytest.mark.parametrize(
    "command",
    ["--version", "list --help", "list .", "explain --all", "build . -o dist --json -q"],
)
def test_data_that_cannot_be_written_are_an_error(tmp_path: Path, command: str, place: str) -> None:
    Site(tmp_path).plain(1)

    done = shell(f"qt2anki {command} {place}", tmp_path)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: cannot write to standard output: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="names are UTF-8 elsewhere")
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    Site(tmp_path).plain(1)
    pages = os.fsencode(tmp_path) + b"/\xff"
    os.rename(tmp_path / "pages", pages)  # noqa: PTH104  # a name of bytes

    named = shell("qt2anki build $(printf '\\377') -o dist", tmp_path)
    assert (named.returncode, "The name \\xff is not UTF-8" in named.stderr) == (2, True)
    beneath = shell("qt2anki build . -o dist --first-release", tmp_path)
    assert beneath.returncode == 1
    assert "\\xff/cooking/page-1.md: error QT103: the file's name is not UTF-8" in beneath.stderr
    commands = ("build cooking --first-release", "build cooking", "list cooking", "build missing")
    inside = " && ".join(f"qt2anki {command}" for command in commands)
    done = shell(f"cd $(printf '\\377') && {inside}", tmp_path)
    assert done.returncode == 1
    assert "no changes" in done.stderr
    assert f"Paths are relative to {tmp_path.as_posix()}/\\xff" in done.stderr
    os.rename(pages + b"/dist/cooking.apkg", pages + b"/dist/\xff.apkg")  # noqa: PTH104
    spoilt = shell("cd $(printf '\\377') && qt2anki build cooking", tmp_path)
    assert "dist/\\xff.apkg: the package's name is not UTF-8" in spoilt.stderr
    for each in (named, beneath, done, spoilt):
        assert "Traceback" not in each.stderr


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    done = shell("mkdir here && cd here && rmdir ../here && qt2anki list ..", tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: the current folder no longer exists\n")


@pytest.mark.skipif(sys.platform == "darwin", reason="no limit on memory there")
@pytest.mark.parametrize("limit", ["-n 16", "-n 24", "-v 200000"])
def test_where_processes_are_not_allowed_one_does_the_work(tmp_path: Path, limit: str) -> None:
    site = Site(tmp_path)
    for page_id in range(40):
        site.plain(page_id)
    command = "qt2anki build . --first-release --quiet"

    done = shell(f"ulimit {limit}; {command} -o few --jobs 2", tmp_path)

    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert len(read_package(tmp_path / "few" / "cooking.apkg").notes) == 40


@pytest.mark.parametrize(
    "error", [MemoryError(), OSError(errno.EMFILE, "Too many open files")], ids=["memory", "files"]
)
def test_what_the_system_refuses_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("qt2anki.build.pipeline.build", Mock(side_effect=error))

    done = CliRunner().invoke(main, ["build", str(tmp_path), "-o", str(tmp_path / "out")])

    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "--jobs 1" in done.stderr


# The terminal sends SIGHUP to the session that it belongs to.
OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def read_until(terminal: int, part: bytes) -> None:
    seen = b""
    while part not in seen:
        seen += os.read(terminal, 4096)


def site_of(folder: Path, pages: int) -> Site:
    one = Site(folder)
    for page_id in range(1, pages + 1):
        one.process(page_id, subject=f"Subject {page_id % 3}")
    return one


def test_a_terminal_that_closes_ends_a_build_in_order(tmp_path: Path) -> None:
    site = site_of(tmp_path, 200)
    command = ["-m", "qt2anki", "build", "pages", "-o", "dist", "--jobs", "2", "--first-release"]

    with on_a_terminal(command, site.root) as (process, terminal):
        read_until(terminal, b"Making cards")
        os.close(terminal)

        assert process.wait(LIMIT) == 129
    names = [path.name for path in site.out.rglob("*")]
    assert [name for name in names if name.endswith((".part", ".lock"))] == []


def test_a_terminal_that_closes_ends_a_watch_in_order(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    site = site_of(tmp_path, 12)
    temporary = site.root / "tmp"
    temporary.mkdir()
    command = ["-m", "qt2anki", "watch", "pages", "--port", "0"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        with on_a_terminal(command, site.root) as (process, terminal):
            read_until(terminal, b"12 pages")
            os.close(terminal)

            assert process.wait(LIMIT) == 129
    assert list(temporary.iterdir()) == []


def test_who_ignores_that_a_terminal_closes_works_on(tmp_path: Path) -> None:
    site = site_of(tmp_path, 100)
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    build = "['build', 'pages', '-o', 'dist', '--first-release', '--jobs', '2']"
    code = f"{ignoring}from qt2anki.cli import main; main({build})"

    with on_a_terminal(["-c", code], site.root) as (process, terminal):
        read_until(terminal, b"Making cards")
        os.close(terminal)

        assert process.wait(LIMIT) == 0
    assert (site.out / "manifest.json").exists()


def test_what_swallows_the_end_only_delays_it() -> None:
    with ended_by_signals():
        with contextlib.suppress(EndedError):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(EndedError):
            end_if_asked()

    end_if_asked()  # nothing is to end any more
