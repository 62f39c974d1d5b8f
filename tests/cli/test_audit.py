"""``qt2anki audit`` on a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.audit.decks import cloze, qa, write_package, write_page

GOOD = qa(7, "Why is bark dead?", "Cork cuts it off.")
BAD = qa(8, "What is cork?", "Cork")


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["audit", *map(str, args)])


def test_good_packages(tmp_path: Path) -> None:
    write_package(tmp_path, [GOOD])

    result = run(tmp_path)

    assert result.exit_code == 0
    assert "leak *" in result.stdout
    assert "1 package: 1 page, 1 note, 1 card" in result.stdout
    assert "qa-7" not in result.stdout


def test_findings_name_the_card(tmp_path: Path) -> None:
    result = run(write_package(tmp_path, [GOOD, BAD]))

    assert result.exit_code == 1
    assert "8/qa [qa qa-8]: the question gives away 'Cork'" in result.stdout


def test_max_limits_the_findings(tmp_path: Path) -> None:
    package = write_package(
        tmp_path, [qa(page, f"What is cork {page}?", "Cork") for page in range(1, 8)]
    )

    assert "and 2 more; --max 7 shows all" in run(package).stdout
    assert "and 4 more" in run(package, "--max", 3).stdout
    assert "1/qa" not in run(package, "--max", 0).stdout


def test_json(tmp_path: Path) -> None:
    result = run(write_package(tmp_path, [GOOD, BAD]), "--json")

    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (report["version"], report["failed"], report["cards"]) == (1, True, 2)
    assert [metric["number"] for metric in report["metrics"]] == [*range(1, 19), 20, 21, 22]
    (trivial,) = report["metrics"][1]["findings"]
    assert trivial == {
        "metric": 2,
        "guid": "qa-8",
        "key": "8/qa",
        "page_id": 8,
        "kind": "qa",
        "text": "the question gives away 'Cork'",
        "words": [],
    }


def test_subject(tmp_path: Path) -> None:
    write_package(tmp_path, [GOOD])
    write_package(tmp_path, [BAD], subject="Zoology")

    assert run(tmp_path, "--subject", "botany").exit_code == 0
    assert run(tmp_path, "--subject", "Zoology").exit_code == 1
    wrong = run(tmp_path, "--subject", "Botny")
    assert wrong.exit_code == 2
    assert "Did you mean 'Botany'?" in wrong.stderr


def test_sources(tmp_path: Path) -> None:
    package = write_package(tmp_path / "out", [qa(7, "Why?", "This is told by nobody.")])
    write_page(tmp_path / "pages", 7, "Why?", "So.")
    (tmp_path / "pages" / "bad.md").write_text("---\n", encoding="utf-8")

    result = run(package, "--sources", tmp_path / "pages")

    assert result.exit_code == 1
    assert "the page does not say 'this is told by'" in result.stdout
    assert "bad.md" in result.stderr


@pytest.mark.parametrize(
    ("args", "status", "says"),
    [
        pytest.param(["nowhere.apkg"], 2, "does not exist", id="no-such-file"),
        pytest.param([], 2, "There is no folder 'dist' here.", id="no-dist"),
        pytest.param(["."], 2, "There are no packages", id="empty-folder"),
        pytest.param(["page.md"], 1, "not an Anki package", id="not-a-package"),
    ],
)
def test_wrong_use(
    args: list[str], status: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text("---\n", encoding="utf-8")

    result = run(*args)

    assert (result.exit_code, says in result.stderr) == (status, True)
    assert "Traceback" not in result.output


def test_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_package(tmp_path / "dist", [cloze(7, "All trees in the wood drink by {{c1::xylem}}.")])

    assert run().exit_code == 0


def test_the_share_of_notes_that_people_have_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    package = write_package(tmp_path, [GOOD, qa(9, "Where is cork cut?", "In the far south.")])
    assert "Reviewers have approved" not in run(package).stdout

    tables = '[card."7/qa"]\nkeep = true\n\n[card."9/qa"]\nkeep = true\nproposed = true\n'
    (tmp_path / "corrections.toml").write_text(tables, "utf-8")

    assert "Reviewers have approved 1 note (50%)." in run(package).stdout
    assert json.loads(run(package, "--json").stdout)["reviewed"] == 1
