"""Write decks as .apkg files: the same deck and time give the same bytes, anywhere."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import genanki

from qt2anki.anki.cards import card_ords
from qt2anki.anki.note_types import ASKED_FIELDS, FIELDS, NoteType, NoteTypes
from qt2anki.errors import PackageError, refused
from qt2anki.model import Deck, Note

_ANKI_KINDS = {"qa": genanki.Model.FRONT_BACK, "cloze": genanki.Model.CLOZE}


class AnkiModel(genanki.Model):  # type: ignore[misc]  # genanki has no types
    """A note type with its own time; Anki accepts its style only if the time is newer."""

    def __init__(self, note_type: NoteType) -> None:
        super().__init__(
            model_id=note_type.model_id,
            name=note_type.name,
            fields=[{"name": field.name, "id": field.id} for field in note_type.fields],
            templates=[
                {"name": side.name, "id": side.id, "qfmt": side.front, "afmt": side.back}
                for side in note_type.templates
            ],
            css=note_type.css,
            model_type=_ANKI_KINDS[note_type.kind],
            sort_field_index=note_type.sort_field,
        )
        self._note_type = note_type

    @property
    def _req(self) -> list[list[object]]:
        """Name the field that each template needs; genanki guesses wrong for filters."""
        names = [field.name for field in self._note_type.fields]
        asked = ASKED_FIELDS[self._note_type.kind]
        return [[place, "all", [names.index(name)]] for place, name in enumerate(asked)]

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the note type as stored in collections, with its time instead of *timestamp*."""
        data: dict[str, Any] = super().to_json(self._note_type.mod, deck_id)
        return data


class AnkiNote(genanki.Note):  # type: ignore[misc]  # genanki has no types
    """A note with its id, its cards and the time of its last change."""

    def __init__(
        self, note: Note, model: AnkiModel, *, ids: Sequence[int], ords: Sequence[int], due: int
    ) -> None:
        super().__init__(
            model=model, fields=list(note.fields), tags=list(note.tags), guid=note.guid, due=due
        )
        self.cards = [genanki.Card(ord_) for ord_ in ords]
        self._mod = note.mod
        self._data = _recognition(note)
        self._ids = ids  # its own, then those of its cards

    def _check_invalid_html_tags_in_fields(self) -> None:
        """Skip genanki's check: it takes quadratic time, and fields are already sanitized."""

    def write_to_db(
        self,
        cursor: sqlite3.Cursor,
        timestamp: float,
        deck_id: int,
        id_gen: Iterator[int],  # noqa: ARG002  # counts on from the time of the build
    ) -> None:
        """Write the note with its own ids and time, or with *timestamp* if it has no time yet."""
        super().write_to_db(cursor, self._mod or timestamp, deck_id, iter(self._ids))
        cursor.execute("UPDATE notes SET data = ? WHERE id = ?", (self._data, self._ids[0]))


def _recognition(note: Note) -> str:
    """Write data with which a later build recognizes the note; Anki ignores the column ``data``."""
    values = {
        "key": note.natural_key,
        "text": note.text,
        "kept": note.is_kept,
        "made": dict(note.generated),
    }
    held = {name: value for name, value in values.items() if value}
    return json.dumps(held, ensure_ascii=False) if held else ""


class AnkiDeck(genanki.Deck):  # type: ignore[misc]  # genanki has no types
    """A deck with a Markdown description, whose notes are made one by one."""

    def __init__(self, deck: Deck, stamp: int, anki_notes: Iterable[AnkiNote]) -> None:
        super().__init__(deck_id=deck_id(deck.name), name=deck.name, description=deck.description)
        self._stamp = stamp
        self._anki_notes = anki_notes

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        """Write the deck and its note types, and then its notes."""
        super().write_to_db(cursor, timestamp, id_gen)
        for note in self._anki_notes:
            note.write_to_db(cursor, timestamp, self.deck_id, id_gen)

    def to_json(self) -> dict[str, Any]:
        """Return the deck as stored in collections (``md``: rslib/src/decks/schema11.rs)."""
        data: dict[str, Any] = super().to_json()
        return data | {"md": True, "mod": self._stamp}


class AnkiPackage(genanki.Package):  # type: ignore[misc]  # genanki has no types
    """A package whose collection has the time of the build, not that of genanki's template."""

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        """Write schema and content; milliseconds for ``mod`` and ``scm``, seconds for ``crt``."""
        super().write_to_db(cursor, timestamp, id_gen)
        seconds = int(timestamp)
        cursor.execute(
            "UPDATE col SET crt = ?, mod = ?, scm = ?", (seconds, seconds * 1000, seconds * 1000)
        )


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# https://sqlite.org/fileformat.html, "The Database Header": the number of changes to the file, the
# number for which the next value is valid, and the version of the last writer. SQLite does not rely
# on them.
_UNSTABLE_HEADER = (24, 92, 96)
_COPIED_AT_ONCE = 1 << 20  # bytes
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
_UNIX = 3
_ID_STEP = 10  # between notes; room for the cards of any note we make
_MODE_0644 = 0o644 << 16


def pack_decks(
    package: BinaryIO,
    decks: Sequence[Deck],
    note_types: NoteTypes,
    *,
    stamp: int,
    note_ids: Mapping[str, int] = MappingProxyType({}),
    media: Iterable[tuple[str, bytes]] = (),
    marks: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Write the .apkg of *decks*; *stamp* is the time of the build in seconds since 1970.

    A note without a time of its own (``mod`` 0) gets *stamp*. New cards are shown in the order of
    the notes. *note_ids* are ids by GUID, for notes that were published before; the others get ids
    made from *stamp*. *media* are files by the names in the fields. Anki imports a deck without
    notes, with its description, only if it is a parent of other decks. *marks* are settings of the
    collection, which Anki does not import.
    """
    if stamp < 1:  # note ids are made from it, and Check Database fails on the id 0
        raise PackageError(f"the build time {stamp} is invalid", hint="it must be 1 or greater")
    ids: set[int] = set()
    for deck in decks:
        if not deck.name.strip():
            raise PackageError(f"the deck of {deck.subject!r} has no name")
        if _CONTROL.search(deck.name + deck.description):
            raise PackageError(f"the deck {deck.name!r} contains a control character")
        if (number := deck_id(deck.name)) in ids:
            text = f"the deck with the id {number!r} occurs twice in the deck {decks[0].name!r}"
            raise PackageError(text)
        ids.add(number)
    with contextlib.ExitStack() as stack:
        hint = "free some disk space, or set TMPDIR to a different folder"
        kinds = (OSError, sqlite3.Error)
        with refused("temporary files cannot be written", hint=hint, kinds=kinds):
            # On disk, because the collection of a large deck takes more memory than its notes.
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="qt2anki-"))
            collection = Path(folder, "collection.anki2")
            _write_collection(collection, decks, note_types, stamp, note_ids, marks)
        _write_zip(package, collection, _checked(media, decks[0].name))


def deck_id(name: str) -> int:
    """Return the id of a deck with this name in every package; Anki itself uses the name."""
    digest = hashlib.blake2b(name.casefold().encode("utf-8"), digest_size=5).digest()
    return (1 << 40) + int.from_bytes(digest, "big")  # exact in JavaScript, and never 1 (Default)


def _checked(media: Iterable[tuple[str, bytes]], where: str) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    for name, data in media:
        if not name or "/" in name or "\\" in name:
            raise PackageError(f"the name of a media file is empty or contains a path: {name!r}")
        if name in seen:
            raise PackageError(f"the media file {name!r} occurs twice in the deck {where!r}")
        seen.add(name)
        yield name, data


def _check_note(note: Note) -> None:
    fault = ""
    if not note.guid.strip():
        fault = "has no guid"
    elif len(note.fields) != len(FIELDS[note.note_type]):
        fault = f"has {len(note.fields)} fields, not {len(FIELDS[note.note_type])}"
    elif any(tag.split() != [tag] for tag in note.tags):
        fault = "has a space in a tag, which Anki would split"
    elif _CONTROL.search("".join((note.guid, *note.fields, *note.tags))):
        fault = "contains a control character or half a surrogate pair"
    if fault:
        raise PackageError(f"the note {note.key!r} of page {note.page_id} {fault}")


def _write_collection(
    path: Path,
    decks: Sequence[Deck],
    note_types: NoteTypes,
    stamp: int,
    note_ids: Mapping[str, int],
    marks: Mapping[str, object],
) -> None:
    models = {"qa": AnkiModel(note_types.qa), "cloze": AnkiModel(note_types.cloze)}
    rows = (
        AnkiNote(note, models[note.note_type], ids=ids, ords=ords, due=due)
        for due, (note, ords, ids) in enumerate(_with_ids(decks, stamp, note_ids), start=1)
    )
    anki_decks = []
    for deck in decks:
        anki_deck = AnkiDeck(deck, stamp, itertools.islice(rows, len(deck.notes)))
        for model in models.values():
            anki_deck.add_model(model)
        anki_decks.append(anki_deck)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        AnkiPackage(anki_decks).write_to_db(database.cursor(), float(stamp), itertools.count(1))
        if marks:
            (text,) = database.execute("SELECT conf FROM col").fetchone()
            text = json.dumps(json.loads(text) | marks, ensure_ascii=False)
            database.execute("UPDATE col SET conf = ?", (text,))
        # Anki would import both, and update only one of them from then on.
        twice = "SELECT guid FROM notes GROUP BY guid HAVING count(*) > 1 LIMIT 1"
        for (guid,) in database.execute(twice):
            raise PackageError(f"the guid {guid!r} occurs twice in the deck {decks[0].name!r}")
        database.commit()
    with path.open("r+b") as stream:
        for place in _UNSTABLE_HEADER:
            stream.seek(place)
            stream.write(bytes(4))


def _with_ids(
    decks: Sequence[Deck], stamp: int, note_ids: Mapping[str, int]
) -> Iterator[tuple[Note, tuple[int, ...], tuple[int, ...]]]:
    """Yield each note, the template numbers of its cards, and the ids of the note and its cards.

    Ids are milliseconds, and equal for equal notes. Ids of cards follow that of their note, so a
    published note needs only its own id to get the same bytes.
    """
    notes = itertools.chain.from_iterable(deck.notes for deck in decks)
    taken = {note_ids[note.guid] for note in notes if note.guid in note_ids} if note_ids else set()
    free = (n for n in itertools.count(stamp * 1000, _ID_STEP) if n not in taken)
    used: set[int] = set()
    given: set[int] = set()  # two notes that were retired from different packages may share an id
    last = max((*taken, stamp * 1000))
    number = sum(len(deck.notes) for deck in decks)
    beyond = itertools.count(last + 2 * _ID_STEP * (number + 1))
    for note in itertools.chain.from_iterable(deck.notes for deck in decks):
        _check_note(note)
        note_id = note_ids.get(note.guid, 0)
        if not note_id or note_id in given:
            note_id = next(free)
        if taken:
            given.add(note_id)
        ords = card_ords(note)
        cards = []
        for ord_ in ords:
            card = note_id + 1 + ord_
            if card in used or ord_ + 1 >= _ID_STEP:
                card = next(beyond)
            if taken:  # new notes never share ids with each other
                used.add(card)
            cards.append(card)
        yield note, ords, (note_id, *cards)


def _write_zip(package: BinaryIO, collection: Path, media: Iterable[tuple[str, bytes]]) -> None:
    names = {}
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        info = _member(collection.name)
        info.file_size = collection.stat().st_size
        with archive.open(info, "w") as target, collection.open("rb") as source:
            shutil.copyfileobj(source, target, _COPIED_AT_ONCE)
        for number, (name, data) in enumerate(media):
            names[f"{number}"] = name
            archive.writestr(_member(f"{number}"), data)
        archive.writestr(_member("media"), json.dumps(names, ensure_ascii=False).encode("utf-8"))


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_ZIP_EPOCH)
    info.create_system = _UNIX
    info.external_attr = _MODE_0644
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
