"""Course packages: their notes are those of the subjects' decks, only the decks are others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.anki.card_generation import card_ords
from qt2anki.anki.files import sweep_parts, write_atomically
from qt2anki.anki.media import MediaSource
from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.anki.package_writer import pack_decks
from qt2anki.build.changelog import summary, with_version
from qt2anki.build.dry_run import DryRun, FileChange
from qt2anki.build.job import Job, Progress, tell_of
from qt2anki.build.lock import locked
from qt2anki.build.manifest import fingerprint
from qt2anki.build.read_pages import find_pages, read_pages
from qt2anki.build.report import Built, Report, by_kind
from qt2anki.build.subject_decks import PagesAtHand, make_subject_decks
from qt2anki.config import PROFILES, Settings
from qt2anki.courses.course import Course
from qt2anki.courses.course_files import package_name
from qt2anki.courses.course_notes import Shelf, shelf_of, unit_decks
from qt2anki.courses.select import Selection, library_of, select
from qt2anki.messages import Problem, sort_problems
from qt2anki.model import Deck, Note
from qt2anki.release.changes import Change
from qt2anki.release.diff import PageDiff, SubjectDiff, diff_pages
from qt2anki.release.previous_release import COURSES_FOLDER, Memory, read_memory
from qt2anki.release.retirement_scope import scope_of


@dataclass(frozen=True, slots=True)
class _Made:
    """One course, packed, with what there is to say about it."""

    course: Course
    decks: tuple[Deck, ...]  # of the units
    data: bytes
    path: Path
    before: PublishedPackage | None
    differences: tuple[PageDiff, ...]
    changes: tuple[Change, ...]
    pages: int
    sources: str
    problems: tuple[Problem, ...]

    @property
    def notes(self) -> list[Note]:
        """All notes, unit by unit."""
        return [note for deck in self.decks for note in deck.notes]


@dataclass(frozen=True, slots=True)
class _Stock:
    """What all courses of a run are made from."""

    shelf: Shelf
    changes: tuple[Change, ...]
    memory: Memory
    media: MediaSource


@dataclass(frozen=True, slots=True)
class _Work:
    """All courses of a run, and a report that knows no packages yet."""

    made: tuple[_Made, ...]
    report: Report


def build_courses(job: Job, courses: Sequence[Course], progress: Progress) -> Report:
    """Write the packages of *courses* into the folder ``courses`` of the output.

    All pages of the job are read, and the notes are made as in a build of their subjects, so that
    they are the same in both. A course with an error is not written; problems are in the report.
    Raises SettingsError for a profile that asks for more than the subjects have, and PackageError
    as a build does.
    """
    with locked(job.out):
        work = _work(job, courses, progress)
        built = [_built(one, is_written=write_atomically(one.path, one.data)) for one in work.made]
        sweep_parts(job.out / COURSES_FOLDER)
    for one in built:
        tell_of(one, progress, is_changed=one.is_written)
    return replace(work.report, packages=tuple(built))


def courses_would_change(job: Job, courses: Sequence[Course], progress: Progress) -> DryRun:
    """Tell what a build of *courses* would change, and write nothing."""
    work = _work(job, courses, progress)
    stale = [one for one in work.made if not one.before or one.before.path.read_bytes() != one.data]
    report = replace(
        work.report, packages=tuple(_built(one, is_written=one in stale) for one in work.made)
    )
    files = tuple(FileChange(f"{COURSES_FOLDER}/{one.path.name}", "write") for one in stale)
    return DryRun(report, tuple(_differences(work.made)), files)


def _work(job: Job, courses: Sequence[Course], progress: Progress) -> _Work:
    for course in courses:
        _refuse_wider(course, job.settings)
    memory = read_memory(job.previous or (job.out,))
    discovery, processes = find_pages(job)
    with processes as spread:
        read = read_pages(job, discovery, memory, spread, progress)
        library = library_of(read)
        selections = [select(course, library) for course in courses]
        usable = [selection for selection in selections if selection.is_usable]
        pages = [page for selection in usable for page in selection.pages]
        wanted = {page.subjects[0] for page in pages}
        scope = scope_of(read.catalog, memory, read.faults, wanted=wanted)
        at_hand = PagesAtHand(read.catalog.pages, scope, memory, job.stamp)
        # Without a subject that is wanted, all of them would be.
        decks = (
            list(make_subject_decks(scope, at_hand, memory, job, spread, progress))
            if wanted
            else []
        )
    stock = _Stock(
        shelf=shelf_of(decks, pages),
        changes=tuple(change for deck in decks for change in deck.changes),
        memory=memory,
        media=MediaSource(read.pictures, memory.files),
    )
    made = [_made(selection, stock, job) for selection in usable]
    problems = [*read.problems, *(p for one in selections for p in one.problems)]
    problems += [problem for one in made for problem in one.problems]
    report = Report(
        packages=(),
        problems=sort_problems(dict.fromkeys(problems)),
        pages=len(read.catalog.pages),
        found=read.catalog.subjects,
        is_first=memory.is_empty,
    )
    return _Work(tuple(one for one in made if one.data), report)


def _refuse_wider(course: Course, settings: Settings) -> None:
    if settings.kinds or not course.profile:
        return
    if PROFILES.index(course.profile) > PROFILES.index(settings.profile):
        text = f"the decks have the profile {settings.profile!r}, so a course cannot have more"
        hint = f"Build the decks with {course.profile!r}, too (settings), or leave the key out."
        raise course.file.error(f"profile: {text}", hint, (*course.at, "profile"))


def _made(selection: Selection, stock: _Stock, job: Job) -> _Made:
    course = selection.course
    decks, problems = unit_decks(selection, stock.shelf)
    path = job.out / COURSES_FOLDER / package_name(course)
    before = stock.memory.courses.get(path.name)
    notes = [note for deck in decks for note in deck.notes]
    differences = diff_pages(before.notes if before else (), notes, with_words=False)
    guids = {note.guid for note in notes}
    pages = tuple(selection.pages)
    return _Made(
        course=course,
        decks=decks,
        data=_packed(course, decks, before, differences, stock.media, job) if notes else b"",
        path=path,
        before=before,
        differences=differences,
        changes=tuple(change for change in stock.changes if change.guid in guids),
        pages=len(pages),
        sources=fingerprint(pages),
        problems=problems,
    )


def _packed(
    course: Course,
    decks: Sequence[Deck],
    before: PublishedPackage | None,
    differences: Sequence[PageDiff],
    media: MediaSource,
    job: Job,
) -> bytes:
    """Pack a course; its bytes depend on its notes alone, and published notes keep their ids."""
    notes = [note for deck in decks for note in deck.notes]
    return pack_decks(
        (_parent(course, decks, before, differences, job.stamp), *decks),
        job.note_types,
        stamp=max(note.mod for note in notes),
        note_ids={note.guid: note.note_id for note in before.notes} if before else {},
        media=media.of(notes),
    )


def _parent(
    course: Course,
    decks: Sequence[Deck],
    before: PublishedPackage | None,
    differences: Sequence[PageDiff],
    stamp: int,
) -> Deck:
    """Make the deck above the units, whose description Anki shows with all of them."""
    notes = [note for deck in decks for note in deck.notes]
    pages = len({note.page_id for note in notes})
    text = (
        f"{course.description or f'**{course.title}**'}\n\n"
        f"{len(notes)} notes from {pages} pages in {len(decks)} units. To update, import the new"
        " package over this deck: your review history stays."
    )
    names = tuple(sorted(deck.name for deck in decks if deck.notes))
    is_same = before is not None and not differences and before.deck_names == names
    if before is not None and is_same and before.description.startswith(f"{text}\n\nVersion "):
        return Deck(course.name, course.title, before.description, ())
    said = summary(differences, is_first=before is None) or "arranged anew"
    newest = max(note.mod for note in notes)
    return Deck(course.name, course.title, with_version(text, said, max(stamp, newest)), ())


def _built(made: _Made, *, is_written: bool) -> Built:
    notes = made.notes
    return Built(
        subject=made.course.title,
        deck=made.course.title,
        path=made.path,
        size=len(made.data),
        pages=made.pages,
        pages_without_cards=max(0, made.pages - len({note.page_id for note in notes})),
        notes=by_kind((note.kind, 1) for note in notes),
        cards=by_kind((note.kind, len(card_ords(note))) for note in notes),
        is_written=is_written,
        changes=made.changes,
        is_first=made.before is None,
        differences=made.differences,
        sources=made.sources,
    )


def _differences(made: Sequence[_Made]) -> Iterator[SubjectDiff]:
    for one in made:
        old = one.before.notes if one.before else ()
        if pages := diff_pages(old, one.notes):
            yield SubjectDiff(one.course.title, len(old), len(one.notes), pages)
