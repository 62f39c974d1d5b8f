"""A site with a process page to review, and a server of its review."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Job
from qt2anki.corrections.correction import Correction
from qt2anki.corrections.corrections_file import read_corrections
from qt2anki.review.review_server import ReviewServer
from qt2anki.review.reviewed_card import ReviewedCard
from qt2anki.review.session import ReviewSession, ReviewVerdict
from tests.corrections.stages import write_stages
from tests.site import Site


def reviewed_site(folder: Path) -> Site:
    """Return a site with the stages of mitosis, and a second subject."""
    site = Site(folder)
    write_stages(site)
    site.plain(2, subject="Botany")
    return site


def session_of(site: Site, *subjects: str) -> ReviewSession:
    """Begin a review of a site, or of some of its subjects."""
    job = Job((str(site.pages),), site.out, site.settings, load_note_types(), 0, subjects=subjects)
    return ReviewSession(job, (site.corrections,))


def written(site: Site) -> dict[str, Correction]:
    """Return what the file of corrections says."""
    return dict(read_corrections((site.corrections,)).by_key)


def card_of(session: ReviewSession, key: str) -> ReviewedCard:
    (found,) = session.cards_of(key)
    return found


def verdict_on(card: ReviewedCard, decision: str | None = None, **texts: str) -> ReviewVerdict:
    assert decision in ("drop", "keep", None)
    return ReviewVerdict(card.card.key, card.seen, decision, texts)  # type: ignore[arg-type]


@contextlib.contextmanager
def served(site: Site) -> Iterator[ReviewServer]:
    """Serve a review of a site from a thread."""
    with ReviewServer(session_of(site), 0, title="Review <of> all") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(
    server: ReviewServer,
    path: str,
    body: object = None,
    *,
    token: str | None = None,
    method: str = "",
    **headers: str,
) -> tuple[int, Any]:
    """Send a request and return its status and answer; *headers* replace those of a browser."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    place = urllib.parse.quote(f"/{server.token if token is None else token}/{path}")
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json"} if data is not None else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method or ("POST" if data is not None else "GET"), place, data, sent | named)
    response = connection.getresponse()
    text = response.read().decode()
    is_json = (response.getheader("Content-Type") or "").startswith("application/json")
    connection.close()
    return response.status, json.loads(text) if is_json else text
