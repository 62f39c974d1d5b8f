"""What is stale, done again: pages read and joined, notes made, packages written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace

from qt2anki.anki.files import sweep_parts
from qt2anki.anki.media import MediaSource
from qt2anki.build.cached_pages import CachedPages
from qt2anki.build.job import Job, Progress, tell_of
from qt2anki.build.last_report import LastBuild
from qt2anki.build.manifest import fingerprint
from qt2anki.build.page_table import Site
from qt2anki.build.parallel import Spread, spread_over
from qt2anki.build.read_stale import read_stale
from qt2anki.build.report import Built, BuiltRetired, Report
from qt2anki.build.source_files import Sources
from qt2anki.build.staleness import Plan
from qt2anki.build.subject_decks import make_subject_decks
from qt2anki.build.subject_packages import SubjectPackage, make_package
from qt2anki.messages import Problem, sort_problems
from qt2anki.release.index import Head
from qt2anki.release.previous_release import Memory, subject_key
from qt2anki.release.retirement_scope import Scope, faults_of, known_subjects, scope_of
from qt2anki.release.write_release import RetiredNotes, Written, changes_of, retire, write_release

_WORTH_SHARING = 3_000  # files to read


class Making:
    """One build from its pages to its packages, all that it knows being in one database."""

    def __init__(
        self,
        job: Job,
        progress: Progress,
        database: sqlite3.Connection,
        sources: Sources,
        last: LastBuild,
    ) -> None:
        self._job = job
        self._progress = progress
        self._database = database
        self._sources = sources
        self._last = last
        self._site = Site(database, sources)
        self._pictures = ""

    def run(self, memory: Memory) -> Report:
        """Do what is stale, and say of the rest what is known."""
        job, names = self._job, self._job.settings.front_matter
        with spread_over(job.processes, open_pool=job.open_pool) as spread:
            # Reading costs an eighth of making, and goes on while processes start.
            share = spread if self._sources.stale >= _WORTH_SHARING else map
            read_stale(self._sources, names, share, self._progress)
            self._pictures = self._site.find_pictures(names)
            known = self._last.report(memory, self._sources, self._pictures)
            if known is not None:
                self._tell(*known.packages)
                return replace(known, pictures=self._site.picture_files)
            try:
                return self._made(memory, spread)
            except BaseException:
                sweep_parts(job.out)
                raise

    def _made(self, memory: Memory, spread: Spread) -> Report:
        scope = self._scope(memory)
        plan = Plan(self._database, memory, self._job.out)
        plan.draw(scope, self._last.packing)
        media = MediaSource(self._site.pictures, memory.files)
        known = [deck.built for deck in plan.fresh.values() if deck.built.size]
        self._tell(*known)
        made = tuple(self._packages(scope, plan, memory, media, spread))
        written, graves = self._write(made, scope, memory, media)
        for one, file in zip(made, written, strict=True):
            built = one.published(file)
            plan.record(built, file.digest, one.problems, one.planned.number)
            if file.size or file.is_written or built.differences:
                known.append(built)
        in_place = {built.subject: built for built in known}
        report = Report(
            packages=tuple(in_place[name] for name in scope.subjects if name in in_place),
            problems=self._problems(scope, plan, made),
            pages=self._site.number,
            found=self._site.subjects,
            retired=tuple(graves),
            is_first=memory.is_empty,
            pictures=self._site.picture_files,
        )
        self._remember(report, scope, memory)
        return report

    def _packages(
        self, scope: Scope, plan: Plan, memory: Memory, media: MediaSource, spread: Spread
    ) -> Iterator[SubjectPackage]:
        job = self._job
        stock = CachedPages(self._database, self._site, plan, memory, job.stamp)
        for deck in make_subject_decks(scope, stock, memory, job, spread, self._progress):
            sources = fingerprint(plan.sources(deck.deck.subject))
            made = make_package(deck, job, memory, media, sources)
            if made.built.size or made.planned.before:
                tell_of(made.built, self._progress, is_changed=made.planned.is_changed)
            yield made

    def _tell(self, *packages: Built) -> None:
        for built in packages:
            tell_of(built, self._progress, is_changed=False)

    def _problems(
        self, scope: Scope, plan: Plan, made: Iterable[SubjectPackage]
    ) -> tuple[Problem, ...]:
        sources = self._sources
        found = [*sources.problems, *sources.reading_problems(), *self._site.problems]
        found += scope.problems
        # One page has the same problem in each of its subjects.
        once = dict.fromkeys(p for deck in plan.fresh.values() for p in deck.problems)
        once |= dict.fromkeys(p for one in made for p in one.problems)
        return sort_problems([*found, *once])

    def _remember(self, report: Report, scope: Scope, memory: Memory) -> None:
        if scope.is_settled:
            state = self._last.state(memory, self._sources, self._pictures)
            self._last.record(report, state)
        else:
            self._last.forget()

    def _scope(self, memory: Memory) -> Scope:
        job, site = self._job, self._site
        names = known_subjects(memory) | dict(job.settings.subject_aliases)
        site.join(names, self._last.making)
        scope = scope_of(
            site,
            memory,
            faults_of(site.faulty_files(), self._sources.problems, memory),
            wanted=job.subjects,
            may_empty=job.may_retire,
            order=job.settings.subject_order,
        )
        site.widen(scope, self._last.making)
        return scope

    def _write(
        self, made: tuple[SubjectPackage, ...], scope: Scope, memory: Memory, media: MediaSource
    ) -> tuple[tuple[Written, ...], list[BuiltRetired]]:
        job = self._job
        planned = [one.planned for one in made]
        retired = retire(
            planned,
            memory,
            stamp=job.stamp,
            tag_root=job.settings.tag_root,
            may_retire_many=job.may_retire,
            is_settled=self._last.is_settled,
            subjects=scope.subjects if job.subjects else None,
        )
        written, graves = write_release(
            planned,
            retired,
            memory,
            out=job.out,
            note_types=job.note_types,
            settings=job.settings,
            media=media,
        )
        for grave in graves:
            self._last.record_retired(grave)
        built = {
            subject_key(head.name): _built_settled(head)
            for head in memory.retired_heads.values()
            if not job.subjects
        }
        built |= {
            subject_key(one.subject): _built_retired(one, grave)
            for one, grave in zip(retired, graves, strict=True)
        }
        return written, list(built.values())


def _built_settled(head: Head) -> BuiltRetired:
    return BuiltRetired(head.name, head.path, head.size, head.notes, is_written=False, changes=())


def _built_retired(retired: RetiredNotes, written: Written) -> BuiltRetired:
    return BuiltRetired(
        subject=retired.subject,
        path=written.path,
        size=written.size,
        notes=len(retired.after),
        is_written=written.is_written,
        changes=changes_of(retired),
    )
