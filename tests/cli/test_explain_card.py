from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main

PAGE = """\
---
id: 31
subject: Baking
question: What are the stages of making rye bread, in order?
answer: |
  Zymotic lactic inoculates (ZLI) keep the crumb moist. The ZLI need warmth.

  The stages are:

  1. **Autolysis**: Flour and water rest until enzymes have cut the first starch.
  2. **Fermentation**: Lactobacilli turn maltose into lactic acid for twelve hours.
  3. **Proofing**: The loaf rises in a basket until its seam opens.
---
"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "baking").mkdir()
    (tmp_path / "baking" / "rye.md").write_text(PAGE, "utf-8")
    return tmp_path


def run(pages: Path, key: str, *options: str) -> Result:
    out = str(pages / "dist")
    return CliRunner().invoke(main, ["explain-card", key, str(pages), "-o", out, *options])


def test_all_candidates_of_a_page(pages: Path) -> None:
    lines = run(pages, "31").stdout.splitlines()

    assert "31/qa" in lines
    assert "  Q: What are the stages of making rye bread, in order?" in lines
    assert "  A: Autolysis Fermentation Proofing" in lines


def test_one_candidate_shows_what_its_score_is_made_of(pages: Path) -> None:
    result = run(pages, "31/qa")
    first, score, *rest = result.stdout.splitlines()

    assert first == "31/qa"
    assert score.startswith("  Score ")
    assert any(line.endswith("  kind qa") for line in rest)


def test_a_candidate_of_no_wanted_kind_says_so(pages: Path) -> None:
    config = pages / "qt2anki.toml"
    config.write_text('kinds = ["qa"]', "utf-8")
    result = run(pages, "31/step/proofing/explain", "--config", str(config))

    assert "left out: the settings do not ask for this kind." in result.stdout


def test_a_file_shows_all_candidates_of_its_pages(
    pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pages / "baking")
    by_path = run(pages, "rye.md").stdout

    assert by_path == run(pages, "31").stdout
    assert CliRunner().invoke(main, ["explain-card", "rye.md"]).stdout == by_path


def test_a_file_without_cards_says_why(pages: Path) -> None:
    bad, empty = pages / "bad.md", pages / "empty.md"
    bad.write_text("---\ntitle: [\n---\n", "utf-8")
    empty.write_text("---\nid: 32\ntitle: Rye?\n---\nI cannot answer this.\n", "utf-8")

    assert "error QT113" in run(pages, str(bad)).stdout
    assert "note QT301" in run(pages, str(empty)).stdout


def test_an_abbreviation_belongs_to_no_page(pages: Path) -> None:
    key = next(
        line for line in run(pages, "abbr").stdout.splitlines() if line.startswith("abbr/ZLI/")
    )

    assert "  A: Zymotic lactic inoculates" in run(pages, key).stdout


def test_a_page_without_candidates_says_why(pages: Path) -> None:
    text = PAGE.replace("id: 31", "id: 32").partition("answer:")[0]
    (pages / "baking" / "no.md").write_text(f"{text}answer: I cannot answer this.\n---\n", "utf-8")

    assert "note QT301" in run(pages, "32").stdout


def test_a_key_without_a_candidate(pages: Path) -> None:
    result = run(pages, "31/term/yeast")

    assert result.exit_code == 1
    assert "No candidate has the key '31/term/yeast'" in result.stderr
    assert "qt2anki explain-card 31'" in result.stderr
