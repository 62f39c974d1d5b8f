"""The cards of a review: notes with the decisions of people about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qt2anki.anki.cards import render_card
from qt2anki.anki.note_content import field_values
from qt2anki.anki.note_types import NoteType
from qt2anki.build.card_candidates import made_from_of
from qt2anki.build.note_cache import lists_that_could_be_sequences, with_sequence
from qt2anki.config import Settings
from qt2anki.corrections.correction import Correction
from qt2anki.html.block_html import blocks_html
from qt2anki.messages import Problem
from qt2anki.model import Note, Page
from qt2anki.notes.frame import frame_for, without_full_answer
from qt2anki.notes.hysteresis import steady_sequences
from qt2anki.notes.make_notes import PageNotes
from qt2anki.outline.blocks import read_blocks
from qt2anki.outline.read_outline import read_outline
from qt2anki.preview.preview_cards import PreviewCard
from qt2anki.source.pictures import MEDIA_NAME

State = Literal["", "good", "dropped", "reworded", "own", "proposed", "changed"]
"""The state of a card: "" if nobody has read it, "changed" if its page has changed since."""

_EDITED = ("Question", "Answer", "Text", "Extra")
_NO_SCORE = 500  # of a card that is kept because students have it


@dataclass(frozen=True, slots=True)
class ReviewedCard:
    """A note as it is reviewed, by its first card.

    *seen* identifies its correction: a verdict names the one that it is about.
    """

    card: PreviewCard
    page: Page
    topic: str  # in the latest published decks
    fields: Mapping[str, str]  # what can be reworded, as HTML: question and answer, or text
    score: int
    state: State
    seen: str
    reason: str = ""
    problem: str = ""  # what the corrections report about it


def reviewed_card(
    note: Note,
    page: Page,
    topic: str,
    found: PageNotes,
    by: Correction | None,
    note_type: NoteType,
) -> ReviewedCard:
    """Return a note as it is reviewed; *by* is its correction, *found* what it was chosen from."""
    key = note.fields[0]
    scores = (one.score for one in found.choices if one.candidate.note.fields[0] == key)
    values = field_values(note)
    return ReviewedCard(
        card=preview_of(note, page, note_type),
        page=page,
        topic=topic,
        fields={n.lower(): without_full_answer(values[n]) for n in _EDITED if n in values},
        score=next(scores, _NO_SCORE),
        state=_state(by, found),
        seen=seen_as(by),
        reason=by.reason if by else "",
        problem=" ".join(problem.text for problem in problems_about(found.problems, key)),
    )


def preview_of(note: Note, page: Page, note_type: NoteType) -> PreviewCard:
    """Return the first card of a note as Anki shows it."""
    return PreviewCard(
        guid=note.guid,
        key=note.fields[0],
        ord=0,
        page_id=page.page_id,
        kind=note.kind.value,
        tier="",
        tags=(),
        decks=(page.subjects[0],),
        css=note_type.css,
        sides=render_card(note, note_type, 0, deck=page.subjects[0]),
    )


def problems_about(problems: Sequence[Problem], key: str) -> Iterator[Problem]:
    """Yield the problems of the correction *key*."""
    return (problem for problem in problems if problem.text.startswith(f"{key}:"))


def _state(by: Correction | None, found: PageNotes) -> State:
    if by is None:
        return ""
    if by.proposed:
        return "proposed"
    if by.made_from and by.made_from != made_from_of(by, found):
        return "changed"
    if by.drop:
        return "dropped"
    return "own" if by.is_own else "reworded" if by.has_wording else "good"


def seen_as(by: Correction | None) -> str:
    """Return what identifies a correction as it is now, "" for none."""
    if by is None:
        return ""
    return hashlib.blake2b(repr(by.values).encode("utf-8"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class ReviewedPage:
    """A page next to its cards: its answer as HTML, the files of its pictures, and its list.

    *is_sequence* says whether the list is asked as a sequence, None if there is no list that could
    be; *settled* what a correction says about it, and *seen* which one.
    """

    question: str
    answer: str
    pictures: Mapping[str, Path]
    is_sequence: bool | None
    settled: bool | None
    seen: str


def reviewed_page(
    page: Page,
    by: Correction | None,
    settings: Settings,
    published: frozenset[str],
    pictures: Mapping[str, Path],
) -> ReviewedPage:
    """Return a page with its list; *by* is its correction, *published* the keys of its notes."""
    settled = by.is_sequence if by else None
    outline = read_outline(page.answer)
    could_be = lists_that_could_be_sequences(page)
    frame = frame_for(page, with_sequence(settings, page.page_id, settled))
    names = MEDIA_NAME.findall(f"{page.question} {page.answer}")
    return ReviewedPage(
        page.question,
        blocks_html(read_blocks(page.answer)),
        {name: pictures[name] for name in names if name in pictures},
        bool(steady_sequences(frame, outline, published)) if could_be else None,
        settled,
        seen_as(by),
    )
