"""The pages of a build's stale subjects: made anew where they have to be, else as published."""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator

from qt2anki.build.cache_records import (
    dumps,
    page_from_json,
    problems_from_json,
    problems_to_json,
)
from qt2anki.build.page_table import Site
from qt2anki.build.staleness import How, Plan
from qt2anki.build.subject_decks import FinishedPage, Order, finish, order_for
from qt2anki.model import Note, Page, PageId
from qt2anki.notes.kinds.abbreviations import Meaning
from qt2anki.notes.make_notes import PageNotes
from qt2anki.release.index import is_pageless
from qt2anki.release.previous_release import Memory, subject_key
from qt2anki.release.reconcile import note_again


class CachedPages:
    """The stock of a build that has a cache."""

    def __init__(
        self, database: sqlite3.Connection, site: Site, plan: Plan, memory: Memory, stamp: int
    ) -> None:
        self.subjects = plan.stale
        self.to_make = plan.to_make
        self.reused = site.number - self.to_make
        self._database = database
        self._site = site
        self._plan = plan
        self._memory = memory
        self._stamp = stamp

    def orders(self) -> Iterator[Order]:
        """Yield the pages that are to be made, subject by subject."""
        for subject in self.subjects:
            for page_id, how in self._plan.pages(subject):
                if how is How.MAKE:
                    yield order_for(self._site.page_with_text(page_id), self._memory)

    def finished(self, subject: str, made: Iterator[PageNotes]) -> Iterator[FinishedPage]:
        """Yield the pages of a subject by id, and remember those that were made."""
        published = _by_page(self._memory, subject)
        for page_id, how in self._plan.pages(subject):
            match how:
                case How.MAKE:
                    page = finish(next(made), self._memory, self._stamp)
                    self._remember(page)
                    yield page
                case How.AGAIN:
                    yield self._made_before(page_id)
                case How.PUBLISHED:
                    yield self._as_published(page_id, published.get(page_id, []))

    def _remember(self, finished: FinishedPage) -> None:
        page_id = finished.page.page_id
        self._database.execute(
            "INSERT OR REPLACE INTO made SELECT page, input, ?, ?, ? FROM scratch.joined"
            " WHERE page = ?",
            (
                len(finished.notes),
                problems_to_json(finished.problems),
                _meanings_to_json(finished.meanings),
                page_id,
            ),
        )
        if len(finished.page.subjects) > 1:
            row = (page_id, pickle.dumps(finished))
            self._database.execute("INSERT OR REPLACE INTO scratch.finished VALUES (?, ?)", row)

    def _made_before(self, page_id: PageId) -> FinishedPage:
        query = "SELECT value FROM scratch.finished WHERE page = ?"
        (value,) = self._database.execute(query, (page_id,)).fetchone()
        finished: FinishedPage = pickle.loads(value)  # noqa: S301  # this very build has written it
        return finished

    def _as_published(self, page_id: PageId, notes: list[Note]) -> FinishedPage:
        header, problems, meanings = self._database.execute(
            "SELECT header, problems, meanings FROM scratch.joined JOIN made USING (page)"
            " WHERE page = ?",
            (page_id,),
        ).fetchone()
        page = page_from_json(header)
        return FinishedPage(
            page=page,
            notes=tuple(notes),
            changes=(),
            problems=problems_from_json(problems),
            meanings=_meanings_from_json(meanings, page),
        )


def _by_page(memory: Memory, subject: str) -> dict[PageId | None, list[Note]]:
    found: dict[PageId | None, list[Note]] = defaultdict(list)
    package = memory.live.get(subject_key(subject))
    for note in package.notes if package else ():
        if not is_pageless(note):
            found[note.page_id].append(note_again(note))
    return found


def _meanings_to_json(meanings: Iterable[Meaning]) -> str:
    """Write what a page says that its acronyms stand for, without the page."""
    rows = [(m.short, m.long, m.sentence, m.label, m.is_name) for m in meanings]
    return dumps(rows) if rows else ""


def _meanings_from_json(text: str, page: Page) -> tuple[Meaning, ...]:
    """Read the meanings of *page*."""
    if not text:
        return ()
    return tuple(
        Meaning(short, long, page, sentence, label, is_name)
        for short, long, sentence, label, is_name in json.loads(text)
    )
