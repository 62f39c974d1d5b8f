"""What ``qt2anki build`` says about the latest published packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.site import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a site of one process and eight plain pages, in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    monkeypatch.setenv("TERM", "dumb")
    one = Site(tmp_path)
    one.process(1)
    for page_id in range(2, 10):
        one.plain(page_id)
    return one


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["build", "pages", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def said(result: Result) -> str:
    return " ".join(result.stderr.split())


@pytest.mark.usefixtures("site")
def test_a_first_release_is_told_unless_it_is_known() -> None:
    assert "treated as a first release" in said(run("-o", "one"))
    assert "first release" not in said(run("-o", "two", "--first-release"))
    assert "first release" not in said(run("-o", "one"))


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--cache", "dist"), "--cache and --out must be different folders"),
        (("--cache", "one", "-o", "pages/../one"), "--cache and --out must be different folders"),
        (("--cache", "one", "--no-cache"), "--cache and --no-cache are mutually exclusive"),
    ],
)
def test_where_a_cache_cannot_be(arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert says in said(result)
    assert not Path("dist").exists()


def test_what_changed_and_where_retired_notes_are(site: Site) -> None:
    run()
    site.path(9).unlink()
    site.plain(10)

    text = said(run())

    assert "Since the last release: 1 new, 1 retired" in text
    assert "1 retired note in dist/retired" in text
    assert "tag:QuickTakes::retired" in text


def test_a_machine_gets_the_same_facts(site: Site) -> None:
    run()
    site.path(9).unlink()

    summary = json.loads(run("--json").stdout)

    assert summary["first_release"] is False
    (grave,) = summary["retired"]
    assert (grave["subject"], grave["notes"], grave["written"]) == ("Cooking", 1, True)
    assert [(change["kind"], change["page"]) for change in grave["changes"]] == [("retired", 9)]


def test_too_much_is_refused_with_a_way_out(site: Site) -> None:
    run()
    for page_id in range(3, 10):
        site.path(page_id).unlink()
    before = site.files()

    refused = run()

    assert refused.exit_code == 1
    assert "would retire a large part of a deck (Cooking: 7 of" in said(refused)
    assert "hint:" in refused.stderr
    assert "--allow-retire" in refused.stderr
    assert site.files() == before
    assert run("--allow-retire").exit_code == 0


def test_a_subject_that_is_gone_can_be_retired(site: Site) -> None:
    site.plain(20, subject="Botany")
    run()
    site.path(20, "Botany").unlink()
    assert "QT404" in said(run())

    result = run("--subject", "botany", "--allow-retire")

    assert result.exit_code == 0
    assert "botany.apkg (removed)" in said(result)
    assert set(site.files()) == {"cooking.apkg", "retired/botany.apkg"}


@pytest.mark.usefixtures("site")
def test_a_damaged_package_is_named() -> None:
    run()
    Path("dist/cooking.apkg").write_bytes(b"no package")

    result = run()

    assert result.exit_code == 1
    assert "dist/cooking.apkg" in result.stderr
    assert Path("dist/cooking.apkg").read_bytes() == b"no package"


@pytest.mark.usefixtures("site")
def test_a_previous_release_that_is_not_there_is_wrong_use() -> None:
    result = run("--previous", "releases/last")

    assert result.exit_code == 2
    assert "releases/last" in result.stderr


def test_the_first_package_of_a_subject_is_named(site: Site) -> None:
    site.plain(20, subject="Botany")
    run("--first-release", "--subject", "Cooking")

    assert "First release of Botany: there was no earlier package." in said(run())
    assert "First release of" not in said(run())
