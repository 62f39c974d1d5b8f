"""Serve the preview on this machine: every reload makes it again."""

from __future__ import annotations

import sys
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from qt2anki.errors import PackageError, Qt2AnkiError
from qt2anki.model import PageId, page_id_of


class News:
    """The newest message to all open previews; earlier ones are dropped."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._text = ""
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether no more messages will come."""
        return self._is_over

    def tell(self, text: str) -> None:
        """Send *text*, one line, to all listeners."""
        with self._changed:
            self._number += 1
            self._text = text
            self._changed.notify_all()

    def after(self, number: int, seconds: float) -> tuple[int, str] | None:
        """Wait for a message newer than *number* and return it with its own number.

        Returns None if there was none for *seconds*, or if no more will come.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._number > number, seconds)
            return (self._number, self._text) if self._number > number else None

    def end(self) -> None:
        """Release all listeners."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()


HOST = "127.0.0.1"
NEWS_PATH = "/news"
_NAMES = (HOST, "localhost")
_BEAT = 15.0  # seconds; whoever has gone away is noticed when it is written to


@dataclass(frozen=True, slots=True)
class Served:
    """A preview whose links go to ``pages/<id>``, and the files behind them."""

    html: str
    pages: Mapping[PageId, Path]


def page_link(page_id: PageId) -> str:
    """Return the relative URL of a page's source file."""
    return f"pages/{urllib.parse.quote(str(page_id))}"


def path_of(target: str) -> str:
    """Return the path of what a request asks for, "" for one that cannot be read."""
    try:
        return urllib.parse.urlsplit(target).path
    except ValueError:  # a bracket that is not closed
        return ""


class PreviewServer(ThreadingHTTPServer):
    """Serves what *make* returns for a subject ("": all); nobody but this machine can reach it.

    *news* go to everybody who looks. Raises PackageError when the port is taken. Port 0 is any
    free one; ``url`` tells which.
    """

    daemon_threads = True

    def __init__(
        self, make: Callable[[str], Served], port: int, *, news: News | None = None
    ) -> None:
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise PackageError(
                f"the port {port} cannot be used: {error.strerror or error}",
                hint="choose another one with --port; 0 takes any that is free",
            ) from error
        self.news = news
        self._make = make
        self._lock = threading.Lock()
        self._pages: Mapping[PageId, Path] = {}

    @property
    def url(self) -> str:
        """The URL to open."""
        return f"http://{HOST}:{self.server_port}/"

    def preview(self, subject: str = "") -> str:
        """Make the preview, one at a time. Raises what *make* raises."""
        with self._lock:
            served = self._make(subject)
            self._pages = {**self._pages, **served.pages}
            return served.html

    def page(self, page_id: PageId) -> Path | None:
        """Return the source file of a page in a served preview."""
        return self._pages.get(page_id)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as it is there
        """Ignore browsers that disconnect; anything else is a bug."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer

    def do_GET(self) -> None:  # the name http.server looks for
        # A site elsewhere may point a name of its own at this machine; it learns nothing here.
        name = self.headers.get("Host", "").rpartition(":")[0]
        if name not in _NAMES:
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", "This is a preview for one machine.")
            return
        path = path_of(self.path)
        if path == "/":
            query = self.path.partition("?")[2]
            self._preview(urllib.parse.parse_qs(query).get("subject", [""])[0])
        elif path == NEWS_PATH and self.server.news is not None:
            self._tell(self.server.news)
        else:
            self._page(path.removeprefix("/pages/"))

    def _preview(self, subject: str) -> None:
        try:
            self._answer(HTTPStatus.OK, "text/html", self.server.preview(subject))
        except Qt2AnkiError as error:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", str(error))

    def _tell(self, news: News) -> None:
        """Send news as they come, as server-sent events (HTML standard, section 9.2)."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        number = 0
        while not news.is_over:
            newest = news.after(number, _BEAT)
            number, text = newest or (number, "")
            self.wfile.write(f"data: {text}\n\n".encode() if newest else b": nothing new\n\n")

    def _page(self, name: str) -> None:
        page_id = page_id_of(urllib.parse.unquote(name))
        path = self.server.page(page_id) if page_id is not None else None
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
        """Do not log requests to the terminal."""
