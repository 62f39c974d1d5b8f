"""The preview on an address of this machine: every reload reads the pages anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from qt2anki.errors import PackageError, Qt2AnkiError

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")


@dataclass(frozen=True, slots=True)
class Served:
    """A preview whose links go to ``pages/<id>``, and the files behind them."""

    html: str
    pages: dict[int, Path]


def page_link(page_id: int) -> str:
    """Return the address of a page's source, seen from the preview."""
    return f"pages/{page_id}"


class PreviewServer(ThreadingHTTPServer):
    """Serves what *make* returns; nobody but this machine can reach it.

    Raises PackageError when the port is taken. Port 0 is any free one; ``url`` tells which.
    """

    daemon_threads = True

    def __init__(self, make: Callable[[], Served], port: int) -> None:
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise PackageError(
                f"the port {port} cannot be used: {error.strerror or error}",
                hint="choose another one with --port; 0 takes any that is free",
            ) from error
        self._make = make
        self._lock = threading.Lock()
        self._pages: dict[int, Path] = {}

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://{HOST}:{self.server_port}/"

    def preview(self) -> str:
        """Make the preview anew, one at a time. Raises what *make* raises."""
        with self._lock:
            served = self._make()
            self._pages = served.pages
            return served.html

    def page(self, page_id: int) -> Path | None:
        """Return the file of a page in the preview that was served last."""
        return self._pages.get(page_id)


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer

    def do_GET(self) -> None:  # the name http.server looks for
        # A site elsewhere may point a name of its own at this machine; it learns nothing here.
        name = self.headers.get("Host", "").rpartition(":")[0]
        if name not in _NAMES:
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", "This is a preview for one machine.")
        elif self.path == "/":
            self._preview()
        else:
            self._page(self.path.removeprefix("/pages/"))

    def _preview(self) -> None:
        try:
            self._answer(HTTPStatus.OK, "text/html", self.server.preview())
        except Qt2AnkiError as error:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", str(error))

    def _page(self, name: str) -> None:
        number = name.removeprefix("-")
        known = number.isascii() and number.isdecimal() and len(number) < 20
        path = self.server.page(int(name)) if known else None
        if path is None or not path.is_file():
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", "There is no such page here.")
            return
        text = path.read_text(encoding="utf-8", errors="replace")
        self._answer(HTTPStatus.OK, "text/plain", text)

    def _answer(self, status: HTTPStatus, kind: str, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its given name
        """Say nothing about requests; the terminal is for the user."""
