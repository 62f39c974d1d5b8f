"""Notes that a corrected misspelling must not retire."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qt2anki.anki.note_content import field
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.model import Note
from qt2anki.release.corrected import corrected, page_words
from tests.anki_formats.decks import cloze_note, qa_note

PAGE = page_words(
    "Why do leaves turn red? The **chlorophyll** goes first. Then buds swell in rain."
)


def published(note: Note, *, is_kept: bool = False) -> PublishedNote:
    return PublishedNote(
        note.guid,
        note.key,
        note.note_type,
        note.fields,
        note.tags,
        1,
        1,
        5,
        is_kept=is_kept,
    )


@pytest.mark.parametrize(
    ("note", "name", "expected"),
    [
        pytest.param(
            qa_note(5, Question="What goes first?", Answer="The chlorohpyll"),
            "Answer",
            "The chlorophyll",
            id="an answer",
        ),
        pytest.param(
            qa_note(5, Question="What happens to <b>chlorophyl</b>?", Answer="goes first"),
            "Question",
            "What happens to <b>chlorophyll</b>?",
            id="a title",
        ),
        pytest.param(
            cloze_note(5, Text="The {{c1::chlorophyl}} goes first."),
            "Text",
            "The {{c1::chlorophyll}} goes first.",
            id="a gap",
        ),
        pytest.param(
            cloze_note(5, Text="The {{c1::chlorophyll}} goes frist."),
            "Text",
            "The {{c1::chlorophyll}} goes first.",
            id="around a gap",
        ),
    ],
)
def test_a_misspelt_word_is_corrected(note: Note, name: str, expected: str) -> None:
    found = corrected(published(note), PAGE)

    assert found is not None
    assert found.is_kept
    assert field(found, name) == expected
    assert corrected(replace(found), PAGE) == found


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(qa_note(5, Answer="The chlorophyll goes first."), id="nothing misspelt"),
        pytest.param(qa_note(5, Answer="The carotene goes frist."), id="not on the page"),
        pytest.param(qa_note(5, Answer="Buds swelled in rain."), id="a different form"),
        pytest.param(qa_note(5, Answer=""), id="no answer"),
        pytest.param(
            cloze_note(5, Text="Red leaves: the {{c1::chlorophyl}} goes first."),
            id="not the page's sentence",
        ),
        pytest.param(
            cloze_note(
                5, Text="<p>Buds swell, chlorophyl.</p><p>{{c1::chlorophyl}} goes first.</p>"
            ),
            id="the answer outside its gap",
        ),
    ],
)
def test_other_notes_go(note: Note) -> None:
    assert corrected(published(note), PAGE) is None


def test_a_similar_word_is_not_the_answer_to_a_question_that_is_gone() -> None:
    clue = "A solution that makes cells swell until they burst. What is it called?"
    note = published(qa_note(5, key="item/hypotonic", Question=clue, Answer="Hypotonic"))
    page = "Hypotonic: A solution that makes cells swell until they burst. "
    rest = "Hypertonic: A solution that makes cells lose water and shrink."

    assert corrected(note, page_words(page.replace("Hypo", "Hyppo") + rest)) is not None
    assert corrected(note, page_words(rest)) is None


def test_a_note_that_stayed_once_goes_with_its_sentence() -> None:
    note = published(qa_note(5, Answer="The chlorophyll goes first."), is_kept=True)

    assert corrected(note, PAGE) == note
    assert corrected(note, page_words("Carotene goes first.")) is None
