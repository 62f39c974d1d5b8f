from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from scripts import make_english_table, make_frequency_table
from tests.notes.keyword_pages import page_of


def test_a_line_is_a_rate_and_its_words() -> None:
    texts = ("Hens lay eggs?\n\nA hen (DNA).", "Do hens fly?\n\nTheir DNA.", "Eggs?\n\n3 eggs")

    table = make_frequency_table.table_of(page_of(text) for text in texts)

    assert table == "6667 DNA dna egg hen\n"


def test_no_pages_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert make_frequency_table.main([str(tmp_path)]) == 1
    assert "no pages" in capsys.readouterr().err


def test_pages_listed_twice_count_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = "---\nid: {}\nquestion: Hens?\nanswer: A hen.\nsubject: Birds\nurl: /u\n---\n"
    for name, page_id in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / f"{name}.md").write_text(page.format(page_id), encoding="utf-8")
    monkeypatch.setattr(make_frequency_table, "TABLE", tmp_path / "table.gz")

    assert make_frequency_table.main([str(tmp_path)]) == 0

    assert "from 2 pages" in capsys.readouterr().out
    assert gzip.decompress((tmp_path / "table.gz").read_bytes()) == b"10000 a hen\n"


def test_everyday_words_stand_before_other_common_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = {10: "hen\nhens\n", 20: "caf\xe9\n", 35: "hen\nincubator\n", 40: ""}
    for level, text in lists.items():
        for name in ("english", "american"):
            (tmp_path / f"{name}-words.{level}").write_text(text, encoding="iso-8859-1")
    monkeypatch.setattr(make_english_table, "TABLE", tmp_path / "table.gz")

    assert make_english_table.main([str(tmp_path)]) == 0

    assert gzip.decompress((tmp_path / "table.gz").read_bytes()) == b"caf hen\nincub\n"


def test_the_lists_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_english_table.main([]) == 2
    assert "SCOWL" in capsys.readouterr().err
