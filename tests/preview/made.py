"""A small deck as packages, with a page in two subjects."""

from __future__ import annotations

from pathlib import Path

from qt2anki.anki.note_types import NoteTypes, load_note_types
from qt2anki.anki.package_reader import PublishedPackage, read_package
from qt2anki.model import Note
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

TAGS = ("Made::kind::term", "Made::tier::extra")
NOTES = (
    qa_note(1, Question="Why green?", Details="<p>Long.</p>"),
    cloze_note(2),
    qa_note(3, tags=TAGS, Reverse="Define: sap", ReverseAnswer="Juice"),
)


def package(
    file: Path,
    notes: tuple[Note, ...] = NOTES,
    *,
    subject: str = "Botany",
    note_types: NoteTypes | None = None,
) -> PublishedPackage:
    types = note_types or load_note_types()
    file.write_bytes(pack(deck_of(notes, subject=subject), types, stamp=STAMP))
    return read_package(file)
