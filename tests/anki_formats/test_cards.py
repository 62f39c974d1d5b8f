"""Which cards a note has."""

from __future__ import annotations

import time

import pytest

from qt2anki.anki.cards import card_ords, field_is_empty, is_blank
from qt2anki.anki.cloze import cloze_numbers
from qt2anki.errors import PackageError
from qt2anki.model import Note
from tests.anki_formats.decks import cloze_note, qa_note


@pytest.mark.parametrize(
    ("html", "empty", "blank"),
    [
        ("", True, True),
        (" \n\t", True, True),
        ("<br>", True, True),
        ("<div><br /></div>", True, True),
        ("&nbsp;", False, True),
        ("<p></p>", False, True),
        ("\N{IDEOGRAPHIC SPACE}", False, True),
        ("0", False, False),
        ("<b>a</b>", False, False),
        ('<img src="leaf.png">', False, False),
        ("&lt;", False, False),
    ],
)
def test_empty_for_anki_and_blank_for_a_reader(html: str, empty: bool, blank: bool) -> None:
    assert (field_is_empty(html), is_blank(html)) == (empty, blank)


@pytest.mark.parametrize(
    ("html", "numbers"),
    [
        ("no gap", set()),
        ("{{c1::sap}} and {{c3::root::hint}}", {1, 3}),
        ("{{c1::a {{c2::b}} c}}", {1, 2}),
        ("{{c1::never closed", set()),
        ("{{c1::open {{c2::lost with it}}", set()),
        ("}} {{c1::x}}", {1}),
        ("{{C1::x}} {{ c1::y }} {{c::z}}", set()),
        ("{{c1::}}", {1}),
        ("{{c01::x}}", {1}),
        ("{{c500::x}}", {500}),
        ("{{c1::" * 10 + "{{c7::dropped" + "}}" * 10, {1}),
        ("{{c1::a}\n}}", {1}),
    ],
)
def test_cloze_numbers(html: str, numbers: set[int]) -> None:
    assert cloze_numbers(html) == numbers


@pytest.mark.parametrize("number", ["0", "501", "65536", "1,2", ",", "9" * 5000])
def test_numbers_without_a_card_of_their_own(number: str) -> None:
    with pytest.raises(ValueError, match="is not a cloze number from 1 to 500"):
        cloze_numbers(f"{{{{c{number}::x}}}}")


def test_cards_of_a_question() -> None:
    assert card_ords(qa_note(1)) == (0,)
    assert card_ords(qa_note(1, Reverse="<br>")) == (0,)
    assert card_ords(qa_note(1, Reverse="Define: sap", ReverseAnswer="juice")) == (0, 1)


def test_cards_of_a_cloze() -> None:
    assert card_ords(cloze_note(1)) == (0,)
    assert card_ords(cloze_note(1, Text="{{c3::x}} {{c1::y}} {{c3::z}}")) == (0, 2)


@pytest.mark.parametrize(
    ("note", "says"),
    [
        (qa_note(7, Question=" "), "the note 'qa' of page 7 makes no card: its Question is empty"),
        (qa_note(7, Question="<p>&nbsp;</p>"), "its Question is empty when rendered"),
        (qa_note(7, Reverse="&nbsp;"), "its Reverse is not empty, but is empty when rendered"),
        (cloze_note(7, Text="plain"), "its Text has no {{c1::..}}"),
        (cloze_note(7, Text="{{c2::x}}"), "its Text has no {{c1::..}}"),
        (cloze_note(7, Text="{{c1,2::x}}"), "c1,2 is not a cloze number from 1 to 500"),
        (cloze_note(7, Extra="{{c2::x}}"), "a field other than Text has a cloze number"),
    ],
)
def test_notes_without_a_front(note: Note, says: str) -> None:
    with pytest.raises(PackageError) as caught:
        card_ords(note)

    assert says in str(caught.value)


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", ["{{c1::", "{{c", "}}", "<", "&#x0", "<br", "<div> ", "1,"])
def test_long_fields_are_read_in_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()

    cloze_numbers(text)
    field_is_empty(text)
    is_blank(text)

    assert time.process_time() - start < 5
