"""What there is to choose from: pages, with the cards that the decks have of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from qt2anki.anki.card_generation import card_ords
from qt2anki.build.job import Job, Progress
from qt2anki.build.read_pages import find_pages, read_pages
from qt2anki.build.report import by_kind
from qt2anki.build.subject_decks import PagesAtHand, make_subject_decks
from qt2anki.courses.course import Condition
from qt2anki.courses.select import find, library_of
from qt2anki.messages import Problem
from qt2anki.model import Kind, Page, PageId, page_order
from qt2anki.release.previous_release import read_memory
from qt2anki.release.retirement_scope import in_order, scope_of


@dataclass(frozen=True, slots=True)
class Row:
    """One page; *cards* are those of its first subject's deck, which a course would take."""

    page: Page
    cards: tuple[tuple[Kind, int], ...]

    @property
    def total(self) -> int:
        """The number of all its cards."""
        return sum(count for _, count in self.cards)


@dataclass(frozen=True, slots=True)
class Listing:
    """The pages that all conditions hold for, and what was wrong with reading."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def list_pages(job: Job, conditions: Sequence[Condition], progress: Progress) -> Listing:
    """Find the pages that every one of *conditions* holds for; without any, all pages.

    They are in the order of their subjects and then by id. Nothing is written.
    """
    memory = read_memory(job.previous or (job.out,))
    discovery, processes = find_pages(job)
    counts: Counter[tuple[PageId, str, Kind]] = Counter()
    with processes as spread:
        read = read_pages(job, discovery, memory, spread, progress)
        library = library_of(read)
        ids = set(library.pages)
        for condition in conditions:
            ids &= {page.page_id for page in find(condition, library)}
        pages = [library.pages[page_id] for page_id in sorted(ids, key=page_order)]
        wanted = {page.subjects[0] for page in pages}
        if wanted:
            scope = scope_of(read.catalog, memory, read.faults, wanted=wanted)
            stock = PagesAtHand(read.catalog.pages, scope, memory, job.stamp)
            for made in make_subject_decks(scope, stock, memory, job, spread, progress):
                for note in made.deck.notes:
                    counts[note.page_id, made.deck.subject, note.kind] += len(card_ords(note))
    places = in_order({page.subjects[0] for page in pages}, job.settings.subject_order)
    rows = [
        Row(page, by_kind((kind, counts[page.page_id, page.subjects[0], kind]) for kind in Kind))
        for page in sorted(
            pages, key=lambda page: (places.index(page.subjects[0]), page_order(page.page_id))
        )
    ]
    return Listing(tuple(rows), read.problems)
