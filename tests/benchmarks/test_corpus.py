"""Made-up sites: the same every time, of the size asked for, and like real ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import proportions
from benchmarks._corpus import SAMPLES, generate, read_samples
from benchmarks._language import phrases
from qt2anki.config import Settings
from qt2anki.model import Page, PageId
from qt2anki.notes.make_notes import make_notes
from qt2anki.source.discover import discover
from tests.reading import read_only

PAGES = 400


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    generate(SAMPLES, folder, PAGES, per_subject=100)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[PageId, Page]:
    found: dict[PageId, Page] = {}
    for source in discover([str(site)]).sources:
        reading = read_only(source)
        assert not reading.problems
        assert reading.page
        found.setdefault(reading.page.page_id, reading.page)
    return found


def test_as_many_files_as_asked_for_in_subjects_of_one_size(site: Path) -> None:
    per_subject = Counter(path.parent.name for path in site.rglob("*.md"))

    assert sum(per_subject.values()) == PAGES
    assert len(per_subject) == 4
    assert min(per_subject.values()) > 70


def test_the_same_size_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    generate(SAMPLES, tmp_path, PAGES, per_subject=100)

    for path in site.rglob("*.md"):
        assert (tmp_path / path.relative_to(site)).read_bytes() == path.read_bytes()


def test_a_larger_site_begins_with_the_smaller_one(site: Path, tmp_path: Path) -> None:
    generate(SAMPLES, tmp_path, PAGES + 50, per_subject=112)

    names = {path.name for path in site.rglob("*.md")}
    assert names < {path.name for path in tmp_path.rglob("*.md")}


def test_some_pages_are_listed_twice_with_the_same_answer(site: Path) -> None:
    listed = Counter(path.name for path in site.rglob("*.md"))
    twice = [name for name, count in listed.items() if count == 2]

    assert 0.03 < len(twice) / len(listed) < 0.12


def test_shapes_are_as_often_as_on_a_real_site(pages: dict[PageId, Page]) -> None:
    answers = [page.answer for page in pages.values()]

    def share(sign: str) -> float:
        return sum(sign in answer for answer in answers) / len(answers)

    assert 0.7 < share("\n1. **") < 0.9
    assert 0.12 < share("\n### ") < 0.28
    assert 0.05 < share("$") < 0.18
    assert share("```") < 0.03
    assert 2_000 < sorted(map(len, answers))[len(answers) // 2] < 2_800


def test_as_many_notes_as_on_a_real_site(pages: dict[PageId, Page]) -> None:
    notes = sum(len(make_notes(page, Settings(card_threshold=0)).notes) for page in pages.values())

    assert 2.3 < notes / len(pages) < 3.5


def test_no_text_comes_twice(pages: dict[PageId, Page]) -> None:
    answers = Counter(page.answer for page in pages.values() if len(page.answer) > 200)

    assert max(answers.values()) == 1


def test_pages_taken_over_from_the_samples_are_there() -> None:
    samples = read_samples(SAMPLES)

    for kind in phrases()["whole"].values():
        assert set(kind["pages"]) <= set(samples)


def test_the_proportions_of_other_pages_stand_beside_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proportions, "PAGES", 60)

    table = proportions.proportions_table([SAMPLES, Path("missing")]).splitlines()

    assert table[0].count("|") == 4
    assert all(line.count("|") == 4 for line in table)
    assert any(line.startswith("| notes |") for line in table)
