from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from qt2anki.cli.output import progress_shown
from tests.site import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    one = Site(tmp_path)
    for page_id in range(1, 7):
        one.process(page_id, subject="Cooking" if page_id % 2 else "Botany")
    one.process(99, subject="Zoology")
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["build", "pages", "--first-release", *arguments])


def test_away_from_a_terminal_there_is_a_line_for_each_subject(site: Site) -> None:
    first = run().stderr.splitlines()
    site.path(99, "Zoology").write_text(
        site.path(99, "Zoology").read_text(encoding="utf-8").replace("?", "again?", 1),
        encoding="utf-8",
    )
    second = run().stderr.splitlines()

    assert [re.sub(r"\d+ notes", "N notes", line) for line in first[:3]] == [
        "Botany: 3 pages, N notes, changed",
        "Cooking: 3 pages, N notes, changed",
        "Zoology: 1 page, N notes, changed",
    ]
    assert [line.rpartition(", ")[2] for line in second[:3]] == [
        "unchanged",
        "unchanged",
        "changed",
    ]


@pytest.mark.parametrize("option", ["--quiet", "--json", "--dry-run", "--check"])
def test_lines_are_for_builds_that_write_and_talk(site: Site, option: str) -> None:
    assert site.pages.is_dir()

    assert "Botany: " not in run(option).stderr


def test_a_name_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_shown(is_wanted=True, with_packages=True) as told:
        told.subject("Bo\x1b[31mtany", 1, 2, "removed")

    assert capsys.readouterr().err == "Bo\\x1b[31mtany: 1 page, 2 notes, removed\n"


class Terminal:
    """A terminal for standard error, and its output."""

    def __init__(self, reading: int, writing: int) -> None:
        self.stream = os.fdopen(writing, "w", encoding="utf-8")
        self._reading = reading
        self._parts: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # so Linux says that the other end is closed
            while part := os.read(self._reading, 4096):
                self._parts.append(part)

    def shown(self) -> str:
        """Close the terminal and return all that was written to it."""
        self.stream.close()
        self._reader.join(10)
        return b"".join(self._parts).decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    pty = pytest.importorskip("pty")
    reading, writing = pty.openpty()
    one = Terminal(reading, writing)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    yield one
    one.stream.close()
    os.close(reading)


def test_on_a_terminal_there_is_a_bar_that_goes(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with progress_shown(
        is_wanted=True, with_packages=True, clock=lambda: float(next(clock))
    ) as told:
        for done in range(0, 41, 10):
            told.pages("read", done, 40)
        for done in range(20, 41, 4):
            told.pages("make", done, 40, 20)
        told.subject("Botany", 3, 9, "changed")
    shown = terminal.shown()

    assert "Reading pages" in shown
    assert "40/40" in shown
    assert "Making cards" in shown
    assert "10 pages/s" in shown  # read
    assert "4 pages/s" in shown  # those that were already known are not counted
    assert "Botany" not in shown
    assert shown.rindex("\x1b[2K") > shown.rindex("Making cards")  # the bar is wiped out


def test_colours_that_are_forced_make_no_terminal(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.pages.is_dir()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    said = run().stderr

    assert "Botany: 3 pages" in said
    assert "\x1b[2K" not in said  # nothing is wiped out
    assert "\x1b[?25l" not in said  # no cursor is hidden


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
def test_a_terminal_that_cannot_move_its_cursor_has_lines(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setenv("TERM", kind)
    with progress_shown(is_wanted=True, with_packages=True) as told:
        told.pages("read", 1, 2)
        told.subject("Botany", 3, 9, "changed")

    assert terminal.shown().splitlines() == ["Botany: 3 pages, 9 notes, changed"]


def test_nobody_is_told_who_does_not_want_to_be(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with progress_shown(is_wanted=False, with_packages=True) as told:
        told.pages("read", 1, 2)
        told.subject("Botany", 3, 9, "changed")

    assert not terminal.shown()
