"""Rehearsals in real Anki: good updates pass, and each way to break a promise is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.errors import PackageError
from qt2anki.model import Note
from qt2anki.verify.rehearsal import Fault, Rehearsal, VerifyResult, is_kept, rehearse
from tests.anki_formats.decks import STAMP, cloze_note, qa_note, run_sql
from tests.verify.conftest import Write

LATER = STAMP + 1000
ANSWER = "<p>Chlorophyll goes first and uncovers the other pigments of the leaf.</p>"
NOTES = (
    *(qa_note(page, mod=STAMP, Answer=ANSWER) for page in range(1, 13)),
    *(cloze_note(page, mod=STAMP) for page in range(20, 25)),
)


def altered(note: Note, *, mod: int = LATER, tag: str = "", guid: str = "", **fields: str) -> Note:
    """Return a note of a later build with some fields changed."""
    names = ("Key", "Question", "Answer", "Reverse", "ReverseAnswer", "Extra", "Details")
    values = list(note.fields)
    for name, text in fields.items():
        values[names.index(name)] = text
    tags = (*note.tags, tag) if tag else note.tags
    return dataclasses.replace(
        note, fields=tuple(values), mod=mod, guid=guid or note.guid, tags=tags
    )


def update(write: Write, *new: Note, old: Sequence[Note] = NOTES) -> VerifyResult:
    return rehearse([write("new", *new, stamp=LATER)], [write("old", *old)])


def faults(rehearsal: Rehearsal | None) -> set[Fault]:
    assert rehearsal is not None
    return {finding.fault for finding in rehearsal.findings}


def counts(rehearsal: Rehearsal | None) -> dict[str, tuple[int, int]]:
    assert rehearsal is not None
    return {each.what: (each.kept, each.of) for each in rehearsal.kept}


def test_a_new_student(write: Write) -> None:
    verdict = rehearse([write("new", *NOTES)], [])

    assert is_kept(verdict)
    assert verdict.old_student is None
    (done,) = verdict.new_student.imports
    assert (done.new, done.updated, done.untouched, done.conflicting) == (17, 0, 0, ())
    assert (verdict.new_student.notes, verdict.new_student.cards) == (17, 17)


def test_nothing_changed(write: Write) -> None:
    verdict = update(write, *NOTES)

    assert is_kept(verdict)
    assert verdict.old_student is not None
    assert [(i.new, i.updated, i.untouched) for i in verdict.old_student.imports] == [(0, 0, 17)]
    assert counts(verdict.old_student) == {
        "histories": (14, 14),
        "decks, suspensions, flags": (17, 17),
        "edits on unchanged notes": (12, 12),
        "edits on changed notes": (0, 0),
    }


def test_nothing_changed_in_a_package_of_the_future(write: Write) -> None:
    later = tuple(dataclasses.replace(note, mod=4_102_444_800) for note in NOTES)

    verdict = update(write, *later, old=later)

    assert is_kept(verdict)
    assert counts(verdict.old_student)["edits on unchanged notes"] == (12, 12)


def test_a_good_update(write: Write) -> None:
    typo = altered(NOTES[0], Answer=ANSWER.replace("uncovers", "reveals"))
    verdict = update(write, typo, *NOTES[2:], qa_note(40))

    assert is_kept(verdict)
    old = verdict.old_student
    assert old is not None
    assert old.findings == ()
    assert [(i.new, i.updated, i.untouched) for i in old.imports] == [(1, 1, 15)]
    assert old.gone == 1
    assert old.notes == 18
    assert counts(old)["histories"] == (14, 14)
    assert counts(old)["edits on changed notes"] == (0, 1)


def test_every_note_stamped_anew(write: Write) -> None:
    verdict = update(write, *(dataclasses.replace(note, mod=LATER) for note in NOTES))

    assert not is_kept(verdict)
    assert faults(verdict.old_student) == {Fault.REPUBLISHED}
    assert counts(verdict.old_student)["edits on unchanged notes"] == (0, 12)


def test_a_change_that_was_taken_back(write: Write) -> None:
    old = write("old", *NOTES)
    changed = altered(NOTES[0], mod=STAMP + 500, Answer="<p>Frost.</p>")
    between = write("between", changed, *NOTES[1:])
    back = write("back", altered(NOTES[0]), *NOTES[1:], stamp=LATER)

    assert faults(rehearse([back], [old]).old_student) == {Fault.REPUBLISHED}
    assert is_kept(rehearse([back], [old, between]))


def test_other_guids(write: Write) -> None:
    verdict = update(write, *(dataclasses.replace(n, guid=f"x{n.guid}") for n in NOTES))

    assert faults(verdict.old_student) == {Fault.DUPLICATE}


def test_a_change_that_does_not_arrive(write: Write) -> None:
    verdict = update(write, NOTES[0], altered(NOTES[1], mod=STAMP, Answer="<p>Frost.</p>"))

    assert Fault.NOT_UPDATED in faults(verdict.old_student)


def test_a_note_of_another_type(write: Write) -> None:
    verdict = update(write, dataclasses.replace(cloze_note(1), guid=NOTES[0].guid))

    assert Fault.CONFLICTING in faults(verdict.old_student)


def test_a_cloze_deletion_that_went(write: Write) -> None:
    first = cloze_note(20, mod=STAMP, Text="{{c1::Sap}} rises in {{c2::spring}}")
    second = cloze_note(20, mod=LATER, Text="{{c1::Sap}} rises in spring")

    verdict = update(write, second, old=[first])

    assert faults(verdict.old_student) == {Fault.EMPTY_CARD, Fault.NOT_RENDERED}
    assert is_kept(dataclasses.replace(verdict, old_student=None))


def test_a_history_on_another_fact(write: Write) -> None:
    other = altered(NOTES[0], Question="How do bees see?", Answer="<p>With compound eyes.</p>")

    verdict = update(write, other)

    assert faults(verdict.old_student) == {Fault.REWRITTEN}
    assert is_kept(verdict)  # for the page may really have been written anew


def test_a_front_without_a_gap(write: Write) -> None:
    types = load_note_types()
    side = dataclasses.replace(types.cloze.templates[0], front="{{cloze:Title}}")
    silent = dataclasses.replace(types, cloze=dataclasses.replace(types.cloze, templates=(side,)))

    verdict = rehearse([write("new", cloze_note(1), note_types=silent)], [])

    assert Fault.NOT_RENDERED in faults(verdict.new_student)


def test_missing_media(write: Write) -> None:
    path = write("new", qa_note(1, Answer='A leaf: <img src="leaf.png">'))

    assert faults(rehearse([path], []).new_student) == {Fault.MISSING_MEDIA}


def test_two_packages_that_disagree_about_a_note(write: Write) -> None:
    one = write("one", qa_note(1, mod=STAMP))
    other = write("two", qa_note(1, mod=LATER, Answer="<p>Cold.</p>"), stamp=LATER)

    verdict = rehearse([other, one], [])
    again = rehearse([one, other], [])

    assert is_kept(verdict)
    assert again.new_student.imports[1].updated == 1


def test_one_guid_twice_in_a_package(write: Write) -> None:
    path = write("new", qa_note(1, mod=LATER), qa_note(2, mod=STAMP))
    run_sql(path, "UPDATE notes SET guid = 'twice'")

    verdict = rehearse([path], [])

    assert faults(verdict.new_student) == {Fault.DUPLICATE, Fault.NOT_STABLE}


def test_faults_the_old_deck_had_are_not_the_new_ones(write: Write) -> None:
    old = qa_note(1, mod=STAMP, Answer='A leaf: <img src="leaf.png">')

    verdict = update(write, qa_note(2, mod=LATER), old=[old])

    assert is_kept(verdict)


@pytest.mark.parametrize("data", [b"", b"no package", b"PK\x05\x06" + bytes(18)])
def test_what_anki_refuses(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.apkg"
    path.write_bytes(data)

    with pytest.raises(PackageError, match=r"odd\.apkg: not an Anki package"):
        rehearse([path], [])
