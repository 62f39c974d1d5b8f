"""The decks of subjects, made from their pages and from what was published of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.build.job import Job, Progress
from qt2anki.build.parallel import Spread
from qt2anki.config import Settings
from qt2anki.messages import Problem
from qt2anki.model import Deck, Note, Page, PageId
from qt2anki.notes.deck_plan import plan_deck
from qt2anki.notes.kinds.abbreviations import Meaning, choose_abbreviations
from qt2anki.notes.make_notes import PageNotes, make_notes
from qt2anki.release.changes import Change
from qt2anki.release.index import is_pageless
from qt2anki.release.previous_release import Memory, PageMemory, subject_key
from qt2anki.release.reconcile import (
    Carried,
    PublishedFacts,
    carry,
    keep_as_published,
    published_facts,
)
from qt2anki.release.retirement_scope import Scope


@dataclass(frozen=True, slots=True)
class Order:
    """A page to make notes of, and what was published of it."""

    page: Page
    published: PublishedFacts


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """One page's notes as they are to be published, and what is not as it was.

    The page has no answer any more. *meanings* are what its acronyms stand for.
    """

    page: Page
    notes: tuple[Note, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class SubjectDeck:
    """One subject's notes as they are to be published, and what is not as it was."""

    deck: Deck  # without a version in its description
    before: PublishedPackage | None
    pages: tuple[Page, ...]  # without their answers
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


class Stock(Protocol):
    """Where the pages of subjects come from."""

    subjects: tuple[str, ...]
    to_make: int  # how many pages orders() yields
    reused: int  # pages that are not made, for their notes are known

    def orders(self) -> Iterator[Order]:
        """Yield the pages to make, subject by subject."""

    def finished(self, subject: str, made: Iterator[PageNotes]) -> Iterator[FinishedPage]:
        """Yield the pages of a subject by id; those that were made are the next in *made*."""


class PagesAtHand:
    """The pages of a scope, all of them held and all of them made."""

    reused = 0

    def __init__(self, pages: Sequence[Page], scope: Scope, memory: Memory, stamp: int) -> None:
        self.subjects = scope.subjects
        wide = [replace(page, subjects=scope.subjects_of(page)) for page in pages]
        self._pages = {
            subject: [page for page in wide if subject in page.subjects]
            for subject in scope.subjects
        }
        self._memory = memory
        self._stamp = stamp
        self.to_make = sum(map(len, self._pages.values()))

    def orders(self) -> Iterator[Order]:
        """Yield all pages."""
        for pages in self._pages.values():
            for page in pages:
                yield order_for(page, self._memory)

    def finished(self, subject: str, made: Iterator[PageNotes]) -> Iterator[FinishedPage]:
        """Yield the pages of a subject."""
        for _ in self._pages[subject]:
            yield finish(next(made), self._memory, self._stamp)


def order_for(page: Page, memory: Memory) -> Order:
    """Ask for the notes of a page."""
    known = memory.pages.get(page.page_id, PageMemory())
    return Order(page, published_facts(known.live, known.retired))


def finish(made: PageNotes, memory: Memory, stamp: int) -> FinishedPage:
    """Give the notes of a page the times they were published with."""
    known = memory.pages.get(made.page.page_id, PageMemory())
    earlier = {note.guid: note for note in (*known.retired, *known.live)}
    carried = carry(made.notes, earlier, memory, stamp=stamp)
    return FinishedPage(made.page, carried.notes, carried.changes, made.problems, made.meanings)


def make_subject_decks(
    scope: Scope, stock: Stock, memory: Memory, job: Job, spread: Spread, progress: Progress
) -> Iterator[SubjectDeck]:
    """Make one subject after the other, so that only one's notes need to be held at a time."""
    make = partial(_make, settings=job.settings)
    made = _counted(spread(make, stock.orders()), stock, progress)
    for subject in stock.subjects:
        pages = tuple(stock.finished(subject, made))
        yield _subject_deck(subject, pages, scope.kept[subject], memory, job)


def _counted(made: Iterator[PageNotes], stock: Stock, progress: Progress) -> Iterator[PageNotes]:
    total = stock.to_make + stock.reused
    progress.pages("make", stock.reused, total, stock.reused)
    for done, page in enumerate(made, start=stock.reused + 1):
        progress.pages("make", done, total, stock.reused)
        yield page


def _make(order: Order, settings: Settings) -> PageNotes:
    """Make the notes of one page and leave its answer behind: nobody needs it any more."""
    made = make_notes(order.page, settings, order.published)
    bare = replace(order.page, answer="")
    meanings = tuple(replace(meaning, page=bare) for meaning in made.meanings)
    return PageNotes(bare, made.notes, made.problems, meanings)


def _subject_deck(
    subject: str, made: Sequence[FinishedPage], kept: Sequence[PageId], memory: Memory, job: Job
) -> SubjectDeck:
    before = memory.live.get(subject_key(subject))
    changes = [change for one in made for change in one.changes]
    pages = [PageNotes(one.page, one.notes, one.problems) for one in made]
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
    subject: str, made: Sequence[FinishedPage], kept: Sequence[PageId], memory: Memory, job: Job
) -> Carried:
    """Make the notes that belong to the subject; those of pages that are kept stay, too."""
    package = memory.live.get(subject_key(subject))
    before = [note for note in package.notes if is_pageless(note)] if package else []
    meanings = [meaning for one in made for meaning in one.meanings]
    keys = {note.key for note in before}
    notes = choose_abbreviations(subject, meanings, job.settings, keys)
    new = carry(notes, memory.pageless, memory, stamp=job.stamp)
    guids = {note.guid for note in notes}
    stay = keep_as_published(n for n in before if n.page_id in kept and n.guid not in guids)
    return Carried((*new.notes, *stay.notes), (*new.changes, *stay.changes))


def _stand_in(page_id: PageId, subject: str) -> Page:
    """Make a page to plan with, for one that cannot be read: nobody sees it."""
    return Page("", page_id, f"page {page_id}", "", (subject,), "", None, (), None)
