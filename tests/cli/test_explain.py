from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from qt2anki.cli.explain import messages_page
from qt2anki.messages import message_codes


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["explain", *args])


def test_one_code() -> None:
    result = run("qt113")

    assert result.exit_code == 0
    assert result.stdout.startswith("QT113 (error): invalid front matter\n\nThe YAML")


@pytest.mark.parametrize("flags", [[], ["--markdown"]], ids=["text", "markdown"])
def test_all_that_begin_alike(flags: list[str]) -> None:
    result = run("QT20", "QT301", *flags)

    named = [code for code in message_codes() if code in result.stdout]
    assert named == [code for code in message_codes() if code.startswith(("QT20", "QT301"))]


def test_every_code() -> None:
    assert all(f"{code} (" in run("--all").stdout for code in message_codes())
    assert run("--all", "--markdown").stdout == messages_page() + "\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "Pass the codes to explain"),
        (["QT101", "--all"], "Pass the codes to explain"),
        (["QT1133"], "Did you mean 'QT113'?"),
        (["rain"], "--all lists them."),
    ],
)
def test_wrong_use(args: list[str], said: str) -> None:
    result = run(*args)

    assert result.exit_code == 2
    assert said in result.stderr
