"""A build of subjects in which something is stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qt2anki.anki.files import sweep_parts
from qt2anki.build.job import Progress, tell_of
from qt2anki.build.last_build import FreshDeck, LastBuild
from qt2anki.build.manifest import fingerprint
from qt2anki.build.packages import SubjectPackage, subject_package
from qt2anki.build.parallel import ParallelMap, parallel_map
from qt2anki.build.report import Built, BuiltRetired, Report
from qt2anki.build.workspace import Workspace
from qt2anki.messages import sort_problems
from qt2anki.release.package_index import PackageEntry
from qt2anki.release.previous_release import subject_key
from qt2anki.release.retirement import Scope
from qt2anki.release.write_release import RetiredNotes, Written, changes_of, retire, write_release


def build_subjects(workspace: Workspace, last: LastBuild, progress: Progress) -> Report:
    """Make what is stale, and report the rest as it was."""
    job = workspace.job
    with parallel_map(job.processes, open_pool=job.open_pool) as parallel:
        workspace.read(parallel, progress)
        known = last.report(workspace.previous, workspace.files, workspace.pictures)
        if known is not None:
            _tell(known.packages, progress)
            return replace(known, pictures=workspace.pages.picture_files)
        try:
            return _build_stale(workspace, last, parallel, progress)
        except BaseException:
            sweep_parts(job.out)
            raise


def _build_stale(
    workspace: Workspace, last: LastBuild, parallel: ParallelMap, progress: Progress
) -> Report:
    job, previous = workspace.job, workspace.previous
    workspace.join()
    scope = workspace.scope(job.subjects, may_empty=job.may_retire)
    fresh = dict(workspace.fresh_decks(scope))
    in_place = {name: deck.built for name, deck in fresh.items() if deck.built.size}
    _tell(in_place.values(), progress)
    stale = [subject for subject in scope.subjects if subject not in fresh]
    made = tuple(_packages(stale, workspace, scope, parallel, progress))
    written, retired = _write(made, workspace, scope, last)
    workspace.remember()
    problems = [*workspace.problems, *scope.problems]
    # A page has the same problem in each of its subjects.
    once = dict.fromkeys(problem for deck in fresh.values() for problem in deck.problems)
    for one, file in zip(made, written, strict=True):
        built = one.published(file)
        name = built.subject
        state = workspace.states.of_subject(name, one.planned.number)
        last.record_deck(FreshDeck(built, one.problems), file.digest, scope.kept[name], state)
        if file.size or file.is_written or built.differences:
            in_place[name] = built
        once |= dict.fromkeys(one.problems)
    report = Report(
        packages=tuple(in_place[name] for name in scope.subjects if name in in_place),
        problems=sort_problems([*problems, *once]),
        pages=workspace.pages.number,
        found=workspace.pages.subjects,
        retired=tuple(retired),
        is_first=previous.is_empty,
        pictures=workspace.pages.picture_files,
    )
    if scope.is_settled:
        last.record(report, previous, workspace.files, workspace.pictures)
    else:
        last.forget()
    return report


def _packages(
    subjects: Sequence[str],
    workspace: Workspace,
    scope: Scope,
    parallel: ParallelMap,
    progress: Progress,
) -> Iterator[SubjectPackage]:
    job, previous, media = workspace.job, workspace.previous, workspace.media
    for deck in workspace.decks(subjects, scope, parallel, progress):
        sources = fingerprint(workspace.pages.of_subject(deck.deck.subject))
        made = subject_package(deck, job, previous, media, sources)
        if made.built.size or made.planned.before:
            tell_of(made.built, progress, is_changed=made.planned.is_changed)
        yield made


def _tell(packages: Iterable[Built], progress: Progress) -> None:
    for built in packages:
        tell_of(built, progress, is_changed=False)


def _write(
    made: Sequence[SubjectPackage], workspace: Workspace, scope: Scope, last: LastBuild
) -> tuple[tuple[Written, ...], list[BuiltRetired]]:
    job, previous = workspace.job, workspace.previous
    planned = [one.planned for one in made]
    retired = retire(
        planned,
        previous,
        stamp=job.stamp,
        tag_root=job.settings.tag_root,
        may_retire_many=job.may_retire,
        is_settled=last.is_settled,
        subjects=scope.subjects if job.subjects else None,
    )
    written, files = write_release(
        planned,
        retired,
        previous,
        out=job.out,
        note_types=job.note_types,
        settings=job.settings,
        media=workspace.media,
    )
    for file in files:
        last.record_retired(file.subject, file.digest)
    heads = () if job.subjects else previous.retired_heads.values()
    built = {subject_key(head.name): _settled(head) for head in heads}
    for one, file in zip(retired, files, strict=True):
        built[subject_key(one.subject)] = _built_retired(one, file)
    return written, list(built.values())


def _settled(head: PackageEntry) -> BuiltRetired:
    return BuiltRetired(head.name, head.path, head.size, head.notes, is_written=False, changes=())


def _built_retired(retired: RetiredNotes, file: Written) -> BuiltRetired:
    return BuiltRetired(
        subject=retired.subject,
        path=file.path,
        size=file.size,
        notes=len(retired.after),
        is_written=file.is_written,
        changes=changes_of(retired),
    )
