from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.checks.pages import page

GOOD = page(answer="Air cools.")
BOLD = GOOD.replace("Air cools.", "So **air cools.")  # a warning
NOTE = GOOD.replace("id: 7", "id: -7")
BAD = GOOD.replace("id: 7", "id: yes")


def run(*args: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["check", *args], input=stdin)


@pytest.mark.parametrize(
    ("text", "args", "status", "codes"),
    [
        pytest.param(GOOD, [], 0, [], id="good"),
        pytest.param(BOLD, [], 0, ["QT212"], id="warning"),
        pytest.param(BOLD, ["--strict"], 1, ["QT212"], id="strict"),
        pytest.param(BOLD, ["--strict", "--ignore", "QT212"], 0, [], id="ignored"),
        pytest.param(BOLD, ["--strict", "--ignore", "qt21"], 0, [], id="ignored-by-prefix"),
        pytest.param(BOLD, ["--select", "QT1,QT301", "--strict"], 0, [], id="not-selected"),
        pytest.param(BOLD, ["--select", "QT2", "--ignore", "QT212"], 0, [], id="ignore-wins"),
        pytest.param(NOTE, [], 0, ["QT126"], id="note"),
        pytest.param(NOTE, ["--strict", "-q"], 0, [], id="quiet"),
        pytest.param(BAD, [], 1, ["QT121"], id="error"),
        pytest.param("", [], 1, ["QT110"], id="empty"),
    ],
)
def test_status_and_problems(text: str, args: list[str], status: int, codes: list[str]) -> None:
    result = run("-", "--format", "json", *args, stdin=text)

    assert result.exit_code == status
    found = json.loads(result.stdout)
    assert found["version"] == 1
    assert [problem["code"] for problem in found["problems"]] == codes


def test_text_goes_to_stdout_and_talk_to_stderr() -> None:
    result = run("-", stdin=BOLD)

    assert result.stdout.startswith("<stdin>:5:12: warning QT212: the ** in '**air cools.'")
    assert "\n  hint: " in result.stdout
    assert result.stderr == "0 errors, 1 warning, 0 notes in 1 file\n"


def test_color_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert "\x1b[33mwarning QT212\x1b[0m" in run("-", stdin=BOLD).stdout


@pytest.mark.parametrize(
    ("style", "opening"),
    [
        ("github", "::warning file=<stdin>,line=5"),
        ("sarif", '{\n "$schema"'),
        ("text", "<stdin>:5"),
    ],
)
def test_formats(style: str, opening: str) -> None:
    assert run("-", "--format", style, stdin=BOLD).stdout.startswith(opening)


@pytest.mark.parametrize("style", ["github", "text"])
def test_nothing_is_said_of_good_pages(style: str) -> None:
    assert run("-", "--format", style, stdin=GOOD).stdout == ""


def test_the_folder_input_is_read_when_nothing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = run()
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "rain.md").write_text(BOLD, encoding="utf-8")

    found = run("--jobs", "2")

    assert (refused.exit_code, "no folder 'input'" in refused.stderr) == (2, True)
    assert found.stdout.startswith("input/rain.md:5:12: warning")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--select", "QTX"], "no code starts with 'QTX'"),
        (["--ignore", "QT1133"], "Did you mean 'QT113'?"),
        (["--format", "xml"], "'xml' is not one of"),
        (["--config", "gone.toml"], "gone.toml"),
    ],
)
def test_wrong_use(args: list[str], said: str) -> None:
    result = run("-", *args, stdin=GOOD)

    assert result.exit_code == 2
    assert said in result.stderr


def test_the_sample_pages_have_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])

    assert run("--strict").exit_code == 0
