"""What counts as broken, on collections made by hand: Anki itself never does some of this."""

from __future__ import annotations

import dataclasses

from qt2anki.verify.rehearsal import (
    Fault,
    Update,
    VerifyFinding,
    card_faults,
    update_faults,
    what_is_kept,
)
from qt2anki.verify.simulated_student import OWN_TEXT, CardState, Look, NoteState, Snapshot

FIELDS = (("Key", "1/qa"), ("Question", "Why?"), ("Answer", "Frost."), ("Extra", ""))
NOTE = NoteState(note_id=5, fields=FIELDS, tags=frozenset(("leaf",)), mod=100)
EDITED = dataclasses.replace(NOTE, fields=(*FIELDS[:3], ("Extra", OWN_TEXT)))
CARD = CardState(note_id=5, ord=0, reviews=3, schedule=(1, 2, 2, 9))
LOOK = Look("1/qa", 0, "Why?", "Why? Frost.", is_cloze=False)
BEFORE = Snapshot({"g": EDITED}, {7: CARD}, {7: LOOK})


def faults(after: Snapshot, *, new: NoteState | None = NOTE) -> list[tuple[Fault, str]]:
    update = Update({"g": NOTE}, {"g": new} if new else {}, BEFORE, after)
    return [(finding.fault, finding.text) for finding in update_faults(update)]


def test_nothing_lost() -> None:
    assert faults(BEFORE) == []
    assert faults(BEFORE, new=None) == []


def test_a_card_that_is_gone() -> None:
    after = dataclasses.replace(BEFORE, cards={}, looks={})

    assert faults(after) == [(Fault.LOST_HISTORY, "card 1: its deck, schedule or reviews are gone")]


def test_a_schedule_that_is_another() -> None:
    after = dataclasses.replace(BEFORE, cards={7: dataclasses.replace(CARD, reviews=0)})

    assert faults(after) == [
        (Fault.LOST_HISTORY, "card 1: its deck, schedule or reviews are changed")
    ]
    kept = what_is_kept(Update({"g": NOTE}, {"g": NOTE}, BEFORE, after))
    assert [(each.what, each.kept, each.of) for each in kept][:2] == [
        ("histories", 0, 1),
        ("decks, suspensions, flags", 0, 1),
    ]


def test_a_note_that_is_gone() -> None:
    after = dataclasses.replace(BEFORE, notes={})

    assert [fault for fault, _ in faults(after)] == [Fault.LOST_EDIT]


def test_an_edit_that_is_gone() -> None:
    assert [fault for fault, _ in faults(dataclasses.replace(BEFORE, notes={"g": NOTE}))] == [
        Fault.LOST_EDIT
    ]


def test_the_date_and_the_place_of_a_page_are_no_change() -> None:
    old = dataclasses.replace(
        NOTE, fields=(*FIELDS, ("Source", "<span>2025-01-01 · 1</span>"), ("Order", "1.01"))
    )
    new = dataclasses.replace(
        NOTE, fields=(*FIELDS, ("Source", "<span>2026-01-01 · 1</span>"), ("Order", "1.02"))
    )
    after = dataclasses.replace(BEFORE, notes={"g": new})

    update = Update({"g": old}, {"g": new}, BEFORE, after)

    assert [finding.fault for finding in update_faults(update)] == [Fault.LOST_EDIT]


def test_errors_that_are_seen_on_a_card() -> None:
    looks = [
        dataclasses.replace(
            LOOK, front="<a href='https://docs.ankiweb.net/templates/errors'>?</a>"
        ),
        dataclasses.replace(LOOK, back="{{c1::x}}"),
        dataclasses.replace(LOOK, back=LOOK.front),
        dataclasses.replace(LOOK, front=" &nbsp;"),
        dataclasses.replace(LOOK, is_cloze=True),
    ]

    assert list(card_faults(LOOK)) == []
    assert [fault for look in looks for fault in card_faults(look)] == [
        VerifyFinding(Fault.NOT_RENDERED, "1/qa", f"card 1: {text}")
        for text in (
            "the front shows an Anki error",
            "the back shows the markup of a cloze deletion",
            "the back says no more than the front",
            "the front is blank",
            "the front has no gap",
        )
    ]
