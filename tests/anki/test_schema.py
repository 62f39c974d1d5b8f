"""Version 1 forever: a package of the first release, kept as a file, and today's build of it.

tests/data/v1/first.apkg was written by the first release from NOTES; it is never written again.
Whoever imported it must be able to import whatever is built today.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_package
from qt2anki.notes.identity import guid_for
from tests.anki.learner import Imported, Learner
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

FIRST = Path(__file__).parents[1] / "data" / "v1" / "first.apkg"
REVERSED = qa_note(3, key="item/sap", Reverse="Define: sap", ReverseAnswer="Juice of a tree")
NOTES = tuple(
    dataclasses.replace(note, guid=guid_for(note.page_id, note.key))
    for note in (qa_note(1), cloze_note(1), REVERSED)
)

GUIDS = [
    pytest.param(170604, "qa", "AY5lH$`&1l", id="the main question"),
    pytest.param(170604, "step/fusion-of-synaptic-vesicles/next", "B7r<=b/pm8", id="a step"),
    pytest.param(
        170604, "step/fusion-of-synaptic-vesicles/explain", "h9UMCfi7wS", id="its explanation"
    ),
    pytest.param(-13, "qa", "qfw{8idb5s", id="a negative page id"),
    pytest.param(7, "step/warm-pot~2/name", "B=}L*6i=4f", id="a name that was taken"),
    pytest.param(7, "step/3f2c1a90/next", "N5CwE!{FdE", id="a title without Latin letters"),
]


@pytest.mark.parametrize(("page_id", "key", "guid"), GUIDS)
def test_guids_never_change(page_id: int, key: str, guid: str) -> None:
    assert guid_for(page_id, key) == guid


def test_the_note_types_are_those_of_version_1() -> None:
    first = {note_type.kind: note_type for note_type in read_package(FIRST).note_types}
    today = load_note_types()

    for kind, now in (("qa", today.qa), ("cloze", today.cloze)):
        then = first["qa" if kind == "qa" else "cloze"]
        assert (then.model_id, then.name) == (now.model_id, now.name)
        assert then.fields == now.fields
        assert [(side.name, side.id) for side in then.templates] == [
            (side.name, side.id) for side in now.templates
        ]
        assert then.mod <= now.mod


def test_the_first_package_reads_back_as_its_notes() -> None:
    found = {note.guid: note for note in read_package(FIRST).notes}

    assert {guid: (note.key, note.fields) for guid, note in found.items()} == {
        note.guid: (note.key, note.fields) for note in NOTES
    }


def test_todays_build_updates_what_the_first_release_brought(learner: Learner) -> None:
    before = {entry.name for entry in learner.collection.models.all_names_and_ids()}
    assert learner.import_file(FIRST) == Imported(new=3)
    learner.answer_good(learner.cards(NOTES[0].guid)[0])
    changed = tuple(
        dataclasses.replace(
            note, fields=tuple(text.replace("sap", "resin") for text in note.fields), mod=STAMP + 9
        )
        for note in NOTES
    )

    again = learner.import_bytes(pack(deck_of(changed), load_note_types(), stamp=STAMP + 9))

    assert again == Imported(updated=3)
    names = {entry.name for entry in learner.collection.models.all_names_and_ids()} - before
    assert names == {"QuickTakes Q&A", "QuickTakes Cloze"}
    assert learner.cards(NOTES[0].guid)[0].reps == 1
    assert "resin" in learner.note(NOTES[1].guid)["Text"]
    for name, note_type in (("Q&A", load_note_types().qa), ("Cloze", load_note_types().cloze)):
        found = learner.collection.models.by_name(f"QuickTakes {name}")
        assert found is not None
        assert found["id"] == note_type.model_id
        assert [field["id"] for field in found["flds"]] == [f.id for f in note_type.fields]
        assert [side["id"] for side in found["tmpls"]] == [t.id for t in note_type.templates]
