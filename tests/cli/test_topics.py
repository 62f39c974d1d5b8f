from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.site import Site
from tests.topics.subject_pages import WORDS
from tests.topics.test_topic_decks import add, fill


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site(tmp_path)
    fill(site)
    site.plain(950, subject="Gardening")
    site.build()
    monkeypatch.chdir(tmp_path)
    return site


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_topics_are_listed_with_pages_and_cards(site: Site) -> None:
    add(site, "Poetry", 2, start=900)

    lines = [line.split() for line in run("topics", "--pages", "pages").stdout.splitlines()]

    assert lines[0] == ["pages", "new", "core", "standard", "extra", "topic"]
    assert [line[-1] for line in lines if line[-1].isalpha()][:1] == ["topic"]
    poetry = next(line for line in lines if line[-1] == "Poetry")
    assert poetry[:2] == ["11", "2"]
    assert sum(map(int, poetry[2:5])) >= 11


def test_one_subject_as_json() -> None:
    found = json.loads(run("topics", "cooking", "--pages", "pages", "--json").stdout)

    (subject,) = found["subjects"]
    assert (found["version"], subject["subject"]) == (1, "Cooking")
    assert [topic["name"] for topic in subject["topics"]] == sorted(WORDS)
    assert {len(topic["pages"]) for topic in subject["topics"]} == {9}
    assert {topic["new_pages"] for topic in subject["topics"]} == {0}


def test_similar_pages_are_listed_in_pairs(site: Site) -> None:
    for at, word in ((960, "drop"), (961, "shed")):
        question = f"When does an old garden quince {word} each leaf in winter?"
        site.page(at, question, f"It does so in week {at} of the year.")

    result = run("topics", "--similar", "--pages", "pages")

    assert "960 When does an old garden quince drop" in result.stdout
    assert "961 When does an old garden quince shed" in result.stdout
    assert result.stderr.endswith(" of pages that ask nearly the same question\n")


def test_an_unknown_subject_is_wrong_use() -> None:
    result = run("topics", "Cokking", "--pages", "pages")

    assert result.exit_code == 2
    assert "No page has the subject 'Cokking'. Did you mean 'Cooking'?" in result.stderr


def test_pages_with_errors_fail_the_command(site: Site) -> None:
    (site.pages / "bad.md").write_text("---\nid: x\n---\n", encoding="utf-8")

    result = run("topics", "--pages", "pages")

    assert result.exit_code == 1
    assert "in the pages; see: qt2anki check" in result.stderr


def test_pages_are_listed_by_topic() -> None:
    found = json.loads(run("list", "pages", "--topic", "poetry", "--json").stdout)

    assert [page["id"] for page in found["pages"]] == list(range(601, 610))
    assert {tuple(page["topics"]) for page in found["pages"]} == {("Poetry",)}


def test_a_preview_of_one_topic() -> None:
    result = run("preview", "dist", "--topic", "Poetry", "-o", "p.html", "--no-audit")

    assert result.stderr.startswith("9 cards in p.html")
    assert run("preview", "dist", "--topic", "Prose", "-o", "p.html").exit_code == 1
