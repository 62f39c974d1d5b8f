"""A deck written as an .apkg: the same deck and time give the same bytes, anywhere."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing

from qt2anki.errors import PackageError
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Deck, Note
from qt2anki.package.cards import card_ords
from qt2anki.package.genanki_objects import AnkiDeck, AnkiModel, AnkiNote, AnkiPackage
from qt2anki.package.note_types import NoteTypes

_FIELD_COUNTS = {"qa": len(QA_FIELDS), "cloze": len(CLOZE_FIELDS)}
_FIELD_SEPARATOR = "\x1f"  # between the fields in Anki's table of notes
_SQLITE_VERSION_AT = slice(96, 100)  # https://sqlite.org/fileformat.html, "The Database Header"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
_UNIX = 3
_MODE_0644 = 0o644 << 16


def pack(
    deck: Deck,
    note_types: NoteTypes,
    *,
    stamp: int,
    media: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """Return the .apkg of *deck*; *stamp* is the time of the build in seconds since 1970.

    A note without a time of its own (``mod`` 0) gets *stamp*. New cards are shown in the order
    of ``deck.notes``. *media* are files by name, as the fields name them.

    Raises PackageError for what Anki would refuse, repair in silence or show as an error.
    """
    if stamp < 1:  # note ids are made of it, and Check Database fails on the id 0
        raise PackageError(f"a build cannot have the time {stamp}", hint="it must be 1 or more")
    if not deck.name.strip():
        raise PackageError(f"the deck of {deck.subject!r} has no name")
    _refuse_twice([note.guid for note in deck.notes], "the guid", deck)
    _refuse_twice([name for name, _ in media], "the media file", deck)
    for note in deck.notes:
        _check_note(note)
    members = {"collection.anki2": _collection(deck, note_types, stamp)}
    for number, (name, data) in enumerate(media):
        if not name or "/" in name or "\\" in name:
            raise PackageError(f"a media file has no plain name: {name!r}")
        members[str(number)] = data
    names = {str(number): name for number, (name, _) in enumerate(media)}
    members["media"] = json.dumps(names, ensure_ascii=False).encode("utf-8")
    return _stable_zip(members)


def deck_id(name: str) -> int:
    """Return the id a deck of this name has in every package; Anki itself goes by the name."""
    digest = hashlib.blake2b(name.casefold().encode("utf-8"), digest_size=5).digest()
    return (1 << 40) + int.from_bytes(digest, "big")  # exact in JavaScript, and never 1, Default


def _refuse_twice(values: Sequence[str], what: str, deck: Deck) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:  # Anki would import both and update only one of them ever after
            raise PackageError(f"{what} {value!r} stands twice in the deck {deck.name!r}")
        seen.add(value)


def _check_note(note: Note) -> None:
    fault = ""
    if not note.guid.strip():
        fault = "has no guid"
    elif len(note.fields) != _FIELD_COUNTS[note.note_type]:
        fault = f"has {len(note.fields)} fields, not {_FIELD_COUNTS[note.note_type]}"
    elif any(_FIELD_SEPARATOR in field for field in note.fields):
        fault = "has the character U+001F in a field, which Anki keeps for itself"
    elif any(not tag or any(sign.isspace() for sign in tag) for tag in note.tags):
        fault = "has a blank in a tag, where Anki would cut it in two"
    else:
        try:
            "".join((note.guid, *note.fields, *note.tags)).encode("utf-8")
        except UnicodeEncodeError:
            fault = "has half a surrogate pair in it, which is no character"
    if fault:
        raise PackageError(f"the note {note.key!r} of page {note.page_id} {fault}")


def _collection(deck: Deck, note_types: NoteTypes, stamp: int) -> bytes:
    models = {"qa": AnkiModel(note_types.qa), "cloze": AnkiModel(note_types.cloze)}
    anki_deck = AnkiDeck(deck, deck_id(deck.name), stamp)
    for model in models.values():
        anki_deck.add_model(model)
    for due, note in enumerate(deck.notes, start=1):
        anki_deck.add_note(AnkiNote(note, models[note.note_type], ords=card_ords(note), due=due))
    with closing(sqlite3.connect(":memory:")) as database:
        ids = itertools.count(stamp * 1000)
        AnkiPackage(anki_deck).write_to_db(database.cursor(), float(stamp), ids)
        database.commit()
        data = bytearray(database.serialize())
    # The version of the library that wrote last, which SQLite itself never relies on.
    data[_SQLITE_VERSION_AT] = bytes(4)
    return bytes(data)


def _stable_zip(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=_ZIP_EPOCH)
            info.create_system = _UNIX
            info.external_attr = _MODE_0644
            archive.writestr(info, data, compress_type=zipfile.ZIP_DEFLATED, compresslevel=6)
    return buffer.getvalue()
