"""The benchmark itself, on a very small site."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import _builds, performance
from benchmarks._builds import one_edited
from benchmarks._corpus import SAMPLES, generate
from benchmarks._results import (
    COLD,
    EDITED,
    MADE_UP,
    NAIVE,
    NEW_TIMES,
    UNCHANGED,
    Measurement,
    Results,
    Site,
    read_results,
    write_results,
)


def test_one_page_is_edited_and_put_back(tmp_path: Path) -> None:
    generate(SAMPLES, tmp_path, 20, per_subject=10)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.md")}

    with one_edited(tmp_path) as page:
        assert "A reader added this sentence.\nsubject:" in page.read_text(encoding="utf-8")
        assert sum(path.read_bytes() != text for path, text in before.items()) == 1

    assert {path: path.read_bytes() for path in tmp_path.rglob("*.md")} == before


def test_a_site_is_measured_checked_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain.py"
    plain.write_text("print(\"1 notes {'render': 1.0}\")", encoding="utf-8")
    monkeypatch.setattr(_builds, "PLAIN", plain)
    monkeypatch.setattr(_builds, "SETTLED", 0)
    document, kept = tmp_path / "performance.md", tmp_path / "kept.json"
    marks = "<!-- {0} -->\nstale\n<!-- end of {0} -->\n"
    document.write_text(f"Before.\n{marks.format('measured')}After.\n", encoding="utf-8")
    monkeypatch.setattr(performance, "DOCUMENT", document)
    monkeypatch.setattr(performance, "SAMPLE", tmp_path / "missing")
    options = ["--processes", "1", "--rounds", "1", "--no-dask", "--keep", str(tmp_path)]

    performance.main(["--pages", "30", *options, "--results", str(kept), "--write-docs"])

    (site,) = read_results([kept]).sites
    assert site.pages == 30
    assert [one.build for one in site.taken] == [NAIVE, COLD, UNCHANGED, NEW_TIMES, EDITED, NAIVE]
    assert site.checks
    assert all(site.checks.values()), site.checks
    text = document.read_text(encoding="utf-8")
    assert text.startswith("Before.\n<!-- measured -->\n\nPython ")
    assert text.endswith("<!-- end of measured -->\nAfter.\n")
    assert "stale" not in text
    printed = capsys.readouterr()
    assert "| 30 made-up | cold | 1 |" in printed.out
    assert "30 made-up: one edited on 1:" in printed.err

    performance.main(["--read", str(kept)])

    assert "| 30 made-up | cold | 1 |" in capsys.readouterr().out


def test_a_document_without_marks_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performance, "DOCUMENT", tmp_path / "performance.md")
    performance.DOCUMENT.write_text("Nothing.\n", encoding="utf-8")
    kept = tmp_path / "kept.json"
    taken = [Measurement(COLD, 1, 1.0, 1.0, 50.0)]
    write_results(Results([Site(MADE_UP, 10, 1, taken)]), kept)

    with pytest.raises(SystemExit, match="no marks for measured"):
        performance.main(["--read", str(kept), "--write-docs"])

    assert performance.DOCUMENT.read_text(encoding="utf-8") == "Nothing.\n"
