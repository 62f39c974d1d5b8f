"""Text files: what a reader of them finds, whatever is in the notes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import (
    PublishedNote,
    PublishedPackage,
    read_package,
)
from qt2anki.integrations.export import TextFormat, export_text
from qt2anki.model import Note
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

NOTE_TYPES = load_note_types()
SIGNS = {TextFormat.CSV: ",", TextFormat.TSV: "\t"}


def package(folder: Path, *notes: Note, subject: str = "Botany") -> PublishedPackage:
    path = folder / f"{subject}.apkg"
    path.write_bytes(pack(deck_of(notes, subject=subject), NOTE_TYPES, stamp=STAMP))
    return read_package(path)


def rows(text: str, text_format: TextFormat) -> list[list[str]]:
    """Read as Anki does: headers first, then values in quotes."""
    lines = text.split("\n")
    body = "\n".join(lines[6:])
    return list(csv.reader(io.StringIO(body, newline=""), delimiter=SIGNS[text_format]))


@pytest.mark.parametrize(("text_format", "name"), [("csv", "Comma"), ("tsv", "Tab")])
def test_the_headers_are_those_of_anki(text_format: str, name: str, tmp_path: Path) -> None:
    exported = export_text([package(tmp_path, qa_note(1))], TextFormat(text_format))

    assert exported.text.split("\n")[:6] == [
        f"#separator:{name}",
        "#html:true",
        "#guid column:1",
        "#notetype column:2",
        "#deck column:3",
        "#tags column:4",
    ]


def test_a_row_has_what_the_note_has(tmp_path: Path) -> None:
    first, second = qa_note(1, tags=("b", "a")), cloze_note(2)

    exported = export_text([package(tmp_path, first, second)], TextFormat.CSV)
    one, two = rows(exported.text, TextFormat.CSV)

    assert one == ["qa-1", "QuickTakes Q&A", "QuickTakes::Botany", "b a", *first.fields]
    assert two[:3] == ["cloze-2", "QuickTakes Cloze", "QuickTakes::Botany"]
    assert two[4:] == [*second.fields, "", ""]
    assert exported.notes == 2


def test_a_note_in_two_packages_stands_once_in_its_first_deck(tmp_path: Path) -> None:
    packages = [package(tmp_path, qa_note(1), subject=subject) for subject in ("Algae", "Botany")]

    exported = export_text(packages, TextFormat.TSV)

    assert [row[2] for row in rows(exported.text, TextFormat.TSV)] == ["QuickTakes::Algae"]


def test_no_package_is_headers_only() -> None:
    exported = export_text([], TextFormat.TSV)

    assert (exported.text.count("\n"), exported.notes) == (6, 0)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=30)


@given(
    values=st.lists(TEXT, min_size=12, max_size=12),
    guid=st.text("#\"',;ab", min_size=1, max_size=11),
    text_format=st.sampled_from(TextFormat),
)
def test_every_text_reads_back(values: list[str], guid: str, text_format: TextFormat) -> None:
    note = PublishedNote(guid, "qa", "qa", tuple(values), ("x",), 1, 1, 1, (0,), "A::B")

    whole = PublishedPackage(Path("a.apkg"), ("A::B",), "", (note,), (load_note_types().qa,))

    exported = export_text([whole], text_format)

    assert rows(exported.text, text_format) == [[guid, "QuickTakes Q&A", "A::B", "x", *values]]
    assert exported.text.split("\n")[6].startswith('"')  # "#" would make it a comment
