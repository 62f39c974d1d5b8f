"""Text files in real Anki: the same collection as from the packages themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

# isort: off
# anki.collection first: its modules import each other in a circle.
from anki.collection import ImportCsvRequest
from anki.import_export_pb2 import ImportResponse

# isort: on
from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import PublishedPackage, read_package
from qt2anki.integrations.export import TextFormat, export_text
from qt2anki.model import Note
from tests.anki.learner import Learner
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note
from tests.site import Site

NOTES = "SELECT n.guid, t.name, n.flds, n.tags FROM notes n JOIN notetypes t ON t.id = n.mid"
CARDS = (
    "SELECT n.guid, c.ord, d.name FROM cards c"
    " JOIN notes n ON n.id = c.nid JOIN decks d ON d.id = c.did"
)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Learner]:
    """Give a second learner."""
    one = Learner(tmp_path / "other")
    yield one
    one.close()


def import_text(learner: Learner, path: Path) -> ImportResponse.Log:
    """Import as the dialog does when nothing in it is touched."""
    metadata = learner.collection.get_csv_metadata(str(path), None)
    return learner.collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log


def written(folder: Path, package: PublishedPackage, text_format: TextFormat) -> Path:
    path = folder / f"notes.{text_format}"
    path.write_bytes(export_text([package], text_format).text.encode())
    return path


def made(folder: Path, *notes: Note) -> PublishedPackage:
    path = folder / "botany.apkg"
    path.write_bytes(pack(deck_of(notes), load_note_types(), stamp=STAMP))
    return read_package(path)


def holdings(learner: Learner) -> list[object]:
    assert learner.collection.db is not None
    return [learner.collection.db.all(f"{query} ORDER BY 1, 2") for query in (NOTES, CARDS)]


def bring_note_types(learner: Learner, package: PublishedPackage) -> None:
    """Import a package and delete its notes: the note types stay."""
    learner.import_file(package.path)
    learner.collection.remove_notes(learner.collection.find_notes(""))
    assert learner.collection.note_count() == 0


@pytest.mark.parametrize("text_format", list(TextFormat))
def test_text_brings_what_the_packages_bring(
    text_format: TextFormat, learner: Learner, other: Learner, tmp_path: Path
) -> None:
    site = Site(tmp_path)
    site.process(1)
    site.plain(2)
    site.page(3, 'Is x < y & "z" a, b;\tc?', "Yes: $x < y$ holds.\n\n- one, two\n- # three\n\nEnd.")
    site.plain(4, subject="Life & Death: Notes")
    site.build()
    packages = [read_package(path) for path in sorted(site.out.glob("*.apkg"))]
    for package in packages:
        learner.import_file(package.path)
    bring_note_types(other, packages[0])

    path = tmp_path / f"all.{text_format}"
    path.write_bytes(export_text(packages, text_format).text.encode())
    log = import_text(other, path)

    assert len(log.new) == sum(len(package.notes) for package in packages) > 5
    assert holdings(other) == holdings(learner)
    assert other.check_database() == ""
    assert other.empty_cards() == []


@pytest.mark.parametrize("text_format", list(TextFormat))
def test_over_the_package_nothing_is_new(
    text_format: TextFormat, learner: Learner, tmp_path: Path
) -> None:
    package = made(
        tmp_path,
        qa_note(1, Answer='<p>"Sap", they say;\nit\trises</p>', Reverse="Sap", ReverseAnswer="x"),
        cloze_note(2),
    )
    learner.import_file(package.path)
    before = holdings(learner)

    log = import_text(learner, written(tmp_path, package, text_format))

    assert (len(log.duplicate), len(log.new), len(log.updated)) == (2, 0, 0)
    assert holdings(learner) == before
    assert learner.import_file(package.path).duplicate == 2


@pytest.mark.parametrize("text_format", list(TextFormat))
def test_a_guid_that_begins_like_a_comment(
    text_format: TextFormat, learner: Learner, tmp_path: Path
) -> None:
    package = made(
        tmp_path, replace(qa_note(1), guid="#a,b"), replace(cloze_note(2), guid="#deck:x")
    )
    bring_note_types(learner, package)

    import_text(learner, written(tmp_path, package, text_format))

    assert {learner.note(guid).guid for guid in ("#a,b", "#deck:x")} == {"#a,b", "#deck:x"}


def test_without_the_note_types_anki_takes_nothing(learner: Learner, tmp_path: Path) -> None:
    log = import_text(learner, written(tmp_path, made(tmp_path, qa_note(1)), TextFormat.TSV))

    assert (len(log.missing_notetype), learner.collection.note_count()) == (1, 0)


def test_text_overwrites_what_a_learner_wrote(learner: Learner, tmp_path: Path) -> None:
    package = made(tmp_path, qa_note(1))
    learner.import_file(package.path)
    (card,) = learner.cards("qa-1")
    learner.answer_good(card)
    learner.edit("qa-1", "Extra", "my own words")

    learner.import_file(package.path)
    assert learner.note("qa-1")["Extra"] == "my own words"
    import_text(learner, written(tmp_path, package, TextFormat.TSV))

    assert learner.note("qa-1")["Extra"] == ""
    assert learner.cards("qa-1")[0].reps == 1
