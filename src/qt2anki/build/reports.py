"""Report pages with their cards, and the topics of subjects."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from qt2anki.anki.note_content import note_kind
from qt2anki.build.cache import copied_cache
from qt2anki.build.job import Job, Progress, by_kind
from qt2anki.build.last_build import LastBuild
from qt2anki.build.page_table import find_pages
from qt2anki.build.parallel import ParallelMap, parallel_map
from qt2anki.build.workspace import Workspace
from qt2anki.config.values import Condition
from qt2anki.messages import Problem
from qt2anki.model import Kind, Note, Page, PageId, page_order
from qt2anki.notes.new_card_order import tier_rank
from qt2anki.release.previous_release import subject_key
from qt2anki.release.retirement import in_order

Tiers = tuple[int, int, int]
"""Numbers of core, standard and extra cards."""


@dataclass(frozen=True, slots=True)
class TopicReport:
    """One topic: its pages by id, and the cards of all of them."""

    name: str  # "" for the pages without a topic
    pages: tuple[Page, ...]
    new_pages: int  # pages with cards, none of which this subject has published
    cards: Tiers


@dataclass(frozen=True, slots=True)
class SubjectTopicReport:
    """The topics of a subject, and pairs of pages that ask nearly the same question."""

    subject: str
    topics: tuple[TopicReport, ...]
    similar: tuple[tuple[Page, Page], ...]


@contextlib.contextmanager
def read_workspace(job: Job, progress: Progress) -> Iterator[tuple[Workspace, ParallelMap]]:
    """Yield the workspace of a job with all pages read; it uses a copy of the cache."""
    parallel_work = parallel_map(job.processes, open_pool=job.open_pool)
    with copied_cache(job.cache) as database, parallel_work as parallel:
        workspace = Workspace(LastBuild(database, job, progress))
        workspace.read(parallel, progress)
        workspace.join()
        yield workspace, parallel


def report_topics(
    job: Job, progress: Progress
) -> tuple[tuple[SubjectTopicReport, ...], tuple[Problem, ...]]:
    """Report the topics of all subjects, and problems of pages; nothing is written."""
    with read_workspace(job, progress) as (workspace, parallel):
        scope = workspace.scope(())
        cards: Counter[tuple[str, PageId | None, int]] = Counter()
        for subject, note, number in workspace.notes(scope, parallel, progress):
            cards[subject, note.page_id, tier_rank(note)] += number
        read = set(workspace.pages.subjects)
        reports = tuple(
            _report(subject, cards, workspace) for subject in scope.subjects if subject in read
        )
        return reports, tuple(workspace.problems)


def _report(
    subject: str, cards: Mapping[tuple[str, PageId | None, int], int], workspace: Workspace
) -> SubjectTopicReport:
    pages = {page.page_id: page for page in workspace.pages.of_subject(subject)}
    topics = workspace.topics.of(subject)
    homes, key = workspace.previous.homes, subject_key(subject)
    found = []
    for topic in sorted({topics.get(i, "") for i in pages}, key=lambda one: (not one, one)):
        own = [page_id for page_id in pages if topics.get(page_id, "") == topic]
        new = [page_id for page_id in own if key not in homes.get(page_id, ())]
        found.append(
            TopicReport(
                topic,
                tuple(pages[page_id] for page_id in own),
                sum(any(_tiers(subject, [page_id], cards)) for page_id in new),
                _tiers(subject, own, cards),
            )
        )
    similar = workspace.topics.similar(subject).items()
    ids = {(one, other) for one, every in similar for other in every}
    in_order = sorted(ids, key=lambda pair: tuple(map(page_order, pair)))
    pairs = tuple(
        (pages[one], pages[other]) for one, other in in_order if page_order(one) < page_order(other)
    )
    return SubjectTopicReport(subject, tuple(found), pairs)


def _tiers(
    subject: str, pages: Collection[PageId], cards: Mapping[tuple[str, PageId | None, int], int]
) -> Tiers:
    core, standard, extra = (sum(cards[subject, i, tier] for i in pages) for tier in range(3))
    return core, standard, extra


@dataclass(frozen=True, slots=True)
class Row:
    """One page; *cards* are those in the deck of its first subject, which a course would use."""

    page: Page
    cards: tuple[tuple[Kind, int], ...]
    topics: tuple[str, ...] = ()  # in those of its subjects that have topics

    @property
    def total(self) -> int:
        """The number of all its cards."""
        return sum(count for _, count in self.cards)


def list_pages(
    job: Job,
    condition: Condition,
    progress: Progress,
    *,
    topics: Collection[str] = (),
    with_topics: bool = True,
) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Find the pages that match *condition*, by subject and id, and problems of all pages.

    With *topics* (case-folded), find only the pages of these topics. Finding topics takes half of
    the time if no page has changed. Nothing is written.
    """
    counts: Counter[tuple[PageId | None, str, Kind]] = Counter()
    with read_workspace(job, progress) as (workspace, parallel):
        names: dict[PageId, tuple[str, ...]] = {}
        pages: list[Page] = []
        for page in find_pages(condition, workspace.pages.library()):
            subjects = page.subjects if with_topics else ()
            found = (workspace.topics.of(one).get(page.page_id) for one in subjects)
            names[page.page_id] = tuple(dict.fromkeys(filter(None, found)))
            if not topics or any(name.casefold() in topics for name in names[page.page_id]):
                pages.append(page)
        if wanted := {page.subjects[0] for page in pages}:
            for subject, note, number in workspace.notes(
                workspace.scope(wanted), parallel, progress
            ):
                kind = note.kind if isinstance(note, Note) else note_kind(note)
                counts[note.page_id, subject, kind] += number
        problems = tuple(workspace.problems)
    places = in_order(wanted, job.settings.subject_order)
    rows = []
    for page in sorted(pages, key=lambda p: (places.index(p.subjects[0]), page_order(p.page_id))):
        cards = by_kind((kind, counts[page.page_id, page.subjects[0], kind]) for kind in Kind)
        rows.append(Row(page, cards, names[page.page_id]))
    return tuple(rows), problems
