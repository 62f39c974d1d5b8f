from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from qt2anki import __version__
from qt2anki.cli import main


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag: str) -> None:
    result = CliRunner().invoke(main, [flag])

    assert result.exit_code == 0
    assert "build" in result.stdout
    for status in ("130 interrupted", "143 terminated", "129 terminal closed"):
        assert status in " ".join(result.stdout.split())


def commands() -> list[str]:
    with main.make_context("qt2anki", ["build"], resilient_parsing=True) as ctx:
        return main.list_commands(ctx)


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {name}")
    for line in result.stdout.splitlines():
        assert len(line) <= 80


@pytest.mark.parametrize("name", commands())
def test_examples_stand_on_lines_of_their_own(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"]).stdout

    assert "\\" not in shown
    assert "\b" not in shown
    _, _, examples = shown.partition("Examples:\n")
    found = [line for line in examples.partition("\n\n")[0].splitlines() if "qt2anki" in line]
    assert shown.count("qt2anki " + name) == len(found)
    for line in found:
        assert re.match(rf" {{4}}([A-Z0-9_]+=\S+ )?qt2anki {name}\b", line)


def test_version() -> None:
    result = CliRunner().invoke(main, ["--version"])

    assert (result.exit_code, result.stdout) == (0, f"main {__version__}\n")


def test_an_unknown_command_is_wrong_use() -> None:
    result = CliRunner().invoke(main, ["biuld"])

    assert result.exit_code == 2
    assert "biuld" in result.stderr


def test_the_module_runs() -> None:
    command = [sys.executable, "-m", "qt2anki", "--version"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # ourselves

    assert done.stdout == f"qt2anki {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"]])
def test_help_comes_without_the_heavy_libraries(arguments: list[str]) -> None:
    heavy = ("bleach", "genanki", "markdown", "rich", "yaml", "snowballstemmer")
    code = (
        "import sys; from qt2anki.cli import main\n"
        f"try: main({arguments})\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )

    done = subprocess.run(  # noqa: S603  # ourselves
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("ro\x1b[31mt",),
        ("list", "--ro\x1b[31mt"),
        ("build", "--kinds", "ro\x1b[31mt"),
        ("diff", "ro\x1b[31mt"),
        ("settings", "--config", "ro\x1b[31mt"),
        ("course", "new", "ro\x1b[31mt"),
        ("push", "ro\x9b31mt"),
    ],
)
def test_an_argument_cannot_steer_the_terminal(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert not set(result.output) & set("\x1b\x9b")
