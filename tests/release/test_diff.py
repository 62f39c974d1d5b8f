"""Two releases compared."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.visible_text import visible_text
from qt2anki.cli.diff import as_markdown, as_text, differences_json
from qt2anki.model import Note
from qt2anki.release.changes import NoteDiff, Status, SubjectDiff
from qt2anki.release.diff import diff_pages, diff_releases, word_diff
from tests.anki_formats.decks import TAGS, cloze_note, qa_note
from tests.golden import golden

NOTES = (qa_note(1), qa_note(2), cloze_note(2))
RENAMED = cloze_note(2, Text="Buds swell → {{c1::juice rises}}")


def compare(
    old: Sequence[Note], new: Sequence[Note], *, subject: str = "Botany"
) -> tuple[SubjectDiff, ...]:
    return diff_releases({subject: old}, {subject: new})


def the_note(old: Sequence[Note], new: Sequence[Note]) -> NoteDiff:
    (subject,) = compare(old, new)
    (page,) = subject.pages
    (note,) = page.notes
    return note


def text_of(differences: tuple[SubjectDiff, ...]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in as_text(differences))


@pytest.mark.parametrize(("case", "expected"), golden("words.md"))
def test_words(case: str, expected: str) -> None:
    old, new = case.split("=>")

    shown = text_of(compare([qa_note(1, Answer=old.strip())], [qa_note(1, Answer=new.strip())]))

    assert shown.splitlines()[-1] == f"        Answer: {expected}"


def test_equal_releases() -> None:
    assert compare(NOTES, NOTES) == ()
    assert text_of(()) == "No difference."
    assert list(as_markdown(())) == ["No difference."]
    assert differences_json(()) == {
        "is_equal": True,
        "counts": {"new": 0, "changed": 0, "moved": 0, "retired": 0},
        "subjects": [],
    }


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        pytest.param((), (qa_note(1),), Status.NEW, id="new"),
        pytest.param((qa_note(1),), (), Status.RETIRED, id="retired"),
        pytest.param(
            (qa_note(1),), (qa_note(1, Extra="<p>More.</p>"),), Status.CHANGED, id="changed"
        ),
        pytest.param(
            (qa_note(1),), (qa_note(1, Question="Why fall?"),), Status.CHANGED, id="reworded"
        ),
        pytest.param((cloze_note(2),), (RENAMED,), Status.MOVED, id="moved"),
        pytest.param(
            (cloze_note(2),),
            (cloze_note(2, Text="Buds swell → {{c1::Sap Rises}}"),),
            Status.CHANGED,
            id="only the case of the title",
        ),
        pytest.param((qa_note(1),), (qa_note(1, tags=(*TAGS, "more")),), Status.CHANGED, id="tags"),
    ],
)
def test_status(old: Sequence[Note], new: Sequence[Note], status: Status) -> None:
    assert the_note(old, new).status is status


def test_the_place_on_the_page_and_the_date_are_no_difference() -> None:
    old = qa_note(1, Order="1.01", Source="<span>2025-01-01 · 1</span>")
    new = qa_note(1, Order="1.07", Source="<span>2026-01-01 · 1</span>")

    assert compare([old], [new]) == ()


def test_a_note_of_another_type_is_a_difference() -> None:
    other = dataclasses.replace(cloze_note(1, key="qa"), guid="qa-1")

    (field,) = the_note([qa_note(1)], [other]).fields

    assert field.name == "note type"


def test_subjects_that_came_and_went() -> None:
    found = diff_releases({"Botany": [qa_note(1)]}, {"Optics": [qa_note(2)]})

    assert [(each.subject, each.old, each.new) for each in found] == [
        ("Botany", 1, 0),
        ("Optics", 0, 1),
    ]


def test_a_page_in_two_subjects_is_told_in_both() -> None:
    old, new = [qa_note(1)], [qa_note(1, Extra="<p>More.</p>")]

    found = diff_releases({"Botany": old, "Forestry": old}, {"Botany": new, "Forestry": new})

    assert [each.subject for each in found] == ["Botany", "Forestry"]


def test_without_words_the_same_notes_differ() -> None:
    new = [qa_note(1, Extra="<p>More.</p>"), RENAMED, qa_note(3)]

    full = diff_pages(NOTES, new)
    quick = diff_pages(NOTES, new, with_words=False)

    assert [[n.guid for n in p.notes] for p in quick] == [[n.guid for n in p.notes] for p in full]
    assert not any(note.fields for page in quick for note in page.notes)


OLD = (*NOTES, *(qa_note(page) for page in range(10, 13)))
NEW = (
    qa_note(1, Answer="<p>Chlorophyll goes first and <i>reveals</i> the other pigments.</p>"),
    qa_note(2),
    RENAMED,
    qa_note(11, key="point/0", Question="Point 0?"),
    qa_note(12, tags=(*TAGS, "QuickTakes::theme::*leaf*")),
)


def test_the_text_of_a_whole_comparison() -> None:
    found = compare(OLD, NEW)

    assert text_of(found) == (
        "Botany: 2 changed, 2 moved, 1 retired (6 notes before, 5 now)\n"
        "  1 Why do leaves of kind 1 turn red?\n"
        "    ~ 1/qa: Why do leaves of kind 1 turn red?\n"
        "        Answer: Chlorophyll goes first and [-uncovers-] {+reveals+} the other pigments.\n"
        "  2 Why do leaves of kind 2 turn red?\n"
        "    > 2/step/sap-rises/next: sap rises -> juice rises\n"
        "        Text: Buds swell → [-sap-] {+juice+} rises\n"
        "  10 Why do leaves of kind 10 turn red?\n"
        "    - 10/qa: Why do leaves of kind 10 turn red?\n"
        "  11 Point 0?\n"
        "    > 11/point/0: Why do leaves of kind 11 turn red? -> Point 0?\n"
        "        Question: [-Why do leaves of kind 11 turn red?-] {+Point 0?+}\n"
        "  12 Why do leaves of kind 12 turn red?\n"
        "    ~ 12/qa: Why do leaves of kind 12 turn red?\n"
        "        tags: +QuickTakes::theme::*leaf*"
    )


def test_many_notes_of_one_fate_are_counted() -> None:
    steps = [
        dataclasses.replace(cloze_note(2, key=f"step/{n}/next"), guid=f"g{n}") for n in range(4)
    ]

    found = compare([qa_note(2)], [qa_note(2), *steps])

    assert text_of(found).splitlines()[1:] == [
        "  2 Why do leaves of kind 2 turn red?",
        "    + 4 notes",
    ]
    assert "  - new: 4 notes" in list(as_markdown(found))
    subjects = json.loads(json.dumps(differences_json(found)))["subjects"]
    assert len(subjects[0]["pages"][0]["notes"]) == 4


def test_the_markdown_of_a_whole_comparison() -> None:
    markup = qa_note(2, Answer="<i>Chlorophyll</i> goes first and uncovers the other pigments.")

    assert "\n".join(as_markdown(compare(NOTES, [NEW[0], markup, RENAMED]))) == (
        "## Botany\n\n"
        "2 changed, 1 moved (3 notes before, 3 now).\n\n"
        "- 1 Why do leaves of kind 1 turn red?\n"
        "  - changed: Why do leaves of kind 1 turn red?\n"
        "    - Answer: Chlorophyll goes first and ~~uncovers~~ **reveals** the other pigments.\n"
        "- 2 Why do leaves of kind 2 turn red?\n"
        "  - changed: Why do leaves of kind 2 turn red?\n"
        "    - Answer: only the markup differs\n"
        "  - moved: sap rises -\\> juice rises\n"
        "    - Text: Buds swell → ~~sap~~ **juice** rises\n"
    )


def test_control_characters_cannot_steer_a_terminal() -> None:
    found = compare([qa_note(1)], [qa_note(1, Question="\x1b[31mRed?", Answer="\x1b[0m")])

    for output in (text_of(found), "\n".join(as_markdown(found))):
        assert "\x1b" not in output
        assert "\\x1b" in output


def test_markdown_shows_text_as_text() -> None:
    found = compare([qa_note(1)], [qa_note(1, Answer="a_b *c* &lt;d&gt; [e](f)")])

    (line,) = [line for line in as_markdown(found) if "Answer" in line]

    assert line.endswith(r"**a\_b \*c\* \<d\> \[e\](f)**")


TEXTS = st.lists(st.sampled_from(["sap", "rises", "buds", "swell", "."])).map(" ".join)


@given(TEXTS, TEXTS)
def test_pieces_put_together_give_both_texts(old: str, new: str) -> None:
    pieces = word_diff(old, new)

    def text(gone: str) -> str:
        return " ".join(piece.text for piece in pieces if piece.fate != gone)

    if old.split() == new.split():
        assert pieces == ()
    else:
        assert (text("added"), text("removed")) == (visible_text(old), visible_text(new))


@given(st.permutations(OLD), st.permutations(NEW))
def test_the_order_of_notes_makes_no_difference(old: list[Note], new: list[Note]) -> None:
    assert compare(old, old[::-1]) == ()
    assert compare(old, new) == compare(OLD, NEW)


def test_long_texts_take_no_long_time() -> None:
    started = time.process_time()
    word_diff("a b " * 100_000, "b a " * 100_000)
    word_diff("a b " * 900, "b a " * 900)

    assert time.process_time() - started < 5
