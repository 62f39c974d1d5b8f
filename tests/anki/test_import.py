"""What learners see: packages of hand-made decks in real Anki."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from qt2anki.anki.note_types import NoteTypes, load_note_types
from qt2anki.model import Note
from tests.anki.learner import Imported, Learner, Report
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

NOTE_TYPES = load_note_types()
LATER = STAMP + 1000
REVERSED = qa_note(3, Reverse="Define: <strong>sap</strong>", ReverseAnswer="Juice of a tree")
NOTES = (
    qa_note(
        1,
        Question='Why do leaves fall? <span class="qt-shape">(3 steps, in order)</span>',
        Answer="<ol><li>Days grow short</li><li>A cork layer grows</li><li>Wind</li></ol>",
        Extra='<p class="qt-short">The tree saves water.</p>',
        Details="<p>Each leaf has a <strong>layer</strong> where \\(x &lt; y\\) holds.</p>",
    ),
    cloze_note(2),
    REVERSED,
    cloze_note(4, Text="Sap holds {{c1::sugar::1 word}}.", Context=""),
)


def package(
    notes: Sequence[Note], *, stamp: int = STAMP, note_types: NoteTypes = NOTE_TYPES
) -> bytes:
    return pack(deck_of(notes), note_types, stamp=stamp)


def changed(note: Note, old: str, new: str, *, mod: int = LATER) -> Note:
    """Replace text in every field and give the note the time of a later build."""
    fields = tuple(text.replace(old, new) for text in note.fields)
    assert fields != note.fields
    return dataclasses.replace(note, fields=fields, mod=mod)


def restyled(note_types: NoteTypes, *, css: str, mod: int) -> NoteTypes:
    return NoteTypes(
        qa=dataclasses.replace(note_types.qa, css=css, mod=mod),
        cloze=dataclasses.replace(note_types.cloze, css=css, mod=mod),
    )


def test_everything_arrives_and_nothing_is_wrong(
    check: Callable[[Sequence[Path]], Report], tmp_path: Path
) -> None:
    path = tmp_path / "botany.apkg"
    path.write_bytes(package(NOTES))

    report = check([path])

    assert report.faults == []
    assert report.imports == [Imported(new=4)]
    assert (report.notes, report.cards) == (4, 5)


def test_several_packages_of_one_build(
    check: Callable[[Sequence[Path]], Report], tmp_path: Path
) -> None:
    paths: list[Path] = []
    for number, subject in enumerate(("Botany", "Geology", "Optics")):
        notes = [qa_note(number * 100 + each) for each in range(1, 30)]
        paths.append(tmp_path / f"{subject}.apkg")
        paths[-1].write_bytes(pack(deck_of(notes, subject=subject), NOTE_TYPES, stamp=STAMP))

    report = check(paths)

    assert report.faults == []
    assert (report.notes, report.cards) == (87, 87)


def test_the_check_finds_what_is_wrong(
    check: Callable[[Sequence[Path]], Report], tmp_path: Path
) -> None:
    front = NOTE_TYPES.cloze.templates[0]
    silent = dataclasses.replace(
        NOTE_TYPES,
        cloze=dataclasses.replace(
            NOTE_TYPES.cloze, templates=(dataclasses.replace(front, front="{{cloze:Title}}"),)
        ),
    )
    path = tmp_path / "odd.apkg"
    path.write_bytes(package([cloze_note(2)], note_types=silent))

    assert check([path]).faults


def test_both_sides_of_a_question(learner: Learner) -> None:
    learner.import_bytes(package(NOTES))

    (card,) = learner.cards("qa-1")
    sides = learner.sides(card)

    assert "Why do leaves fall?" in sides.front
    assert "cork layer" not in sides.front
    assert sides.back.index("Why do leaves fall?") < sides.back.index("<hr id=answer>")
    assert sides.back.index("<hr id=answer>") < sides.back.index("cork layer")
    assert "<summary>Full answer</summary>" in sides.back
    assert "\\(x &lt; y\\)" in sides.back


def test_empty_parts_leave_no_trace(learner: Learner) -> None:
    learner.import_bytes(package(NOTES))

    (card,) = learner.cards("cloze-4")
    sides = learner.sides(card)

    for trace in ("<details", "qt-ctx", "qt-extra"):
        assert trace not in sides.back


def test_both_sides_of_a_cloze(learner: Learner) -> None:
    learner.import_bytes(package(NOTES))

    sides = learner.sides(learner.cards("cloze-2")[0])
    hinted = learner.sides(learner.cards("cloze-4")[0])

    assert 'data-ordinal="1">[...]</span>' in sides.front
    assert "What comes next?" in sides.front
    assert '<span class="cloze" data-ordinal="1">sap rises</span>' in sides.back
    assert "[1 word]" in hinted.front


def test_the_reverse_card_is_there_only_when_filled(learner: Learner) -> None:
    learner.import_bytes(package(NOTES))

    assert [card.ord for card in learner.cards("qa-1")] == [0]
    reverse = learner.cards("qa-3")[1]
    sides = learner.sides(reverse)
    assert "Define: <strong>sap</strong>" in sides.front
    assert "Juice of a tree" not in sides.front
    assert "Juice of a tree" in sides.back
    assert "Chlorophyll" not in sides.back


def test_a_second_import_changes_nothing(learner: Learner) -> None:
    data = package(NOTES)

    assert learner.import_bytes(data) == Imported(new=4)
    assert learner.import_bytes(data) == Imported(duplicate=4)


def test_a_changed_note_is_updated_and_keeps_its_schedule(learner: Learner) -> None:
    learner.import_bytes(package(NOTES))
    card = learner.cards("qa-1")[0]
    learner.answer_good(card)
    before = learner.cards("qa-1")[0]
    assert before.reps == 1
    old = [dataclasses.replace(note, mod=STAMP) for note in NOTES[1:]]
    notes = [changed(NOTES[0], "cork layer", "layer of cork"), *old]

    again = learner.import_bytes(package(notes, stamp=LATER))

    after = learner.cards("qa-1")[0]
    assert again == Imported(updated=1, duplicate=3)
    assert "layer of cork" in learner.note("qa-1")["Answer"]
    assert (after.id, after.reps, after.due, after.ivl, after.type, after.queue) == (
        before.id,
        before.reps,
        before.due,
        before.ivl,
        before.type,
        before.queue,
    )


def test_what_the_learner_wrote_survives_a_build_that_did_not_change_the_note(
    learner: Learner,
) -> None:
    learner.import_bytes(package(NOTES))
    learner.edit("qa-1", "Extra", "my own words", tag="exam")
    notes = [
        changed(note, "Chlorophyll", "Leaf green")
        if note is REVERSED
        else dataclasses.replace(note, mod=STAMP)
        for note in NOTES
    ]

    again = learner.import_bytes(package(notes, stamp=LATER))

    assert again == Imported(updated=1, duplicate=3)
    assert learner.note("qa-1")["Extra"] == "my own words"
    assert "exam" in learner.note("qa-1").tags
    assert "Leaf green" in learner.note("qa-3")["Answer"]


def test_a_note_that_gains_its_reverse_gains_a_card(learner: Learner) -> None:
    plain = qa_note(3)
    learner.import_bytes(package([plain]))
    learner.answer_good(learner.cards("qa-3")[0])

    again = learner.import_bytes(package([dataclasses.replace(REVERSED, mod=LATER)], stamp=LATER))

    assert again == Imported(updated=1)
    assert [(card.ord, card.reps) for card in learner.cards("qa-3")] == [(0, 1), (1, 0)]
    assert learner.check_database() == ""
    assert learner.empty_cards() == []


def test_new_cards_come_in_the_order_of_the_deck(learner: Learner) -> None:
    notes = [qa_note(page) for page in (9, 2, 7, 1, 8)]

    learner.import_bytes(package(notes))

    assert learner.queue("QuickTakes::Botany") == ["qa-9", "qa-2", "qa-7", "qa-1", "qa-8"]
    dues = [learner.cards(f"qa-{page}")[0].due for page in (9, 2, 7, 1, 8)]
    assert dues == [1, 2, 3, 4, 5]


def test_the_description_is_markdown_and_a_new_one_replaces_it(learner: Learner) -> None:
    deck = deck_of(NOTES, description="Version **1**")
    learner.import_bytes(pack(deck, NOTE_TYPES, stamp=STAMP))
    learner.import_bytes(
        pack(dataclasses.replace(deck, description="Version **2**"), NOTE_TYPES, stamp=LATER)
    )

    found = learner.collection.decks.by_name("QuickTakes::Botany")

    assert found is not None
    assert (found["desc"], found["md"]) == ("Version **2**", True)


def test_a_newer_style_arrives_and_makes_no_second_note_type(learner: Learner) -> None:
    names_before = {entry.name for entry in learner.collection.models.all_names_and_ids()}
    learner.import_bytes(package(NOTES))
    newer = restyled(NOTE_TYPES, css=".card { color: teal; }", mod=NOTE_TYPES.qa.mod + 60)

    again = learner.import_bytes(package(NOTES, stamp=LATER, note_types=newer))

    names = {entry.name for entry in learner.collection.models.all_names_and_ids()}
    assert names - names_before == {"QuickTakes Q&A", "QuickTakes Cloze"}
    assert again.conflicting == 0
    for name in ("QuickTakes Q&A", "QuickTakes Cloze"):
        note_type = learner.collection.models.by_name(name)
        assert note_type is not None
        assert note_type["css"] == ".card { color: teal; }"


def test_the_learners_own_style_stays_while_ours_does_not_change(learner: Learner) -> None:
    learner.import_bytes(package(NOTES))
    note_type = learner.collection.models.by_name("QuickTakes Q&A")
    assert note_type is not None
    note_type["css"] = "/* mine */"
    learner.collection.models.update_dict(note_type)
    notes = [dataclasses.replace(NOTES[0], mod=LATER), *NOTES[1:]]

    learner.import_bytes(package(notes, stamp=LATER))

    after = learner.collection.models.by_name("QuickTakes Q&A")
    assert after is not None
    assert after["css"] == "/* mine */"


def test_a_field_the_learner_renamed_still_gets_updates(learner: Learner) -> None:
    learner.import_bytes(package(NOTES))
    models = learner.collection.models
    note_type = models.by_name("QuickTakes Q&A")
    assert note_type is not None
    models.rename_field(note_type, note_type["flds"][2], "Back")
    models.update_dict(note_type)

    notes = [changed(NOTES[0], "cork layer", "layer of cork"), *NOTES[1:]]
    again = learner.import_bytes(package(notes, stamp=LATER))

    assert again.conflicting == 0
    assert "layer of cork" in learner.note("qa-1").fields[2]


@pytest.mark.parametrize("name", ["QuickTakes Q&A", "QuickTakes Cloze"])
def test_ids_reach_the_collection(learner: Learner, name: str) -> None:
    learner.import_bytes(package(NOTES))

    found = learner.collection.models.by_name(name)

    wanted = NOTE_TYPES.qa if name.endswith("A") else NOTE_TYPES.cloze
    assert found is not None
    assert found["id"] == wanted.model_id
    assert [field["id"] for field in found["flds"]] == [field.id for field in wanted.fields]
    assert [side["id"] for side in found["tmpls"]] == [side.id for side in wanted.templates]
