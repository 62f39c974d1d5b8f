"""One page's notes: read the outline, ask what can be asked, keep what passes the gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qt2anki.generate.askable import is_refusal, points_elsewhere
from qt2anki.generate.frame import frame_for, numbered
from qt2anki.generate.main_question import main_note
from qt2anki.generate.steady import steady_sequences
from qt2anki.generate.steps import step_notes
from qt2anki.messages import Problem, make_problem
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Note, Page
from qt2anki.parse.outline import read_outline
from qt2anki.settings import Settings


@dataclass(frozen=True, slots=True)
class PageNotes:
    """The notes of one page in the order they are learnt, or the reason there are none."""

    page: Page
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def make_notes(
    page: Page, settings: Settings, published: frozenset[str] = frozenset()
) -> PageNotes:
    """Make all notes of *page*; the same page gives the same notes whatever else is built.

    *published* are the keys of its notes published last, as :func:`keys_today` gives them: what
    was good enough to be learnt stays while it is right, even where it would not be chosen anew.
    """
    reason = _reason_for_none(page)
    if reason is not None:
        return PageNotes(page, (), (reason,))
    outline = read_outline(page.answer)
    frame = frame_for(page, settings)
    sequences = steady_sequences(frame, outline, published)
    main = main_note(frame, outline, sequences)
    steps = step_notes(frame, sequences, lists=len(outline.lists), published=published)
    notes = numbered(list(_without_twins([*([main] if main else []), *steps])))
    problems = [] if notes else [make_problem("QT303", page.source, "no answer short enough")]
    return PageNotes(page, notes, tuple(problems))


def _reason_for_none(page: Page) -> Problem | None:
    if is_refusal(page.answer):
        text = "the answer says that it cannot answer, so no card is made"
        return make_problem("QT301", page.source, text)
    if points_elsewhere(page.question):
        text = f"the question is about something not on the page: {page.question!r}"
        return make_problem("QT302", page.source, text)
    return None


def _without_twins(notes: Iterable[Note]) -> Iterator[Note]:
    """Drop a note whose front an earlier one of the page has: it could be answered both ways."""
    seen: set[tuple[str, ...]] = set()
    for note in notes:
        front = front_of(note)
        if front not in seen:
            seen.add(front)
            yield note


def front_of(note: Note) -> tuple[str, ...]:
    """Return the fields that are seen on the front of the note's first card."""
    names = QA_FIELDS if note.note_type == "qa" else CLOZE_FIELDS
    shown = ("Context", "Question") if note.note_type == "qa" else ("Context", "Title", "Text")
    return tuple(note.fields[names.index(name)].casefold() for name in shown)
