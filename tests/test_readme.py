"""The examples in documents work: commands run, settings load, pages can be read."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from qt2anki.cli import main
from qt2anki.config import resolve_settings
from tests.reading import read_one

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```.*?^```$|``.*?``|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def blocks(document: Path, language: str) -> list[str]:
    found = _BLOCK.findall(document.read_text(encoding="utf-8"))
    return [text for name, text in found if name == language]


def lines(document: Path, start: str) -> list[str]:
    """Return the commands in *document* that begin with *start*, without remarks and redirects."""
    every = [line for block in blocks(document, "sh") for line in block.splitlines()]
    return [re.split(r" [>|#] ?", line)[0].strip() for line in every if line.startswith(start)]


def anchors(document: Path) -> list[str]:
    """Return the anchors of the headings of *document*, made as GitHub does."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


def commands() -> dict[str, click.Command]:
    with main.make_context("qt2anki", ["build"], resilient_parsing=True) as ctx:
        found = {name: main.get_command(ctx, name) for name in main.list_commands(ctx)}
    return {name: command for name, command in found.items() if command is not None}


@pytest.mark.parametrize("line", lines(README, "qt2anki "))
def test_a_command_of_the_readme_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("input", "pages"):
        for subject in ("biology", "nursing"):
            shutil.copytree(ROOT / "input" / subject, tmp_path / folder / subject)
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, shlex.split(line)[1:])

    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_options_in_documents_exist(document: Path) -> None:
    known = commands()
    for line in lines(document, "qt2anki "):
        name, *words = shlex.split(line)[1:] or [""]
        if name.startswith("-"):
            continue
        assert name in known, line
        command = known[name]
        if isinstance(command, click.Group):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        options = {
            option for param in command.params for option in (*param.opts, *param.secondary_opts)
        }
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= options | {"--help"}, line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_targets_of_make_in_documents_exist(document: Path) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))

    assert {line.split()[1] for line in lines(document, "make ")} <= targets


def test_every_command_is_in_a_document() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)

    assert [name for name in commands() if f"qt2anki {name}" not in text] == []


def test_the_page_of_the_readme_reads() -> None:
    (page, *_) = blocks(README, "yaml")

    reading = read_one(page, "README.md")

    assert reading.page
    assert not reading.problems


@pytest.mark.parametrize("text", blocks(README, "toml"))
def test_the_settings_of_the_readme_load(text: str, tmp_path: Path) -> None:
    (tmp_path / "qt2anki.toml").write_text(text, encoding="utf-8")

    assert resolve_settings(tmp_path).settings != resolve_settings(Path(tmp_path.anchor)).settings


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = _CODE.sub("", document.read_text(encoding="utf-8"))
    links = re.findall(r"(?<!\\)\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)", text)
    targets = [(document.parent / path if path else document, anchor) for path, anchor in links]

    assert [path for path, _ in targets if not path.exists()] == []
    assert [target for target in targets if target[1] and target[1] not in anchors(target[0])] == []


def test_paths_in_the_guide_for_contributors_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    roots = (ROOT, ROOT / "src" / "qt2anki")
    folders = [path for path in (ROOT / "src" / "qt2anki").iterdir() if path.is_dir()]
    named = re.findall(r"`([\w./-]+\.(?:py|toml|md|json|css)|[\w-]+/(?:[\w-]+/)?)`", text)

    assert len(named) > 30
    assert [
        name
        for name in named
        if name != "qt2anki.toml"
        and not any(
            (root / name).exists() for root in (*roots, *folders, *(r / "docs" for r in roots))
        )
    ] == []
