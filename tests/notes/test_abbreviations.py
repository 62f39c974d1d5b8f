from __future__ import annotations

import html
from collections.abc import Iterable

import pytest

from qt2anki.config import Settings
from qt2anki.model import Note
from qt2anki.notes.identity import guid_for
from qt2anki.notes.kinds.abbreviations import Meaning, choose_abbreviations, find_meanings
from qt2anki.notes.text_units import read_units
from qt2anki.outline.read_outline import read_outline
from tests.notes.keyword_pages import page_of, plain, values

QRT = "Ponds are kept by a quick reed trimmer (QRT) in May. The QRT floats."
OTHER_QRT = "## Herons\n\nA quiet roosting tree (QRT) stands by the water. The QRT is an alder."


def meanings(
    answer: str, *, page_id: int = 7, question: str = "What is a pond?"
) -> Iterable[Meaning]:
    page = page_of(f"{question}\n\n{answer}", page_id=page_id)
    return find_meanings(page, read_units(read_outline(page.answer), ()))


def chosen(*found: Iterable[Meaning], kept: Iterable[str] = ()) -> tuple[Note, ...]:
    every = [meaning for each in found for meaning in each]
    return choose_abbreviations("Pond Care", every, Settings(card_threshold=0), frozenset(kept))


def test_a_note_of_a_subject() -> None:
    (note,) = chosen(meanings(QRT))
    fields = values(note)

    assert note.key == "abbr/pond-care/QRT/quick-reed-trimmer"
    assert note.guid == guid_for("", note.key)
    assert fields["Key"] == note.key
    assert plain(fields["Question"]) == "What does QRT stand for?"
    assert fields["Answer"] == "quick reed trimmer"
    assert fields["Context"] == "Pond Care"
    assert plain(fields["Extra"]) == "Ponds are kept by a quick reed trimmer (QRT) in May."
    assert fields["Order"] == "7.99"
    assert "QuickTakes::subject::Pond_Care" in note.tags
    assert "QuickTakes::kind::abbr" in note.tags


def test_many_pages_one_note_of_the_page_with_the_lowest_id() -> None:
    pages = [meanings(QRT, page_id=page_id) for page_id in (31, 8, 12, 90, 70, 50)]

    (note,) = chosen(*pages)

    assert note == chosen(*reversed(pages))[0]
    assert note.page_id == 8
    tagged = [tag for tag in note.tags if "::page::" in tag]
    assert tagged == [f"QuickTakes::page::{page_id}" for page_id in (12, 31, 50, 70, 8)]


def test_two_meanings_are_told_apart_by_where_they_stand() -> None:
    notes = chosen(meanings(QRT), meanings(OTHER_QRT, page_id=9))

    shown = [(values(note)["Context"], values(note)["Answer"]) for note in notes]
    assert shown == [
        ("Pond Care · What is a pond?", "quick reed trimmer"),
        ("Pond Care · Herons", "quiet roosting tree"),
    ]


def test_a_meaning_that_nothing_tells_apart_is_not_asked() -> None:
    told = meanings(OTHER_QRT.replace("Herons", "Trees"), page_id=9, question="What is a tree?")

    notes = chosen(meanings(QRT), told)

    assert [values(note)["Answer"] for note in notes] == ["quick reed trimmer"]


def test_of_two_wordings_one_is_asked_and_what_is_published_stays() -> None:
    first, second = meanings(QRT), meanings(QRT.replace("quick reed", "quick rush"), page_id=9)

    (fresh,) = chosen(first, second)
    (kept,) = chosen(first, second, kept=["abbr/pond-care/QRT/quick-rush-trimmer"])

    assert fresh.key == "abbr/pond-care/QRT/quick-reed-trimmer"
    assert kept.key == "abbr/pond-care/QRT/quick-rush-trimmer"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("They use artificial intelligence (AI). The AI errs.", id="known to all"),
        pytest.param("It is a quick reed trimmer (QRT).", id="used once, and nowhere else"),
        pytest.param("The Pond Care (PC) rules. PC is law.", id="the subject itself"),
        pytest.param("No acronym (see above) here.", id="none"),
    ],
)
def test_not_asked(answer: str) -> None:
    assert chosen(meanings(answer)) == ()


def test_titles_count_and_text_is_escaped() -> None:
    answer = "- **Rinse & Dredge (R&D)**: R&D comes first, and {{after}} it mud."

    (note,) = chosen(meanings(answer))

    assert html.unescape(values(note)["Answer"]) == "Rinse & Dredge"
    assert "<b>R&amp;D</b>" in values(note)["Question"]
    assert values(note)["Extra"] == ""
