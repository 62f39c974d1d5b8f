"""No correction makes a card do anything, whatever is written in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.config import Settings
from qt2anki.config.values import InvalidValue
from qt2anki.corrections.apply import CorrectionsOfPage
from qt2anki.corrections.correction import Correction, correction_of
from qt2anki.model import Deck, Note, Page
from qt2anki.notes.make_notes import make_notes
from tests.anki_formats.decks import STAMP, pack
from tests.hostile.promises import check_note
from tests.hostile.vectors import VECTORS
from tests.notes.card_text import page_of

PAGE = page_of("Which grain is milled?\n\nRye is milled into flour. It is a hardy grain.")
# The file of corrections is refused with its line.
REFUSED = [v for v in VECTORS if re.search("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]", v)]
ALLOWED = [v for v in VECTORS if v not in REFUSED]


def tables(text: str) -> Iterator[dict[str, object]]:
    """Yield a hostile text in all places that a card of one's own has."""
    yield {"question": f"Which stone? {text}", "answer": "Granite."}
    yield {"question": "Which stone?", "answer": f"Granite. {text}"}
    yield {"question": "Which stone?", "answer": "Granite.", "extra": text}
    yield {"question": "Which stone?", "answer": "Granite.", "reason": "ok", "extra": f"- {text}"}
    yield {"text": f"A {{{{c1::granite}}}} wheel turns. {text}"}
    yield {"text": f"A {{{{c1::granite {text}}}}} wheel turns."}
    yield {"text": f"A {{{{c1::granite::{text}}}}} wheel turns."}


def notes_with(page: Page, corrections: list[Correction]) -> tuple[Note, ...]:
    applied = CorrectionsOfPage(tuple(corrections), Settings())
    return make_notes(page, Settings(), None, applied).notes


@pytest.mark.parametrize("start", range(0, len(ALLOWED), 25))
def test_corrected_text_is_as_harmless_as_that_of_a_page(start: int) -> None:
    corrections = [
        correction_of(f"1/own/a{number}-{at}", table, "corrections.toml", 1)
        for number, vector in enumerate(ALLOWED[start : start + 25])
        for at, table in enumerate(tables(vector))
    ]
    # One at a time: of cards that ask the same, a page keeps one.
    each = [note for one in corrections for note in notes_with(PAGE, [one])]
    notes = [note for note in each if note.key.startswith("own/")]
    for note in notes:
        check_note(note)
    pack(Deck("Baking", "QuickTakes::Baking", "", tuple(notes)), load_note_types(), stamp=STAMP)
    assert len(notes) > 25


@pytest.mark.parametrize("vector", REFUSED)
def test_control_characters_are_refused(vector: str) -> None:
    with pytest.raises(InvalidValue, match="contains a control character"):
        correction_of("1/own/a", {"question": "Why?", "answer": vector}, "corrections.toml", 1)


@pytest.mark.parametrize("key", ["1/own/<b>", "1/own/{{c1::a}}", "1\n/qa", "1"])
def test_a_key_is_a_name(key: str) -> None:
    with pytest.raises(InvalidValue, match=r"not (?:the key|a name)|a page without"):
        correction_of(key, {"question": "Why?", "answer": "So."}, "corrections.toml", 1)
