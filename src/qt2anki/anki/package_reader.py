"""Read packages, which are all that remains of the previous release."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from qt2anki.anki.files import file_digest
from qt2anki.anki.note_types import FIELDS, Field, NoteType, Template
from qt2anki.anki.package_file import (
    open_collection,
    open_file,
    package_error,
    packages_in,
)
from qt2anki.model import CLOZE_FIELDS, OTHER_TOPICS, QA_FIELDS, PageId, page_id_of

# In the settings of a collection, which Anki does not import:
SUBJECT_DECK = "qt2ankiSubjectDeck"
UNIT_KEYS = "qt2ankiUnitKeys"
LEFT_OUT = "qt2ankiLeftOut"
_SCHEMA = 11  # of collection.anki2; later ones are in members of other names
_DEFAULT_DECK = 1
_KINDS: dict[tuple[int, tuple[str, ...]], Literal["qa", "cloze"]] = {
    (0, QA_FIELDS): "qa",
    (1, CLOZE_FIELDS): "cloze",
}
_PAGE_ORDER = re.compile(r"(.+)\.[0-9]+")  # "170604.04"
_LATEST = 253_402_300_800  # seconds: the year 10000
_MOST_ID = 1 << 62


@dataclass(frozen=True, slots=True)
class PublishedNote:
    """A note in a package."""

    guid: str
    key: str  # as in model.Note
    note_type: Literal["qa", "cloze"]
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    mod: int  # seconds since 1970
    note_id: int
    page_id: PageId | None  # None if neither Key nor Order has it
    ords: tuple[int, ...] = ()  # template numbers of its cards, from 0, sorted
    deck: str = ""  # the full name of the deck its first card is in
    natural_key: str = ""  # as in model.Note; "" in packages of version 1
    text: str = ""  # as in model.Note
    is_kept: bool = False  # as in model.Note
    generated: tuple[tuple[str, str], ...] = ()  # as in model.Note


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A complete package; *notes* are in the order in which new cards are shown."""

    path: Path
    deck_names: tuple[str, ...]  # of the decks that have cards, sorted
    description: str  # of the first deck, or of the course
    notes: tuple[PublishedNote, ...]
    note_types: tuple[NoteType, ...]
    course: str = ""  # the deck above all others, which only the package of a course has
    subject_deck: str = ""  # the deck above all others, if they are topics of a subject
    unit_keys: tuple[tuple[str, str], ...] = ()  # deck of a unit -> its key, if not its title
    # Notes that this package had in a newer state than the packages that still have them, by guid.
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def deck(self) -> str:
        """The deck of the subject or course, "" if there is none."""
        return self.course or self.subject_deck or next(iter(self.deck_names), "")

    @property
    def has_topics(self) -> bool:
        """Whether the notes of a subject are in decks of topics."""
        return bool(self.subject_deck)

    def topic_of(self, note: PublishedNote) -> str:
        """Return the topic whose deck a note of a subject is in, "" for none."""
        topic = note.deck.removeprefix(f"{self.deck}::")
        return "" if topic in (note.deck, OTHER_TOPICS) else topic


def read_packages(paths: Iterable[Path]) -> tuple[PublishedPackage, ...]:
    """Read package files, and the ``*.apkg`` files of folders in order of their names."""
    files: list[Path] = []
    for path in paths:
        files += packages_in(path) if path.is_dir() else [path]
    return tuple(read_package(file) for file in files)


def read_package(path: Path, *, digest: str = "") -> PublishedPackage:
    """Read a package that this program wrote; its bytes must have the *digest*, if one is given."""
    with open_file(path) as file:
        if digest and file_digest(file) != digest:
            text = "the package was changed while it was being read"
            raise package_error(path, text, "build again")
        with open_collection(file, path) as database:
            return _read(database, path)


def _read(database: sqlite3.Connection, path: Path) -> PublishedPackage:
    version, models_json, decks_json, settings_json = database.execute(
        "SELECT ver, models, decks, conf FROM col"
    ).fetchone()
    if version != _SCHEMA:
        raise package_error(path, f"the collection has schema {version}, not {_SCHEMA}")
    note_types = _note_types(_parsed(models_json), path)
    decks = _parsed(decks_json)
    used = database.execute("SELECT DISTINCT did FROM cards").fetchall()
    deck_of = {int(did): str(decks[str(did)]["name"]) for (did,) in used}
    names = tuple(sorted(set(deck_of.values())))
    # Every collection has the deck Default, even if it is empty.
    own = [deck for deck in decks.values() if int(deck["id"]) != _DEFAULT_DECK]
    described = {str(deck["name"]): str(deck["desc"]) for deck in own}
    settings = _parsed(settings_json)
    subject_deck = str(settings.get(SUBJECT_DECK, ""))
    # The deck that a course has above its units; the package of a subject has none.
    parents = {name.rpartition("::")[0] for name in names}
    parent = parents.pop() if len(parents) == 1 else ""
    course = parent if parent in described and not subject_deck else ""
    return PublishedPackage(
        path=path,
        deck_names=names,
        description=described[course or subject_deck or names[0]] if names else "",
        notes=_notes(database, note_types, deck_of, path),
        note_types=tuple(note_types.values()),
        course=course,
        subject_deck=subject_deck,
        unit_keys=tuple(dict(settings.get(UNIT_KEYS, {})).items()),
        left_out=_left_out(settings, path),
    )


def _left_out(settings: Mapping[str, Any], path: Path) -> tuple[tuple[str, int], ...]:
    found = tuple((str(guid), int(mod)) for guid, mod in dict(settings.get(LEFT_OUT, {})).items())
    if any(not 0 <= mod < _LATEST for _, mod in found):
        raise package_error(
            path, "the record of a note that was left out has an invalid modification time"
        )
    return found


def _parsed(text: str) -> dict[str, Any]:
    """Parse JSON; raise ValueError for a lone surrogate, which valid text cannot have."""
    found: dict[str, Any] = json.loads(text)
    json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def _note_types(models: Mapping[str, Mapping[str, Any]], path: Path) -> dict[int, NoteType]:
    note_types: dict[int, NoteType] = {}
    for model in models.values():
        fields = tuple(Field(str(one["name"]), int(one["id"])) for one in model["flds"])
        kind = _KINDS.get((int(model["type"]), tuple(field.name for field in fields)))
        if kind is None:
            text = f"its note type {model['name']!r} is not one of this program's"
            raise package_error(path, text)
        sides = sorted(model["tmpls"], key=lambda side: int(side["ord"]))
        note_types[int(model["id"])] = NoteType(
            kind=kind,
            name=str(model["name"]),
            model_id=int(model["id"]),
            mod=int(model["mod"]),
            fields=fields,
            templates=tuple(
                Template(str(one["name"]), int(one["id"]), str(one["qfmt"]), str(one["afmt"]))
                for one in sides
            ),
            css=str(model["css"]),
            sort_field=int(model["sortf"]),
        )
    return note_types


def _notes(
    database: sqlite3.Connection,
    note_types: Mapping[int, NoteType],
    decks: Mapping[int, str],
    path: Path,
) -> tuple[PublishedNote, ...]:
    rows = database.execute(
        "SELECT guid, mid, flds, tags, mod, id, data FROM notes"
        " ORDER BY (SELECT min(due) FROM cards WHERE nid = notes.id), id"
    )
    cards: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for note_id, ord_, did in database.execute("SELECT nid, ord, did FROM cards ORDER BY nid, ord"):
        cards[note_id].append((int(ord_), int(did)))
    notes: list[PublishedNote] = []
    for guid, model_id, joined, tags, mod, note_id, data in rows:
        note_type = note_types[int(model_id)]
        # The notes of a page share fields and tags, so each is kept in memory only once.
        fields = tuple(map(sys.intern, joined.split("\x1f")))
        if len(fields) != len(note_type.fields):
            raise package_error(path, f"the note {guid!r} has {len(fields)} fields")
        is_named = isinstance(guid, str) and guid.strip() != ""
        if not 0 <= mod < _LATEST or not 0 < note_id < _MOST_ID or not is_named:
            raise package_error(path, f"the note {guid!r} has an invalid modification time or id")
        page_id, key = _identity(dict(zip(FIELDS[note_type.kind], fields, strict=True)))
        natural_key, text, is_kept, generated = _recognition(data)
        notes.append(
            PublishedNote(
                guid=guid,
                key=key,
                note_type=note_type.kind,
                fields=fields,
                tags=tuple(map(sys.intern, tags.split())),
                mod=mod,
                note_id=note_id,
                page_id=page_id,
                ords=tuple(ord_ for ord_, _ in cards[note_id]),
                deck=decks[cards[note_id][0][1]] if cards[note_id] else "",
                natural_key=natural_key,
                text=text,
                is_kept=is_kept,
                generated=generated,
            )
        )
    return tuple(notes)


def _identity(fields: Mapping[str, str]) -> tuple[PageId | None, str]:
    """Split the field Key, ``170604/qa``, into page id and key.

    The key of an abbreviation belongs to no page; the page it shows is in Order.
    """
    written, _, key = fields["Key"].partition("/")
    page_id = page_id_of(written)
    if page_id is not None and key:
        return page_id, key
    order = _PAGE_ORDER.fullmatch(fields["Order"])
    return (page_id_of(order[1]) if order is not None else None), fields["Key"]


def _recognition(data: str) -> tuple[str, str, bool, tuple[tuple[str, str], ...]]:
    """Read the column ``data``, which helps to recognize a note."""
    found = json.loads(data) if data else {}
    generated = tuple((str(name), str(html)) for name, html in found.get("made", {}).items())
    return str(found.get("key", "")), str(found.get("text", "")), bool(found.get("kept")), generated
