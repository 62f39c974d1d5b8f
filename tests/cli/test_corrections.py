"""``qt2anki corrections``: write corrections of cards."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.site import Site

QA = "1/qa"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.build()
    monkeypatch.chdir(tmp_path)
    return one


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["corrections", *words])


def add(key: str, *options: str) -> Result:
    return run("add", key, "pages", *options)


def written(site: Site) -> str:
    return site.corrections.read_text("utf-8").partition("\n\n")[2]


def test_a_correction_is_written_and_confirmed(site: Site) -> None:
    result = add(QA, "--drop", "--reason", "too long", "--proposed")
    assert (result.exit_code, result.stderr) == (0, f"corrections.toml: corrected {QA}\n")
    assert written(site).startswith(
        f'[card."{QA}"]\ndrop = true\nproposed = true\nreason = "too long"\nmade_from = "'
    )

    add(QA)
    assert "proposed" not in written(site)
    add(QA, "--remove")
    assert written(site) == ""


def test_an_own_card_is_written_into_the_file_of_its_subject(site: Site) -> None:
    (site.root / "corrections").mkdir()
    result = add("1/own/leaf", "--question", "Which leaves?", "--answer", "Dry black ones.")

    assert result.exit_code == 0, result.stderr
    assert 'answer = "Dry black ones."' in (site.root / "corrections/cooking.toml").read_text()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        pytest.param(
            ("1/qs", "--drop"),
            1,
            "1/qs: there is no such card\n  hint: Did you mean 1/qa?",
            id="unknown card",
        ),
        pytest.param(("8/qa", "--drop"), 1, "8/qa: there is no page 8", id="unknown page"),
        pytest.param(
            ("abbr/MRI/x", "--drop"), 1, "abbr/MRI/x: there is no such card", id="abbreviation"
        ),
        pytest.param((QA, "--text", "{{c1::a}}"), 1, "the card has a question", id="wrong text"),
        pytest.param(("1/own/x", "--question", "Why?"), 2, "a card without an answer", id="half"),
        pytest.param((QA, "--answer", " "), 2, "answer: empty", id="empty"),
        pytest.param((QA,), 2, "There is no correction of '1/qa'.", id="nothing to confirm"),
        pytest.param((QA, "--remove"), 2, "There is no correction of", id="nothing to remove"),
    ],
)
def test_what_a_build_would_refuse_is_not_written(
    site: Site, words: tuple[str, ...], status: int, message: str
) -> None:
    result = add(*words)

    assert result.exit_code == status
    assert message in result.stderr
    assert not site.corrections.exists()


def test_the_build_reads_the_corrections_it_is_given(site: Site) -> None:
    (site.root / "mine.toml").write_text(f'[card."{QA}"]\ndrop = true\n', "utf-8")
    paths = ["build", "pages", "--corrections", "mine.toml", "--json", "--kinds", "qa"]
    result = CliRunner().invoke(main, [*paths, "--out", "other", "--first-release"])

    assert result.exit_code == 0, result.stderr
    assert not list(site.root.glob("other/*.apkg"))
    absent = CliRunner().invoke(main, ["build", "pages", "--corrections", "absent.toml"])
    assert absent.exit_code == 2
    assert "There is no file or folder 'absent.toml'" in absent.stderr
