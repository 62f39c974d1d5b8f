"""Where a build looks, and what has changed there."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.watch.watched_paths import (
    FileChange,
    Places,
    changes,
    look,
    noticing,
    out_of_sight,
    settings_files,
)

PAGES = ("a.md", "deep/b.MD", "leaf.png", "deep/leaf.SVG")
OTHERS = ("README.md", "deep/readme.md", ".a.md.swp", ".git/c.md", "notes.txt", "a.md~", "x.apkg")


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")


def seen(places: Places, root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in look(places))


def test_pages_and_pictures_are_looked_at_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, *PAGES, *OTHERS)

    assert seen(Places((tmp_path,)), tmp_path) == sorted(PAGES)


def test_each_place_has_files_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md", "pages/x.apkg", "one.txt", "models/qa/front.html", "models/a~")
    write(tmp_path, "dist/tea.apkg", "dist/retired/tea.apkg", "dist/CHANGES.md", "qt2anki.toml")
    places = Places(
        pages=(tmp_path / "pages", tmp_path / "one.txt", tmp_path / "missing"),
        settings=(tmp_path / "qt2anki.toml", tmp_path / "pyproject.toml"),
        note_models=tmp_path / "models",
        published=(tmp_path / "dist",),
    )

    kinds = {path.relative_to(tmp_path).as_posix(): one.kind for path, one in look(places).items()}

    assert kinds == {
        "pages/a.md": "page",
        "one.txt": "page",
        "qt2anki.toml": "setting",
        "models/qa/front.html": "note model",
        "dist/tea.apkg": "package",
        "dist/retired/tea.apkg": "package",
    }


def test_the_output_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "dist/CHANGES.md")

    assert seen(Places((tmp_path,), output=tmp_path / "dist"), tmp_path) == ["a.md"]


def test_an_output_with_pages_in_it_is(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md")
    places = Places((tmp_path / "pages",), output=tmp_path)

    assert seen(places, tmp_path) == ["pages/a.md"]
    assert noticing(places)(str(tmp_path / "pages" / "a.md"))


def test_what_a_build_writes_beside_pages_is_not_looked_at(tmp_path: Path) -> None:
    left = ("CHANGES.md", "manifest.json", "tea.apkg", "retired/tea.apkg", "courses/tea.apkg")
    hidden = (".qt2anki.build.lock", ".qt2anki-0a-0b.part", ".qt2anki-cache/pages.sqlite3")
    write(tmp_path / "out", "a.md", "deep/CHANGES.md", *left, *hidden)
    out = tmp_path / "out"

    for places in (
        Places((out,), output=out),
        Places((out,), output=out, published=(tmp_path,)),
        Places((tmp_path,)),
    ):
        assert seen(places, out) == ["a.md", "deep/CHANGES.md"]


def test_pictures_that_no_look_comes_across(tmp_path: Path) -> None:
    root = tmp_path.resolve() / ".site"  # what lies above says nothing
    write(root, "pages/a.md", "single/b.md", "pages/.assets/c.png")
    places = Places((root / "pages", root / "single" / "b.md"), output=root / "pages" / "dist")
    hidden = tuple(
        root / name
        for name in ("pages/.assets/c.png", "pages/x/.y/z/c.png", "pages/.c.png", "single/c.png")
    )
    seen_anyhow = (root / "pages" / "c.png", root / "pages" / "x.y" / "c.png")

    assert out_of_sight(places, (*seen_anyhow, *hidden)) == hidden
    assert root / "pages/.assets/c.png" in look(replace(places, pictures=hidden))


def test_changes_are_named_in_order(tmp_path: Path) -> None:
    places = Places((tmp_path,))
    write(tmp_path, "gone.md", "same.md", "changed.md")
    before = look(places)
    (tmp_path / "gone.md").unlink()
    (tmp_path / "changed.md").write_text("longer", encoding="utf-8")
    write(tmp_path, "new.png")

    assert changes(before, look(places)) == (
        FileChange("page", tmp_path / "changed.md", "changed"),
        FileChange("page", tmp_path / "gone.md", "gone"),
        FileChange("picture", tmp_path / "new.png", "new"),
    )
    assert changes(before, before) == ()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_links(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md", "elsewhere/b.md")
    (tmp_path / "pages" / "to-a.md").symlink_to("a.md")
    (tmp_path / "pages" / "to-nothing.md").symlink_to("c.md")
    (tmp_path / "pages" / "folder").symlink_to(tmp_path / "elsewhere")

    assert seen(Places((tmp_path / "pages",)), tmp_path) == ["pages/a.md", "pages/to-a.md"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "secret/b.md")
    (tmp_path / "secret").chmod(0)
    try:
        assert seen(Places((tmp_path,)), tmp_path) == ["a.md"]
    finally:
        (tmp_path / "secret").chmod(0o755)


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
    places = Places(
        pages=(root / "pages",),
        settings=(root / "qt2anki.toml",),
        note_models=root / "models",
        published=(root / "published",),
        output=root / "pages" / "dist",
    )

    assert noticing(places)(os.path.realpath(root / name)) == is_worth_it


def test_folders_are_worth_a_look_whatever_they_are_called(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    names = ("nursing.v2", "ch. 1", "node.js", "old.bak", "deep/1.2/3.4")
    write(root, *(f"pages/{name}/a.md" for name in names), "pages/.v1.0/a.md", "pages/a.txt")
    matters = noticing(Places((root / "pages",)))

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
    matters = noticing(Places((root / "pages",)))
    write(root, "pages/v.1/v.2/a.md")
    assert matters(str(root / "pages" / "v.1"))

    shutil.rmtree(root / "pages" / "v.1" / "v.2")

    assert matters(str(root / "pages" / "v.1" / "v.2"))


@pytest.mark.parametrize("name", ["a.txt", "a.txt.kLmNop", "a.md.sb-1f", "#a.md#", "a.md~", "x.v2"])
@pytest.mark.parametrize("is_there", [True, False])
def test_other_files_are_worth_no_look(tmp_path: Path, name: str, is_there: bool) -> None:
    root = tmp_path.resolve()
    write(root, "a.md", name)
    matters = noticing(Places((root,)))
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
