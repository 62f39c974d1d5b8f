"""A web server that only a browser on this machine can use."""

from __future__ import annotations

import sys
import urllib.parse
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, ClassVar

from qt2anki.errors import refused

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")


class LocalServer(ThreadingHTTPServer):
    """Listens on this machine only.

    Port 0 is any free port; ``url`` has its number.
    """

    daemon_threads = True

    def __init__(self, port: int, handler: type[LocalHandler]) -> None:
        hint = "choose another one with --port; 0 takes any that is free"
        with refused(f"the port {port} cannot be used", hint=hint):
            super().__init__((HOST, port), handler)

    @property
    def url(self) -> str:
        """The URL to open."""
        return f"http://{HOST}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as it is there
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
        return self.headers.get("Host", "").rpartition(":")[0] in _NAMES

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
