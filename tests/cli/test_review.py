"""``qt2anki review``, as its guide says to start it."""

from __future__ import annotations

import re
import shlex
import socket
import webbrowser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from qt2anki.review.review_server import ReviewServer
from tests.shell import ROOT
from tests.site import Site

GUIDE = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^qt2anki (review .*)$", GUIDE, re.MULTILINE)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a site in the working folder, whose review ends after its first page was asked for."""
    monkeypatch.chdir(tmp_path)

    def end(_server: ReviewServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ReviewServer, "serve_forever", end)
    monkeypatch.setattr(webbrowser, "open", lambda url: Path("opened").write_text(url, "utf-8"))
    one = Site(tmp_path)
    one.plain(1, subject="Nursing")
    one.pages.rename(tmp_path / "input")
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_guide(command: str) -> None:
    result = run(*shlex.split(command), "--port", "0")

    assert result.exit_code == 0
    assert re.match(r"The review is at http://127\.0\.0\.1:\d+/\S{20,}/\. Stop", result.stderr)
    assert Path("opened").is_file() == ("--open" in command)


def test_mistakes_in_corrections_are_told_before_anything_is_shown(site: Site) -> None:
    site.corrections.write_text('[card."1/qa"]\ndorp = true\n', "utf-8")

    result = run("review", "--port", "0")

    assert result.exit_code != 0
    assert "corrections.toml:2" in result.stderr
    assert "drop" in result.stderr


@pytest.mark.usefixtures("site")
def test_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("review", "--port", str(taken.getsockname()[1]))

    assert result.exit_code != 0
    assert "cannot be used" in result.stderr
