"""Build subjects if something is stale: make, pack, stage and publish their decks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from qt2anki.anki.cards import card_ords
from qt2anki.anki.files import package_file_name, sweep_parts
from qt2anki.anki.package_reader import PublishedNote, PublishedPackage
from qt2anki.build.changelog import with_version, write_journal
from qt2anki.build.job import Built, BuiltRetired, Progress, Report, by_kind, report_package
from qt2anki.build.manifest import fingerprint, unlist
from qt2anki.build.parallel import ParallelMap, parallel_map
from qt2anki.build.subject_decks import SubjectDeck
from qt2anki.build.workspace import Workspace
from qt2anki.corrections.apply import is_said, read_by_people, refuse_undone, undone_corrections
from qt2anki.corrections.correction import PAGELESS
from qt2anki.corrections.corrections_file import unknown_abbreviations
from qt2anki.messages import Problem, sort_problems
from qt2anki.model import Deck, Kind, Note, PageId
from qt2anki.release.changes import PageDiff
from qt2anki.release.diff import diff_pages
from qt2anki.release.previous_release import RETIRED_FOLDER, subject_key
from qt2anki.release.retirement import Scope, Vanished, refuse_many, refuse_unexplained
from qt2anki.release.write_release import (
    Planned,
    RetiredNotes,
    Written,
    plan_package,
    remove_unknown_retired,
    retire,
    write_release,
    write_with_retired,
)


@dataclass(frozen=True, slots=True)
class SubjectPackage:
    """The staged package of one subject, and its report."""

    planned: Planned
    built: Built  # as if it had been written
    problems: tuple[Problem, ...]
    abbreviations: frozenset[str]
    undone: tuple[PublishedNote, ...]  # notes whose corrections are gone


def subject_package(made: SubjectDeck, workspace: Workspace, sources: str) -> SubjectPackage:
    """Stage the deck of a subject; *sources* is the fingerprint of its pages."""
    deck, before, job, previous = made.deck, made.before, workspace.job, workspace.previous
    differences = diff_pages(before.notes, deck.notes, with_words=False) if before else ()
    names = tuple(sorted(one.name for one in deck.with_subdecks() if one.notes))
    is_same = before is not None and before.deck_names == names and not differences
    said = before.description if before else ""
    read = read_by_people(deck.notes, job.corrections, deck.language)
    if not (is_same and is_said(read, said, deck.language)):
        text = "\n\n".join(filter(None, (deck.description, read)))
        known = said if is_same else ""
        said = with_version(
            text, known, differences, deck.notes, job.stamp, deck.language, is_first=before is None
        )
    deck = replace(deck, description=said)
    planned = plan_package(deck, before, job.note_types, previous, job.out, workspace.media)
    staged = planned.staged
    size = staged.size if staged else 0
    built = built_of(deck, deck.notes, before, differences, planned.path, size, len(made.pages))
    built = replace(built, changes=made.changes, sources=sources)
    undone = undone_corrections(before.notes if before else (), deck.notes)
    return SubjectPackage(planned, built, made.problems, made.abbreviations, undone)


def built_of(
    deck: Deck,
    notes: Iterable[Note],
    before: PublishedPackage | None,
    differences: tuple[PageDiff, ...],
    path: Path,
    size: int,
    pages: int,
) -> Built:
    """Return the report of a package of *notes*, as if it had been written."""
    with_cards: set[PageId] = set()
    kinds, cards = Counter[Kind](), Counter[Kind]()
    for note in notes:
        with_cards.add(note.page_id)
        kinds[note.kind] += 1
        cards[note.kind] += len(card_ords(note))
    return Built(
        subject=deck.subject,
        deck=deck.name,
        path=path,
        size=size,
        pages=pages,
        pages_without_cards=max(0, pages - len(with_cards)),
        notes=by_kind(kinds.items()),
        cards=by_kind(cards.items()),
        is_written=True,
        is_first=before is None,
        differences=differences,
        language=deck.language,
    )


def build_subjects(workspace: Workspace, progress: Progress) -> Report:
    """Make stale packages, and report the others as unchanged."""
    job = workspace.job
    with parallel_map(job.processes, open_pool=job.open_pool) as parallel:
        workspace.read(parallel, progress)
        known = workspace.last.report(workspace.pictures)
        if known is not None:
            for built in known.packages:
                report_package(built, progress, is_changed=False)
            return replace(known, pictures=workspace.pages.picture_files)
        workspace.join()
        scope = workspace.scope(job.subjects, may_empty=job.may_retire)
        try:
            return _build_stale(workspace, scope, parallel, progress)
        except BaseException:
            sweep_parts(job.out)
            raise


def _build_stale(
    workspace: Workspace, scope: Scope, parallel: ParallelMap, progress: Progress
) -> Report:
    job, previous, last = workspace.job, workspace.previous, workspace.last
    fresh = workspace.fresh_decks(scope)
    in_place = {name: built for name, (built, _) in fresh.items() if built.size}
    for built in in_place.values():
        report_package(built, progress, is_changed=False)
    stale = [subject for subject in scope.subjects if subject not in fresh]
    made = []
    for deck in workspace.decks(stale, scope, parallel, progress):
        sources = fingerprint(workspace.pages.of_subject(deck.deck.subject))
        one = subject_package(deck, workspace, sources)
        if one.built.size or one.planned.before:
            report_package(one.built, progress, is_changed=one.planned.is_changed)
        made.append(one)
    problems = [*workspace.problems, *scope.problems]
    if job.corrections.of_page(PAGELESS) and not (fresh or job.subjects):
        known = {note.key for note in previous.pageless.values()}
        known = known.union(*(one.abbreviations for one in made))
        problems += unknown_abbreviations(job.corrections, known)
    written, retired = _write(made, workspace, scope)
    workspace.remember()
    # A page has the same problem in each of its subjects.
    once = dict.fromkeys(chain.from_iterable(problems for _, problems in fresh.values()))
    for one, file in zip(made, written, strict=True):
        built = replace(one.built, is_written=file.is_written)
        name = built.subject
        state = workspace.pages.state_of(name, one.planned.number)
        last.record_deck(built, one.problems, file.digest, scope.kept[name], state)
        if file.size or file.is_written or built.differences:
            in_place[name] = built
        once |= dict.fromkeys(one.problems)
    report = Report(
        packages=tuple(in_place[name] for name in scope.subjects if name in in_place),
        problems=sort_problems([*problems, *once]),
        pages=workspace.pages.number,
        found=workspace.pages.subjects,
        retired=retired,
        is_first=previous.is_empty,
        pictures=workspace.pages.picture_files,
        corrections=job.corrections.summary,
    )
    if scope.is_settled:
        last.record(report, workspace.pictures)
    else:
        last.forget()
    return report


def _write(
    made: Sequence[SubjectPackage], workspace: Workspace, scope: Scope
) -> tuple[tuple[Written, ...], tuple[BuiltRetired, ...]]:
    job, previous, last = workspace.job, workspace.previous, workspace.last
    planned = [one.planned for one in made]
    if not (job.may_retire or job.corrections.digest):
        refuse_undone(note for one in made for note in one.undone)
    retired = retire(
        planned,
        previous,
        stamp=job.stamp,
        tag_root=job.settings.tag_root,
        check=partial(refuse_vanished, workspace=workspace),
        is_settled=last.is_settled,
        subjects=scope.subjects if job.subjects else None,
    )
    staged = [(one.built, one.planned.staged) for one in made]
    write_journal(job.out, [(built, one.digest if one else "") for built, one in staged], job.stamp)
    unlist(job.out, {plan.path.name for plan in planned if not plan.staged} | removed(retired))
    written, files = write_with_retired(
        lambda: write_release(planned, previous, job.out, job.note_types, workspace.media),
        retired,
        previous,
        out=job.out,
        note_types=job.note_types,
        settings=job.settings,
        media=workspace.media,
    )
    remove_unknown_retired(planned, previous, job.out)
    for file in files:
        last.record_retired(file.subject, file.digest)
    heads = () if job.subjects else previous.retired_heads.values()
    built = {
        subject_key(h.name): BuiltRetired(h.name, h.path, h.size, h.notes, False, ())  # noqa: FBT003
        for h in heads
    }
    built |= {subject_key(one.subject): one for one in map(built_retired, retired, files)}
    return written, tuple(built.values())


def refuse_vanished(
    vanished: Sequence[Vanished], workspace: Workspace, among: Container[str] | None = None
) -> None:
    """Refuse to retire notes that nobody is likely to want retired, *among* some (None: all)."""
    job, pages, corrections = workspace.job, workspace.pages, workspace.job.corrections
    if job.may_retire:
        return
    # People have decided that these lists are not sequences.
    plain = {f"{page_id}" for page_id, is_sequence in job.settings.sequences if not is_sequence}
    plain |= {one.page for one in corrections.by_key.values() if one.is_sequence is False}
    unwanted = [
        replace(
            one,
            notes=tuple(
                note
                for note in one.notes
                if (among is None or note.guid in among)
                and note.guid not in corrections.dropped
                and not (f"{note.page_id}" in plain and note.key.startswith("step/"))
            ),
        )
        for one in vanished
    ]
    refuse_many(unwanted)
    refuse_unexplained(
        unwanted,
        lambda page_id: pages.page(page_id) if pages.has(page_id) else None,
        job.settings,
    )


def removed(retired: Iterable[RetiredNotes]) -> set[str]:
    """Return the packages of retired notes that have none any more, as in the manifest."""
    empty = (package_file_name(one.subject) for one in retired if not one.after)
    return {f"{RETIRED_FOLDER}/{name}" for name in empty}


def built_retired(retired: RetiredNotes, file: Written) -> BuiltRetired:
    """Return the report of a package of retired notes."""
    values = (file.path, file.size, len(retired.after), file.is_written, retired.changes)
    return BuiltRetired(retired.subject, *values)
