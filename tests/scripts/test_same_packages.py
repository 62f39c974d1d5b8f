from __future__ import annotations

import json
import shutil
from pathlib import Path

from scripts.same_packages import differences, edit_pages
from tests.shell import ROOT


def release(folder: Path, *, deck: bytes = b"deck", tool: str = "1.0", notes: int = 1) -> Path:
    (folder / ".cache").mkdir(parents=True)
    (folder / ".cache" / "any").write_text(folder.name, encoding="utf-8")
    (folder / "retired").mkdir()
    (folder / "retired" / "a.apkg").write_bytes(deck)
    (folder / "manifest.json").write_text(json.dumps({"tool": tool, "notes": notes}))
    return folder


def test_a_version_and_a_cache_are_no_difference(tmp_path: Path) -> None:
    one, other = release(tmp_path / "a"), release(tmp_path / "b", tool="2.0")

    assert differences(one, other) == []


def test_files_that_differ_or_are_missing_are_named(tmp_path: Path) -> None:
    one, other = release(tmp_path / "a"), release(tmp_path / "b", deck=b"other", notes=2)
    (other / "CHANGES.md").write_bytes(b"")

    assert differences(one, other) == ["CHANGES.md", "manifest.json", "retired/a.apkg"]
    assert differences(one, other, with_manifest=False) == ["CHANGES.md", "retired/a.apkg"]


def test_edits_are_the_same_every_time(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        shutil.copytree(ROOT / "input", folder)
        edit_pages(folder)

    assert differences(*folders) == []
    assert differences(ROOT / "input", folders[0])
