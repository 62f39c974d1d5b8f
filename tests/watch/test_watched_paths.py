"""Which files a watch depends on, and which changes may concern it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from qt2anki.watch.watched_paths import (
    WatchedPaths,
    change_filter,
    hidden_pictures,
    other_files,
    settings_files,
)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")


def test_files_that_are_no_pages(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md", "pages/b.png", "pages/x.apkg", "models/qa/front.html")
    write(tmp_path, "models/a~", "models/.a.swp", "dist/manifest.json", "qt2anki.toml")
    write(tmp_path, "dist/tea.apkg", "dist/retired/tea.apkg", "dist/courses/c.apkg")
    paths = WatchedPaths(
        pages=(tmp_path / "pages",),
        settings=(tmp_path / "qt2anki.toml", tmp_path / "pyproject.toml"),
        note_models=tmp_path / "models",
        published=(tmp_path / "dist",),
    )
    pictures = (tmp_path / "pages" / "b.png", tmp_path / "pages" / "missing.png")

    found = other_files(paths, pictures)

    assert {path.relative_to(tmp_path).as_posix(): kind for path, (kind, _) in found.items()} == {
        "pages/b.png": "picture",
        "qt2anki.toml": "setting",
        "models/qa/front.html": "note model",
        "dist/tea.apkg": "package",
        "dist/retired/tea.apkg": "package",
        "dist/courses/c.apkg": "package",
    }


def test_an_output_with_pages_in_it_is_not_ignored(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md")
    paths = WatchedPaths((tmp_path / "pages",), output=tmp_path)

    assert change_filter(paths)(str(tmp_path / "pages" / "a.md"))


def test_pictures_whose_changes_are_not_reported(tmp_path: Path) -> None:
    root = tmp_path.resolve() / ".site"  # what lies above says nothing
    write(root, "pages/a.md", "single/b.md", "pages/.assets/c.png")
    output = root / "pages" / "dist"
    paths = WatchedPaths((root / "pages", root / "single" / "b.md"), output=output)
    names = ("pages/.assets/c.png", "pages/x/.y/z/c.png", "pages/.c.png", "single/c.png")
    hidden = tuple(root / name for name in names)
    reported = (root / "pages" / "c.png", root / "pages" / "x.y" / "c.png")

    assert hidden_pictures(paths, (*reported, *hidden)) == hidden


@pytest.mark.parametrize(
    ("name", "is_worth_it"),
    [
        ("pages/a.md", True),
        ("pages/deep/leaf.PNG", True),
        ("pages/folder", True),
        ("pages", True),
        ("pages/4913", True),  # it may be a folder; the look decides
        ("pages/.a.md.swp", False),
        ("pages/.git/index", False),
        ("pages/a.md~", False),
        ("pages/a.md.tmp", False),
        ("pages/notes.txt", False),
        ("pages/dist/CHANGES.md", False),
        ("pages/dist", False),
        ("models/qa/front.html", True),
        ("models/.front.html.swp", False),
        ("published/tea.apkg", True),
        ("published/manifest.json", False),
        ("qt2anki.toml", True),
    ],
)
def test_what_is_worth_a_look(tmp_path: Path, name: str, is_worth_it: bool) -> None:
    root = tmp_path / ".hidden" / "site"  # what lies above says nothing
    root.mkdir(parents=True)
    paths = WatchedPaths(
        pages=(root / "pages",),
        settings=(root / "qt2anki.toml",),
        note_models=root / "models",
        published=(root / "published",),
        output=root / "pages" / "dist",
    )

    assert change_filter(paths)(os.path.realpath(root / name)) == is_worth_it


def test_folders_are_worth_a_look_whatever_they_are_called(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    names = ("nursing.v2", "ch. 1", "node.js", "old.bak", "deep/1.2/3.4")
    write(root, *(f"pages/{name}/a.md" for name in names), "pages/.v1.0/a.md", "pages/a.txt")
    matters = change_filter(WatchedPaths((root / "pages",)))

    for name in names:
        (root / "pages" / name).rename(root / "away")
        assert matters(str(root / "pages" / name)), name
        assert not matters(str(root / "pages" / name)), name  # is known to have gone
        (root / "away").rename(root / "pages" / "new.one")
        assert matters(str(root / "pages" / "new.one")), name
        shutil.rmtree(root / "pages" / "new.one")
        assert matters(str(root / "pages" / "new.one")), name
    assert not matters(str(root / "pages" / ".v1.0"))


def test_a_folder_that_came_with_others_in_it(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    write(root, "pages/a.md")
    matters = change_filter(WatchedPaths((root / "pages",)))
    write(root, "pages/v.1/v.2/a.md")
    assert matters(str(root / "pages" / "v.1"))

    shutil.rmtree(root / "pages" / "v.1" / "v.2")

    assert matters(str(root / "pages" / "v.1" / "v.2"))


@pytest.mark.parametrize("name", ["a.txt", "a.txt.kLmNop", "a.md.sb-1f", "#a.md#", "a.md~", "x.v2"])
@pytest.mark.parametrize("is_there", [True, False])
def test_other_files_are_worth_no_look(tmp_path: Path, name: str, is_there: bool) -> None:
    root = tmp_path.resolve()
    write(root, "a.md", name)
    matters = change_filter(WatchedPaths((root,)))
    if not is_there:
        (root / name).unlink()

    assert not matters(str(root / name))


def test_settings_are_looked_for_here_and_above(tmp_path: Path) -> None:
    files = settings_files(tmp_path / "a")

    assert files[:3] == (
        tmp_path.resolve() / "a" / "qt2anki.toml",
        tmp_path.resolve() / "a" / "pyproject.toml",
        tmp_path.resolve() / "qt2anki.toml",
    )
    assert settings_files(tmp_path, Path("my.toml")) == (Path("my.toml"),)
