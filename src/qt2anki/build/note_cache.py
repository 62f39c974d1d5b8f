"""Cached notes of pages, which do not need to be made again.

Notes depend on the page, the settings, the page's published notes, and this program. If all of
these are the same, so are the notes.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from qt2anki.anki.note_content import topic_tags
from qt2anki.build.cache import PROBLEM_VALUES, dumps, page_from_json
from qt2anki.build.page_table import STATES, PageTable
from qt2anki.build.subject_topics import SubjectTopics
from qt2anki.config import Settings
from qt2anki.corrections.apply import CorrectionsOfPage
from qt2anki.corrections.correction import Correction
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Kind, Note, Page, PageId
from qt2anki.notes.kinds.abbreviations import Meaning
from qt2anki.notes.make_notes import PageNotes, make_notes
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import Sequence as ScoredSequence
from qt2anki.outline.sequence.score import find_sequences
from qt2anki.release.changes import Change
from qt2anki.release.package_index import note_code
from qt2anki.release.previous_release import PreviousRelease, PublishedPage
from qt2anki.release.reconcile import PublishedFacts, carry, note_again, published_facts


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to make notes from, with its published notes and its corrections."""

    page: Page
    published: PublishedFacts
    corrections: tuple[Correction, ...] = ()


def request_for(page: Page, previous: PreviousRelease, corrections: Corrections) -> PageRequest:
    """Return the request for the notes of *page*."""
    known = previous.pages.get(page.page_id, PublishedPage())
    own = corrections.of_page(page.page_id)
    dropped = {one.name for one in own if one.drop and not one.proposed}
    written = {one.name for one in own if one.is_own and not (one.drop or one.proposed)}
    is_part = bool(known.live) and page.page_id not in previous.homes
    facts = published_facts(known.live, known.retired, dropped, written, is_part=is_part)
    return PageRequest(page, facts, own)


def corrected_notes(request: PageRequest, settings: Settings) -> PageNotes:
    """Make the notes of a page and apply its corrections."""
    corrections = None
    page, problems = request.page, []
    cards = tuple(one for one in request.corrections if not one.is_of_page)
    for one in request.corrections:
        settings = with_sequence(settings, page.page_id, one.is_sequence)
        if one.is_of_page and not lists_that_could_be_sequences(page):
            text = f"{one.key}: the page has no list that could be a sequence"
            problems.append(make_problem("QT604", one.source, text, line=one.line))
    if cards or settings.only_reviewed:
        published = request.published
        corrections = CorrectionsOfPage(
            cards,
            settings,
            published.published_keys,
            {note.key: note_again(note) for note in published.live},
            {note.key: note for note in published.retired_own},
        )
    made = make_notes(page, settings, request.published, corrections)
    return replace(made, problems=(*made.problems, *problems)) if problems else made


def lists_that_could_be_sequences(page: Page) -> tuple[ScoredSequence, ...]:
    """Return the lists of a page that are sequences if a correction says so."""
    return find_sequences(read_outline(page.answer), question=page.question, override=True)


def with_sequence(settings: Settings, page_id: PageId, is_sequence: bool | None) -> Settings:  # noqa: FBT001
    """Return *settings* in which the list of a page is a sequence or not; None leaves it open."""
    if is_sequence is None:
        return settings
    return replace(settings, sequences=(*settings.sequences, (page_id, is_sequence)))


def make_page(request: PageRequest, settings: Settings) -> PageNotes:
    """Make the notes of a page, in any process, and drop its answer and its candidates."""
    made = corrected_notes(request, settings)
    bare = replace(request.page, answer="")
    meanings = tuple(replace(meaning, page=bare) for meaning in made.meanings)
    return PageNotes(bare, made.notes, made.problems, meanings)


def finish_page(
    made: PageNotes, previous: PreviousRelease, topics: SubjectTopics, stamp: int
) -> tuple[PageNotes, tuple[Change, ...]]:
    """Restore the times at which notes were published, and add topics to new notes.

    A new topic tag on a published note would overwrite students' edits.
    """
    known = previous.pages.get(made.page.page_id, PublishedPage())
    earlier = {note.guid: note for note in (*known.retired, *known.live)}
    is_new = any(note.guid not in earlier for note in made.notes)
    tags = topics.tags(made.page) if is_new else ()
    notes = (
        note
        if note.guid in earlier
        # A note from the cache may have other topics.
        else replace(note, tags=tuple(sorted({*note.tags, *tags} - (topic_tags(note) - {*tags}))))
        for note in made.notes
    )
    carried = carry(notes, earlier, previous, stamp=stamp)
    return replace(made, notes=carried.notes), carried.changes


_MEANING = tuple(field.name for field in fields(Meaning) if field.name != "page")
_MEANING_VALUES = attrgetter(*_MEANING)
_NOTE_VALUES = attrgetter(*(field.name for field in fields(Note)))
_QUICK = 1  # a level of zlib; it reduces notes to two fifths of their size

_KNOWN = """
FROM scratch.joined LEFT JOIN scratch.published_pages AS now USING (page)
JOIN notes USING (page, input) WHERE notes.published = coalesce(now.state, '')
"""
_TO_MAKE = f"""
INSERT OR IGNORE INTO scratch.to_make
SELECT page, subject FROM scratch.members
WHERE subject = ? AND NOT EXISTS (SELECT 1 {_KNOWN} AND joined.page = members.page)
"""  # noqa: S608  # all ours
_FINISHED = f"""
SELECT header, made.value FROM scratch.joined JOIN scratch.made USING (page) WHERE page = :page
UNION ALL SELECT header, value {_KNOWN} AND page = :page
LIMIT 1
"""  # noqa: S608  # all ours
# Only notes that a later build would make again: those that are published in this form and, except
# for their times, those made from the notes that are still the published ones of their page.
_REMEMBER = f"""
INSERT OR REPLACE INTO notes
SELECT page, input, coalesce(now.state, ''), made.codes = coalesce(live.codes, ''), value
FROM scratch.made JOIN scratch.joined USING (page)
LEFT JOIN scratch.published_pages AS now USING (page)
LEFT JOIN (
  SELECT page, group_concat(code) AS codes FROM (
    {STATES} AND published.page IN (SELECT page FROM scratch.made) GROUP BY page, guid
    ORDER BY page, code
  ) WHERE side != 'retired' GROUP BY page
) AS live USING (page)
WHERE made.codes = coalesce(live.codes, '') OR made.state IS now.state
"""  # noqa: S608  # all ours


MOST_PAGES = 1_000
"""Pages whose notes are in memory; few subjects have more."""


class NoteCache:
    """The notes of pages, in the database of the cache; recently used ones are in memory."""

    def __init__(
        self,
        database: sqlite3.Connection,
        pages: PageTable,
        previous: PreviousRelease,
        topics: SubjectTopics,
        stamp: int,
    ) -> None:
        self._database = database
        self.topics = topics
        self._pages = pages
        self._previous = previous
        self._stamp = stamp
        self._recent: OrderedDict[PageId, PageNotes] = OrderedDict()

    def plan(self, subjects: Iterable[str]) -> int:
        """Find the pages of *subjects* that have to be made, and return their number."""
        for subject in subjects:
            self._database.execute(_TO_MAKE, (subject,))
        return int(self._database.execute("SELECT count(*) FROM scratch.to_make").fetchone()[0])

    def to_make(self, subject: str) -> list[PageId]:
        """Return the pages to make that are not in an earlier subject, by id."""
        query = "SELECT page FROM scratch.to_make WHERE subject = ? ORDER BY page"
        return [page_id for (page_id,) in self._database.execute(query, (subject,))]

    def finished(
        self, subject: str, made: Iterator[PageNotes]
    ) -> Iterator[tuple[PageNotes, tuple[Change, ...]]]:
        """Yield the pages of a subject by id, *made* and known, with the changes of notes."""
        query = (
            "SELECT page, to_make.subject, made.changes FROM scratch.members"
            " LEFT JOIN scratch.to_make USING (page) LEFT JOIN scratch.made USING (page)"
            " WHERE members.subject = ? ORDER BY page"
        )
        for page_id, maker, changes in self._database.execute(query, (subject,)).fetchall():
            if maker == subject:
                yield self._finish(next(made))
            elif changes is not None:
                yield self.page_notes(page_id), pickle.loads(changes)  # noqa: S301  # ours
            else:
                yield self._known(page_id)

    def page_notes(self, page_id: PageId) -> PageNotes:
        """Return a finished page with its notes."""
        if page_id not in self._recent:
            header, value = self._database.execute(_FINISHED, {"page": page_id}).fetchone()
            self._keep(_from_json(value, page_from_json(header)))
        self._recent.move_to_end(page_id)
        return self._recent[page_id]

    def _keep(self, notes: PageNotes) -> None:
        self._recent[notes.page.page_id] = notes
        if len(self._recent) > MOST_PAGES:
            self._recent.popitem(last=False)

    def remember(self) -> None:
        """Store the new notes, now that all packages are in place."""
        self._pages.find_published()
        self._database.execute(_REMEMBER)

    def _known(self, page_id: PageId) -> tuple[PageNotes, tuple[Change, ...]]:
        header, is_published, value = self._database.execute(
            f"SELECT header, is_published, value {_KNOWN} AND page = ?",  # all ours
            (page_id,),
        ).fetchone()
        made = _from_json(value, page_from_json(header))
        if not is_published:
            return self._finish(made)
        self._keep(made)
        return made, ()

    def _finish(self, made: PageNotes) -> tuple[PageNotes, tuple[Change, ...]]:
        finished, changes = finish_page(made, self._previous, self.topics, self._stamp)
        codes = ",".join(map(str, sorted(map(note_code, finished.notes))))
        is_shared = len(finished.page.subjects) > 1
        values = {
            "page": finished.page.page_id,
            "codes": codes,
            "value": _to_json(finished),
            "changes": pickle.dumps(changes) if is_shared else None,
        }
        self._database.execute(
            "INSERT OR REPLACE INTO scratch.made SELECT :page, (SELECT state FROM"
            " scratch.published_pages WHERE page = :page), :codes, :value, :changes",
            values,
        )
        self._keep(finished)
        return finished, changes


def _to_json(made: PageNotes) -> bytes:
    """Write the notes of a page, compressed, without the page."""
    notes = [_NOTE_VALUES(note) for note in made.notes]
    problems = [PROBLEM_VALUES(problem) for problem in made.problems]
    meanings = [_MEANING_VALUES(meaning) for meaning in made.meanings]
    return zlib.compress(dumps((notes, problems, meanings)).encode("utf-8"), _QUICK)


def _from_json(value: bytes, page: Page) -> PageNotes:
    """Read the notes of *page*."""
    notes, problems, meanings = json.loads(zlib.decompress(value))
    return PageNotes(
        page,
        tuple(
            Note(
                *(guid, page_id, key, Kind(kind), note_type, tuple(texts), tuple(tags)),
                *(mod, natural_key, text, is_kept, tuple(map(tuple, generated))),
            )
            for guid, page_id, key, kind, note_type, texts, tags, *more in notes
            for mod, natural_key, text, is_kept, generated in (more,)
        ),
        tuple(Problem(*row) for row in problems),
        tuple(Meaning(page=page, **dict(zip(_MEANING, row, strict=True))) for row in meanings),
    )
