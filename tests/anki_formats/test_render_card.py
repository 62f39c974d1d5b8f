"""Cards from templates; tests/anki/test_rendering.py asks Anki itself."""

from __future__ import annotations

import pytest

from qt2anki.anki.cards import Part, joined_html, render_card
from qt2anki.anki.note_types import Field, NoteType, Template
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.errors import PackageError
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS

DECK = "QuickTakes::Botany"


def note_type(front: str, back: str = "", *, is_cloze: bool = False) -> NoteType:
    names = CLOZE_FIELDS if is_cloze else QA_FIELDS
    fields = tuple(Field(name, at) for at, name in enumerate(names))
    side = Template("Side", 1, front, back)
    return NoteType("cloze" if is_cloze else "qa", "Leaf", 1, 1, fields, (side,), "", 1)


def note(*, is_cloze: bool = False, **fields: str) -> PublishedNote:
    names = CLOZE_FIELDS if is_cloze else QA_FIELDS
    values = dict.fromkeys(names, "") | {"Key": "1/qa"} | fields
    return PublishedNote(
        guid="g",
        key="qa",
        note_type="cloze" if is_cloze else "qa",
        fields=tuple(values.values()),
        tags=("a::b", "c"),
        mod=1,
        note_id=1,
        page_id=1,
        ords=(0,),
    )


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("a {{Question}} b", "a <b>Why</b>&nbsp;? b"),
        ("{{text:Question}}", "Why ?"),
        ("{{ Question }}{{{Question}}", "<b>Why</b>&nbsp;?<b>Why</b>&nbsp;?"),
        ("{{furigana:Question}}", "<b>Why</b>&nbsp;?"),
        ("{{#Extra}}x{{/Extra}}{{^Extra}}y{{/Extra}}", "y"),
        ("{{#Answer}}{{#Question}}x{{/Question}}{{/Answer}}", ""),
        ("{{#Question}}{{^Extra}}x{{/Extra}}{{/Question}}", "x"),
        ("<!-- {{Question}} {{ -->z", "<!-- {{Question}} {{ -->z"),
        ("<!-- {{Key}}", "<!-- 1/qa"),
        ("{{Tags}}|{{Deck}}|{{Subdeck}}|{{Card}}|{{Type}}", f"a::b c|{DECK}|Botany|Side|Leaf"),
        (
            "{{hint:Key}}{{hint:Extra}}",
            '<details class="hint"><summary>Key</summary>1/qa</details>',
        ),
    ],
)
def test_a_front(template: str, shown: str) -> None:
    sides = render_card(
        note(Question="<b>Why</b>&nbsp;?", Answer="<br>"), note_type(template), 0, deck=DECK
    )

    assert joined_html(sides.front) == shown


def test_the_back_repeats_the_front() -> None:
    sides = render_card(
        note(Question="Q", Answer="A"),
        note_type("[{{Question}}]", "{{FrontSide}}<hr>{{Answer}}"),
        0,
        deck=DECK,
    )

    assert joined_html(sides.back) == "[Q]<hr>A"
    assert Part("Q", is_content=True) in sides.back
    assert Part("<hr>", is_content=False) in sides.back


def test_a_cloze_card_has_the_number_of_its_gap() -> None:
    template = "{{#c1}}one{{/c1}}{{#c2}}two{{/c2}} {{cloze:Text}}"

    sides = render_card(
        note(is_cloze=True, Text="{{c1::a}} {{c2::b}}"),
        note_type(template, template, is_cloze=True),
        1,
        deck=DECK,
    )

    assert joined_html(sides.front).startswith(
        'two <span class="cloze-inactive" data-ordinal="1">a</span>'
    )
    assert joined_html(sides.back).endswith('<span class="cloze" data-ordinal="2">b</span>')


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{Qestion}}", "'Qestion' that does not exist"),
        ("{{#Qestion}}{{/Qestion}}", "'Qestion' that does not exist"),
        ("{{#Question}}", "section of Question is never closed"),
        ("{{/Question}}", "/Question}} does not close"),
        ("{{#Question}}{{#Key}}{{/Question}}{{/Key}}", "/Question}} does not close"),
        ("{{Question", "a tag is opened and never closed"),
    ],
)
def test_a_template_that_cannot_be_used(template: str, says: str) -> None:
    with pytest.raises(PackageError, match=says):
        render_card(note(), note_type(template), 0, deck=DECK)


def test_a_card_without_template() -> None:
    with pytest.raises(PackageError, match="card 2 without a template"):
        render_card(note(), note_type(""), 1, deck=DECK)
