"""The one place that joins the stages: pages -> outlines -> notes -> packages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qt2anki.changelog import summary, update_changelog, with_version
from qt2anki.diff import PageDiff, diff_pages
from qt2anki.job import Job, Progress, tell_of_packages
from qt2anki.lock import locked
from qt2anki.manifest import fingerprint, update_manifest
from qt2anki.messages import Problem, make_problem, sort_problems
from qt2anki.model import Deck, Kind
from qt2anki.package.cards import card_ords
from qt2anki.package.changes import Change
from qt2anki.package.media import MediaSource
from qt2anki.package.memory import read_memory
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
from qt2anki.package.scope import scope_of
from qt2anki.reading import find_pages, read_pages
from qt2anki.report import Built, BuiltRetired, Report, by_kind
from qt2anki.subject_decks import SubjectDeck, make_subject_decks

__all__ = ["Job", "Progress", "build"]


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
    discovery, processes = find_pages(job)
    with processes as spread:
        read = read_pages(job, discovery, memory, spread, progress)
        scope = scope_of(
            read.catalog,
            memory,
            read.faults,
            wanted=job.subjects,
            may_empty=job.may_retire,
            order=job.settings.subject_order,
        )
        media = MediaSource(read.pictures, memory.files)
        plans = tuple(
            _plan(made, job, media)
            for made in make_subject_decks(scope, memory, job, spread, progress)
        )
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
        media=media,
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
    tell_of_packages(report.packages, progress)
    folders = (job.out, *job.previous)
    update_changelog(folders, report.packages, job.stamp)
    update_manifest(folders, report.packages, report.retired, job.stamp)
    return report


def _plan(made: SubjectDeck, job: Job, media: MediaSource) -> _Plan:
    deck, differences = _described(made.deck, made.before, job.stamp)
    before = made.before
    ids = {note.guid: note.note_id for note in before.notes} if before else {}
    with_cards = {note.page_id for note in deck.notes}
    return _Plan(
        planned=Planned(
            deck.subject,
            pack_deck(deck, job.note_types, ids, media),
            frozenset(note.guid for note in deck.notes),
        ),
        deck=deck.name,
        pages=len(made.pages),
        pages_without_cards=sum(page.page_id not in with_cards for page in made.pages),
        notes=by_kind((note.kind, 1) for note in deck.notes),
        cards=by_kind((note.kind, len(card_ords(note))) for note in deck.notes),
        changes=made.changes,
        is_first=before is None,
        differences=differences,
        sources=fingerprint(made.pages),
        problems=made.problems,
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
