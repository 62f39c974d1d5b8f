"""``qt2anki export``: where text goes, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.site import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a published site of two subjects, in the working folder."""
    monkeypatch.chdir(tmp_path)
    one = Site(tmp_path)
    one.plain(1)
    one.plain(2, subject="Botany")
    one.build()
    return one


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["export", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.usefixtures("site")
def test_each_package_gets_a_file_beside_it() -> None:
    result = run("dist")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "dist/botany.tsv: 1 note\ndist/cooking.tsv: 1 note\n"
    assert Path("dist/botany.tsv").read_bytes().startswith(b"#separator:Tab\n#html:true\n#guid")


@pytest.mark.usefixtures("site")
def test_another_folder_and_commas() -> None:
    result = run("dist/botany.apkg", "--format", "csv", "-o", "new/text", "--quiet")

    assert (result.exit_code, result.output) == (0, "")
    assert [path.name for path in Path("new/text").iterdir()] == ["botany.csv"]


@pytest.mark.usefixtures("site")
def test_one_text_on_stdout() -> None:
    result = run("dist", "-o", "-")

    assert result.stdout.count("#separator") == 1
    assert [line.split("\t")[2] for line in result.stdout.splitlines()[6:]] == [
        '"QuickTakes::Botany"',
        '"QuickTakes::Cooking"',
    ]
    assert result.stderr == ""


def test_two_packages_of_one_name(site: Site) -> None:
    site.build(out=site.root / "old")

    result = run("dist/botany.apkg", "old/botany.apkg", "-o", "text")

    assert result.exit_code == 2
    assert "'dist/botany.apkg' and 'old/botany.apkg' would both be written" in result.stderr
    assert not Path("text").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        pytest.param([], 2, "Missing argument", id="none"),
        pytest.param(["nowhere.apkg"], 2, "does not exist", id="not there"),
        pytest.param(["pages"], 2, "no package (*.apkg) in 'pages'", id="no packages"),
        pytest.param(["pages/botany/page-2.md"], 1, "not an Anki package", id="a page"),
        pytest.param(["dist", "--format", "xlsx"], 2, "'xlsx'", id="no such format"),
    ],
)
@pytest.mark.usefixtures("site")
def test_wrong_use(arguments: list[str], status: int, says: str) -> None:
    result = run(*arguments)

    assert result.exit_code == status
    assert says in " ".join(result.stderr.split())
