"""Times and fields of notes that were published before."""

from __future__ import annotations

from dataclasses import replace

from qt2anki.anki.note_content import field
from qt2anki.model import Note
from qt2anki.release.reconcile import Carried, carry
from tests.anki_formats.decks import qa_note
from tests.release.at_hand import previous_release, published

BOTH_WAYS = qa_note(5, Answer="Sap", Reverse="Define: sap", ReverseAnswer="the juice of a tree")


def carried(note: Note, before: Note) -> Carried:
    ords = (0, 1) if field(before, "Reverse") else (0,)
    old = published(replace(before, mod=7), ords=ords)
    return carry([note], {old.guid: old}, previous_release([old]), stamp=9)


def test_a_reverse_card_that_is_out_never_becomes_empty() -> None:
    changed = carried(qa_note(5, Answer="Tree sap"), BOTH_WAYS).notes[0]
    same = carried(qa_note(5, Answer="Sap"), BOTH_WAYS).notes[0]

    for note, mod in ((changed, 9), (same, 7)):
        assert note.mod == mod
        assert field(note, "Reverse") == "Define: sap"
        assert field(note, "ReverseAnswer") == "the juice of a tree"


def test_a_note_may_gain_a_reverse_card() -> None:
    (note,) = carried(BOTH_WAYS, qa_note(5, Answer="Sap")).notes

    assert (note.mod, field(note, "Reverse")) == (9, "Define: sap")
