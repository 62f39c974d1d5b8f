"""``qt2anki watch``: what it refuses, and what it prints; tests/watch has it at work."""

from __future__ import annotations

import errno
import importlib.util
import tempfile
import webbrowser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from qt2anki.preview.server import PreviewServer, Served
from tests.site import Site

pytest.importorskip("watchfiles")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["watch", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a site in the working folder, whose watch ends after its first build."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(webbrowser, "open", lambda url: Path("opened").write_text(url, "utf-8"))
    one = Site(tmp_path)
    one.plain(1)
    return one


@pytest.fixture
def once(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    def end(_wakes: object, _seconds: float | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qt2anki.watch.notifier.Notifier.wait", end)
    return site


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "There is no folder 'input' here"),
        (("-",), "Standard input cannot be watched"),
        (("pages", "--allow-retire"), "--allow-retire needs --out"),
        (("pages", "--kinds", "qq"), "there is no kind 'qq'"),
    ],
)
@pytest.mark.usefixtures("once")
def test_wrong_use(arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert says in " ".join(result.stderr.split())


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    result = run("pages")

    assert result.exit_code == 1
    assert "watchfiles, which is not installed" in result.stderr
    assert "pip install 'qt2anki[watch]'" in result.stderr


@pytest.mark.usefixtures("once")
def test_no_place_for_a_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)

    result = run("pages", "--port", "0")

    assert result.exit_code == 1
    assert "no draft can be written: No usable temporary directory found" in result.stderr
    assert "TMPDIR" in result.stderr


@pytest.mark.usefixtures("once")
def test_one_build_and_the_end() -> None:
    result = run("pages", "--port", "0", "--open")

    lines = result.stderr.splitlines()
    assert result.exit_code == 0
    assert result.stdout == ""
    url = Path("opened").read_text(encoding="utf-8")
    assert (
        lines[0] == f"The cards are at {url} and update after every change. Press Ctrl-C to stop."
    )
    assert "1 page; nothing has been published in dist yet; 1 warning" in lines[1]
    assert "QT123" in lines[2]
    assert lines[-1] == "Ended."
    assert not Path("dist").exists()


@pytest.mark.parametrize(
    ("flag", "has_line", "has_note"), [("-q", False, False), ("-v", True, True)]
)
def test_more_and_less(once: Site, flag: str, has_line: bool, has_note: bool) -> None:
    page = once.path(1)
    page.write_bytes(
        page.read_bytes().replace(b"date:", b"url: /herbs/one\ndate:").replace(b"\n", b"\r\n")
    )

    result = run("pages", "--port", "0", flag)

    assert ("1 page;" in result.stderr) == has_line
    assert ("note QT108" in result.stderr) == has_note


@pytest.mark.usefixtures("once")
def test_errors_are_printed_even_when_quiet() -> None:
    Path("qt2anki.toml").write_text("no", encoding="utf-8")

    result = run("pages", "--port", "0", "-q")

    assert result.exit_code == 0
    assert "not built" in result.stderr
    assert "qt2anki.toml:1: not TOML" in result.stderr


@pytest.mark.usefixtures("once")
def test_packages_are_written_only_where_they_are_to(once: Site) -> None:
    run("pages", "--port", "0", "-o", "out", "--profile", "core")

    assert [path.name for path in once.root.glob("*/*.apkg")] == ["cooking.apkg"]


@pytest.mark.usefixtures("once")
def test_a_port_that_was_asked_for_must_be_free() -> None:
    with PreviewServer(lambda _: Served("", {}), 0) as other:
        result = run("pages", "--port", str(other.server_port))

    assert result.exit_code == 1
    assert f"the port {other.server_port} cannot be used" in result.stderr


@pytest.mark.usefixtures("once")
def test_any_port_will_do_where_none_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with PreviewServer(lambda _: Served("", {}), 0) as other:
        monkeypatch.setattr("qt2anki.cli.watch._PORT", other.server_port)
        result = run("pages")

    assert result.exit_code == 0
    assert "The cards are at" in result.stderr
    assert other.url not in result.stderr
