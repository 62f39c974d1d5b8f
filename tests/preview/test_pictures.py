"""Pictures out of packages."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import PublishedPackage, read_package
from qt2anki.errors import PackageError
from qt2anki.preview import preview_cards as pictures
from qt2anki.preview.preview_cards import data_url, names_of, payload, preview_cards, read_pictures
from qt2anki.source.pictures import media_name
from tests.anki_formats.decks import STAMP, deck_of, pack, qa_note

LEAF, TREE, ROOT = (bytes([number]) * 40 for number in range(3))


def shown(data: bytes, ending: str = ".png") -> str:
    return f'<p><img src="{media_name(data, ending)}" alt="A picture"></p>'


def with_pictures(
    file: Path, *shows: bytes, holds: tuple[bytes, ...] = (), ending: str = ".png"
) -> PublishedPackage:
    """Write a package whose notes show some pictures, and that *holds* these or others."""
    notes = [qa_note(n, Details=shown(data, ending)) for n, data in enumerate(shows, start=1)]
    media = {media_name(data, ending): data for data in holds or shows}
    data = pack(deck_of(notes), load_note_types(), stamp=STAMP, media=tuple(media.items()))
    file.write_bytes(data)
    return read_package(file)


def read(*packages: PublishedPackage) -> list[bytes]:
    return list(read_pictures({one.path: names_of(one) for one in packages}).values())


def test_pictures_of_all_packages_once_each(tmp_path: Path) -> None:
    one = with_pictures(tmp_path / "a.apkg", LEAF, TREE, LEAF)
    two = with_pictures(tmp_path / "b.apkg", TREE, ROOT)

    assert names_of(one) == (media_name(LEAF, ".png"), media_name(TREE, ".png"))
    assert read(one, two) == [LEAF, TREE, ROOT]


def test_only_what_notes_show_is_read(tmp_path: Path) -> None:
    assert read(with_pictures(tmp_path / "a.apkg", LEAF, holds=(LEAF, TREE))) == [LEAF]


def test_a_picture_in_no_package_is_left_out(tmp_path: Path) -> None:
    assert read(with_pictures(tmp_path / "a.apkg", LEAF, TREE, holds=(TREE,))) == [TREE]


def test_what_is_no_picture_is_left_out(tmp_path: Path) -> None:
    package = with_pictures(tmp_path / "a.apkg", LEAF, ending=".html")

    assert names_of(package) == ()


def test_a_large_picture_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 40)

    assert read(with_pictures(tmp_path / "a.apkg", LEAF + LEAF, TREE)) == [TREE]


def test_what_comes_after_very_many_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_TOGETHER", 80)
    one = with_pictures(tmp_path / "a.apkg", LEAF, LEAF)
    two = with_pictures(tmp_path / "b.apkg", LEAF, TREE, ROOT)

    assert read(one, two) == [LEAF, TREE]


def test_a_package_without_pictures_is_not_opened(tmp_path: Path) -> None:
    assert read_pictures({tmp_path / "none.apkg": ()}) == {}


def test_a_package_that_is_damaged_is_named(tmp_path: Path) -> None:
    package = with_pictures(tmp_path / "a.apkg", LEAF)
    package.path.write_bytes(b"PK")

    with pytest.raises(PackageError, match="not an Anki package") as caught:
        read(package)

    assert caught.value.source.endswith("a.apkg")


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("svg", "image/svg+xml"),
    ],
)
def test_an_address_holds_the_picture(ending: str, kind: str) -> None:
    url = data_url(media_name(LEAF, f".{ending}"), LEAF)

    assert url == f"data:{kind};base64,{base64.b64encode(LEAF).decode('ascii')}"


def test_the_cards_have_their_pictures_beside_them(tmp_path: Path) -> None:
    package = with_pictures(tmp_path / "a.apkg", LEAF, LEAF)
    name = media_name(LEAF, ".png")
    found = read_pictures({package.path: names_of(package)})

    text = payload(preview_cards([package], marks={}), lambda _: None, found)

    assert json.loads(text)["pictures"] == {name: data_url(name, LEAF)}
    assert text.count(";base64,") == 1
