"""``qt2anki push`` to a server that speaks AnkiConnect's protocol, with real Anki behind it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from qt2anki.integrations.push import Address
from tests.anki.learner import Imported, Learner
from tests.anki_connect import AnkiConnect, served
from tests.site import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a published site of two subjects, in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANKICONNECT_KEY", raising=False)
    one = Site(tmp_path)
    one.plain(1)
    one.plain(2, subject="Botany")
    one.build()
    return one


@pytest.fixture
def add_on(tmp_path: Path) -> Iterator[AnkiConnect]:
    """Give a running Anki with the add-on."""
    learner = Learner(tmp_path / "learner")
    with served(AnkiConnect(learner)) as one:
        yield one
    learner.close()


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["push", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(result: Result) -> str:
    return " ".join(result.stderr.split())


@pytest.mark.usefixtures("site")
def test_packages_arrive(add_on: AnkiConnect) -> None:
    result = run("dist", "--url", add_on.url)

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        "dist/botany.apkg: imported (1 note in the package)\n"
        "dist/cooking.apkg: imported (1 note in the package)\n"
    )
    assert add_on.actions == ["requestPermission", "importPackage", "importPackage"]
    assert add_on.imports == [Imported(new=1), Imported(new=1)]


def test_again_nothing_is_new(site: Site, add_on: AnkiConnect) -> None:
    run("dist", "--url", add_on.url)
    site.plain(1, answer="Herb 1 grows on dry slopes and tastes of lemon and mint.")
    site.build()

    assert run("dist", "--url", add_on.url, "--quiet").output == ""

    assert add_on.imports[2:] == [Imported(duplicate=1), Imported(updated=1)]


@pytest.mark.usefixtures("site")
def test_the_bytes_are_sent_where_the_path_says_nothing(add_on: AnkiConnect) -> None:
    result = run("dist/botany.apkg", "--url", add_on.url, "--upload")

    assert result.exit_code == 0
    assert add_on.actions == [
        "requestPermission",
        "storeMediaFile",
        "importPackage",
        "deleteMediaFile",
    ]
    assert add_on.imports == [Imported(new=1)]
    assert list(add_on.media.iterdir()) == []


@pytest.mark.usefixtures("site")
def test_what_was_sent_is_taken_away_after_a_refusal(add_on: AnkiConnect) -> None:
    add_on.refuses = "the collection is busy"

    result = run("dist/botany.apkg", "--url", add_on.url, "--upload")

    assert result.exit_code == 1
    assert "Anki refuses: the collection is busy" in told(result)
    assert list(add_on.media.iterdir()) == []


@pytest.mark.usefixtures("site")
def test_an_answer_cannot_steer_the_terminal(add_on: AnkiConnect) -> None:
    add_on.refuses = "\x1b[31mred\x9b"

    result = run("dist", "--url", add_on.url)

    assert result.exit_code == 1
    assert "\\x1b[31mred\\x9b" in result.stderr
    assert not set(result.output) & set("\x1b\x9b")


@pytest.mark.usefixtures("site")
def test_a_key(add_on: AnkiConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    add_on.key = "sesame"

    without = run("dist", "--url", add_on.url)
    wrong = run("dist", "--url", add_on.url, "--key", "barley")
    right = run("dist", "--url", add_on.url, "--key", "sesame")
    monkeypatch.setenv("ANKICONNECT_KEY", "sesame")
    by_environment = run("dist", "--url", add_on.url)

    assert "AnkiConnect requires a key hint: " in told(without)
    assert "AnkiConnect does not accept this key hint: " in told(wrong)
    assert "barley" not in told(wrong)
    assert [each.exit_code for each in (without, wrong, right, by_environment)] == [1, 1, 0, 0]


@pytest.mark.usefixtures("site")
def test_anki_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    result = run("dist", "--url", f"http://127.0.0.1:{port}")

    assert result.exit_code == 1
    assert (
        f"http://127.0.0.1:{port}: cannot reach Anki at this address (Connection refused)"
        in told(result)
    )
    assert "hint: start Anki, with the add-on AnkiConnect (code 2055492159)" in told(result)


@pytest.mark.usefixtures("site")
def test_a_proxy_of_the_environment_is_passed_by(
    add_on: AnkiConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)

    assert run("dist", "--url", add_on.url).exit_code == 0


@pytest.mark.usefixtures("site")
def test_an_import_that_takes_too_long(add_on: AnkiConnect) -> None:
    add_on.delay = 1

    result = run("dist/botany.apkg", "--url", add_on.url, "--timeout", "0.3")

    assert result.exit_code == 1
    assert "Anki has not answered within 0.3 s hint: check whether a dialog" in told(result)


@pytest.mark.usefixtures("site")
def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        result = run("dist", "--url", f"http://127.0.0.1:{port}", "--timeout", "0.2")

    assert "Anki has not answered within 0.2 s" in told(result)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param((200, b"<html>"), "but it is not AnkiConnect", id="a web page"),
        pytest.param((200, b"[]"), "but it is not AnkiConnect", id="a list"),
        pytest.param((200, b"\xff"), "but it is not AnkiConnect", id="no text"),
        pytest.param((200, b"{}"), "but it is not AnkiConnect", id="no keys"),
        pytest.param((200, b"[" * 99_999), "but it is not AnkiConnect", id="deep"),
        pytest.param((404, b""), "but with HTTP 404 Not Found", id="not found"),
        pytest.param((403, b""), "but with HTTP 403 Forbidden", id="forbidden"),
        pytest.param(
            (200, b'{"result": "6", "error": null}'),
            "but it is not AnkiConnect",
            id="another result",
        ),
        pytest.param(
            (200, b'{"result": null, "error": "collection is not available"}'),
            "Anki refuses: collection is not available",
            id="no collection",
        ),
    ],
)
@pytest.mark.usefixtures("site")
def test_answers_that_are_no_use(raw: tuple[int, bytes], says: str, add_on: AnkiConnect) -> None:
    add_on.raw = raw

    result = run("dist", "--url", add_on.url)

    assert result.exit_code == 1
    assert says in told(result)


@pytest.mark.usefixtures("site")
def test_a_server_that_does_not_speak_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            for _ in range(2):  # the first only looks whether anything listens
                connection, _ = server.accept()
                connection.sendall(b"220 mail ready\r\n")
                connection.close()

        thread = threading.Thread(target=speak)
        thread.start()
        result = run("dist", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join()

    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("permission", "version", "says"),
    [
        ("denied", 6, "Anki did not grant permission hint: answer its question with Yes"),
        ("granted", 5, "this AnkiConnect is too old hint: update it"),
    ],
)
@pytest.mark.usefixtures("site")
def test_no_permission_and_old_add_ons(
    permission: str, version: int, says: str, add_on: AnkiConnect
) -> None:
    add_on.permission, add_on.version = permission, version

    result = run("dist", "--url", add_on.url)

    assert result.exit_code == 1
    assert says in told(result)
    assert add_on.actions == ["requestPermission"]


@pytest.mark.usefixtures("site")
def test_what_is_no_package_never_reaches_anki(add_on: AnkiConnect) -> None:
    Path("odd.apkg").write_text("x", encoding="utf-8")

    result = run("dist/botany.apkg", "odd.apkg", "--url", add_on.url)

    assert result.exit_code == 1
    assert "odd.apkg: not an Anki package" in told(result)
    assert add_on.asked == []


@pytest.mark.parametrize(
    "url",
    ["8765", "ftp://host", "file:///etc", "http://", "http://a b", "http://h:x", "http://[::1"],
)
@pytest.mark.usefixtures("site")
def test_what_is_no_address(url: str) -> None:
    result = run("dist", "--url", url)

    assert result.exit_code == 2
    assert "is not a URL such as http://127.0.0.1:8765" in told(result)


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://localhost:8765", True),
        ("http://127.0.0.1:8765", True),
        ("http://[::1]:8765", True),
        ("http://192.168.1.7:8765", False),
        ("https://anki.example.org", False),
    ],
)
def test_which_anki_reads_our_files(url: str, is_here: bool) -> None:
    assert Address(url).is_this_machine is is_here


@contextlib.contextmanager
def trickling(text: bytes) -> Iterator[str]:
    """Serve *text*, a byte ten times a second, to whoever comes."""
    server = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, contextlib.suppress(OSError):
                    for byte in text:
                        connection.sendall(bytes((byte,)))
                        if is_over.wait(0.1):
                            return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        is_over.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_trickles_is_left_in_time(start: bytes) -> None:
    with trickling(start + b" " * 1000) as url:
        began = time.monotonic()

        result = run("dist", "--url", url, "--timeout", "1")

        assert time.monotonic() - began < 4
    assert result.exit_code == 1
    assert "Anki has not answered within 1 s" in told(result)
