"""The workspace of commands that read pages: the pages, their notes, and the last release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from qt2anki.anki.cards import card_ords
from qt2anki.anki.media import MediaSource
from qt2anki.anki.note_content import AnyNote
from qt2anki.build.job import Built, Progress
from qt2anki.build.last_build import LastBuild
from qt2anki.build.page_table import PageTable
from qt2anki.corrections.corrections_file import unread_corrections
from qt2anki.errors import PackageError
from qt2anki.messages import Problem, make_problem, plural
from qt2anki.model import Page, PageId, page_order
from qt2anki.notes.frame import tag_part
from qt2anki.release.page_identity import (
    former_ids,
    has_other_answer,
    moved_page,
    other_page,
)
from qt2anki.release.previous_release import is_retired, subject_key
from qt2anki.release.retirement import Scope, faults_of, known_subjects, scope_of
from qt2anki.source.entry import slug_of

if TYPE_CHECKING:
    from qt2anki.build.note_cache import NoteCache
    from qt2anki.build.parallel import ParallelMap
    from qt2anki.build.subject_decks import SubjectDeck
    from qt2anki.build.subject_topics import SubjectTopics

_WORTH_SHARING = 3_000  # files to read
FEWEST_MISSING = 5  # pages
LARGEST_SHARE = 0.2


class Workspace:
    """The pages of a job with the cache of their notes.

    The methods are called in their order.
    """

    def __init__(self, last: LastBuild) -> None:
        self.last = last
        self.job = last.job
        self.previous = last.previous
        self.files = last.files
        self.pages = PageTable(last.database, last.files)
        self.pictures = ""  # a digest of those that pages show
        self._notes: NoteCache | None = None
        self._topics: SubjectTopics | None = None

    def read(self, parallel: ParallelMap, progress: Progress) -> None:
        """Read stale files, find all pictures, and join the files of each page."""
        page_format = self.job.settings.page_format
        # Reading takes an eighth of the time of making notes, and runs while processes start.
        share = parallel if self.files.stale >= _WORTH_SHARING else map
        self.files.read_stale(page_format, share, progress)
        if self.files.is_changed:  # for a later build, of other packages, they are as they were
            self.last.forget()
        self.pictures = self.pages.find_pictures(page_format)

    def join(self) -> None:
        """Join the files of each page, and refuse pages that cannot be the published ones."""
        names = known_subjects(self.previous) | dict(self.job.settings.subject_aliases)
        self.pages.join(names, self.last.making, self.job.corrections)
        if self.job.rewritten is not None:
            self._refuse_other_pages(self.job.rewritten)

    def _refuse_other_pages(self, rewritten: Collection[PageId]) -> None:
        """Refuse pages that have nothing in common with those published under their ids.

        Nor may pages that were renumbered take over the histories of their neighbors.
        """
        published, replaced, unlike = self.previous.pages, set[PageId](), dict[PageId, Page]()
        for page_id in set(self.pages.changed()).difference(rewritten):
            page = self.pages.page(page_id)
            if problem := other_page(page, published[page_id]):
                self.pages.refuse(page_id, problem)
                replaced.add(page_id)
            elif has_other_answer(page, published[page_id]):
                unlike[page_id] = page
        if replaced or unlike:
            self._refuse_moved(replaced, unlike, rewritten)

    def _refuse_moved(
        self, replaced: set[PageId], unlike: dict[PageId, Page], rewritten: Collection[PageId]
    ) -> None:
        """Refuse pages that have the content of a *replaced* page, or that exchanged answers.

        *unlike* are pages with a new answer to their question. These include renumbered pages with
        the same title ("Overview").
        """
        ids = sorted(self.pages.ids.difference(self.previous.pages, rewritten), key=page_order)
        titles = Counter(map(_title, (*unlike.values(), *map(self.pages.page, ids))))
        unlike = {one: page for one, page in unlike.items() if titles[_title(page)] > 1}
        moved = list(
            former_ids(
                chain(unlike.values(), map(self.pages.page, ids)),
                {one: self.previous.pages[one] for one in (*replaced, *unlike)},
                lambda one, old, asks, says: (
                    (says and one != old) or (asks and one not in unlike and old in replaced)
                ),
            )
        )
        moved += [(unlike[old], old) for _, old in moved if old in unlike]
        for page, old in {page.page_id: (page, old) for page, old in reversed(moved)}.values():
            self.pages.refuse(page.page_id, moved_page(page, old))

    def scope(self, wanted: Collection[str], *, may_empty: bool = False) -> Scope:
        """Find what to write for the *wanted* subjects (all if empty)."""
        job = self.job
        faulty = self.pages.faulty_files()
        faults = faults_of(faulty, self.files.problems, self.previous)
        find = partial(
            scope_of,
            self.pages,
            self.previous,
            faults,
            wanted=wanted,
            may_empty=may_empty,
            is_partial=job.is_partial,
            order=job.settings.subject_order,
        )
        scope = find()
        more = {**self._abbreviations_elsewhere(), **scope.more} if job.is_partial else {}
        if more:
            left_out = list(self._leave_out(more))
            scope = find()
            scope = replace(scope, problems=(*scope.problems, *left_out))
        published = set(self.previous.homes)
        missing = published - self.pages.ids - faults.pages.keys()
        if not job.may_retire:
            unusable = {file.page_id for file in faulty}
            of_courses = self.previous.only_in_courses() - self.pages.ids - unusable
            self._refuse_other_ids(missing | of_courses)
        if job.is_partial:
            return self._keeping(missing, scope)
        if not job.may_retire and not faults.files:
            self._refuse_part(missing, len(published), scope)
        self.pages.widen(scope, self.last.making)
        return scope

    def _refuse_other_ids(self, missing: Collection[PageId]) -> None:
        """Refuse pages that were published under different ids, made from different paths."""
        if not missing:
            return
        by_path = self.files.named_by_path()
        same = self._former_ids(missing, by_path)
        if not same:
            return
        page, old = same[0]
        hint = (
            "pass the folder that was built before; if files were moved, write the published id"
            f" into each, as in 'id: {old}', and give new pages different ids"
        )
        if f"{page.page_id}".startswith(f"{old}#"):
            hint = (
                "in a file with several questions, each has its own id: leave only this one in"
                " its file, and move the others into a new file"
            )
        without = " without an id" if page.page_id in by_path else ""
        raise PackageError(
            f"{plural(len(same), 'page')}{without} would get a different id than the published"
            f" one, and therefore new cards: {old} would become {page.page_id};"
            " nothing was written",
            hint=f"{hint}; or, if new cards are what you want, add --allow-retire",
            source=page.source,
        )

    def _former_ids(
        self, missing: Collection[PageId], by_path: Collection[PageId]
    ) -> list[tuple[Page, PageId]]:
        """Return pages with the *missing* ids that they were published under."""
        files, is_partial = set(map(_file_part, missing)), self.job.is_partial
        new = sorted(self.pages.ids - set(self.previous.pages), key=page_order)
        if is_partial:
            new = [one for one in new if one in by_path or _file_part(one) in files]

        def counts(new_id: PageId, old: PageId, asks: bool, says: bool) -> bool:  # noqa: FBT001
            file = _file_part(new_id)
            if file == _file_part(old):  # a reworded question among several is a new page
                return asks or (says and file in (f"{new_id}", f"{old}"))
            if is_partial:  # any page may have a title that an unread one has
                return asks and new_id in by_path and _are_paths_of_one(f"{new_id}", f"{old}")
            return (asks and says) or new_id in by_path

        known = {
            old: self.previous.pages[old]
            for old in sorted(missing, key=page_order)
            if any(counts(one, old, True, True) for one in new)  # noqa: FBT003
        }
        return list(former_ids(map(self.pages.page, new), known, counts))

    def _refuse_part(self, missing: Collection[PageId], published: int, scope: Scope) -> None:
        """Refuse to build only a part of the pages; retired notes are counted elsewhere."""
        written = frozenset(map(subject_key, scope.subjects))
        unread = sum(written.isdisjoint(self.previous.homes[page_id]) for page_id in missing)
        if unread >= FEWEST_MISSING and unread > LARGEST_SHARE * published:
            raise PackageError(
                f"{unread} of the {published} published pages are not among the"
                f" {plural(self.pages.number, 'page')} of this build; nothing was written",
                hint="pass all the page folders that the last release was built from; or add"
                " --partial to keep the published notes of the other pages; or, if those pages are"
                " gone, add --allow-retire",
            )

    def _keeping(self, missing: Collection[PageId], scope: Scope) -> Scope:
        """Keep the published notes of pages that were not read."""
        homes = {page_id: self.previous.homes[page_id] for page_id in missing}
        kept = dict(scope.kept)
        for subject, pages in scope.kept.items():
            here = (page_id for page_id in homes if subject_key(subject) in homes[page_id])
            kept[subject] = tuple(sorted({*pages, *here}, key=page_order))
        count = plural(len(homes), "published page")
        text = f"a partial build leaves {count} unread and unchanged"
        problem = make_problem("QT406", self.job.out.as_posix(), text)
        problems = (*scope.problems, problem) if homes else scope.problems
        return replace(scope, kept=kept, problems=problems)

    def _abbreviations_elsewhere(self) -> dict[PageId, list[str]]:
        """Return the subjects in which pages with abbreviations were published, but not read."""
        found: dict[PageId, list[str]] = {}
        tags = f"{self.job.settings.tag_root}::subject::"
        for note in self.previous.pageless.values():
            if note.page_id is not None and self.pages.has(note.page_id) and not is_retired(note):
                has = set(map(subject_key, self.pages.page(note.page_id).subjects))
                more = [
                    head.name
                    for key, head in self.previous.live_heads.items()
                    if key not in has and f"{tags}{tag_part(head.name)}" in note.tags
                ]
                if more:
                    found[note.page_id] = more
        return found

    def _leave_out(self, pages: Mapping[PageId, Sequence[str]]) -> Iterator[Problem]:
        """Leave out pages that were not read in all of their subjects."""
        for page_id, subjects in pages.items():
            page = self.pages.page(page_id)
            self.pages.remove(page_id)
            names = " and ".join(map(repr, subjects))
            text = (
                f"the page is left out and stays as published: it is also published under {names},"
                " but was not read there"
            )
            yield make_problem("QT409", page.source, text)

    def decks(
        self, subjects: Sequence[str], scope: Scope, parallel: ParallelMap, progress: Progress
    ) -> Iterator[SubjectDeck]:
        """Make the decks of *subjects*, one by one."""
        # These modules take long to import, and are not needed if nothing is stale.
        from qt2anki.build.note_cache import NoteCache  # noqa: PLC0415
        from qt2anki.build.subject_decks import subject_decks  # noqa: PLC0415

        self._notes = NoteCache(
            self.last.database, self.pages, self.previous, self.topics, self.job.stamp
        )
        kept = {subject: scope.kept[subject] for subject in subjects}
        return subject_decks(
            kept, self.job, self.pages, self._notes, self.previous, parallel, progress
        )

    @property
    def topics(self) -> SubjectTopics:
        """The topics of all subjects."""
        from qt2anki.build.subject_topics import SubjectTopics  # noqa: PLC0415  # as above

        if self._topics is None:
            self._topics = SubjectTopics(self.job.settings, self.pages, self.previous)
        return self._topics

    def notes(
        self, scope: Scope, parallel: ParallelMap, progress: Progress
    ) -> Iterator[tuple[str, AnyNote, int]]:
        """Yield subject, note and number of cards of all notes; only what is stale is made."""
        fresh = self.fresh_decks(scope)
        for subject in fresh:
            package = self.previous.live.get(subject_key(subject))
            for published in package.notes if package else ():
                yield subject, published, len(published.ords)
        stale = [subject for subject in scope.subjects if subject not in fresh]
        for made in self.decks(stale, scope, parallel, progress) if stale else ():
            for note in made.deck.notes:
                yield made.deck.subject, note, len(card_ords(note))

    def remember(self) -> None:
        """Store the notes that were made, now that all packages are in place."""
        if self._notes is not None:
            self._notes.remember()

    def fresh_decks(self, scope: Scope) -> dict[str, tuple[Built, tuple[Problem, ...]]]:
        """Return the subjects whose packages need no change, with reports and problems."""
        fresh = {}
        for subject in scope.subjects:
            head = self.previous.live_heads.get(subject_key(subject))
            state = self.pages.state_of(subject, head.number if head else None)
            if deck := self.last.fresh_deck(subject, head, scope.kept[subject], state):
                fresh[subject] = deck
        return fresh

    @property
    def media(self) -> MediaSource:
        """The files that notes show."""
        return MediaSource(self.pages.pictures, self.previous.files)

    @property
    def problems(self) -> list[Problem]:
        """All problems of files and pages."""
        found = [*self.files.problems, *self.files.reading_problems(), *self.pages.problems]
        if not self.job.is_partial:
            found += unread_corrections(self.job.corrections, self.pages.ids)
            found += self._topics.problems if self._topics is not None else ()
        return found


def _title(page: Page) -> str:
    """Return the question of a page without the numbers that a renumbering changes."""
    return re.sub(r"\d+", "", slug_of(page.question))


def _file_part(page_id: PageId) -> str:
    """Return the id of the file of a page, which may be one of its questions."""
    return f"{page_id}".partition("#")[0]


def _are_paths_of_one(one: str, other: str) -> bool:
    """Whether two ids may be made from paths of the same file, relative to different folders."""
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")
