"""Export packages as text files for Anki's *Import File*, or for a spreadsheet.

The headers and their columns are described in the Anki manual, "Text Files". According to Anki's
source (rslib/src/import_export/text/csv), any line that begins with "#" is a comment, unless it is
in quotes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS

_META = ("guid", "notetype", "deck", "tags")
_WIDTH = len(_META) + max(len(QA_FIELDS), len(CLOZE_FIELDS))


class TextFormat(StrEnum):
    """The column separator; the value is also the file extension."""

    CSV = "csv"
    TSV = "tsv"


_SIGNS = {TextFormat.CSV: ",", TextFormat.TSV: "\t"}
_NAMES = {TextFormat.CSV: "Comma", TextFormat.TSV: "Tab"}  # as Anki calls them


@dataclass(frozen=True, slots=True)
class Exported:
    """A text file's content, and how many notes are in it."""

    text: str
    notes: int


def export_text(packages: Iterable[PublishedPackage], text_format: TextFormat) -> Exported:
    """Return all notes of *packages* as one text, each note once, in the order of new cards.

    The columns are GUID, note type, deck, tags and then the fields as HTML; a note type with fewer
    fields leaves the last columns empty. Every value is in quotes: a GUID may begin with "#".
    """
    text = io.StringIO()
    headers = [f"separator:{_NAMES[text_format]}", "html:true"]
    headers += [f"{name} column:{number}" for number, name in enumerate(_META, start=1)]
    text.writelines(f"#{line}\n" for line in headers)
    writer = csv.writer(
        text, delimiter=_SIGNS[text_format], quoting=csv.QUOTE_ALL, lineterminator="\n"
    )
    rows: dict[str, list[str]] = {}
    for package in packages:
        names = {note_type.kind: note_type.name for note_type in package.note_types}
        for note in package.notes:
            row = [note.guid, names[note.note_type], note.deck, " ".join(note.tags), *note.fields]
            # Cards stay in the deck they were first imported into.
            rows.setdefault(note.guid, [*row, *[""] * (_WIDTH - len(row))])
    writer.writerows(rows.values())
    return Exported(text.getvalue(), len(rows))
