"""A watch as a process of its own, with its lines and its news as they come."""

from __future__ import annotations

import http.client
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, Self

LIMIT = 60.0  # seconds until something that must come counts as missing
_URL = re.compile(r"http://127\.0\.0\.1:\d+/")


class Running:
    """A process that watches; whatever it says on stderr is read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.url = ""
        self._reader = threading.Thread(target=self._read, args=(process.stderr,))
        self._reader.start()

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def __enter__(self) -> Self:
        self.url = _URL.findall(self.line("The cards are at"))[0]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()  # killed, it would leave its temporary folder
        try:
            self.process.wait(LIMIT)
        finally:
            self.process.kill()
            self._reader.join()

    def line(self, *parts: str) -> str:
        """Wait for the next line that has all *parts* in it."""
        while True:
            found = self._next(parts)
            assert found is not None, f"ended without {parts}: {self.said}"
            self.said.append(found)
            if all(part in found for part in parts):
                return found

    def _next(self, parts: Sequence[str]) -> str | None:
        try:
            return self._lines.get(timeout=LIMIT)
        except queue.Empty:
            raise AssertionError(f"nothing more came, not {parts}: {self.said}") from None

    def rest(self) -> list[str]:
        """Return what was said until the end, everything before it included."""
        while (line := self._lines.get(timeout=LIMIT)) is not None:
            self.said.append(line)
        return self.said

    def get(self, path: str = "") -> str:
        """Return the text at an address of the server."""
        with urllib.request.urlopen(self.url + path, timeout=LIMIT) as answer:  # noqa: S310  # ours
            text: str = answer.read().decode("utf-8")
        return text

    @contextmanager
    def news(self) -> Iterator[Callable[[str], dict[str, Any]]]:
        """Listen; what is given waits for news whose text has something in it."""
        host = self.url.removeprefix("http://").rstrip("/")
        with closing(http.client.HTTPConnection(host, timeout=LIMIT)) as connection:
            connection.request("GET", "/news")
            with connection.getresponse() as answer:
                assert answer.headers["Content-Type"].startswith("text/event-stream")
                yield partial(_heard, answer)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(LIMIT)


def _heard(answer: http.client.HTTPResponse, part: str) -> dict[str, Any]:
    while True:
        line = answer.readline().decode("utf-8")
        assert line, "the news have ended"
        if line.startswith("data: "):
            told: dict[str, Any] = json.loads(line.removeprefix("data: "))
            if part in told["text"]:
                return told


def watching(folder: Path, *arguments: str, temporary: Path | None = None) -> Running:
    """Watch in *folder* on any free port; the process is gone afterwards, whatever happens."""
    command = [sys.executable, "-m", "qt2anki", "watch", *arguments, "--port", "0"]
    more = {"TERM": "dumb"} | ({} if temporary is None else {"TMPDIR": str(temporary)})
    process = subprocess.Popen(  # noqa: S603  # ourselves
        command,
        cwd=folder,
        env=os.environ | more,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    return Running(process)
