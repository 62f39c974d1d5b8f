from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, **environ: str) -> Result:
    result = CliRunner().invoke(main, ["settings", *arguments], env=environ)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_each_value_stands_with_its_origin() -> None:
    Path("qt2anki.toml").write_text('tag_root = "File"\n[sequences]\n7 = true\n', encoding="utf-8")

    lines = run("--profile", "core", QT2ANKI_LANGUAGE="de").stdout.splitlines()

    here = Path("qt2anki.toml").resolve().as_posix()
    shown = {line.split()[0]: " ".join(line.split()[1:]) for line in lines}
    assert shown["profile"] == '"core" [--profile]'
    assert shown["language"] == '"de" [QT2ANKI_LANGUAGE]'
    assert shown["tag_root"] == f'"File" [{here}:1]'
    assert shown["sequences"] == f'{{"7": true}} [{here}:2]'
    assert shown["deck_root"] == '"QuickTakes" [default]'


def test_machines_get_the_same() -> None:
    found = json.loads(run("--kinds", "qa", "--json").stdout)

    assert found["version"] == 1
    assert found["file"] is None
    assert found["settings"]["kinds"] == {"value": ["qa"], "origin": "--kinds"}
    assert found["settings"]["front_matter"] == {"value": {}, "origin": "default"}


def test_what_cannot_be_used_is_wrong_use() -> None:
    result = run(QT2ANKI_PROFILE="ful")

    assert result.exit_code == 2
    assert "QT2ANKI_PROFILE: there is no 'ful'\n  hint: Did you mean 'full'?" in result.stderr
