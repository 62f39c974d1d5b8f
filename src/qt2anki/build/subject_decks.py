"""Make the decks of subjects from their pages and their published notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from qt2anki.anki.note_content import field
from qt2anki.anki.package_reader import PublishedNote, PublishedPackage
from qt2anki.build.job import Job, Progress
from qt2anki.build.note_cache import NoteCache, make_page, request_for
from qt2anki.build.page_table import PageTable
from qt2anki.build.parallel import ParallelMap
from qt2anki.config import Settings
from qt2anki.corrections.apply import CorrectionsOfPage
from qt2anki.corrections.correction import PAGELESS
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.html.anki_escape import text_html
from qt2anki.messages import Problem
from qt2anki.model import Deck, LazySequence, Note, Page, PageId
from qt2anki.notes.choose import Choice, Graded
from qt2anki.notes.deck_plan import plan_deck
from qt2anki.notes.frame import frame_for
from qt2anki.notes.kinds.abbreviations import Abbreviations, Meaning
from qt2anki.notes.make_notes import PageNotes
from qt2anki.notes.repeats import find_repeats
from qt2anki.release.changes import Change
from qt2anki.release.diff import questions_of
from qt2anki.release.package_index import is_pageless
from qt2anki.release.previous_release import PreviousRelease, is_retired, subject_key
from qt2anki.release.reconcile import Carried, carry, keep_as_published, note_again


@dataclass(frozen=True, slots=True)
class SubjectDeck:
    """The deck of one subject, ready to be published, and its changes."""

    deck: Deck  # without a version in its description
    before: PublishedPackage | None
    pages: Sequence[PageNotes]  # without their answers
    repeats: Mapping[str, str]  # GUIDs of notes left out, and of those the deck has instead
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    abbreviations: frozenset[str]  # the keys of all possible ones


def subject_decks(
    kept: Mapping[str, Sequence[PageId]],
    job: Job,
    pages: PageTable,
    notes: NoteCache,
    previous: PreviousRelease,
    parallel: ParallelMap,
    progress: Progress,
) -> Iterator[SubjectDeck]:
    """Make the decks of some subjects one by one."""
    to_make = notes.plan(kept)
    requests = (
        request_for(pages.page(page_id), previous, job.corrections)
        for subject in kept
        for page_id in notes.to_make(subject)
    )
    made = parallel(partial(make_page, settings=job.settings), requests)
    counted = _counted(made, pages.number - to_make, pages.number, progress)
    unread: set[PageId | None] = {page_id for every in kept.values() for page_id in every}
    unread |= {file.page_id for file in pages.faulty_files()}  # None: may be any page
    unread |= {None} if job.is_partial else set()
    names = frozenset(map(subject_key, kept))

    def is_unread(note: PublishedNote) -> bool:
        """Whether a page with an abbreviation may exist although it was not read."""
        if note.page_id is None or not pages.has(note.page_id):
            return not unread.isdisjoint((note.page_id, None))
        if None not in unread:
            return False
        here = set(map(subject_key, pages.page(note.page_id).subjects))
        return not previous.subjects_with(note.guid) <= here

    def stays(note: PublishedNote) -> bool:
        """Whether the page of an abbreviation may exist, or a package keeps its note."""
        is_here = pages.has(note.page_id) or is_unread(note)
        return is_here or not previous.subjects_with(note.guid) <= names

    abbreviations = known_abbreviations(previous, job.settings, stays, is_unread)
    for subject in kept:
        finished = notes.finished(subject, counted)
        yield subject_deck(subject, finished, kept[subject], abbreviations, notes, previous, job)


def known_abbreviations(
    previous: PreviousRelease,
    settings: Settings,
    stays: Callable[[PublishedNote], bool],
    is_unread: Callable[[PublishedNote], bool] = lambda note: False,
) -> Abbreviations:
    """Return the published abbreviations, live notes before retired ones.

    A note that *stays* is the same in all packages, whatever other pages say. A package keeps its
    note if the page of the note *is_unread*.
    """
    published: dict[str, str] = {}
    shared: dict[str, Note] = {}
    absent: set[str] = set()
    # Before 2.0.0 an abbreviation showed only its subject as context.
    subjects = {text_html(head.name) for head in previous.live_heads.values()}
    for note in sorted(previous.pageless.values(), key=lambda note: (is_retired(note), note.key)):
        published.setdefault(note.key, note.guid)
        is_whole = field(note, "Context") not in subjects
        if is_whole and not is_retired(note) and stays(note):
            shared[note.guid] = note_again(note)
        if is_unread(note):
            absent.add(note.guid)
    return Abbreviations(published, settings, shared, absent)


def _counted(
    made: Iterator[PageNotes], reused: int, total: int, progress: Progress
) -> Iterator[PageNotes]:
    progress.pages("make", reused, total, reused)
    for done, page in enumerate(made, start=reused + 1):
        progress.pages("make", done, total, reused)
        yield page


def subject_deck(
    subject: str,
    made: Iterable[tuple[PageNotes, tuple[Change, ...]]],
    kept: Sequence[PageId],
    abbreviations: Abbreviations,
    notes: NoteCache,
    previous: PreviousRelease,
    job: Job,
) -> SubjectDeck:
    """Make the deck of a subject from its pages and from those *kept* as published."""
    before = previous.live.get(subject_key(subject))
    ids, meanings = list[PageId](), list[Meaning]()
    changes, problems = list[Change](), list[Problem]()
    for one, own in made:
        ids.append(one.page.page_id)
        meanings += one.meanings
        problems += one.problems
        # In a first release everything is new, which is not reported note by note.
        changes += () if previous.is_empty else own
    held = {}
    for page_id in kept:
        carried = keep_as_published(previous.pages[page_id].live)
        page = _placeholder(page_id, subject, questions_of(carried.notes).get(page_id, ""))
        held[page_id] = PageNotes(page, carried.notes, ())
        changes += carried.changes
    pageless, of_pageless, names = _pageless(meanings, kept, abbreviations, before, previous, job)
    changes += () if previous.is_empty else pageless.changes
    pages = LazySequence(
        lambda page_id: held.get(page_id) or notes.page_notes(page_id), (*ids, *kept)
    )
    known = {note.page_id for note in before.notes if note.page_id is not None} if before else ()
    repeats = find_repeats(
        subject,
        pages,
        known,
        lambda note, page: previous.had(note.guid, subject, page.subjects),
    )
    deck = plan_deck(
        subject,
        pages,
        job.settings,
        repeats,
        pageless.notes,
        notes.topics.of(subject),
        notes.topics.similar(subject),
    )
    guids = {note.guid for note in deck.notes} if changes else set()
    return SubjectDeck(
        deck=deck,
        before=before,
        pages=pages,
        repeats=repeats.notes,
        changes=tuple(change for change in changes if change.guid in guids),
        problems=(*problems, *of_pageless, *repeats.problems),
        abbreviations=names,
    )


def _pageless(
    meanings: Iterable[Meaning],
    kept: Sequence[PageId],
    abbreviations: Abbreviations,
    before: PublishedPackage | None,
    previous: PreviousRelease,
    job: Job,
) -> tuple[Carried, tuple[Problem, ...], frozenset[str]]:
    """Make the notes that belong to the subject; those of *kept* and unread pages stay, too."""
    found = abbreviation_notes(meanings, abbreviations, before, job.corrections, job.settings)
    new = carry(found.notes, previous.pageless, previous, stamp=job.stamp)
    guids = {note.guid for note in found.notes}
    known = [n for n in before.notes if is_pageless(n) and n.guid not in guids] if before else []
    stay = keep_as_published(
        note for note in known if note.page_id in kept or note.guid in abbreviations.absent
    )
    carried = Carried((*new.notes, *stay.notes), (*new.changes, *stay.changes))
    names = frozenset(one.candidate.note.key for one in found.choices)
    return carried, found.problems, names


def abbreviation_notes(
    meanings: Iterable[Meaning],
    abbreviations: Abbreviations,
    before: PublishedPackage | None,
    corrections: Corrections,
    settings: Settings,
) -> PageNotes:
    """Make and correct the abbreviations of a subject; *before* is its published package."""
    choices: tuple[Choice, ...] = ()
    problems: tuple[Problem, ...] = ()
    nothing = replace(_placeholder(0, "", ""), subjects=())

    def correct(found: Sequence[Choice]) -> Sequence[Graded]:
        nonlocal choices, problems
        choices, names = tuple(found), {one.candidate.note.key for one in found}
        own = tuple(one for one in corrections.of_page(PAGELESS) if one.name in names)
        known = filter(is_pageless, before.notes) if before else ()
        live = {note.key: note_again(note) for note in known}
        made = CorrectionsOfPage(own, settings, live=live).apply(
            frame_for(nothing, settings), found
        )
        problems = made.problems
        return made.notes

    notes = abbreviations.choose(meanings, correct)
    return PageNotes(nothing, notes, problems, choices=choices)


def _placeholder(page_id: PageId, subject: str, question: str) -> Page:
    """Return a placeholder for a page that cannot be read; it is never shown."""
    return Page("", page_id, question, "", (subject,), "", None, (), None)
