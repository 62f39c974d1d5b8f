"""``qt2anki build --check``, and what ``--json`` promises: docs/summary.schema.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.site import TEA, Site, edited

SCHEMA = Path(__file__).parents[2] / "docs" / "summary.schema.json"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a published site of two subjects, in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796000000")
    monkeypatch.setenv("TERM", "dumb")
    one = Site(tmp_path)
    one.process(1)
    one.plain(2)
    one.plain(3)
    one.plain(4, subject="Botany")
    one.build()
    return one


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["build", "pages", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(*arguments: str | Path) -> dict[str, Any]:
    """Return what ``--json`` prints, held against the schema."""
    found: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def test_nothing_would_change(site: Site) -> None:
    files = site.files()

    result = run("--check")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("A build would change 0 packages.\n")
    assert site.files() == files


def test_what_would_change_is_named_and_left_alone(site: Site) -> None:
    site.process(
        1,
        edited(
            TEA, 1, text="A splash of hot water rinses the empty teapot and is tipped out again."
        ),
    )
    site.path(2).unlink()
    files = site.files()

    result = run("--check")

    assert result.exit_code == 1
    assert result.stdout == "would write cooking.apkg\nwould write retired/cooking.apkg\n"
    assert result.stderr.endswith("A build would change 2 packages.\n")
    assert site.files() == files


def test_a_subject_that_has_another_name_now(site: Site) -> None:
    site.path(4, "Botany").unlink()
    site.plain(4, subject="Zoology")

    assert run("--check").stdout == "would remove botany.apkg\nwould write zoology.apkg\n"
    run()
    assert run("--check").exit_code == 0


def test_a_style_alone_is_a_change_too(site: Site, tmp_path: Path) -> None:
    style = tmp_path / "looks" / "style.css"
    style.parent.mkdir()
    style.write_text(".card { color: teal; }\n", encoding="utf-8")

    result = run("--check", "--note-models", style.parent)

    assert result.exit_code == 1
    assert result.stdout == "would write botany.apkg\nwould write cooking.apkg\n"
    assert site.out.exists()


def test_packages_published_elsewhere_are_what_counts(site: Site, tmp_path: Path) -> None:
    (site.out / "cooking.apkg").rename(site.out / "kitchen.apkg")
    (site.out / "manifest.json").unlink()

    assert run("--check", "--previous", site.out, "-o", tmp_path / "none").exit_code == 0
    assert not (tmp_path / "none").exists()


def test_with_a_dry_run_the_notes_are_shown_too(site: Site) -> None:
    site.plain(5)

    result = run("--check", "--dry-run")

    assert result.exit_code == 1
    assert result.stdout.startswith("Cooking: 1 new (")
    assert run("--dry-run").exit_code == 0


def test_a_page_with_an_error_fails_the_check(site: Site) -> None:
    site.path(2).write_text("no page", encoding="utf-8")

    result = run("--check")

    assert result.exit_code == 1
    assert "QT110" in result.stderr
    assert result.stderr.endswith("A build would change 0 packages.\n")


def test_the_json_of_a_check(site: Site) -> None:
    assert told("--check") == {"version": 1, "is_current": True, "files": []}

    site.plain(6, subject="Zoology")

    assert told("--check")["files"] == [{"name": "zoology.apkg", "fate": "write"}]


def test_the_json_of_builds(site: Site, tmp_path: Path) -> None:
    first = told("-o", tmp_path / "fresh")
    site.process(1, edited(TEA, 1, title="Heating Phase"))
    site.path(2).unlink()
    second = told()
    site.page(7, "Which herb smells of aniseed?", "", subject="Botany")
    third = told()

    assert first["first_release"]
    assert all(each["written"] and not each["changes"] for each in first["packages"])
    assert {change["kind"] for each in second["packages"] for change in each["changes"]}
    assert [each["kind"] for each in second["retired"][0]["changes"]] == ["retired"]
    assert {each["severity"] for each in third["problems"]} >= {"error", "warning"}


def test_the_json_of_a_subject_that_is_gone(site: Site) -> None:
    site.path(4, "Botany").unlink()
    site.plain(4, subject="Zoology")

    gone = told()["packages"][0]

    assert (gone["subject"], gone["bytes"], gone["written"]) == ("Botany", 0, True)
