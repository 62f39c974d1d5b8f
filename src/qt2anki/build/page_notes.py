"""The notes of one page, as they are to be published."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qt2anki.config import Settings
from qt2anki.messages import Problem
from qt2anki.model import Note, Page
from qt2anki.notes.kinds.abbreviations import Meaning
from qt2anki.notes.make_notes import PageNotes, make_notes
from qt2anki.release.changes import Change
from qt2anki.release.previous_release import PreviousRelease, PublishedPage
from qt2anki.release.reconcile import PublishedFacts, carry, published_facts


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to make notes of, and what is published of it."""

    page: Page
    published: PublishedFacts


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """The notes of a page as they are to be published, and their changes.

    The answer of the page is dropped. *meanings* explain its acronyms.
    """

    page: Page
    notes: tuple[Note, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    meanings: tuple[Meaning, ...]


def request_for(page: Page, previous: PreviousRelease) -> PageRequest:
    """Return the request for the notes of *page*."""
    known = previous.pages.get(page.page_id, PublishedPage())
    return PageRequest(page, published_facts(known.live, known.retired))


def make_page(request: PageRequest, settings: Settings) -> PageNotes:
    """Make the notes of a page, in any process, and drop its answer."""
    made = make_notes(request.page, settings, request.published)
    bare = replace(request.page, answer="")
    meanings = tuple(replace(meaning, page=bare) for meaning in made.meanings)
    return PageNotes(bare, made.notes, made.problems, meanings)


def finish_page(made: PageNotes, previous: PreviousRelease, stamp: int) -> FinishedPage:
    """Give the notes of a page the times they were published with."""
    known = previous.pages.get(made.page.page_id, PublishedPage())
    earlier = {note.guid: note for note in (*known.retired, *known.live)}
    carried = carry(made.notes, earlier, previous, stamp=stamp)
    return FinishedPage(made.page, carried.notes, carried.changes, made.problems, made.meanings)
