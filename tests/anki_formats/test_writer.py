"""The package as bytes: stable, complete, and strict about what goes in."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_writer import deck_id, pack_decks
from qt2anki.errors import PackageError
from qt2anki.model import Deck, Note
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

NOTE_TYPES = load_note_types()
NOTES = (
    qa_note(1),
    cloze_note(1),
    qa_note(2, Reverse="Define: sap", ReverseAnswer="juice", mod=STAMP - 500),
)


def build(notes: Sequence[Note] = NOTES, stamp: int = STAMP) -> bytes:
    return pack(deck_of(notes), NOTE_TYPES, stamp=stamp)


def collection(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("collection.anki2")


def rows(data: bytes, query: str) -> list[Any]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(collection(data))
        return database.execute(query).fetchall()


def test_the_database_is_sound() -> None:
    assert rows(build(), "PRAGMA integrity_check") == [("ok",)]
    assert collection(build())[96:100] == bytes(4)


def test_several_decks_share_one_order_and_a_parent_has_no_cards() -> None:
    decks = (
        Deck("C", "C", "All of it.", ()),
        Deck("One", "C::01 One", "", NOTES[:1]),
        Deck("Two", "C::02 Two", "", NOTES[1:]),
    )

    package = io.BytesIO()
    pack_decks(package, decks, NOTE_TYPES, stamp=STAMP)

    data = package.getvalue()
    found = rows(data, "SELECT did, due FROM cards ORDER BY cards.id")
    assert found == [
        (deck_id(decks[1].name), 1),
        (deck_id(decks[2].name), 2),
        *[(deck_id(decks[2].name), 3)] * 2,
    ]
    (packed,) = rows(data, "SELECT decks FROM col")[0]
    assert json.loads(packed)[str(deck_id("C"))]["desc"] == "All of it."


def test_two_decks_of_one_name_are_refused() -> None:
    decks = (Deck("C", "C::a", "", NOTES[:1]), Deck("D", "c::A", "", NOTES[1:]))

    with pytest.raises(PackageError, match="occurs twice"):
        pack_decks(io.BytesIO(), decks, NOTE_TYPES, stamp=STAMP)


def test_new_cards_are_due_in_the_order_of_the_deck() -> None:
    found = rows(
        build(), "SELECT guid, ord, due FROM cards JOIN notes ON notes.id = nid ORDER BY cards.id"
    )

    assert found == [("qa-1", 0, 1), ("cloze-1", 0, 2), ("qa-2", 0, 3), ("qa-2", 1, 3)]


def test_a_note_keeps_its_time_and_a_new_one_gets_that_of_the_build() -> None:
    found = dict(rows(build(), "SELECT guid, mod FROM notes"))

    assert found == {"qa-1": STAMP, "cloze-1": STAMP, "qa-2": STAMP - 500}


def test_ids_are_unique_and_the_same_in_every_build() -> None:
    notes = rows(build(), "SELECT id FROM notes ORDER BY id")
    cards = rows(build(), "SELECT id FROM cards ORDER BY id")

    assert len({*notes, *cards}) == 7
    assert (notes, cards) == (
        rows(build(), "SELECT id FROM notes ORDER BY id"),
        rows(build(), "SELECT id FROM cards ORDER BY id"),
    )
    assert min(notes) == (STAMP * 1000,)


def test_notes_that_come_with_one_id_get_two() -> None:
    notes = [qa_note(1), qa_note(2)]
    shared = {note.guid: 1000 * STAMP for note in notes}

    package = pack(deck_of(notes), load_note_types(), stamp=STAMP, note_ids=shared)

    ids = {note_id for (note_id,) in rows(package, "SELECT id FROM notes")}
    assert len(ids) == 2
    assert 1000 * STAMP in ids


def test_the_collection_tells_the_time_of_the_build() -> None:
    ((created, changed, schema, version, decks),) = rows(
        build(), "SELECT crt, mod, scm, ver, decks FROM col"
    )
    deck = json.loads(decks)[str(deck_id("QuickTakes::Botany"))]

    assert (created, changed, schema, version) == (STAMP, STAMP * 1000, STAMP * 1000, 11)
    assert deck["name"] == "QuickTakes::Botany"
    assert (deck["desc"], deck["md"], deck["mod"]) == ("Built **today**.", True, STAMP)


def test_both_note_types_come_with_every_package_and_with_their_ids() -> None:
    ((models,),) = rows(build([qa_note(1)]), "SELECT models FROM col")

    for note_type in (NOTE_TYPES.qa, NOTE_TYPES.cloze):
        model = json.loads(models)[str(note_type.model_id)]
        assert model["mod"] == note_type.mod
        assert [field["id"] for field in model["flds"]] == [field.id for field in note_type.fields]
        assert [side["id"] for side in model["tmpls"]] == [side.id for side in note_type.templates]


def test_deck_ids_go_by_name_alone() -> None:
    assert deck_id("QuickTakes::Botany") == deck_id("quicktakes::botany")
    assert deck_id("QuickTakes::Botany") != deck_id("QuickTakes::Geology")
    assert 1 < deck_id("QuickTakes::Botany") < 2**53


def test_the_zip_has_no_date_and_no_temporary_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    with zipfile.ZipFile(io.BytesIO(build())) as archive:
        members = archive.infolist()

    assert [member.filename for member in members] == ["collection.anki2", "media"]
    for member in members:
        assert member.date_time == (1980, 1, 1, 0, 0, 0)
        assert (member.create_system, member.compress_type) == (3, zipfile.ZIP_DEFLATED)
    assert list(tmp_path.iterdir()) == []


def test_media_go_in_by_number() -> None:
    data = pack(
        deck_of([qa_note(1, Extra='<img src="leaf é.png" alt="a leaf">')]),
        NOTE_TYPES,
        stamp=STAMP,
        media=[("leaf é.png", b"\x89PNG")],
    )

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert json.loads(archive.read("media")) == {"0": "leaf é.png"}
        assert archive.read("0") == b"\x89PNG"


def test_equal_input_gives_equal_bytes() -> None:
    assert build() == build()
    assert build() != build(stamp=STAMP + 1)


@pytest.mark.parametrize(
    "environment",
    [{"TZ": "Pacific/Chatham", "LC_ALL": "C"}, {"TZ": "UTC", "PYTHONHASHSEED": "7"}],
    ids=["far-away", "other-hash-seed"],
)
def test_the_bytes_are_the_same_anywhere(environment: dict[str, str]) -> None:
    here = build()
    program = (
        "import sys; from tests.anki_formats.test_writer import build;"
        " sys.stdout.buffer.write(build())"
    )

    there = subprocess.run(  # noqa: S603  # our own interpreter and a fixed program
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "src", **environment},
    ).stdout

    assert there == here


@pytest.mark.parametrize(
    ("notes", "says"),
    [
        pytest.param([qa_note(1), qa_note(1)], "the guid 'qa-1' occurs twice", id="guid-twice"),
        pytest.param(
            [qa_note(1, Extra="a\x1fb")],
            "the note 'qa' of page 1 contains a control character",
            id="separator",
        ),
        pytest.param([qa_note(1, Answer="\x02wzxhzdk:0\x03")], "control character", id="control"),
        pytest.param([qa_note(1, Extra="\ud83d")], "half a surrogate pair", id="surrogate"),
        pytest.param(
            [qa_note(1, Question="<br>")], "its Question is empty when rendered", id="no-front"
        ),
        pytest.param([qa_note(1, tags=("a b",))], "a space in a tag", id="tag-blank"),
        pytest.param(
            [qa_note(1, tags=("a\N{IDEOGRAPHIC SPACE}b",))], "a space in a tag", id="wide"
        ),
        pytest.param([qa_note(1, tags=("a\tb",))], "a space in a tag", id="tag-tab"),
        pytest.param([qa_note(1, tags=("",))], "a space in a tag", id="tag-empty"),
        pytest.param([cloze_note(1, Text="no gap")], "its Text has no {{c1::..}}", id="no-gap"),
        pytest.param(
            [dataclasses.replace(qa_note(1), guid=" ")], "page 1 has no guid", id="no-guid"
        ),
        pytest.param(
            [dataclasses.replace(qa_note(1), fields=("1/qa", "Why?"))],
            "has 2 fields, not 12",
            id="field-count",
        ),
    ],
)
def test_what_anki_would_get_wrong_is_refused(notes: Sequence[Note], says: str) -> None:
    with pytest.raises(PackageError) as caught:
        build(notes)

    assert says in str(caught.value)


def test_a_build_has_a_time_and_a_deck_a_name() -> None:
    with pytest.raises(PackageError, match="the build time 0 is invalid"):
        build(stamp=0)
    with pytest.raises(PackageError, match="has no name"):
        pack(dataclasses.replace(deck_of(NOTES), name=" "), NOTE_TYPES, stamp=STAMP)
    with pytest.raises(PackageError, match="contains a control character"):
        pack(deck_of(NOTES, description="a\x1b[2J"), NOTE_TYPES, stamp=STAMP)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["a.png", "a.png"], "occurs twice"),
        (["img/a.png"], "contains a path"),
        ([""], "is empty or contains"),
    ],
)
def test_media_names_are_checked(names: list[str], says: str) -> None:
    with pytest.raises(PackageError, match=says):
        pack(deck_of(NOTES), NOTE_TYPES, stamp=STAMP, media=[(name, b"") for name in names])


def test_a_field_may_look_like_a_broken_tag() -> None:
    html = "List&lt;int&gt; <my-tag>x</my-tag>"

    assert rows(build([qa_note(1, Extra=html)]), "SELECT flds FROM notes")[0][0].count(html) == 1
