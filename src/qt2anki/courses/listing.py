"""List pages with the cards that the decks have of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from qt2anki.anki.cards import card_ords
from qt2anki.anki.note_content import note_kind
from qt2anki.build.cache import copied_cache
from qt2anki.build.job import Job, Progress
from qt2anki.build.parallel import parallel_map
from qt2anki.build.report import by_kind
from qt2anki.build.workspace import open_workspace
from qt2anki.courses.course import Condition
from qt2anki.courses.select import find, library_of
from qt2anki.messages import Problem
from qt2anki.model import Kind, Page, PageId, page_order
from qt2anki.release.previous_release import subject_key
from qt2anki.release.retirement import in_order


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
class PageList:
    """The pages that all conditions hold for, and what was wrong with reading."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def list_pages(job: Job, conditions: Sequence[Condition], progress: Progress) -> PageList:
    """Find the pages that every one of *conditions* holds for; without any, all pages.

    They are in the order of their subjects and then by id. Nothing is written.
    """
    counts: Counter[tuple[PageId | None, str, Kind]] = Counter()
    parallel_work = parallel_map(job.processes, open_pool=job.open_pool)
    with copied_cache(job.cache) as database, parallel_work as parallel:
        workspace = open_workspace(job, database, progress)
        workspace.read(parallel, progress)
        workspace.join()
        library = library_of(workspace)
        ids = set(library.pages)
        for condition in conditions:
            ids &= {page.page_id for page in find(condition, library)}
        pages = [library.pages[page_id] for page_id in sorted(ids, key=page_order)]
        if wanted := {page.subjects[0] for page in pages}:
            scope = workspace.scope(wanted)
            fresh = dict(workspace.fresh_decks(scope))
            for subject in fresh:
                package = workspace.previous.live.get(subject_key(subject))
                for published in package.notes if package else ():
                    kind = note_kind(published)
                    counts[published.page_id, subject, kind] += len(published.ords)
            stale = [subject for subject in scope.subjects if subject not in fresh]
            for made in workspace.decks(stale, scope, parallel, progress) if stale else ():
                for note in made.deck.notes:
                    counts[note.page_id, made.deck.subject, note.kind] += len(card_ords(note))
        problems = tuple(workspace.problems)
    places = in_order({page.subjects[0] for page in pages}, job.settings.subject_order)
    rows = [
        Row(page, by_kind((kind, counts[page.page_id, page.subjects[0], kind]) for kind in Kind))
        for page in sorted(
            pages, key=lambda page: (places.index(page.subjects[0]), page_order(page.page_id))
        )
    ]
    return PageList(tuple(rows), problems)
