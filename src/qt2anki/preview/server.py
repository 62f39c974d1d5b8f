"""Serve pages to a browser on this machine; every reload renders the preview again."""

from __future__ import annotations

import sys
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from qt2anki.errors import Qt2AnkiError, refused
from qt2anki.model import PageId, page_id_of

HOST = "127.0.0.1"
_BEAT = 15.0  # seconds; a closed connection is noticed only when it is written to


class LocalServer(ThreadingHTTPServer):
    """Listens on this machine only; port 0 is any free port."""

    daemon_threads = True

    def __init__(self, port: int, handler: type[LocalHandler]) -> None:
        hint = "choose a different one with --port; 0 takes any free one"
        with refused(f"the port {port} cannot be used", hint=hint):
            super().__init__((HOST, port), handler)

    @property
    def url(self) -> str:
        """The URL to open."""
        return f"http://{HOST}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as in the base class
        """Ignore browsers that disconnect; anything else is a bug."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LocalHandler(BaseHTTPRequestHandler):
    """Answers requests; each answer has *more_headers*, too."""

    more_headers: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @property
    def is_asked_here(self) -> bool:
        """Whether the request is for this machine by its own name.

        A foreign site may point its own name at this machine; such requests are refused.
        """
        return self.headers.get("Host", "").rpartition(":")[0] in (HOST, "localhost")

    @property
    def asked_path(self) -> str:
        """The path of the request, "" if it is invalid."""
        try:
            return urllib.parse.urlsplit(self.path).path
        except ValueError:  # a bracket that is not closed
            return ""

    def answer(self, status: HTTPStatus, kind: str, text: str) -> None:
        """Send *text*, with headers that prevent browsers from caching it or guessing its type."""
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in self.more_headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its given name
        """Do not log requests to the terminal."""


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


@dataclass(frozen=True, slots=True)
class Served:
    """A preview whose links go to ``pages/<id>``, and the files behind them."""

    html: str
    pages: Mapping[PageId, Path]


def page_link(page_id: PageId) -> str:
    """Return the relative URL of a page's source file."""
    return f"pages/{urllib.parse.quote(str(page_id))}"


class PreviewServer(LocalServer):
    """Serves what *make* returns for a subject ("": all), and sends *news* to all open previews."""

    def __init__(
        self, make: Callable[[str], Served], port: int, *, news: News | None = None
    ) -> None:
        super().__init__(port, _Handler)
        self.news = news
        self._make = make
        self._lock = threading.Lock()
        self._pages: Mapping[PageId, Path] = {}

    def preview(self, subject: str = "") -> str:
        """Make the preview; only one is made at a time. Raises what *make* raises."""
        with self._lock:
            served = self._make(subject)
            self._pages = {**self._pages, **served.pages}
            return served.html

    def page(self, page_id: PageId) -> Path | None:
        """Return the source file of a page in a served preview."""
        return self._pages.get(page_id)


class _Handler(LocalHandler):
    server: PreviewServer

    def do_GET(self) -> None:  # the name http.server looks for
        if not self.is_asked_here:
            self.answer(
                HTTPStatus.FORBIDDEN,
                "text/plain",
                "This preview can only be opened on the machine that serves it.",
            )
            return
        path = self.asked_path
        if path == "/":
            query = urllib.parse.parse_qs(self.path.partition("?")[2])
            try:
                text = self.server.preview(query.get("subject", [""])[0])
                self.answer(HTTPStatus.OK, "text/html", text)
            except Qt2AnkiError as error:
                self.answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", str(error))
        elif path == "/news" and self.server.news is not None:
            self._tell(self.server.news)
        else:
            self._page(path.removeprefix("/pages/"))

    def _tell(self, news: News) -> None:
        """Send news as server-sent events (HTML standard, section 9.2)."""
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
            self.answer(HTTPStatus.NOT_FOUND, "text/plain", "There is no such page here.")
            return
        text = path.read_text(encoding="utf-8", errors="replace")
        self.answer(HTTPStatus.OK, "text/plain", text)
