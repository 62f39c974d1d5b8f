"""The preview on an address of this machine."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from qt2anki.errors import PackageError
from qt2anki.preview.server import HOST, News, PreviewServer, Served, page_link


class Maker:
    """Makes a different preview each time; raises *error* if there is one."""

    def __init__(self, page: Path) -> None:
        self.page = page
        self.times = 0
        self.subject = ""
        self.error: PackageError | None = None

    def __call__(self, subject: str) -> Served:
        self.subject = subject
        if self.error is not None:
            raise self.error
        self.times += 1
        return Served(f"<p>{self.times}</p>", {-13: self.page})


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    page = tmp_path / "page.md"
    page.write_text("<b>\N{LATIN SMALL LETTER E WITH ACUTE}</b>", encoding="utf-8")
    return Maker(page)


@pytest.fixture
def news() -> Iterator[News]:
    one = News()
    yield one
    one.end()


@pytest.fixture
def server(maker: Maker, news: News) -> Iterator[PreviewServer]:
    with PreviewServer(maker, 0, news=news) as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield one
        one.shutdown()
        thread.join()


def ask(server: PreviewServer, path: str, host: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=5)
    connection.request("GET", path, headers={"Host": host or f"{HOST}:{server.server_port}"})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8")
    connection.close()
    return answer.status, answer.headers["Content-Type"], text


def test_every_reload_makes_it_anew(server: PreviewServer) -> None:
    assert ask(server, "/") == (200, "text/html; charset=utf-8", "<p>1</p>")
    assert ask(server, "/")[2] == "<p>2</p>"


def test_a_subject_may_be_asked_for(server: PreviewServer, maker: Maker) -> None:
    assert ask(server, "/?subject=Tea+%26+Rye")[0] == 200
    assert maker.subject == "Tea & Rye"
    assert ask(server, "/?other=1")[0] == 200
    assert maker.subject == ""


def test_a_page_is_plain_text(server: PreviewServer) -> None:
    server.preview()

    status, kind, text = ask(server, f"/{page_link(-13)}")

    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert text == "<b>\N{LATIN SMALL LETTER E WITH ACUTE}</b>"


@pytest.mark.parametrize(
    "path", ["/pages/14", "/pages/../../etc/passwd", "/etc/passwd", "/pages/", "/pages/9" * 9, "/x"]
)
def test_nothing_else_is_there(server: PreviewServer, path: str) -> None:
    server.preview()

    assert ask(server, path)[0] == 404


def test_a_page_that_went(server: PreviewServer, maker: Maker) -> None:
    server.preview()
    maker.page.unlink()

    assert ask(server, "/pages/-13")[0] == 404


@pytest.mark.parametrize("host", ["elsewhere.example", "elsewhere.example:80", "127.0.0.1.x:80"])
def test_other_names_learn_nothing(server: PreviewServer, host: str) -> None:
    status, _, text = ask(server, "/", host)

    assert status == 403
    assert "<p>" not in text


def test_an_error_is_a_message(server: PreviewServer, maker: Maker) -> None:
    maker.error = PackageError("a template is wrong", hint="mend it", source="a.apkg")

    status, kind, text = ask(server, "/")

    assert status == 500
    assert kind.startswith("text/plain")
    assert text == "a.apkg: a template is wrong\n  hint: mend it"


def test_a_port_that_is_taken(server: PreviewServer, maker: Maker) -> None:
    with pytest.raises(PackageError, match=f"the port {server.server_port} cannot be used"):
        PreviewServer(maker, server.server_port)


@contextmanager
def listening(server: PreviewServer) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=30)
    with closing(connection):
        connection.request("GET", "/news")
        with connection.getresponse() as answer:
            yield answer


def test_news_come_as_they_are_told(server: PreviewServer, news: News) -> None:
    news.tell("zero")
    news.tell("one")

    with listening(server) as early:
        assert early.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert [early.readline(), early.readline()] == [b"data: one\n", b"\n"]
        news.tell("two")
        assert early.readline() == b"data: two\n"
        with listening(server) as late:
            assert late.readline() == b"data: two\n"
        news.end()
        assert b"data" not in early.read()


def test_a_listener_hears_a_beat(server: PreviewServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qt2anki.preview.server._BEAT", 0.01)

    with listening(server) as one:
        assert one.readline() == b": nothing new\n"


def test_news_are_for_this_machine(server: PreviewServer) -> None:
    assert ask(server, "/news", "elsewhere.example")[0] == 403


def test_a_server_without_news(maker: Maker) -> None:
    with PreviewServer(maker, 0) as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            assert ask(one, "/news")[0] == 404
        finally:
            one.shutdown()
            thread.join()


def test_a_browser_that_goes_is_no_news_but_a_bug_is(
    server: PreviewServer, capsys: pytest.CaptureFixture[str]
) -> None:
    for error in (BrokenPipeError(), ConnectionResetError(), ValueError("a bug")):
        try:
            raise error
        except (OSError, ValueError):
            server.handle_error(None, (HOST, 1))

    said = capsys.readouterr().err
    assert "a bug" in said
    assert "BrokenPipeError" not in said
    assert "ConnectionResetError" not in said
