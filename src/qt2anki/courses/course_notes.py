"""The notes of a course: those that the decks of its subjects have, and no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qt2anki.build.subject_decks import SubjectDeck
from qt2anki.courses.select import Selection
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Deck, Note, Page, PageId
from qt2anki.notes.choose import PROFILES
from qt2anki.notes.new_card_order import new_card_order
from qt2anki.release.changes import Change
from qt2anki.source.catalog import fold_question

Notes = tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class NotesByPage:
    """What the decks of the subjects have of each page.

    *owner* gives the page that has the cards: a different one where two pages ask the same, for a
    deck has one of them.
    """

    notes: Mapping[PageId, Notes] = field(default_factory=dict)
    owner: Mapping[PageId, Page] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


def notes_by_page(decks: Iterable[SubjectDeck], pages: Iterable[Page]) -> NotesByPage:
    """Take from the *decks* of subjects what they have of *pages*."""
    home = {page.page_id: page.subjects[0] for page in pages}
    notes: dict[PageId, Notes] = {}
    owner: dict[PageId, Page] = {}
    changes: list[Change] = []
    for made in decks:
        changes += made.changes
        own: dict[PageId, list[Note]] = defaultdict(list)
        for note in made.deck.notes:
            own[note.page_id].append(note)
        by_question = {fold_question(p.question): p for p in made.pages if p.page_id in own}
        for page in made.pages:
            if home.get(page.page_id) != made.deck.subject:
                continue
            found = page if page.page_id in own else by_question.get(fold_question(page.question))
            if found is not None:
                owner[page.page_id] = found
                notes[found.page_id] = tuple(own[found.page_id])
    return NotesByPage(notes, owner, tuple(changes))


def unit_decks(
    selection: Selection, by_page: NotesByPage
) -> tuple[tuple[Deck, ...], tuple[Problem, ...]]:
    """Make a deck of each unit, numbered as ``Course::01 Unit``; and say what is not as asked."""
    course = selection.course
    width = max(2, len(str(len(selection.units))))
    taken: set[PageId] = {page.page_id for page in selection.pages}
    decks: list[Deck] = []
    problems: list[Problem] = []
    for number, (unit, pages) in enumerate(zip(course.units, selection.units, strict=True)):
        groups: list[Notes] = []
        for page in pages:
            owner = by_page.owner.get(page.page_id, page)
            is_other = owner.page_id != page.page_id
            notes = _of_profile(by_page.notes.get(owner.page_id, ()), course.profile)
            problems += _told(selection, number, page, owner, notes)
            if not is_other or owner.page_id not in taken:
                taken.add(owner.page_id)
                groups.append(notes)
        name = f"{course.title}::{number + 1:0{width}} {unit.title}"
        decks.append(Deck(unit.title, name, "", new_card_order(groups)))
    return tuple(decks), tuple(problems)


def _of_profile(notes: Sequence[Note], profile: str) -> Notes:
    return tuple(note for note in notes if not profile or note.kind in PROFILES[profile])


def _told(
    selection: Selection, unit: int, page: Page, owner: Page, notes: Notes
) -> Iterator[Problem]:
    course = selection.course
    source = course.file.path.as_posix()
    line = course.line("unit", unit, "take", word=str(page.page_id))
    if not notes:
        text = f"page {page.page_id} ({page.question}) has no cards"
        yield make_problem("QT505", source, text, line=line)
    elif owner is not page and owner.page_id != page.page_id:
        text = f"page {page.page_id} asks the same as page {owner.page_id}, which has the cards"
        yield make_problem("QT506", source, text, line=line)
