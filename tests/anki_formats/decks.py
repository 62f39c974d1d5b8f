"""Hand-made notes and decks: fields by name, everything else by default."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

from qt2anki.anki.note_types import NoteTypes
from qt2anki.anki.package_reader import SUBJECT_DECK
from qt2anki.anki.package_writer import pack_decks
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Deck, Kind, Note

STAMP = 1_795_000_000  # 2026-11-18
TAGS = ("QuickTakes::kind::qa", "QuickTakes::subject::Botany")


def qa_note(
    page_id: int, *, mod: int = 0, tags: tuple[str, ...] = TAGS, key: str = "qa", **fields: str
) -> Note:
    """Make a question and answer note with the guid ``qa-<page_id>``."""
    defaults = {
        "Key": f"{page_id}/{key}",
        "Question": f"Why do leaves of kind {page_id} turn red?",
        "Answer": "<p>Chlorophyll goes first and uncovers the other pigments.</p>",
        "Source": f"<span>{page_id}</span>",
        "Order": f"{page_id}.01",
    }
    values = dict.fromkeys(QA_FIELDS, "") | defaults | fields
    return Note(f"qa-{page_id}", page_id, key, Kind.QA, "qa", tuple(values.values()), tags, mod)


def cloze_note(
    page_id: int,
    *,
    mod: int = 0,
    tags: tuple[str, ...] = TAGS,
    key: str = "step/sap-rises/next",
    **fields: str,
) -> Note:
    """Make a cloze note with the guid ``cloze-<page_id>``."""
    defaults = {
        "Key": f"{page_id}/{key}",
        "Text": "Buds swell → {{c1::sap rises}}",
        "Title": "What comes next?",
        "Context": "Botany · How does a tree wake up?",
        "Source": f"<span>{page_id}</span>",
        "Order": f"{page_id}.02",
    }
    values = dict.fromkeys(CLOZE_FIELDS, "") | defaults | fields
    return Note(
        f"cloze-{page_id}", page_id, key, Kind.NEXT, "cloze", tuple(values.values()), tags, mod
    )


def deck_of(
    notes: Sequence[Note], *, subject: str = "Botany", description: str = "Built **today**."
) -> Deck:
    """Put *notes* into the deck of *subject*."""
    return Deck(subject, f"QuickTakes::{subject}", description, tuple(notes))


def run_sql(path: Path, statement: str) -> None:
    """Change a package as no build of ours would."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(members["collection.anki2"])
        database.execute(statement)
        database.commit()
        members["collection.anki2"] = database.serialize()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def pack(
    deck: Deck,
    note_types: NoteTypes,
    *,
    stamp: int,
    note_ids: Mapping[str, int] = MappingProxyType({}),
    media: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """Return the .apkg of a subject's deck with those of its topics."""
    decks = deck.with_subdecks()
    marks = {SUBJECT_DECK: deck.name} if deck.topics else {}
    package = io.BytesIO()
    pack_decks(package, decks, note_types, stamp=stamp, note_ids=note_ids, media=media, marks=marks)
    return package.getvalue()
