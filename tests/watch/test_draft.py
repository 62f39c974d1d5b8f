"""A draft begins as a copy of what is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.cache import CACHE_FOLDER
from qt2anki.watch.draft import Draft


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    for name in ("tea.apkg", "retired/tea.apkg", "CHANGES.md", f"{CACHE_FOLDER}/db"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def copied(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_packages_and_cache_are_copied(tmp_path: Path, dist: Path) -> None:
    draft = Draft(tmp_path / "draft", (dist,))

    assert draft.previous() == ()
    assert copied(draft.folder) == [f"{CACHE_FOLDER}/db", "retired/tea.apkg", "tea.apkg"]


def test_a_draft_goes_on_until_something_is_published(tmp_path: Path, dist: Path) -> None:
    draft = Draft(tmp_path / "draft", (dist,))
    draft.previous()
    mine = draft.folder / "tea.apkg"
    mine.write_text("a draft", encoding="utf-8")

    draft.previous()
    assert mine.read_text(encoding="utf-8") == "a draft"

    (dist / "tea.apkg").write_text("published", encoding="utf-8")
    draft.previous()
    assert mine.read_text(encoding="utf-8") == "published"


def test_nothing_is_published(tmp_path: Path) -> None:
    draft = Draft(tmp_path / "draft", (tmp_path / "missing",))

    assert draft.previous() == ()
    assert not draft.folder.exists()


def test_single_packages_are_read_as_they_are(tmp_path: Path, dist: Path) -> None:
    named = (dist / "tea.apkg", dist)

    assert Draft(tmp_path / "draft", named).previous() == named
    assert Draft(tmp_path / "draft", named[:1]).previous() == named[:1]
    assert not (tmp_path / "draft").exists()


def test_without_a_cache(tmp_path: Path, dist: Path) -> None:
    (dist / CACHE_FOLDER / "db").unlink()
    (dist / CACHE_FOLDER).rmdir()
    draft = Draft(tmp_path / "draft", (dist,))

    draft.previous()

    assert copied(draft.folder) == ["retired/tea.apkg", "tea.apkg"]
