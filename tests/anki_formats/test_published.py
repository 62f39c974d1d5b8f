"""Packages read back."""

from __future__ import annotations

import contextlib
import io
import json
import random
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import (
    PublishedNote,
    read_package,
    read_packages,
)
from qt2anki.errors import PackageError
from qt2anki.model import Note, PageId
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

NOTE_TYPES = load_note_types()


def write(path: Path, *notes: Note, subject: str = "Botany") -> Path:
    path.write_bytes(pack(deck_of(notes, subject=subject), NOTE_TYPES, stamp=STAMP))
    return path


def altered(path: Path, *statements: str) -> Path:
    """Write a package again after SQL has been run on its collection."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(members["collection.anki2"])
        for statement in statements:
            database.execute(statement)
        database.commit()
        members["collection.anki2"] = database.serialize()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_package_reads_back_as_it_was_written(tmp_path: Path) -> None:
    first, second = qa_note(-13, mod=STAMP - 7, tags=("b", "a")), cloze_note(170604)
    path = write(tmp_path / "botany.apkg", first, second)

    found = read_package(path)

    assert found.path == path
    assert found.deck_names == ("QuickTakes::Botany",)
    assert found.description == "Built **today**."
    assert found.notes == (
        PublishedNote(
            "qa--13",
            "qa",
            "qa",
            first.fields,
            ("b", "a"),
            STAMP - 7,
            STAMP * 1000,
            -13,
            (0,),
            "QuickTakes::Botany",
        ),
        PublishedNote(
            "cloze-170604",
            "step/sap-rises/next",
            "cloze",
            second.fields,
            second.tags,
            STAMP,
            STAMP * 1000 + 10,
            170604,
            (0,),
            "QuickTakes::Botany",
        ),
    )
    assert found.note_types == (NOTE_TYPES.qa, NOTE_TYPES.cloze)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@given(fields=st.tuples(TEXT, TEXT, TEXT), mod=st.integers(1, 2**31))
def test_any_text_comes_back(
    fields: tuple[str, str, str], mod: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answer, extra, details = fields
    note = qa_note(5, Answer=answer, Extra=extra, Details=details, mod=mod)
    path = tmp_path_factory.getbasetemp() / "any.apkg"

    (found,) = read_package(write(path, note)).notes

    assert (found.guid, found.fields, found.tags, found.mod) == (
        note.guid,
        note.fields,
        note.tags,
        note.mod,
    )


@pytest.mark.parametrize(
    ("key", "order", "page_id", "found_key"),
    [
        ("5/qa", "5.01", 5, "qa"),
        ("5/step/a/next", "", 5, "step/a/next"),
        ("abbr/botany/atp/adenosine", "5.12", 5, "abbr/botany/atp/adenosine"),
        ("abbr/botany/atp/adenosine", "", None, "abbr/botany/atp/adenosine"),
        ("5/", "x", None, "5/"),
        ("biology.cells-2/qa", "biology.cells-2.01", "biology.cells-2", "qa"),
        ("9" * 201 + "/qa", "", None, "9" * 201 + "/qa"),
    ],
)
def test_page_and_key_stand_in_the_fields(
    tmp_path: Path, key: str, order: str, page_id: PageId | None, found_key: str
) -> None:
    path = write(tmp_path / "one.apkg", qa_note(5, Key=key, Order=order))

    (note,) = read_package(path).notes

    assert (note.page_id, note.key) == (page_id, found_key)


def test_a_deck_without_notes(tmp_path: Path) -> None:
    found = read_package(write(tmp_path / "empty.apkg"))

    assert (found.deck_names, found.description, found.notes) == ((), "", ())


def test_a_folder_stands_for_its_packages(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    folder.mkdir()
    write(folder / "b.apkg", qa_note(2), subject="B")
    write(folder / "a.apkg", qa_note(1), subject="A")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    extra = write(tmp_path / "c.apkg", qa_note(3), subject="C")

    found = read_packages([folder, extra])

    assert [package.deck_names for package in found] == [
        ("QuickTakes::A",),
        ("QuickTakes::B",),
        ("QuickTakes::C",),
    ]
    assert read_packages([]) == ()


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackageError) as caught:
        read_packages([tmp_path / "gone.apkg"])

    assert "gone.apkg: the package cannot be read: No such file" in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"plain text", b"PK\x03\x04" + bytes(100)], ids=["none", "PK", "text", "0"]
)
def test_what_is_no_zip(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.apkg"
    path.write_bytes(data)

    with pytest.raises(PackageError, match=r"odd\.apkg: not an Anki package, or a damaged"):
        read_package(path)


@pytest.mark.parametrize(
    ("member", "data", "says"),
    [
        ("notes.txt", b"hello", "not an Anki package"),
        ("collection.anki2", b"not a database" * 99, "not an Anki package"),
        ("collection.anki21b", b"\x28\xb5\x2f\xfd", "exported by Anki, in a newer format"),
        ("collection.anki21", b"", "exported by Anki, in a newer format"),
    ],
)
def test_zips_of_another_kind(tmp_path: Path, member: str, data: bytes, says: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, data)
    path = tmp_path / "odd.apkg"
    path.write_bytes(buffer.getvalue())

    with pytest.raises(PackageError) as caught:
        read_package(path)

    assert says in str(caught.value)
    assert "hint: " in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE col SET ver = 18", "the collection has schema 18, not 11"),
        ("UPDATE notes SET flds = 'a'", "the note 'qa-1' has 1 fields"),
        ("UPDATE notes SET mid = 5", "not an Anki package, or a damaged one"),
        ("UPDATE col SET models = '{'", "not an Anki package, or a damaged one"),
        ("UPDATE col SET models = '[]'", "not an Anki package, or a damaged one"),
        ("UPDATE col SET decks = '{}'", "not an Anki package, or a damaged one"),
        ("DELETE FROM col", "not an Anki package, or a damaged one"),
        ("DROP TABLE notes", "not an Anki package, or a damaged one"),
        (
            "UPDATE col SET models = replace(models, 'Spare2', 'Mine')",
            "its note type 'QuickTakes Q&A' is not one of this program",
        ),
    ],
)
def test_collections_that_are_not_ours(tmp_path: Path, statement: str, says: str) -> None:
    path = altered(write(tmp_path / "odd.apkg", qa_note(1)), statement)

    with pytest.raises(PackageError) as caught:
        read_package(path)

    assert says in str(caught.value)


def test_damaged_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.apkg", *(qa_note(number) for number in range(1, 20)))
    sound = path.read_bytes()
    chance = random.Random(20261123)  # noqa: S311  # damage, not secrets

    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.choice((len(data), chance.randrange(len(data))))])
        with contextlib.suppress(PackageError):
            read_package(path)


def test_the_description_is_that_of_the_first_deck_with_cards(tmp_path: Path) -> None:
    path = write(tmp_path / "one.apkg", qa_note(1))
    with zipfile.ZipFile(path) as archive, closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(archive.read("collection.anki2"))
        decks = json.loads(database.execute("SELECT decks FROM col").fetchone()[0])

    assert len(decks) == 2  # Default has no cards and is not told
    assert read_package(path).deck_names == ("QuickTakes::Botany",)
