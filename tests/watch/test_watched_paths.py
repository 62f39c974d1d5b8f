"""Which files a watch depends on, and which changes may concern it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qt2anki.watch.notifier import (
    WatchedPaths,
    change_filter,
    polled_files,
    settings_files,
)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")


def test_files_that_are_polled(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md", "pages/b.png", "pages/x.apkg", "models/qa/front.html")
    write(tmp_path, "models/a~", "models/.a.swp", "dist/manifest.json", "qt2anki.toml")
    write(tmp_path, "dist/tea.apkg", "dist/retired/tea.apkg", "dist/courses/c.apkg")
    paths = WatchedPaths(
        pages=(tmp_path / "pages", tmp_path / "pages" / "a.md"),
        settings=(tmp_path / "qt2anki.toml", tmp_path / "pyproject.toml"),
        note_models=tmp_path / "models",
        published=(tmp_path / "dist",),
    )
    pictures = (tmp_path / "pages" / "b.png", tmp_path / "pages" / "missing.png")

    found = polled_files(paths, pictures)

    assert {path.relative_to(tmp_path).as_posix(): kind for path, (kind, _) in found.items()} == {
        "pages/a.md": "page",
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


@pytest.mark.parametrize(
    ("name", "is_worth_it"),
    [
        ("pages/a.md", True),
        ("pages", True),
        ("pages/gone", True),  # it may have been a folder; the build decides
        ("pages/nursing.v2", True),
        ("pages/.a.md.swp", False),
        ("pages/.git/index", False),
        ("pages/a.md~", False),
        ("pages/a.md.tmp", False),
        ("pages/notes.txt", False),
        ("pages/dist/CHANGES.md", False),
        ("pages/dist", False),
    ],
)
def test_what_is_worth_a_look(tmp_path: Path, name: str, is_worth_it: bool) -> None:
    root = tmp_path / ".hidden" / "site"  # what lies above says nothing
    write(root, "pages/notes.txt", "pages/nursing.v2/b.md")
    paths = WatchedPaths((root / "pages",), output=root / "pages" / "dist")

    assert change_filter(paths)(os.path.realpath(root / name)) == is_worth_it


def test_settings_are_looked_for_here_and_above(tmp_path: Path) -> None:
    files = settings_files(tmp_path / "a")

    assert files[:3] == (
        tmp_path.resolve() / "a" / "qt2anki.toml",
        tmp_path.resolve() / "a" / "pyproject.toml",
        tmp_path.resolve() / "qt2anki.toml",
    )
    assert settings_files(tmp_path, Path("my.toml")) == (Path("my.toml"),)


def test_files_of_corrections_are_polled_and_found_when_they_are_new(tmp_path: Path) -> None:
    folder = tmp_path / "corrections"
    folder.mkdir()
    paths = WatchedPaths((tmp_path / "pages",), settings=(folder, tmp_path / "corrections.toml"))
    assert not polled_files(paths, ())

    (folder / "biology.toml").write_text("", "utf-8")
    (tmp_path / "corrections.toml").write_text("", "utf-8")

    assert set(polled_files(paths, ())) == {folder / "biology.toml", tmp_path / "corrections.toml"}
