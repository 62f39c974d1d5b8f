"""Who may talk to the server of a review, and what it answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from qt2anki.errors import PackageError
from qt2anki.review.review_server import ReviewServer
from tests.corrections.stages import NEXT, QA
from tests.review.made import ask, reviewed_site, served, session_of, written
from tests.site import Site

GOOD = {"key": QA, "seen": "", "decision": "keep"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return reviewed_site(tmp_path)


@pytest.fixture
def server(site: Site) -> Iterator[ReviewServer]:
    with served(site) as one:
        yield one


def test_the_page_and_its_verdicts(server: ReviewServer, site: Site) -> None:
    status, page = ask(server, "")
    assert status == 200
    assert "Review &lt;of&gt; all" in page
    assert "default-src 'none'" in page

    status, answer = ask(server, "verdict", GOOD)
    assert (status, answer["cards"][0]["state"]) == (200, "good")
    assert "phases" in answer["cards"][0]["sides"]["front"]
    assert written(site)[QA].keep

    status, answer = ask(server, "undo", {})
    assert (status, answer["cards"][0]["state"]) == (200, "")
    assert ask(server, "undo", {})[0] == 422
    assert ask(server, "look", {"key": NEXT})[1]["cards"][0]["key"] == NEXT
    assert ask(server, "page/1")[1]["question"].startswith("What are the phases")


def test_a_new_card_gets_a_name_from_its_question(server: ReviewServer, site: Site) -> None:
    texts = {"question": "Why is a spindle needed?", "answer": "It pulls chromatids apart."}

    status, answer = ask(server, "verdict", {"key": "1", "name": texts["question"], "texts": texts})

    assert (status, answer["key"]) == (200, "1/own/why-is-spindle-needed")
    assert written(site)[answer["key"]].answer == texts["answer"]


def test_faults_are_told_with_what_to_do(server: ReviewServer, site: Site) -> None:
    long = {"key": QA, "seen": "", "texts": {"answer": "word " * 70}}
    status, answer = ask(server, "try", long)
    assert status == 422
    assert "words" in answer["error"]
    assert answer["hint"]

    ask(server, "verdict", GOOD)
    status, answer = ask(server, "verdict", GOOD | {"decision": "drop"})
    assert status == 409
    assert "someone else" in answer["error"]

    site.corrections.write_text("no toml", "utf-8")
    status, answer = ask(server, "verdict", GOOD)
    assert status == 507
    assert "corrections.toml" in answer["error"]
    assert ask(server, "")[0] == 500


@pytest.mark.parametrize("token", ["", "guessed", "x" * 22, "%2e%2e"])
@pytest.mark.parametrize("path", ["", "verdict", "page/1"])
def test_nothing_without_the_token(server: ReviewServer, site: Site, path: str, token: str) -> None:
    assert ask(server, path, token=token)[0] == 403
    assert ask(server, path, GOOD, token=token)[0] == 403
    assert not site.corrections.exists()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example:1", ""]
)
def test_nothing_for_another_host_name(server: ReviewServer, site: Site, host: str) -> None:
    assert ask(server, "", Host=host)[0] == 403
    assert ask(server, "verdict", GOOD, Host=host)[0] == 403
    assert not site.corrections.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_nothing_from_another_origin(server: ReviewServer, site: Site, origin: str) -> None:
    assert ask(server, "verdict", GOOD, Origin=origin)[0] == 403
    assert not site.corrections.exists()


def test_the_review_itself_has_an_origin(server: ReviewServer) -> None:
    origin = f"http://127.0.0.1:{server.server_port}"

    assert ask(server, "verdict", GOOD, Origin=origin)[0] == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (GOOD, "text/plain"),  # what a form of another site can send
        (GOOD, "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"[]", "application/json"),
        (b" " * 300_000, "application/json"),
        ({"key": 1}, "application/json"),
        (
            {"key": "1", "name": "\ud800", "texts": {"question": "a", "answer": "b"}},
            "application/json",
        ),
        ({"key": QA, "texts": []}, "application/json"),
        ({"key": "../../x", "decision": "drop"}, "application/json"),
        ({"key": "1/own/", "texts": {"question": "a", "answer": "b"}}, "application/json"),
    ],
)
def test_what_is_no_verdict_is_refused(
    server: ReviewServer, site: Site, body: object, kind: str
) -> None:
    assert ask(server, "verdict", body, Content_Type=kind)[0] == 422
    assert not site.corrections.exists()


def test_a_list_is_settled(server: ReviewServer, site: Site) -> None:
    seen = ask(server, "page/1")[1]
    assert (seen["isSequence"], seen["settled"], seen["pictures"]) == (True, None, {})

    status, answer = ask(server, "settle", {"key": "1", "seen": seen["seen"], "list": "no"})
    assert (status, answer["key"]) == (200, "1")
    assert "/step/" not in "".join(one["key"] for one in answer["cards"])
    assert written(site)["1"].is_sequence is False
    assert ask(server, "settle", {"key": "1", "seen": "", "list": "yes"})[0] == 409

    assert ask(server, "undo", {})[1]["key"] == "1"
    assert written(site) == {}


@pytest.mark.parametrize(
    "body",
    [
        {"key": "1", "list": "maybe"},
        {"key": "1", "list": ["no"]},
        {"key": "1"},
        {"key": "99", "list": "no"},
        {"key": QA, "list": "no"},
    ],
)
def test_what_settles_no_list_is_refused(
    server: ReviewServer, site: Site, body: dict[str, object]
) -> None:
    assert ask(server, "settle", body)[0] == 422
    assert not site.corrections.exists()


def test_a_page_is_shown_unless_the_corrections_are_broken(
    server: ReviewServer, site: Site
) -> None:
    assert ask(server, "page/99")[0] == 404
    site.corrections.write_text("[card", "utf-8")

    status, answer = ask(server, "page/1")
    assert status == 500
    assert "corrections.toml:1" in answer["error"]


def test_a_slow_request_keeps_nobody_waiting(server: ReviewServer) -> None:
    head = f"POST /{server.token}/verdict HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n"
    kind = "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
        slow.sendall((head + kind).encode())

        assert ask(server, "verdict", GOOD)[0] == 200


def test_requests_that_cannot_be_read_are_refused(server: ReviewServer) -> None:
    assert ask(server, "verdict", b"{}", Content_Length="9" * 5000)[0] == 422
    assert raw(server, "GET http://[::1/ HTTP/1.1") == 403


def raw(server: ReviewServer, line: str) -> int:
    """Send the first line of a request as it is, and return the status of the answer."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        connection.sendall(f"{line}\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode())
        return int(connection.recv(64).split()[1])


def test_unknown_addresses(server: ReviewServer) -> None:
    assert ask(server, "page/99")[0] == 404
    assert ask(server, "nothing")[0] == 404
    assert ask(server, "nothing", {"key": QA})[0] == 422
    assert ask(server, "verdict", method="PUT")[0] == 501


def test_a_taken_port_is_named(server: ReviewServer, site: Site) -> None:
    with pytest.raises(PackageError, match=f"port {server.server_port} cannot be used"):
        ReviewServer(session_of(site), server.server_port, title="")
