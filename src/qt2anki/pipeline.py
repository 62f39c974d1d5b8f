"""The one place that joins the stages: pages -> outlines -> notes -> packages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from qt2anki.changelog import summary, update_changelog, with_version
from qt2anki.diff import PageDiff, diff_pages
from qt2anki.generate.abbreviations import choose_abbreviations
from qt2anki.generate.identity import guid_for
from qt2anki.generate.notes import PageNotes, make_notes
from qt2anki.generate.plan import plan_deck
from qt2anki.generate.steady import keys_today
from qt2anki.lock import locked
from qt2anki.manifest import fingerprint, update_manifest
from qt2anki.messages import Problem, make_problem, sort_problems
from qt2anki.model import Deck, Kind, Page
from qt2anki.package.cards import card_ords
from qt2anki.package.carry import Carried, carry_page, carry_pageless, keep_as_published
from qt2anki.package.changes import Change
from qt2anki.package.facts import title_of
from qt2anki.package.memory import Memory, PageMemory, read_memory, subject_key
from qt2anki.package.note_types import NoteTypes
from qt2anki.package.published import PublishedPackage
from qt2anki.package.release import (
    Planned,
    RetiredNotes,
    Written,
    changes_of,
    pack_deck,
    retire,
    write_release,
)
from qt2anki.package.scope import Faults, Scope, faults_of, known_subjects, scope_of
from qt2anki.parse.catalog import Catalog, catalog
from qt2anki.parse.discover import Discovery, discover
from qt2anki.parse.salvage import FileReading, read_file
from qt2anki.report import Built, BuiltRetired, Report
from qt2anki.settings import Settings
from qt2anki.workers import Spread, default_jobs, spread_over

Stage = Literal["read", "make"]
Progress = Callable[[Stage, int, int], None]
"""Called with a stage, the number of pages done and the number of all pages."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to build, from what, where to, and when it is said to happen."""

    paths: tuple[str, ...]
    out: Path
    settings: Settings
    note_types: NoteTypes
    stamp: int  # the time of the build, seconds since 1970
    previous: tuple[Path, ...] = ()  # the packages published last; empty: those in *out*
    subjects: tuple[str, ...] = ()  # case-folded; empty: all
    processes: int | None = None  # None: as many as pay off
    may_retire: bool = False  # also a large part of a deck, or a whole subject


@dataclass(frozen=True, slots=True)
class _Read:
    """What reading found: the catalogue, what could not be read, and all that was wrong."""

    catalog: Catalog
    faults: Faults
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One subject's package with what there is to say about it; its notes are packed already."""

    planned: Planned
    deck: str
    pages: int
    pages_without_cards: int
    notes: tuple[tuple[Kind, int], ...]
    cards: tuple[tuple[Kind, int], ...]
    changes: tuple[Change, ...]
    is_first: bool
    differences: tuple[PageDiff, ...]
    sources: str
    problems: tuple[Problem, ...]


def build(job: Job, progress: Progress) -> Report:
    """Build one package per subject and return what was done.

    Faults in pages are in the report. Nothing is written before everything is made. Raises
    PackageError when another build is at work in the same folder, when the packages published
    last cannot be read, when too much would be retired, or when a package cannot be written.
    """
    with locked(job.out) as stopped:
        report = _build(job, progress)
    if stopped is None:
        return report
    text = f"a build was stopped in this folder: {stopped}; this one has made it right"
    problem = make_problem("QT405", job.out.as_posix(), text)
    return replace(report, problems=sort_problems([problem, *report.problems]))


def _build(job: Job, progress: Progress) -> Report:
    memory = read_memory(job.previous or (job.out,))
    discovery = discover(job.paths)
    jobs = job.processes or default_jobs(len(discovery.sources))
    with spread_over(jobs) as spread:
        files: list[FileReading] = []
        for file in spread(read_file, discovery.sources):
            files.append(file)
            progress("read", len(files), len(discovery.sources))
        read = _read(job, memory, discovery, files)
        scope = scope_of(
            read.catalog,
            memory,
            read.faults,
            wanted=job.subjects,
            may_empty=job.may_retire,
        )
        plans = tuple(_plans(scope, memory, job, spread, progress))
    retired = retire(
        [plan.planned for plan in plans],
        memory,
        stamp=job.stamp,
        tag_root=job.settings.tag_root,
        may_retire_many=job.may_retire,
        is_partial=bool(job.subjects),
    )
    written, graves = write_release(
        [plan.planned for plan in plans],
        retired,
        memory,
        out=job.out,
        note_types=job.note_types,
        settings=job.settings,
    )
    made = dict.fromkeys(problem for plan in plans for problem in plan.problems)
    report = Report(
        packages=tuple(
            _built(plan, file)
            for plan, file in zip(plans, written, strict=True)
            if file.size or file.is_written or plan.differences
        ),
        problems=sort_problems([*read.problems, *scope.problems, *made]),
        pages=len(read.catalog.pages),
        found=read.catalog.subjects,
        retired=tuple(map(_built_retired, retired, graves)),
        is_first=memory.is_empty,
    )
    folders = (job.out, *job.previous)
    update_changelog(folders, report.packages, job.stamp)
    update_manifest(folders, report.packages, report.retired, job.stamp)
    return report


def _read(job: Job, memory: Memory, discovery: Discovery, files: Sequence[FileReading]) -> _Read:
    pages = [file.reading.page for file in files if file.reading.page]
    found = catalog(pages, known_subjects(memory) | dict(job.settings.subject_aliases))
    faults = faults_of(files, discovery.problems, found, memory)
    problems = [problem for file in files for problem in file.reading.problems]
    return _Read(found, faults, (*problems, *discovery.problems, *found.problems))


def _plans(
    scope: Scope, memory: Memory, job: Job, spread: Spread, progress: Progress
) -> Iterator[_Plan]:
    """Make and pack one subject after the other, so that only one's notes are held at a time."""
    pages_of = {
        subject: [page for page in scope.pages if subject in page.subjects]
        for subject in scope.subjects
    }
    total = sum(map(len, pages_of.values()))
    done = 0
    for subject in scope.subjects:
        items = [(page, _published_keys(page, memory)) for page in pages_of[subject]]
        made = []
        for page_notes in spread(partial(_make, settings=job.settings), items):
            made.append(page_notes)
            done += 1
            progress("make", done, total)
        yield _plan(subject, made, scope.kept[subject], memory, job)


def _make(item: tuple[Page, frozenset[str]], settings: Settings) -> PageNotes:
    page, published = item
    return make_notes(page, settings, published)


def _published_keys(page: Page, memory: Memory) -> frozenset[str]:
    known = memory.pages.get(page.page_id, PageMemory())
    return keys_today((note.key, title_of(note)) for note in known.live or known.retired)


def _plan(
    subject: str, made: Sequence[PageNotes], kept: Sequence[int], memory: Memory, job: Job
) -> _Plan:
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
    deck, differences = _described(deck, before, job.stamp)
    ids = {note.guid: note.note_id for note in before.notes} if before else {}
    guids = frozenset(note.guid for note in deck.notes)
    with_cards = {note.page_id for note in deck.notes}
    return _Plan(
        planned=Planned(subject, pack_deck(deck, job.note_types, ids), guids),
        deck=deck.name,
        pages=len(pages),
        pages_without_cards=sum(one.page.page_id not in with_cards for one in pages),
        notes=_by_kind((note.kind, 1) for note in deck.notes),
        cards=_by_kind((note.kind, len(card_ords(note))) for note in deck.notes),
        changes=tuple(change for change in changes if change.guid in guids),
        is_first=before is None,
        differences=differences,
        sources=fingerprint(one.page for one in pages),
        problems=(*(problem for one in made for problem in one.problems), *twins),
    )


def _described(
    deck: Deck, before: PublishedPackage | None, stamp: int
) -> tuple[Deck, tuple[PageDiff, ...]]:
    """Say in a deck's description what changed; the description of one that did not stays."""
    differences = diff_pages(before.notes if before else (), deck.notes, with_words=False)
    if before is not None and before.deck_names == (deck.name,) and not differences:
        return replace(deck, description=before.description), differences
    newest = max((note.mod for note in deck.notes), default=0)
    said = summary(differences, is_first=before is None)
    text = with_version(deck.description, said, max(stamp, newest))
    return replace(deck, description=text), differences


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


def _built(plan: _Plan, written: Written) -> Built:
    return Built(
        subject=plan.planned.subject,
        deck=plan.deck,
        path=written.path,
        size=written.size,
        pages=plan.pages,
        pages_without_cards=plan.pages_without_cards,
        notes=plan.notes,
        cards=plan.cards,
        is_written=written.is_written,
        changes=plan.changes,
        is_first=plan.is_first,
        differences=plan.differences,
        sources=plan.sources,
    )


def _built_retired(retired: RetiredNotes, written: Written) -> BuiltRetired:
    return BuiltRetired(
        subject=retired.subject,
        path=written.path,
        size=written.size,
        notes=len(retired.after),
        is_written=written.is_written,
        changes=changes_of(retired),
    )


def _by_kind(counts: Iterable[tuple[Kind, int]]) -> tuple[tuple[Kind, int], ...]:
    total: Counter[Kind] = Counter()
    for kind, count in counts:
        total[kind] += count
    return tuple((kind, total[kind]) for kind in Kind if total[kind])
