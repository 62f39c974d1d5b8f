"""When it is time to look again. Every wait ends with the ring, or the test fails."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchfiles import watch

from qt2anki.errors import Qt2AnkiError
from qt2anki.watch.notifier import Notifier, Stamp, WatchedPaths, polled_files, stamp_of

LIMIT = 30.0
WATCH = "qt2anki.watch.notifier.watch"

Start = Callable[..., Notifier]


@pytest.fixture
def start() -> Iterator[Start]:
    """Give what starts to watch, and has heard the first ring."""
    running: list[Notifier] = []

    def begin(paths: WatchedPaths) -> Notifier:
        one = Notifier(paths, lambda _: None)
        one.__enter__()
        running.append(one)
        heard(one)
        return one

    yield begin
    for one in running:
        one.__exit__(None, None, None)


def heard(wakes: Notifier) -> None:
    """Wait for a ring; what was there before it is looked at now."""
    wakes.wait(LIMIT)
    assert wakes.is_ringing
    wakes.hush()


def until_quiet(wakes: Notifier) -> None:
    """Wait until nothing rings any more: a beginning rings once for what came before it."""
    wakes.wait(0.5)
    while wakes.is_ringing:
        wakes.hush()
        wakes.wait(0.5)


def test_a_file_that_is_saved(tmp_path: Path, start: Start) -> None:
    wakes = start(WatchedPaths((tmp_path,)))

    (tmp_path / "a.md").write_text("x", encoding="utf-8")
    heard(wakes)
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    heard(wakes)
    (tmp_path / "deep" / "deeper" / "b.md").write_text("x", encoding="utf-8")
    heard(wakes)


def test_a_folder_that_comes_goes_and_comes(tmp_path: Path, start: Start) -> None:
    pages = tmp_path / "pages"
    wakes = start(WatchedPaths((pages,)))

    for _ in range(2):
        pages.mkdir()
        heard(wakes)
        (pages / "a.md").write_text("x", encoding="utf-8")
        heard(wakes)
        (pages / "a.md").unlink()
        pages.rmdir()
        heard(wakes)


def test_a_folder_that_is_made_anew_at_once(tmp_path: Path, start: Start) -> None:
    pages = tmp_path / "pages"
    (pages / "herbs").mkdir(parents=True)
    wakes = start(WatchedPaths((pages,)))

    for _ in range(3):  # now and then it has the number it had before
        shutil.rmtree(pages)
        (pages / "herbs").mkdir(parents=True)
        heard(wakes)
        until_quiet(wakes)
        (pages / "herbs" / "a.md").write_text("x", encoding="utf-8")
        heard(wakes)


def test_folders_with_a_dot_in_their_names(tmp_path: Path, start: Start) -> None:
    pages = tmp_path / "pages"
    (pages / "ch. 1").mkdir(parents=True)
    (tmp_path / "nursing.v2").mkdir()
    wakes = start(WatchedPaths((pages,)))
    until_quiet(wakes)

    for old, new in (
        (tmp_path / "nursing.v2", pages / "nursing.v2"),
        (pages / "nursing.v2", pages / "nursing.v3"),
        (pages / "nursing.v3", tmp_path / "nursing.v3"),
        (pages / "ch. 1", tmp_path / "ch. 1"),
    ):
        old.rename(new)
        heard(wakes)
        until_quiet(wakes)


def test_a_folder_that_comes_while_it_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "pages"

    def comes_afterwards(path: Path) -> Stamp | None:
        found = stamp_of(path)
        pages.mkdir(exist_ok=True)
        return found

    monkeypatch.setattr("qt2anki.watch.notifier.stamp_of", comes_afterwards)

    with Notifier(WatchedPaths((pages,)), lambda _: None) as wakes:
        until_quiet(wakes)
        (pages / "a.md").write_text("x", encoding="utf-8")
        heard(wakes)


def test_files_that_are_replaced_come_and_go(tmp_path: Path, start: Start) -> None:
    page, setting = tmp_path / "a.md", tmp_path / "qt2anki.toml"
    bone = tmp_path / ".assets" / "bone.png"
    bone.parent.mkdir()
    paths = WatchedPaths((page,), settings=(setting,))
    wakes = start(paths)
    until_quiet(wakes)

    for file in (page, setting, bone, page):
        wakes.expect(polled_files(paths, [bone]), [bone])
        (tmp_path / "new").write_text("x", encoding="utf-8")
        (tmp_path / "new").replace(file)
        heard(wakes)
    wakes.expect(polled_files(paths, [bone]), [bone])
    wakes.wait(0.5)
    assert not wakes.is_ringing
    bone.unlink()
    heard(wakes)


@pytest.mark.parametrize("is_followed", [True, False])
def test_what_was_not_as_it_is_now(tmp_path: Path, start: Start, is_followed: bool) -> None:
    bone = tmp_path / "pages" / ".bone.png"
    bone.parent.mkdir()
    bone.write_bytes(b"one")
    wakes = start(WatchedPaths((bone.parent if is_followed else tmp_path / "missing",)))
    until_quiet(wakes)

    wakes.expect({}, [bone])  # as if it had been gone for a build

    heard(wakes)


def test_whoever_asks_is_heard(tmp_path: Path, start: Start) -> None:
    wakes = start(WatchedPaths((tmp_path,)))

    wakes.ring()
    heard(wakes)


def test_nothing_happens(tmp_path: Path, start: Start) -> None:
    wakes = start(WatchedPaths((tmp_path / "missing",)))

    wakes.wait(0.01)

    assert not wakes.is_ringing


def test_a_system_that_cannot_tell_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool | None] = []

    def limited(*paths: str, **options: object) -> Iterator[object]:
        asked.append(options["force_polling"])  # type: ignore[arg-type]
        if options["force_polling"]:
            return iter(watch(*paths, **options))  # type: ignore[arg-type]
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr(WATCH, limited)
    said: list[str] = []

    with Notifier(WatchedPaths((tmp_path,)), said.append) as wakes:
        while len(asked) < 2:
            heard(wakes)
        (tmp_path / "a.md").write_text("x", encoding="utf-8")
        heard(wakes)

    assert asked[:2] == [None, True]
    (line,) = said
    assert "the system cannot report changes (OS file watch limit reached)" in line


def test_a_system_that_cannot_be_asked_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[object]:
        raise RuntimeError("no")

    monkeypatch.setattr(WATCH, broken)

    def wait() -> None:
        with Notifier(WatchedPaths((tmp_path,)), lambda _: None) as wakes:
            while True:
                wakes.hush()
                wakes.wait(LIMIT)

    with pytest.raises(Qt2AnkiError, match="changes cannot be watched for here: no"):
        wait()


def test_a_folder_that_goes_at_the_wrong_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []

    def gone_once(*paths: str, **options: object) -> Iterator[object]:
        times.append(1)
        if len(times) == 1:
            raise FileNotFoundError(paths[0])
        return iter(watch(*paths, **options))  # type: ignore[arg-type]

    monkeypatch.setattr(WATCH, gone_once)

    with Notifier(WatchedPaths((tmp_path,)), lambda _: None) as wakes:
        while len(times) < 2:
            heard(wakes)


@pytest.mark.skipif(sys.platform != "linux", reason="names are UTF-8 elsewhere")
def test_a_folder_whose_name_is_not_utf8(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff")
    folder.mkdir()

    with (
        Notifier(WatchedPaths((folder,)), lambda _: None) as wakes,
        pytest.raises(Qt2AnkiError, match="the folder's path is not UTF-8"),
    ):
        wakes.wait(LIMIT)
