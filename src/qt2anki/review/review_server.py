"""Serve a review to the browser of this machine, and nobody else.

The address has a random token. Requests under a different host name (a foreign site may point its
name at this machine), from another origin, or without the token are refused. Verdicts are JSON,
which another site cannot send without a preflight request
(https://fetch.spec.whatwg.org/#http-cors-protocol).
"""

from __future__ import annotations

import html
import json
import re
import secrets
import threading
import urllib.parse
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from qt2anki.anki.cards import joined_html
from qt2anki.config.values import InvalidValue
from qt2anki.corrections.correction import WORDING
from qt2anki.corrections.edit import CorrectionsChangedError
from qt2anki.errors import Qt2AnkiError
from qt2anki.notes.identity import slug
from qt2anki.preview.make_preview import packed, packed_mathjax, shell_page
from qt2anki.preview.preview_cards import MOST_BYTES, PreviewCard, data_url, payload
from qt2anki.preview.server import LocalHandler, LocalServer
from qt2anki.review.reviewed_card import ReviewedCard, ReviewedPage
from qt2anki.review.session import RefusedVerdictError, ReviewSession, ReviewVerdict

_SCRIPTS = ("data", "text", "math", "card", "review")
_LONGEST = 200_000  # bytes of one request
_TEXTS = (*WORDING, "reason")
_SETTLED = {"yes": True, "no": False, "evidence": None}
_LENGTH = re.compile(r"[0-9]{1,9}")
_LONGEST_NAME = 60  # characters of the name of a new card


class ReviewServer(LocalServer):
    """Serves *session* at ``url``, which has a token."""

    def __init__(self, session: ReviewSession, port: int, *, title: str) -> None:
        super().__init__(port, _Handler)
        self.token = secrets.token_urlsafe(16)
        self.session = session
        self.lock = threading.Lock()
        self._title = title

    @property
    def url(self) -> str:
        """The URL to open."""
        return f"{super().url}{self.token}/"

    def page(self) -> str:
        """Return the page of the review, with all its cards."""
        found = self.session.cards()
        body = {
            "title": html.escape(self._title),
            "payload": packed(payload([one.card for one in found], lambda _: None)),
            "review": packed(json.dumps([_facts(one) for one in found])),
            "mathjax": packed_mathjax(),
        }
        return shell_page("review.html", body, _SCRIPTS, styles=("review.css",), is_served=True)


def _facts(one: ReviewedCard) -> dict[str, object]:
    names = ("topic", "score", "state", "seen", "reason", "problem", "fields")
    return {
        "key": one.card.key,
        "page": str(one.page.page_id),
        "question": one.page.question,
        "subject": one.page.subjects[0],
        **{name: getattr(one, name) for name in names},
    }


def _sides(card: PreviewCard) -> dict[str, object]:
    front, back = joined_html(card.sides.front), joined_html(card.sides.back)
    return {"kind": card.kind, "css": card.css, "front": front, "back": back}


def _cards_of(session: ReviewSession, key: str) -> dict[str, object]:
    """Return a card as it is now, or all those of a page."""
    found = session.cards_of(key)
    return {"key": key, "cards": [{**_facts(one), "sides": _sides(one.card)} for one in found]}


def _page(one: ReviewedPage) -> dict[str, object]:
    found = ((name, path) for name, path in one.pictures.items() if path.is_file())
    small = ((name, path) for name, path in found if path.stat().st_size <= MOST_BYTES)
    return {
        "question": one.question,
        "answer": one.answer,
        "pictures": {name: data_url(name, path.read_bytes()) for name, path in small},
        "isSequence": one.is_sequence,
        "settled": one.settled,
        "seen": one.seen,
    }


class _Handler(LocalHandler):
    server: ReviewServer
    timeout = 30  # seconds without a byte
    more_headers = MappingProxyType(
        {"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY"}
    )

    def do_GET(self) -> None:  # noqa: N802  # the name http.server looks for
        asked = self._asked()
        if asked == "":
            try:
                with self.server.lock:
                    text = self.server.page()
            except Qt2AnkiError as error:  # corrections that an editor has just broken
                self.answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", str(error))
            else:
                self.answer(HTTPStatus.OK, "text/html", text)
        elif asked is not None:
            page = urllib.parse.unquote(asked.removeprefix("page/"))
            try:
                with self.server.lock:
                    found = self.server.session.page(page)
                said = _page(found) if found else None
            except (Qt2AnkiError, OSError) as error:
                self._fault(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
            else:
                status = HTTPStatus.OK if said else HTTPStatus.NOT_FOUND
                self._json(status, said or {"error": "There is no such page here."})

    def do_POST(self) -> None:  # noqa: N802  # the name http.server looks for
        action = self._asked()
        if action is None:
            return
        origin = self.headers.get("Origin")
        if origin is not None and origin != f"http://{self.headers.get('Host')}":
            self.answer(
                HTTPStatus.FORBIDDEN,
                "text/plain",
                "Verdicts are accepted only from the review page itself.",
            )
            return
        try:
            body = self._body()
            with self.server.lock:
                said = _acted(self.server.session, action, body)
            self._json(HTTPStatus.OK, said)
        except CorrectionsChangedError as error:
            self._fault(HTTPStatus.CONFLICT, error.text, error.hint)
        except (InvalidValue, RefusedVerdictError) as error:
            self._fault(HTTPStatus.UNPROCESSABLE_ENTITY, error.text, error.hint)
        except Qt2AnkiError as error:  # the disk, or a file that an editor has just broken
            self._fault(HTTPStatus.INSUFFICIENT_STORAGE, str(error))

    def _asked(self) -> str | None:
        """Return the path after the token; refuse a request without the token and return None."""
        _, token, asked = [*self.asked_path.split("/", 2), "", ""][:3]
        if self.is_asked_here and secrets.compare_digest(
            token.encode(), self.server.token.encode()
        ):
            return asked
        self.answer(
            HTTPStatus.FORBIDDEN,
            "text/plain",
            "This review can only be opened on the machine that serves it.",
        )
        return None

    def _body(self) -> Mapping[str, object]:
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        length = self.headers.get("Content-Length", "")
        if kind != "application/json" or not _LENGTH.fullmatch(length) or int(length) > _LONGEST:
            raise RefusedVerdictError("not a review verdict")
        try:
            found = json.loads(self.rfile.read(int(length)))
            json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate is refused
        except (ValueError, RecursionError) as error:
            raise RefusedVerdictError("not a review verdict") from error
        return found if isinstance(found, dict) else {}

    def _fault(self, status: HTTPStatus, text: str, hint: str = "") -> None:
        self._json(status, {"error": text, "hint": hint})

    def _json(self, status: HTTPStatus, value: Mapping[str, object]) -> None:
        self.answer(status, "application/json", json.dumps(value))


def _acted(session: ReviewSession, action: str, asked: Mapping[str, object]) -> dict[str, object]:
    """Perform a request; raise what the session raises."""
    if action == "undo":
        key = session.undo()
        if key is None:
            raise RefusedVerdictError("there is no verdict to undo")
        return _cards_of(session, key)
    verdict = _verdict(asked)
    if action == "try":
        return {"sides": _sides(session.rendered(verdict))}
    if action == "verdict":
        session.decide(verdict)
    elif action == "settle":
        answer = asked.get("list")
        if not isinstance(answer, str) or answer not in _SETTLED:
            raise RefusedVerdictError("not a review verdict")
        session.settle(verdict.key, verdict.seen, is_sequence=_SETTLED[answer])
    elif action != "look":
        raise RefusedVerdictError("a review has no such action")
    return _cards_of(session, verdict.key)


def _verdict(asked: Mapping[str, object]) -> ReviewVerdict:
    key, seen, texts = asked.get("key"), asked.get("seen", ""), asked.get("texts", {})
    decision = asked.get("decision")
    if not isinstance(key, str) or not isinstance(seen, str) or not isinstance(texts, dict):
        raise RefusedVerdictError("not a review verdict")
    known = {n: t for n, t in texts.items() if n in _TEXTS and isinstance(t, str)}
    name = asked.get("name")
    if isinstance(name, str):  # of a new card of a page
        key = f"{key}/own/{slug(name)[:_LONGEST_NAME].strip('-')}"
    return ReviewVerdict(key, seen, decision if decision in ("drop", "keep") else None, known)
