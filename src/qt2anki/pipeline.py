"""The one place that joins the stages: pages -> outlines -> notes -> packages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from qt2anki.generate.notes import PageNotes, make_notes
from qt2anki.generate.plan import plan_deck
from qt2anki.messages import Problem, sort_problems
from qt2anki.model import Deck, Kind, Page
from qt2anki.package.cards import card_ords
from qt2anki.package.files import package_file_name, sweep_parts, write_atomically
from qt2anki.package.note_types import NoteTypes
from qt2anki.package.writer import pack
from qt2anki.parse.catalog import Catalog, catalog
from qt2anki.parse.discover import Source, discover, read_source
from qt2anki.parse.page import PageReading, parse_page
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
    subjects: tuple[str, ...] = ()  # case-folded; empty: all
    processes: int | None = None  # None: as many as pay off


@dataclass(frozen=True, slots=True)
class Built:
    """One package: what is in it, and whether its file had to be written."""

    subject: str
    deck: str
    path: Path
    size: int  # bytes
    pages: int
    pages_without_cards: int
    notes: tuple[tuple[Kind, int], ...]
    cards: tuple[tuple[Kind, int], ...]
    is_written: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did; *found* are all subjects there are, also those not built."""

    packages: tuple[Built, ...]
    problems: tuple[Problem, ...]
    pages: int
    found: tuple[str, ...]


def build(job: Job, progress: Progress) -> Report:
    """Build one package per subject and return what was done.

    Faults in pages are in the report. Raises PackageError when a package cannot be written.
    """
    discovery = discover(job.paths)
    jobs = job.processes or default_jobs(len(discovery.sources))
    with spread_over(jobs) as spread:
        readings = _read(discovery.sources, spread, progress)
        pages = [reading.page for reading in readings if reading.page]
        found = catalog(pages, dict(job.settings.subject_aliases))
        problems = [p for reading in readings for p in reading.problems]
        problems += [*discovery.problems, *found.problems]
        packages = []
        made_problems: dict[Problem, None] = {}
        for subject, made in _made(found, job, spread, progress):
            deck, twins = plan_deck(subject, made, job.settings)
            made_problems |= dict.fromkeys([*(p for m in made for p in m.problems), *twins])
            if deck.notes:
                packages.append(_write(deck, made, job))
    sweep_parts(job.out)
    return Report(
        tuple(packages),
        sort_problems([*problems, *made_problems]),
        len(found.pages),
        found.subjects,
    )


def _read(sources: Sequence[Source], spread: Spread, progress: Progress) -> tuple[PageReading, ...]:
    readings = []
    for reading in spread(read_page, sources):
        readings.append(reading)
        progress("read", len(readings), len(sources))
    return tuple(readings)


def read_page(source: Source) -> PageReading:
    """Read and check the page in one file."""
    read = read_source(source)
    if read.text is None:
        return PageReading(None, read.problems)
    reading = parse_page(read.text, source.name)
    return PageReading(reading.page, (*read.problems, *reading.problems))


def _made(
    found: Catalog, job: Job, spread: Spread, progress: Progress
) -> Iterable[tuple[str, tuple[PageNotes, ...]]]:
    """Make the notes of one subject after the other, so that only one is held at a time."""
    subjects = [s for s in found.subjects if not job.subjects or s.casefold() in job.subjects]
    pages_of = {subject: _pages_in(found, subject) for subject in subjects}
    total = sum(map(len, pages_of.values()))
    done = 0
    for subject in subjects:
        made = []
        for page_notes in spread(partial(make_notes, settings=job.settings), pages_of[subject]):
            made.append(page_notes)
            done += 1
            progress("make", done, total)
        yield subject, tuple(made)


def _pages_in(found: Catalog, subject: str) -> tuple[Page, ...]:
    return tuple(page for page in found.pages if subject in page.subjects)


def _write(deck: Deck, made: Sequence[PageNotes], job: Job) -> Built:
    data = pack(deck, job.note_types, stamp=job.stamp)
    path = job.out / package_file_name(deck.subject)
    is_written = write_atomically(path, data)
    with_cards = {note.page_id for note in deck.notes}
    return Built(
        subject=deck.subject,
        deck=deck.name,
        path=path,
        size=len(data),
        pages=len(made),
        pages_without_cards=sum(m.page.page_id not in with_cards for m in made),
        notes=_by_kind((note.kind, 1) for note in deck.notes),
        cards=_by_kind((note.kind, len(card_ords(note))) for note in deck.notes),
        is_written=is_written,
    )


def _by_kind(counts: Iterable[tuple[Kind, int]]) -> tuple[tuple[Kind, int], ...]:
    total: Counter[Kind] = Counter()
    for kind, count in counts:
        total[kind] += count
    return tuple((kind, total[kind]) for kind in Kind if total[kind])
