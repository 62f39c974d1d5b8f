"""A local server that speaks AnkiConnect's documented protocol, with real Anki behind it.

The add-on's documentation: requests are POSTs of {"action", "version", "params", "key"}, answers
{"result", "error"}; actions requestPermission, importPackage (a path, from the media folder),
storeMediaFile (base64) and deleteMediaFile.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.anki.learner import Imported, Learner


@dataclass
class AnkiConnect:
    """The answers of the server, and the requests that it got."""

    learner: Learner
    permission: str = "granted"
    key: str = ""
    version: int = 6
    delay: float = 0  # seconds before an import is answered
    raw: tuple[int, bytes] | None = None  # status and body of every answer, instead of the protocol
    refuses: str = ""  # what importPackage says
    asked: list[dict[str, Any]] = field(default_factory=list)
    imports: list[Imported] = field(default_factory=list)
    url: str = ""

    @property
    def actions(self) -> list[str]:
        return [request["action"] for request in self.asked]

    @property
    def media(self) -> Path:
        return Path(self.learner.collection.media.dir())

    def answer(self, request: dict[str, Any]) -> object:
        """Do what is asked; ValueError says why not."""
        action, params = request["action"], request["params"]
        if action == "requestPermission":
            if self.version < 6:
                raise ValueError("unsupported action")
            said = {"requireApiKey": bool(self.key), "version": self.version}
            return {"permission": self.permission, **(said if self.permission == "granted" else {})}
        if request.get("key", "") != self.key:
            raise ValueError("valid api key must be provided")
        if action == "importPackage":
            return self._import(self.media / params["path"])
        path = self.media / params["filename"]
        if action == "storeMediaFile":
            path.write_bytes(base64.b64decode(params["data"], validate=True))
            return path.name
        assert action == "deleteMediaFile"
        path.unlink()
        return None

    def _import(self, path: Path) -> bool:
        time.sleep(self.delay)
        if self.refuses or not path.is_file():
            raise ValueError(self.refuses or f"[Errno 2] No such file or directory: '{path}'")
        self.imports.append(self.learner.import_file(path))
        return True


@contextlib.contextmanager
def served(add_on: AnkiConnect) -> Iterator[AnkiConnect]:
    """Let the add-on listen on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            request = json.loads(self.rfile.read(length))
            assert request["version"] == 6
            add_on.asked.append(request)
            status, body = add_on.raw or (200, self._body(request))
            with contextlib.suppress(BrokenPipeError):  # who asked has lost patience
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

        def _body(self, request: dict[str, Any]) -> bytes:
            try:
                answer = {"result": add_on.answer(request), "error": None}
            except ValueError as error:
                answer = {"result": None, "error": str(error)}
            return json.dumps(answer).encode()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    add_on.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield add_on
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
