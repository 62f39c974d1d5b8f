"""The decks of subjects, made from their pages and from what was published of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from qt2anki.generate.identity import guid_for
from qt2anki.generate.kinds.abbreviations import choose_abbreviations
from qt2anki.generate.notes import PageNotes, make_notes
from qt2anki.generate.plan import plan_deck
from qt2anki.generate.steady import keys_today
from qt2anki.job import Job, Progress
from qt2anki.messages import Problem
from qt2anki.model import Deck, Page
from qt2anki.package.carry import Carried, carry_page, carry_pageless, keep_as_published
from qt2anki.package.changes import Change
from qt2anki.package.facts import title_of
from qt2anki.package.memory import Memory, PageMemory, subject_key
from qt2anki.package.published import PublishedPackage
from qt2anki.package.scope import Scope
from qt2anki.settings import Settings
from qt2anki.workers import Spread


@dataclass(frozen=True, slots=True)
class SubjectDeck:
    """One subject's notes as they are to be published, and what is not as it was."""

    deck: Deck  # without a version in its description
    before: PublishedPackage | None
    pages: tuple[Page, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def make_subject_decks(
    scope: Scope, memory: Memory, job: Job, spread: Spread, progress: Progress
) -> Iterator[SubjectDeck]:
    """Make one subject after the other, so that only one's notes need to be held at a time."""
    pages_of = {
        subject: [page for page in scope.pages if subject in page.subjects]
        for subject in scope.subjects
    }
    total = sum(map(len, pages_of.values()))
    done = 0
    progress.pages("make", done, total)
    for subject in scope.subjects:
        items = [(page, _published_keys(page, memory)) for page in pages_of[subject]]
        made = []
        for page_notes in spread(partial(_make, settings=job.settings), items):
            made.append(page_notes)
            done += 1
            progress.pages("make", done, total)
        yield _subject_deck(subject, made, scope.kept[subject], memory, job)


def _make(item: tuple[Page, frozenset[str]], settings: Settings) -> PageNotes:
    page, published = item
    return make_notes(page, settings, published)


def _published_keys(page: Page, memory: Memory) -> frozenset[str]:
    known = memory.pages.get(page.page_id, PageMemory())
    return keys_today((note.key, title_of(note)) for note in known.live or known.retired)


def _subject_deck(
    subject: str, made: Sequence[PageNotes], kept: Sequence[int], memory: Memory, job: Job
) -> SubjectDeck:
    before = memory.live.get(subject_key(subject))
    changes: list[Change] = []
    pages: list[PageNotes] = []
    for one in made:
        carried = carry_page(one.notes, memory, stamp=job.stamp, guid_for=guid_for)
        pages.append(PageNotes(one.page, carried.notes, one.problems))
        changes += carried.changes
    for page_id in kept:
        carried = keep_as_published(memory.pages[page_id].live)
        pages.append(PageNotes(_stand_in(page_id, subject), carried.notes, ()))
        changes += carried.changes
    known = {note.page_id for note in before.notes if note.page_id is not None} if before else ()
    pageless = _pageless(subject, made, kept, memory, job)
    changes += pageless.changes
    deck, twins = plan_deck(subject, pages, job.settings, known, pageless.notes)
    guids = {note.guid for note in deck.notes}
    return SubjectDeck(
        deck=deck,
        before=before,
        pages=tuple(one.page for one in pages),
        changes=tuple(change for change in changes if change.guid in guids),
        problems=(*(problem for one in made for problem in one.problems), *twins),
    )


def _pageless(
    subject: str, made: Sequence[PageNotes], kept: Sequence[int], memory: Memory, job: Job
) -> Carried:
    """Make the notes that belong to the subject; those of pages that are kept stay, too."""
    package = memory.live.get(subject_key(subject))
    before = [n for n in package.notes if n.guid in memory.pageless] if package else []
    meanings = [meaning for one in made for meaning in one.meanings]
    keys = {note.key for note in before}
    notes = choose_abbreviations(subject, meanings, job.settings, keys)
    new = carry_pageless(notes, memory, stamp=job.stamp)
    guids = {note.guid for note in notes}
    stay = keep_as_published(n for n in before if n.page_id in kept and n.guid not in guids)
    return Carried((*new.notes, *stay.notes), (*new.changes, *stay.changes))


def _stand_in(page_id: int, subject: str) -> Page:
    """Make a page to plan with, for one that cannot be read: nobody sees it."""
    return Page("", page_id, f"page {page_id}", "", (subject,), "", None, (), None)
