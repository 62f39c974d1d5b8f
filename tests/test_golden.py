from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden as module


def test_cases_are_read_with_their_titles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "For the reader.\n===\none\n.\na\nb\n.\nB\n.\n\ntwo\n.\nc\n.\n\n.\n"
    (tmp_path / "cases.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "DATA", tmp_path)

    cases = module.golden("cases.md")

    assert [(case.id, *case.values) for case in cases] == [("one", "a\nb", "B"), ("two", "c", "")]


def test_a_case_that_is_not_closed_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cases.md").write_text("one\n.\na\n.\nA\n", encoding="utf-8")
    monkeypatch.setattr(module, "DATA", tmp_path)

    with pytest.raises(ValueError, match="not closed"):
        module.golden("cases.md")
