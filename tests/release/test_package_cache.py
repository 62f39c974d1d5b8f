"""Packages are opened when they are needed, and closed when others are."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.files import digest_of
from qt2anki.anki.note_types import load_note_types
from qt2anki.errors import PackageError
from qt2anki.release.package_index import PackageCache, PackageEntry, Packages
from tests.anki_formats.decks import STAMP, deck_of, pack, qa_note


def head(folder: Path, page_id: int) -> PackageEntry:
    path = folder / f"{page_id}.apkg"
    data = pack(deck_of([qa_note(page_id)]), load_note_types(), stamp=STAMP)
    path.write_bytes(data)
    return PackageEntry(page_id, path, "live", "Botany", digest_of(data), len(data), 1)


def test_only_a_few_packages_are_open(tmp_path: Path) -> None:
    one, two, three = (head(tmp_path, page_id) for page_id in (1, 2, 3))
    cache = PackageCache(most_notes=2)
    for each in (one, two, one, three):
        assert cache.package(each).notes[0].page_id == each.number
    assert [cache.holds(each) for each in (one, two, three)] == [True, False, True]
    assert cache.package(two).notes[0].page_id == 2


def test_one_that_holds_more_than_all_is_opened_alone(tmp_path: Path) -> None:
    one, two = head(tmp_path, 1), head(tmp_path, 2)
    cache = PackageCache(most_notes=0)
    cache.package(one)
    assert cache.package(two).notes[0].page_id == 2
    assert not cache.holds(one)


def test_a_package_that_is_another_now_is_not_taken(tmp_path: Path) -> None:
    one = head(tmp_path, 1)
    one.path.write_bytes(head(tmp_path, 2).path.read_bytes())
    with pytest.raises(PackageError, match="was changed while it was being read"):
        PackageCache().package(one)


def test_packages_are_told_by_name_without_being_opened(tmp_path: Path) -> None:
    packages = Packages({"botany": head(tmp_path, 1)}, PackageCache())
    (tmp_path / "1.apkg").unlink()
    assert ("botany" in packages, list(packages), len(packages)) == (True, ["botany"], 1)
    with pytest.raises(PackageError, match="cannot be read"):
        packages["botany"]
