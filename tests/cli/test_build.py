from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main

INPUT = Path(__file__).parents[2] / "input"
GOOD = """\
---
id: 7
question: Why does rye bread keep?
answer: Pentosans hold water in the crumb for many days.
subject: Baking
url: /rye
---
"""
BAD = GOOD.replace("id: 7", "id: yes")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    monkeypatch.setenv("TERM", "dumb")


def run(*arguments: str, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(main, ["build", *arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def page(text: str = GOOD, name: str = "pages/a.md") -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path.parent)


def test_a_folder_becomes_packages() -> None:
    result = run(page())

    assert result.exit_code == 0
    assert Path("dist/baking.apkg").is_file()
    assert result.stdout == ""
    assert "1 note" in result.stderr
    assert "\x1b" not in result.stderr


def test_without_paths_the_folder_input_is_read() -> None:
    page(name="input/a.md")

    assert run("-o", "decks").exit_code == 0
    assert Path("decks/baking.apkg").is_file()


def test_without_paths_and_input_there_is_a_hint() -> None:
    result = run()

    assert result.exit_code == 2
    assert "no folder 'input'" in result.stderr


def test_standard_input_is_a_page() -> None:
    result = run("-", stdin=GOOD)

    assert result.exit_code == 0
    assert Path("dist/baking.apkg").is_file()


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        pytest.param(GOOD, 0, "0 errors", id="good"),
        pytest.param(BAD, 1, "error QT121", id="a wrong id"),
        pytest.param("plain text", 1, "error QT110", id="no front matter"),
        pytest.param(GOOD.replace("url: /rye\n", ""), 0, "warning QT123", id="a warning"),
        pytest.param("", 1, "error", id="nothing"),
    ],
)
def test_problems_decide_the_exit_status(text: str, status: int, says: str) -> None:
    result = run(page(text))

    assert result.exit_code == status
    assert says in result.stderr


def test_a_bad_page_is_shown_with_its_place_while_others_are_built() -> None:
    page()
    folder = page(BAD, "pages/b.md")

    result = run(folder)

    assert result.exit_code == 1
    assert re.search(r"^pages/b.md:2:\d+: error QT121: ", result.stderr, re.MULTILINE)
    assert "hint: " in result.stderr
    assert Path("dist/baking.apkg").is_file()


def test_a_missing_path() -> None:
    result = run("nowhere", page())

    assert result.exit_code == 1
    assert "nowhere: error QT101" in result.stderr
    assert Path("dist/baking.apkg").is_file()


def test_json_is_all_that_is_on_stdout() -> None:
    page(BAD, "pages/b.md")
    summary = json.loads(run(page(), "--json").stdout)

    assert summary["version"] == 1
    assert summary["stamp"] == 1795000000
    assert summary["pages"] == 1
    (package,) = summary["packages"]
    assert (package["subject"], package["deck"]) == ("Baking", "QuickTakes::Baking")
    assert (package["path"], package["written"]) == ("dist/baking.apkg", True)
    assert sum(package["notes"].values()) == 1
    assert package["bytes"] == Path("dist/baking.apkg").stat().st_size
    codes = {problem["code"]: problem for problem in summary["problems"]}
    assert (codes["QT121"]["source"], codes["QT121"]["line"]) == ("pages/b.md", 2)


def test_quiet_shows_problems_only() -> None:
    page()
    assert run("pages", "-q", "--first-release").output == ""

    page(BAD, "pages/b.md")
    errors = run("pages", "-q").stderr
    assert "QT121" in errors
    assert "packages in" not in errors


def test_quiet_does_not_suppress_json() -> None:
    folder = page()
    run(folder, "--first-release")

    assert json.loads(run(folder, "-q", "--json").stdout)["pages"] == 1


def test_verbose_lists_pages_without_cards() -> None:
    folder = page(GOOD.replace("Pentosans hold", "I cannot answer. Pentosans hold"))

    assert "note QT301" in run(folder, "-v").stderr
    assert "note QT301" not in run(folder).stderr


def test_many_pages_without_cards_are_counted() -> None:
    for number in range(12):
        text = GOOD.replace("id: 7", f"id: {number}").replace("Pentosans", "I cannot answer this.")
        folder = page(text, f"pages/{number}.md")

    assert "12 pages without cards" in run(folder).stderr


def test_quiet_and_verbose_exclude_each_other() -> None:
    assert run("-q", "-v").exit_code == 2


@pytest.mark.parametrize("given", ["yesterday", "-5", "0", "1.5", ""])
def test_a_wrong_time_is_wrong_use(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)

    result = run(page())

    assert result.exit_code == 2
    assert "SOURCE_DATE_EPOCH" in result.stderr
    assert not Path("dist").exists()


def test_the_time_is_now_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")

    stamp = json.loads(run(page(), "--json").stdout)["stamp"]

    assert abs(stamp - time.time()) < 60


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("Bakin", "Did you mean 'Baking'?"), ("Zoology", "The subjects are: Baking.")],
)
def test_an_unknown_subject_is_wrong_use(asked: str, hint: str) -> None:
    result = run(page(), "--subject", asked)

    assert result.exit_code == 2
    assert hint in result.stderr
    assert not list(Path().rglob("*.apkg"))


def test_a_subject_is_found_in_any_case() -> None:
    page(GOOD.replace("Baking", "Dairy").replace("id: 7", "id: 8"), "pages/b.md")

    assert run(page(), "--subject", "BAKING").exit_code == 0
    assert [path.name for path in Path("dist").glob("*.apkg")] == ["baking.apkg"]


def test_an_output_that_is_a_file_is_wrong_use() -> None:
    Path("dist").write_text("x", encoding="utf-8")

    result = run(page())

    assert result.exit_code == 2
    assert Path("dist").read_text(encoding="utf-8") == "x"


def test_a_folder_that_cannot_be_made_is_an_error() -> None:
    Path("file").write_text("x", encoding="utf-8")

    result = run(page(), "-o", "file/dist")

    assert result.exit_code == 1
    assert "file/dist" in result.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_that_may_not_be_written_to() -> None:
    Path("locked").mkdir(mode=0o500)

    result = run(page(), "-o", "locked/dist")

    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_a_settings_file_with_a_mistake_is_wrong_use() -> None:
    Path("qt2anki.toml").write_text("deck_rot = 'x'\n", encoding="utf-8")

    result = run(page())

    assert result.exit_code == 2
    assert "deck_root" in result.stderr


def test_the_threshold_on_the_command_line_wins() -> None:
    folder = str(INPUT / "nursing")
    kinds = [
        json.loads(run(folder, "--json", "-o", name, *more).stdout)["packages"][0]["notes"]
        for name, more in (("a", ()), ("b", ("--sequence-threshold", "99")))
    ]

    assert "next" in kinds[0]
    assert "next" not in kinds[1]


def test_a_file_name_cannot_steer_the_terminal() -> None:
    result = run(page(BAD, "pages/\x1b[31mred.md"))

    assert "\x1b" not in result.stderr
    assert "\\x1b[31mred.md" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_build_leaves_nothing_half_done(jobs: str) -> None:
    for number in range(1000):  # more than any machine makes before it is interrupted
        page(GOOD.replace("id: 7", f"id: {number}"), f"pages/{number}.md")
    command = [sys.executable, "-m", "qt2anki", "build", "pages", "--jobs", jobs]
    process = subprocess.Popen(  # noqa: S603  # ourselves
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(0.7)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    left = [path.name for path in Path().rglob("*") if path.is_file() and path.suffix != ".md"]
    assert not [name for name in left if not name.endswith((".apkg", ".json"))]
    if "Interrupted" in errors:
        assert process.returncode == 130
        assert "Traceback" not in errors


def test_a_build_dated_in_the_future_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("page.md").write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4102444800")

    result = run("page.md", "--first-release")

    assert result.exit_code == 0
    assert "Warning: SOURCE_DATE_EPOCH is in the future (2100-01-01)." in result.stderr
