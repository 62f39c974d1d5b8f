"""Course packages: the notes of the subjects' decks, arranged in one deck per unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from qt2anki.anki.files import Staged, publish, sweep_parts, sync_folder
from qt2anki.anki.package_reader import LEFT_OUT, UNIT_KEYS, PublishedPackage
from qt2anki.build.cache import cache_locked, open_cache
from qt2anki.build.changelog import (
    complete_changelog,
    list_searches,
    read_changelog,
    update_changelog,
    with_version,
)
from qt2anki.build.job import Built, BuiltRetired, Job, Progress, Report, report_package
from qt2anki.build.last_build import LastBuild
from qt2anki.build.lock import locked
from qt2anki.build.manifest import (
    fingerprint,
    read_manifest,
    refuse_lost_corrections,
    refuse_lost_courses,
    refuse_missing,
    unlist,
    update_manifest,
)
from qt2anki.build.parallel import parallel_map
from qt2anki.build.subject_build import built_of, built_retired, refuse_vanished, removed
from qt2anki.build.subject_decks import SubjectDeck
from qt2anki.build.workspace import FEWEST_MISSING, LARGEST_SHARE, Workspace
from qt2anki.corrections.apply import read_by_people, refuse_undone, undone_corrections
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.courses.course import Course, Selection, refuse_wider, select, taken_by, unknown_drops
from qt2anki.courses.course_files import package_name
from qt2anki.messages import Problem, plural, sort_problems
from qt2anki.model import Deck, Note, Page, PageId, page_order
from qt2anki.notes.deck_plan import deck_language, language_code, page_search
from qt2anki.notes.new_card_order import new_card_order
from qt2anki.notes.phrases import counted, phrase
from qt2anki.release.changes import Change, PageDiff
from qt2anki.release.diff import diff_pages
from qt2anki.release.package_index import PackageEntry
from qt2anki.release.previous_release import COURSES_FOLDER
from qt2anki.release.write_release import (
    left_out_of,
    retire_from_courses,
    stage_package,
    write_with_retired,
)
from qt2anki.source.read_file import fold_question


@dataclass(frozen=True, slots=True)
class NotesByPage:
    """The notes of each page in the subjects' decks.

    *owner* is the page that has the cards: a different page if two pages ask the same question,
    because a deck has only one of them. So instead of a note that asks the same as one of a
    different page, a page has the other one.
    """

    notes: dict[PageId, tuple[Note, ...]] = field(default_factory=dict)
    owner: dict[PageId, Page] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def add(self, made: SubjectDeck, home: Mapping[PageId, str]) -> None:
        """Add the notes of pages whose first subject, in *home*, is that of the deck."""
        self.changes.extend(made.changes)
        own: dict[PageId, list[Note]] = defaultdict(list)
        for note in made.deck.notes:
            own[note.page_id].append(note)
        if made.repeats:
            of_deck = {note.guid: note for note in made.deck.notes}
            for note in chain.from_iterable(one.notes for one in made.pages):
                if note.guid in made.repeats:
                    own[note.page_id].append(of_deck[made.repeats[note.guid]])
        pages = [one.page for one in made.pages]
        by_question = {fold_question(p.question): p for p in pages if p.page_id in own}
        for page in pages:
            if home.get(page.page_id) != made.deck.subject:
                continue
            found = page if page.page_id in own else by_question.get(fold_question(page.question))
            if found is not None:
                self.owner[page.page_id] = found
                self.notes[found.page_id] = tuple(own[found.page_id])


def _unit_decks(
    selection: Selection, by_page: NotesByPage, corrections: Corrections, problems: list[Problem]
) -> tuple[Deck, ...]:
    """Make a deck for each unit, numbered as in ``Course::01 Unit``, and report problems."""
    course = selection.course
    width = max(2, len(str(len(selection.units))))
    taken, used = {page.page_id for page in selection.pages}, set[str]()
    decks: list[Deck] = []
    for number, (unit, pages) in enumerate(zip(course.units, selection.units, strict=True)):
        groups: list[tuple[Note, ...]] = []
        for page in pages:
            owner = by_page.owner.get(page.page_id, page)
            every = by_page.notes.get(owner.page_id, ())
            every = taken_by(every, (course.cards, unit.cards), corrections)
            # Those of a different page are only for courses without that page.
            notes = tuple(
                note
                for note in every
                if note.guid not in used
                and (note.page_id == owner.page_id or note.page_id not in taken)
            )
            other = owner.page_id if notes or not every else every[0].page_id
            text = code = ""
            if other != page.page_id:
                code, text = "QT506", f"page {page.page_id} asks the same question as page {other}"
                text += ", which has the cards"
            elif not notes:
                code, text = "QT505", f"page {page.page_id} ({page.question}) has no cards"
            if code:
                word = str(page.page_id)
                problems.append(course.problem(code, text, "unit", number, "take", word=word))
            if owner.page_id == page.page_id or owner.page_id not in taken:
                taken.add(owner.page_id)
                used.update(note.guid for note in notes)
                groups.append(notes)
        name = f"{course.title}::{number + 1:0{width}} {unit.title}"
        decks.append(Deck(unit.title, name, "", new_card_order(groups)))
    return tuple(decks)


@dataclass(frozen=True, slots=True)
class CoursePackage:
    """The staged package of one course, and its report; without notes it has no file."""

    staged: Staged | None
    before: PublishedPackage | None
    notes: tuple[Note, ...]
    left_out: tuple[tuple[str, int], ...]
    unmade: frozenset[str]  # published notes that pages of the course no longer have
    built: Built
    problems: tuple[Problem, ...]


def build_courses(job: Job, courses: Sequence[Course], progress: Progress) -> Report:
    """Write the packages of *courses* into the folder ``courses`` of the output.

    The notes are made as in a build of their subjects, so they are the same in both. A course with
    an error is not written; problems are in the report.
    """
    with locked(job.out), cache_locked(job.cache), open_cache(job.cache) as database:
        workspace = Workspace(LastBuild(database, job, progress))
        try:
            packages, report = _make(workspace, courses, progress)
            changes = complete_changelog(job.out, read_changelog((job.out, *job.previous)))
            built, retired = _write(packages, workspace)
        finally:
            sweep_parts(job.out / COURSES_FOLDER)
        update_changelog(job.out, changes, built, job.stamp)
        manifest, corrections = read_manifest((job.out,)), job.corrections.summary
        report = replace(report, packages=built, retired=retired)
        is_new = {one.path.name for one in built}.difference(manifest.get("courses", ()))
        if retired or is_new or manifest.get("corrections", {}) != corrections:
            own = replace(report, packages=(), corrections=corrections)
            update_manifest(job.out, manifest, own, job.stamp)
        workspace.remember()
    for one in built:
        report_package(one, progress, is_changed=one.is_written)
    return report


def _make(
    workspace: Workspace, courses: Sequence[Course], progress: Progress
) -> tuple[list[CoursePackage], Report]:
    """Make the packages of courses, and a report that has no packages yet."""
    job = workspace.job
    refuse_missing(job.previous or (job.out,))
    manifest = read_manifest((job.out, *job.previous))
    refuse_lost_corrections(manifest, job)
    if not job.may_retire:
        refuse_lost_courses(manifest, map(package_name, courses), workspace.previous.courses)
    for course in courses:
        refuse_wider(course, job.settings)
    with parallel_map(job.processes, open_pool=job.open_pool) as parallel:
        workspace.read(parallel, progress)
        workspace.join()
        library = workspace.pages.library()
        selections = [select(course, library) for course in courses]
        unread = {s.course.name: p for s in selections if (p := _unread(s.course, workspace))}
        usable = [s for s in selections if s.is_usable and s.course.name not in unread]
        pages = [page for selection in usable for page in selection.pages]
        notes, home = NotesByPage(), {page.page_id: page.subjects[0] for page in pages}
        if home:  # no subjects would mean all
            scope = workspace.scope(set(home.values()))
            for deck in workspace.decks(scope.subjects, scope, parallel, progress):
                notes.add(deck, home)
    packages = [_package(selection, notes, workspace) for selection in usable]
    if not (job.may_retire or job.corrections.digest):
        pairs = ((one.before, one.notes) for one in packages)
        refuse_undone(
            note for old, new in pairs if old for note in undone_corrections(old.notes, new)
        )
    problems = [*workspace.problems, *unread.values()]
    problems += chain.from_iterable(one.problems for one in selections)
    problems += chain.from_iterable(one.problems for one in packages)
    report = Report(
        packages=(),
        problems=sort_problems(dict.fromkeys(problems)),
        pages=workspace.pages.number,
        found=workspace.pages.subjects,
        is_first=workspace.previous.is_empty,
        is_of_courses=True,
    )
    return packages, report


def _unread(course: Course, workspace: Workspace) -> Problem | None:
    """Return a problem if published pages of a course still exist, but cannot be read now.

    Without packages of their subjects, only that of the course has their notes.
    """
    before = workspace.previous.courses.get(package_name(course))
    if before is None:
        return None
    pages = {note.page_id for note in before.notes if note.page_id is not None}
    missing = pages - workspace.pages.ids
    faulty = {file.page_id for file in workspace.pages.faulty_files()}
    unread = missing if None in faulty else missing & faulty
    is_part = len(missing) >= FEWEST_MISSING and len(missing) > LARGEST_SHARE * len(pages)
    if not unread and (not is_part or workspace.job.may_retire):
        return None
    ids = sorted(unread or missing, key=page_order)
    named = ", ".join(map(str, ids[:5])) + (", ..." if len(ids) > 5 else "")
    text = f"not read: {len(ids)} of {plural(len(pages), 'published page')} ({named})"
    hint = "Fix the pages, or pass all of their folders; if the pages are gone, add --allow-retire."
    return course.problem("QT510", text, hint=hint)


def _package(selection: Selection, by_page: NotesByPage, workspace: Workspace) -> CoursePackage:
    course, job, problems = selection.course, workspace.job, list[Problem]()
    units = _unit_decks(selection, by_page, job.corrections, problems)
    searches = tuple(
        (deck.name, page_search({note.page_id for note in deck.notes}, job.settings.tag_root))
        for deck in units
        if deck.notes
    )
    notes = tuple(note for deck in units for note in deck.notes)
    path = job.out / COURSES_FOLDER / package_name(course)
    before = workspace.previous.courses.get(path.name)
    published = before.notes if before else ()
    differences = diff_pages(published, notes, with_words=False)
    problems += unknown_drops(course, chain(*by_page.notes.values()))
    problems += _renamed(course, units, before)
    ids = {note.page_id for note in notes}
    if known := sum(page_id in workspace.previous.homes for page_id in ids):
        text = (
            f"published decks of subjects contain {known} of {plural(len(ids), 'page')}: students"
            " who have those decks get no cards from the course for these pages"
        )
        hint = (
            "The deck's description and CHANGES.md list searches that find the cards of each unit."
        )
        problems.append(course.problem("QT508", text, hint=hint))
    decks = (_parent(selection, units, searches, before, differences, job), *units)
    keys = {deck.name: unit.key for deck, unit in zip(units, course.units, strict=True)}
    has_keys = any(unit.key != unit.title.casefold() for unit in course.units)
    marks: dict[str, object] = {UNIT_KEYS: keys} if has_keys else {}
    left_out, staged = left_out_of(notes, before, workspace.previous), None
    if notes:
        marks = {**marks, LEFT_OUT: dict(left_out)} if left_out else marks
        note_ids = {note.guid: note.note_id for note in published}
        staged = stage_package(path, decks, job.note_types, note_ids, workspace.media, marks)
    guids = {note.guid for note in notes}
    made = {note.guid for note in chain(*by_page.notes.values())}
    pages = tuple(selection.pages)
    taken = {page.page_id for page in pages}
    unmade = frozenset(
        note.guid for note in published if note.page_id in taken and note.guid not in made
    )
    size = staged.size if staged else 0
    built = replace(
        built_of(decks[0], notes, before, differences, path, size, len(pages)),
        subject=course.title,
        changes=tuple(change for change in by_page.changes if change.guid in guids),
        sources=fingerprint(sorted(pages, key=lambda page: page_order(page.page_id))),
        searches=searches,
    )
    return CoursePackage(staged, before, notes, left_out, unmade, built, tuple(problems))


def _renamed(
    course: Course, units: Sequence[Deck], before: PublishedPackage | None
) -> Iterator[Problem]:
    """Report the units whose decks had different names in the previous release."""
    if before is None:
        return
    titles = {name: name.rpartition("::")[2].partition(" ")[2] for name in before.deck_names}
    keys = {name: title.casefold() for name, title in titles.items()} | dict(before.unit_keys)
    old = {key: name for name, key in keys.items() if name in before.deck_names}
    for number, (unit, deck) in enumerate(zip(course.units, units, strict=True)):
        name = old.get(unit.key, deck.name)
        if deck.notes and name != deck.name:
            text = (
                f"{name} is now {deck.name}; cards that students already have stay in the old deck"
            )
            hint = "Add new units at the end, and keep titles, to avoid that."
            yield course.problem("QT509", text, "unit", number, hint=hint)


def _parent(
    selection: Selection,
    units: Sequence[Deck],
    searches: Iterable[tuple[str, str]],
    before: PublishedPackage | None,
    differences: Sequence[PageDiff],
    job: Job,
) -> Deck:
    """Make the deck above the units, whose description Anki shows with all of them."""
    course = selection.course
    codes = (language_code(page, job.settings) for page in selection.pages)
    language = deck_language(codes, job.settings)
    notes = [note for deck in units for note in deck.notes]
    pages = len({note.page_id for note in notes})
    contents = phrase(
        "course",
        language,
        notes=counted("notes", len(notes), language),
        pages=counted("pages", pages, language),
        units=counted("units", len(units), language),
    )
    parts = (
        course.description or f"**{course.title}**",
        f"{contents} {phrase('update', language)}",
        read_by_people(notes, job.corrections, language),
    )
    text = "\n\n".join(filter(None, parts))
    text = "\n".join((text, "", *list_searches(searches, language)))
    names = tuple(sorted(deck.name for deck in units if deck.notes))
    is_same = before is not None and not differences and before.deck_names == names
    said = before.description if before else ""
    if not (is_same and said.startswith(f"{text}\n\n")):
        known = said if is_same else ""
        said = with_version(
            text, known, differences, notes, job.stamp, language, is_first=before is None
        )
    return Deck(course.name, course.title, said, (), language)


def _write(
    packages: Sequence[CoursePackage], workspace: Workspace
) -> tuple[tuple[Built, ...], tuple[BuiltRetired, ...]]:
    job, previous, index = workspace.job, workspace.previous, workspace.previous.index
    staged = [(one, one.staged) for one in packages if one.staged is not None]
    numbers = {}
    for one, file in staged:
        path, notes = one.built.path, one.notes
        head = PackageEntry(0, path, "course", path.name, file.digest, file.size, len(notes))
        numbers[path.name] = index.add(head, notes, None, one.left_out)
        if before := previous.course_heads.get(path.name):
            index.leave(before)
    titles = {one.built.path.name: one.built.subject for one, _ in staged}
    unmade = frozenset[str]().union(*(one.unmade for one in packages))

    # Settings may be wrong; what a course file leaves out is intended.
    check = partial(refuse_vanished, workspace=workspace, among=unmade)
    retired = retire_from_courses(
        titles, previous, stamp=job.stamp, tag_root=job.settings.tag_root, check=check
    )

    unlist(job.out, removed(retired))

    def write() -> tuple[Built, ...]:
        written = tuple(replace(one.built, is_written=publish(file)) for one, file in staged)
        if any(built.is_written for built in written):
            sync_folder(job.out / COURSES_FOLDER)
        for name, number in numbers.items():
            index.replace(previous.course_heads.get(name), number)
        return written

    written, files = write_with_retired(
        write,
        retired,
        previous,
        out=job.out,
        note_types=job.note_types,
        settings=job.settings,
        media=workspace.media,
    )
    return written, tuple(map(built_retired, retired, files))
