"""``qt2anki init`` and ``qt2anki stamp``, tried on a folder of pages from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main

PAGES = {
    "soil-science/loam.md": "---\ntitle: What is loam?\n---\nA soil of sand, silt and clay.\n",
    "soil-science/faq.md": "Q: What is silt?\nA: Fine grains of rock.\n\n"
    "Q: What is clay?\nA: The finest grains of rock.\n",
    "peat.md": "---\nid: peat\ntitle: What is peat?\nsubject: Bogs\n---\nPlants not rotten.\n",
    "broken.md": "---\ntitle: [\n---\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in PAGES.items():
        path = tmp_path / "garden" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "garden"


def run(*args: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, args, input=answer)


def test_what_is_there_is_told() -> None:
    result = run("init", "garden", answer="n\n")

    lines = result.stdout.splitlines()
    assert lines[:6] == [
        "4 pages in 4 files (1 of them with several questions)",
        "  answers: in the text (4)",
        "  ids: none (3), names (1)",
        "  subjects: from the folders (3), in the front matter (1)",
        "  languages: en (4)",
        "  decks: Bogs, Soil Science",
    ]
    assert "    A: A soil of sand, silt and clay." in lines
    assert result.stdout.count("  Q: ") == 4
    assert not Path("qt2anki.toml").exists()


@pytest.mark.parametrize(("options", "answer"), [(["--yes"], ""), ([], "y\n")])
def test_settings_are_written_once(options: list[str], answer: str) -> None:
    first = run("init", "garden", *options, answer=answer)
    text = Path("qt2anki.toml").read_text(encoding="utf-8")
    again = run("init", "garden", "--yes")

    assert first.exit_code == again.exit_code == 0
    assert 'deck_root = "Garden"' in text
    assert "Next: qt2anki build garden --first-release" in first.stdout
    assert "already exists" in again.stdout
    assert Path("qt2anki.toml").read_text(encoding="utf-8") == text
    assert run("settings").exit_code == 0


def test_keys_of_other_names_are_found(folder: Path) -> None:
    for number in range(3):
        reply = "Because it is so. " * 4
        lines = (f"id: {number}", f"prompt: Why {number}?", f"reply: {reply}", "subject: X")
        text = "\n".join(("---", *lines, "url: /x", "---", ""))
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    for name in PAGES:
        (folder / name).unlink()

    result = run("init", "garden", "--yes")

    assert "  the key 'prompt' is used as the question" in result.stdout
    assert "3 pages in 3 files" in result.stdout
    assert (
        Path("qt2anki.toml")
        .read_text(encoding="utf-8")
        .endswith('[front_matter]\nquestion = "prompt"\nanswer = "reply"\n')
    )
    assert run("check", "garden").exit_code == 0


def test_a_folder_without_pages_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    result = run("init", "empty")

    assert result.exit_code == 1
    assert "no pages to make cards from" in result.stderr


def test_stamp_writes_the_ids_that_pages_have(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.md")}

    dry = run("stamp", "garden", "--dry-run")
    assert {path: path.read_bytes() for path in folder.rglob("*.md")} == before
    done = run("stamp", "garden")
    again = run("stamp", "garden")

    assert (
        dry.stdout
        == done.stdout
        == (
            "garden/soil-science/faq.md: soil-science.faq\n"
            "garden/soil-science/loam.md: soil-science.loam\n"
        )
    )
    assert done.stderr == "2 files got an id\n"
    assert again.stderr == "0 files got an id\n"
    changed = {path.name for path, data in before.items() if path.read_bytes() != data}
    assert changed == {"faq.md", "loam.md"}


def test_stamp_writes_the_ids_that_were_published() -> None:
    assert run("build", "garden", "--first-release").exit_code == 1  # one page is broken

    result = run("stamp", "garden/soil-science")

    assert "garden/soil-science/loam.md: soil-science.loam\n" in result.stdout


def test_stamp_reports_a_path_that_is_not_there() -> None:
    result = run("stamp", "nowhere")

    assert result.exit_code == 1
    assert "QT101" in result.stderr


def test_the_language_of_most_pages_is_proposed(folder: Path) -> None:
    words = "Es el paso de agua por una membrana hacia el lado que tiene más sales."
    for n in range(9):
        (folder / f"{n}.md").write_text(f"# ¿Qué es la cosa {n}?\n\n{words}\n", "utf-8")

    result = run("init", "garden", "--yes")

    assert "  languages: es (9), en (4)" in result.stdout
    assert "declare each page's" in result.stdout
    assert '\nlanguage = "es"' in Path("qt2anki.toml").read_text("utf-8")


def test_the_address_of_the_site_is_asked_for_where_pages_have_paths(folder: Path) -> None:
    (folder / "bog.md").write_text(
        "---\nurl: /bog/\ntitle: What is a bog?\n---\nWet land.\n", "utf-8"
    )

    assert 'base_url = "https://example.org"' in run("init", "garden", answer="n\n").stdout
