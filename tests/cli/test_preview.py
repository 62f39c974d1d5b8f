"""``qt2anki preview``."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from qt2anki.preview.server import PreviewServer
from tests.preview.made import package

NURSING = Path(__file__).parents[2] / "input" / "nursing"


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["preview", *map(str, arguments)], input=stdin)


@pytest.fixture(autouse=True)
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Work in an empty folder, with a browser that only notes what it is to open."""
    monkeypatch.chdir(tmp_path)
    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


def test_pages_become_one_file(tmp_path: Path, opened: list[str]) -> None:
    result = run(NURSING, "-o", "look.html")

    assert result.exit_code == 0
    assert result.stdout == ""
    assert "cards" in result.stderr
    assert "look.html" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["look.html"]
    assert "Nursing: preview" in (tmp_path / "look.html").read_text(encoding="utf-8")
    assert opened == []


def test_the_default_is_input_to_dist(tmp_path: Path, opened: list[str]) -> None:
    (tmp_path / "input").symlink_to(NURSING)

    result = run("--open", "--quiet")

    file = tmp_path / "dist" / "preview.html"
    assert (result.exit_code, result.output) == (0, "")
    assert opened == [file.as_uri()]
    assert file.is_file()


def test_packages_become_one_file(tmp_path: Path) -> None:
    package(tmp_path / "botany.apkg")

    result = run("botany.apkg", "--no-audit", "-o", "a.html")

    assert result.exit_code == 0
    assert result.stderr.startswith("4 cards in a.html, ")


def test_standard_input(tmp_path: Path) -> None:
    page = min(NURSING.glob("*.md")).read_text(encoding="utf-8")

    result = run("-", "-o", "a.html", stdin=page)

    assert result.exit_code == 0
    assert (tmp_path / "a.html").is_file()


def test_a_page_with_a_fault_is_told_and_the_others_are_shown(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("nothing\n", encoding="utf-8")

    result = run("bad.md", NURSING, "-o", "a.html")

    assert result.exit_code == 1
    assert "bad.md:1: error QT110" in result.stderr
    assert (tmp_path / "a.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "There is no folder 'input' here"),
        (("a.apkg", "b.md"), "Pass either pages or packages"),
        (("--serve", "-o", "a.html"), "--serve writes no file"),
        (("--port", "80"), "--port needs --serve"),
    ],
)
def test_wrong_use(arguments: tuple[object, ...], says: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert says in " ".join(result.stderr.split())


def test_nothing_to_show() -> None:
    result = run(NURSING, "--subject", "Nusring")

    assert result.exit_code == 1
    assert "there are no cards of the subject 'nusring' in" in result.stderr


def test_a_file_that_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "a.apkg").write_bytes(b"no")

    result = run("a.apkg")

    assert result.exit_code == 1
    assert "a.apkg: not an Anki package" in result.stderr
    assert not (tmp_path / "dist").exists()


def test_serving(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []

    def serve_once(server: PreviewServer) -> None:
        served.append(server.preview())
        raise KeyboardInterrupt

    monkeypatch.setattr(PreviewServer, "serve_forever", serve_once)

    result = run(NURSING, "--serve", "--port", "0", "--open")

    assert result.exit_code == 0
    assert opened[0].startswith("http://127.0.0.1:")
    assert opened[0] in result.stderr
    assert "Nursing: preview" in served[0]


def test_a_server_shows_a_changed_style(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    style = tmp_path / "mine" / "style.css"
    style.parent.mkdir()
    style.write_text(".card { color: teal }", encoding="utf-8")
    served: list[str] = []

    def change_and_serve(server: PreviewServer) -> None:
        served.append(server.preview())
        style.write_text(".card { color: olive }", encoding="utf-8")
        served.append(server.preview())
        raise KeyboardInterrupt

    monkeypatch.setattr(PreviewServer, "serve_forever", change_and_serve)

    run(NURSING, "--serve", "--port", "0", "--note-models", "mine")

    assert served[0] != served[1]
