"""A draft starts as a copy of the published packages."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest

from qt2anki.build import CACHE_FOLDER
from qt2anki.errors import PackageError
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

    assert draft.previous() == (draft.folder,)
    assert copied(draft.folder) == [f"{CACHE_FOLDER}/db", "retired/tea.apkg", "tea.apkg"]


def leave(folder: Path, *files: str) -> None:
    """Write what a build writes when it has left *files*."""
    entries = [{"file": file, "sha256": "", "bytes": 1} for file in files]
    manifest = {"schema": 1, "packages": entries, "retired": []}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_copies_are_compared_with_until_a_build_was_made_of_them(
    tmp_path: Path, dist: Path
) -> None:
    draft = Draft(tmp_path / "draft", (dist,))

    assert draft.previous() == (draft.folder,)
    assert draft.previous() == (draft.folder,)
    leave(draft.folder, "tea.apkg")
    assert draft.previous() == ()


def test_what_was_cleaned_away_is_copied_again(tmp_path: Path, dist: Path) -> None:
    draft = Draft(tmp_path / "draft", (dist,))
    draft.previous()
    whole = copied(draft.folder)

    for missing in (draft.folder, draft.folder / "retired"):  # before any build
        shutil.rmtree(missing)
        assert draft.previous() == (draft.folder,)
        assert copied(draft.folder) == whole
    leave(draft.folder, "tea.apkg")
    (draft.folder / "tea.apkg").unlink()
    assert draft.previous() == (draft.folder,)
    assert copied(draft.folder) == whole


def test_what_a_build_has_removed_is_not_copied_again(tmp_path: Path, dist: Path) -> None:
    draft = Draft(tmp_path / "draft", (dist,))
    draft.previous()
    leave(draft.folder, "tea.apkg")
    (draft.folder / "retired" / "tea.apkg").unlink()

    assert draft.previous() == ()
    assert not (draft.folder / "retired" / "tea.apkg").exists()


def test_what_went_and_came_back_is_copied_again(tmp_path: Path, dist: Path) -> None:
    draft = Draft(tmp_path / "draft", (dist,))
    draft.previous()
    leave(draft.folder, "tea.apkg")

    dist.rename(tmp_path / "away")
    assert draft.previous() == ()
    (tmp_path / "away").rename(dist)
    assert draft.previous() == (draft.folder,)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_what_cannot_be_copied_is_told_and_tried_again(
    tmp_path: Path, dist: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    draft = Draft(tmp_path / "draft", (dist,))

    def refuse(path: Path, _target: Path) -> None:
        raise OSError(number, "the reason", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy2", refuse)
        with pytest.raises(
            PackageError, match="this cannot be copied into a draft: the reason"
        ) as told:
            draft.previous()
    assert told.value.source == (dist / "tea.apkg").as_posix()
    assert "TMPDIR" in told.value.hint

    assert draft.previous() == (draft.folder,)
    assert "tea.apkg" in copied(draft.folder)


def test_no_room_for_a_folder(tmp_path: Path, dist: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(PackageError, match="this cannot be copied into a draft") as told:
        Draft(tmp_path / "file" / "draft", (dist,)).previous()
    assert told.value.source == dist.as_posix()


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
