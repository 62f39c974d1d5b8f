"""Made-up sites, and the benchmark of speed on a very small one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import performance
from benchmarks._corpus import SAMPLES, generate
from benchmarks.performance import one_edited
from qt2anki.source.discover import discover
from tests.reading import read_only


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    generate(SAMPLES, folder, 200, per_subject=50)
    return folder


def test_a_site_has_the_size_asked_for(site: Path) -> None:
    per_subject = Counter(path.parent.name for path in site.rglob("*.md"))
    listed = Counter(path.name for path in site.rglob("*.md"))

    assert sum(per_subject.values()) == 200
    assert len(per_subject) == 4
    assert min(per_subject.values()) > 30
    assert 0.03 < sum(count == 2 for count in listed.values()) / len(listed) < 0.12


def test_pages_have_no_problems_and_texts_of_their_own(site: Path) -> None:
    readings = [read_only(source) for source in discover([str(site)]).sources]

    assert [reading.problems for reading in readings if reading.problems] == []
    pages = {reading.page.page_id: reading.page for reading in readings if reading.page}
    assert len({page.question for page in pages.values()}) == len(pages)
    assert len({page.answer for page in pages.values()}) > 0.95 * len(pages)


def test_the_same_size_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    generate(SAMPLES, tmp_path, 200, per_subject=50)

    for path in site.rglob("*.md"):
        assert (tmp_path / path.relative_to(site)).read_bytes() == path.read_bytes()


def test_one_page_is_edited_and_put_back(site: Path) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*.md")}

    with one_edited(site):
        assert sum(path.read_bytes() != text for path, text in before.items()) == 1

    assert {path: path.read_bytes() for path in site.rglob("*.md")} == before


def test_a_site_is_measured_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain.py"
    plain.write_text("pass", encoding="utf-8")
    monkeypatch.setattr(performance, "NAIVE", plain)
    monkeypatch.setattr(performance, "SETTLED", 0)

    performance.main(["--pages", "30", "--processes", "1"])

    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[1] for row in rows] == [
        "naive",
        "cold",
        "unchanged",
        "new file times",
        "first page edited",
        "one page edited",
    ]
    assert all(float(row[3]) > 0 for row in rows)


def test_a_command_that_fails_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = tmp_path / "plain.py"
    plain.write_text("raise SystemExit('no such library')", encoding="utf-8")
    monkeypatch.setattr(performance, "NAIVE", plain)

    with pytest.raises(SystemExit, match="no such library"):
        performance.main(["--pages", "3"])
