from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.site import Site

COURSE = 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [1, 4]\n'


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    one = Site(tmp_path)
    one.process(1)
    one.process(3, question="= How is cocoa made?", date="2026-02-01")
    one.plain(4, subject="Gardening")
    return one


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_new_course_is_built_at_once() -> None:
    made = run("course", "new", "kitchen-basics", "--take", "1", "--take", "4")
    listed = run("course", "list")
    built = run("build", "pages", "--course", "kitchen-basics")

    assert made.stdout == "courses/kitchen-basics.toml\n"
    assert listed.stdout == "kitchen-basics\tKitchen Basics\t1 unit\tcourses/kitchen-basics.toml\n"
    assert built.exit_code == 0, built.output
    assert Path("dist/courses/kitchen-basics.apkg").is_file()
    assert not Path("dist/cooking.apkg").exists()
    assert "1 package in dist/courses/" in built.stderr
    search = "(tag:QuickTakes::page::1 or tag:QuickTakes::page::4) -tag:QuickTakes::retired"
    assert f": {search}\n" in built.stderr


def test_a_course_file_is_never_overwritten() -> None:
    run("course", "new", "a")
    Path("courses/a.toml").write_text("mine", encoding="utf-8")

    again = run("course", "new", "a.toml")

    assert again.exit_code == 2
    assert "courses/a.toml already exists" in again.stderr
    assert Path("courses/a.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["../a", ".a", "a:b", ""])
def test_names_that_are_no_file_names_are_refused(name: str) -> None:
    assert run("course", "new", name).exit_code == 2


def test_a_title_that_is_no_deck_is_refused() -> None:
    result = run("course", "new", "a", "--title", "A::::B")

    assert result.exit_code == 2
    assert "a level of the deck name is empty" in result.stderr


def test_without_courses_it_is_told_how_to_begin() -> None:
    result = run("course", "list")

    assert result.stdout == ""
    assert "create one with: qt2anki course new" in result.stderr


def test_an_error_in_a_course_has_its_line_and_fails() -> None:
    Path("c.toml").write_text(COURSE.replace("4]", "5]"), encoding="utf-8")

    result = run("build", "pages", "--course", "c.toml")

    assert result.exit_code == 1
    assert "c.toml:4: error QT502: there is no page 5" in result.stderr
    assert not list(Path("dist").rglob("*.apkg"))


def test_what_would_change_is_told_and_nothing_written() -> None:
    Path("c.toml").write_text(COURSE, encoding="utf-8")

    dry = run("build", "pages", "--course", "c.toml", "--dry-run")
    stale = run("build", "pages", "--course", "c.toml", "--check")
    assert not Path("dist").exists()
    run("build", "pages", "--course", "c.toml")
    current = run("build", "pages", "--course", "c.toml", "--check")

    assert dry.stdout.startswith("C: ")
    assert (stale.exit_code, stale.stdout) == (1, "would write courses/c.apkg\n")
    assert (current.exit_code, current.stdout) == (0, "")


def test_a_dry_run_says_what_the_build_says() -> None:
    course = Path("c.toml")
    course.write_text(COURSE, encoding="utf-8")
    run("build", "pages", "--course", "c.toml")
    course.write_text(COURSE.replace("[1, 4]", "[4]"), encoding="utf-8")

    dry = run("build", "pages", "--course", "c.toml", "--dry-run")
    built = run("build", "pages", "--course", "c.toml")

    said = re.search(r"C: (.* left out) ", dry.stdout)
    assert said is not None
    assert f"Since the last release: {said[1]}\n" in built.stderr


def test_a_course_with_an_error_is_not_called_the_same() -> None:
    Path("c.toml").write_text(COURSE.replace("[1, 4]", "[1, 5]"), encoding="utf-8")

    dry = run("build", "pages", "--course", "c.toml", "--dry-run")

    assert (dry.exit_code, dry.stdout) == (1, "")


def test_machines_get_a_summary() -> None:
    Path("c.toml").write_text(COURSE, encoding="utf-8")

    summary = json.loads(run("build", "pages", "--course", "c.toml", "--json").stdout)

    (package,) = summary["packages"]
    assert (package["deck"], package["path"]) == ("C", "dist/courses/c.apkg")
    assert package["pages"] == 2


def test_subjects_and_courses_exclude_each_other() -> None:
    assert run("build", "pages", "--course", "c", "--subject", "Cooking").exit_code == 2


def test_pages_are_listed_with_their_cards() -> None:
    result = run("list", "pages", "--subject", "Gardening")

    assert "Where does herb 4 thrive?" in " ".join(result.stdout.split())
    assert "1 page, 1 card" in result.stderr


def test_the_order_of_subjects_is_that_of_the_settings() -> None:
    Path("qt2anki.toml").write_text('subject_order = ["Gardening"]', encoding="utf-8")

    found = json.loads(run("list", "pages", "--json").stdout)

    assert found["version"] == 1
    assert [page["id"] for page in found["pages"]] == [4, 1, 3]
    assert found["pages"][0]["cards"] == {"qa": 1}


def test_a_spreadsheet_takes_nothing_for_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(run("list", "pages", "--id", "3", "--csv").stdout)))

    (row,) = rows
    assert row["question"] == "'= How is cocoa made?"
    assert (row["id"], row["subject"], row["date"]) == ("3", "Cooking", "2026-02-01")


def test_conditions_of_different_names_must_all_hold() -> None:
    def ids(*options: str) -> list[int]:
        found = json.loads(run("list", "pages", "--json", *options).stdout)
        return [page["id"] for page in found["pages"]]

    assert ids("--until", "2026-02-01") == [3]
    assert ids("--until", "2026-05-01", "--text", "LEMON") == [4]
    assert ids("--text", "lemon", "--text", "kettle") == [1, 3, 4]
    assert ids("--question", "cocoa") == [3]
    assert ids("--keyword", "no such word") == []
    assert ids("--subject", "Cooking", "--text", "lemon") == []
    assert ids("--path", "cooking/page-1.md", "--slug", "page-1") == [1]


def test_pages_with_errors_fail_the_list() -> None:
    Path("pages/bad.md").write_text("---\nid: x\n---\n", encoding="utf-8")

    result = run("list", "pages")

    assert result.exit_code == 1
    assert "see: qt2anki check" in result.stderr
