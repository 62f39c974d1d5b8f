"""Decide what a build may retire: a page that was merely not read is never retired.

A build may read one folder of a site, a file may be broken today, a subject may have a new name. So
the latest published packages are compared with what was read, and a note counts as gone only if its
page was searched and not found.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from qt2anki.anki.note_content import field, with_field, without_reason
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.config import Settings
from qt2anki.errors import PackageError
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Deck, Note, Page, PageId, page_order
from qt2anki.notes.frame import language_for
from qt2anki.notes.languages import language_marked_in
from qt2anki.release.corrected import is_on_page
from qt2anki.release.match import long_words
from qt2anki.release.previous_release import RETIRED_ROOT, PreviousRelease, subject_key

_FEWEST_PAGES = 5
_LARGEST_SHARE = 0.2
_FEWEST_NOTES = 2
_MOST_NAMED = 10  # in one message


def retired_note(note: Note, *, retired_tag: str, last_mod: int, stamp: int) -> Note:
    """Mark a published note as retired, with a tag and a sentence that has the date."""
    day = datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC).date().isoformat()
    reason = (
        f'<p class="qt-retired">No longer in the source since {day}:'
        " this card gets no more updates and may be suspended or deleted.</p>"
    )
    return replace(
        note,
        fields=with_field(note, "Extra", reason + without_reason(field(note, "Extra"))),
        tags=tuple(sorted({*note.tags, retired_tag})),
        mod=max(stamp, last_mod + 1),
    )


def retired_deck(subject: str, notes: Iterable[Note], *, deck_root: str, retired_tag: str) -> Deck:
    """Make the deck of a subject's retired notes, outside the tree that students study."""
    in_order = tuple(sorted(notes, key=lambda note: (page_order(note.page_id), note.key)))
    description = (
        f"**{subject}**: {len(in_order)} notes that are no longer in the source.\n\n"
        "Only for those who have studied them: an import marks them with the tag"
        f" `{retired_tag}`. Search for `tag:{retired_tag}` to suspend or delete them."
    )
    return Deck(subject, f"{deck_root}{RETIRED_ROOT}::{subject}", description, in_order)


@dataclass(frozen=True, slots=True)
class Vanished:
    """The notes of a published deck that a build would retire."""

    subject: str
    notes: tuple[PublishedNote, ...]
    of: int  # published notes


def refuse_many(vanished: Iterable[Vanished]) -> None:
    """Refuse to retire a large part of a deck: the path is more likely to be wrong."""
    found = [
        f"{one.subject}: {len(one.notes)} of {one.of} notes, on {pages} pages"
        for one in vanished
        if (pages := len({note.page_id for note in one.notes})) >= _FEWEST_PAGES
        and len(one.notes) > _LARGEST_SHARE * one.of
    ]
    if found:
        raise PackageError(
            f"this build would retire a large part of a deck ({'; '.join(found)});"
            " nothing was written",
            hint="pass all the folders that were read before; or add --partial to keep the"
            " published notes of all others; or, if the pages are really gone or a new version of"
            " qt2anki no longer makes their cards, add --allow-retire",
        )


def refuse_unexplained(
    vanished: Iterable[Vanished], read: Callable[[PageId], Page | None], settings: Settings
) -> None:
    """Refuse to retire most of a deck although its pages, which *read* returns, are as they were.

    It is more likely that a setting is wrong, or the language of a page.
    """
    found = []
    for one in vanished:
        ids = {note.page_id for note in one.notes}
        pages = {page_id: page_id and read(page_id) for page_id in ids}
        words = {
            page.page_id: long_words(f"{page.question} {page.answer}")
            for page in pages.values()
            if page
        }
        said = [n for n in one.notes if n.page_id in words and is_on_page(n, words[n.page_id])]
        if len(said) >= _FEWEST_NOTES and 2 * len(said) > one.of:
            found.append(f"{one.subject}: {len(said)} of {one.of} notes")
            continue
        for page_id, note in {note.page_id: note for note in said}.items():
            page = pages[page_id]
            language = language_for(page, settings) if page else None
            if page and (language is None or language.code != language_marked_in(note.fields)):
                tag = page.language or settings.language
                found.append(f"page {page_id} in the language {tag!r}")
    if found:
        raise PackageError(
            "this build would retire most notes of a deck, or those of a page in a different"
            " language, although their texts are still there"
            f" ({'; '.join(found[:_MOST_NAMED])}{'; ...' if found[_MOST_NAMED:] else ''});"
            " nothing was written",
            hint="check the settings and the 'lang' keys of the pages; or, if these cards are no"
            " longer wanted, or a new version of qt2anki no longer makes them, add --allow-retire",
        )


class ReadPages(Protocol):
    """The pages that were read, which can be iterated repeatedly, and the subjects."""

    @property
    def pages(self) -> Iterable[Page]:
        """The pages; their answers are not used."""

    @property
    def subjects(self) -> Sequence[str]:
        """All their subjects, by name."""


@dataclass(frozen=True, slots=True)
class FaultyFile:
    """A file whose page cannot be used: unreadable, or in conflict with a file with the same id."""

    name: str
    page_id: PageId | None
    is_read: bool


@dataclass(frozen=True, slots=True)
class Faults:
    """Unreadable pages: those with a known id, with their files, and files without a known id."""

    pages: Mapping[PageId, str]
    files: tuple[str, ...]


def faults_of(
    files: Iterable[FaultyFile], problems: Iterable[Problem], previous: PreviousRelease
) -> Faults:
    """Find the published pages that could not be read, or share an id."""
    faulty: dict[PageId, str] = {}
    unknown = [problem.source for problem in problems if problem.severity == "error"]
    for file in files:
        if file.page_id is not None and (file.is_read or file.page_id in previous.homes):
            faulty[file.page_id] = file.name
        else:
            unknown.append(file.name)
    return Faults(faulty, tuple(unknown))


@dataclass(frozen=True, slots=True)
class Scope:
    """The subjects a build writes.

    *more* are further subjects that pages keep, because no page of these subjects was read. For
    each subject, *kept* has the pages whose notes stay as published.
    """

    subjects: tuple[str, ...]
    more: Mapping[PageId, tuple[str, ...]]
    kept: Mapping[str, tuple[PageId, ...]]
    problems: tuple[Problem, ...]

    @property
    def is_settled(self) -> bool:
        """Whether the next build would find the same if nothing changed."""
        return not self.problems and not self.more and not any(self.kept.values())

    def subjects_of(self, page: Page) -> tuple[str, ...]:
        """Return all subjects of a page, sorted."""
        more = self.more.get(page.page_id)
        return tuple(sorted((*page.subjects, *more), key=str.casefold)) if more else page.subjects


def known_subjects(previous: PreviousRelease) -> dict[str, str]:
    """Map each published subject to itself, so that its published spelling stays."""
    return {head.name: head.name for head in previous.live_heads.values()}


def scope_of(
    found: ReadPages,
    previous: PreviousRelease,
    faults: Faults,
    *,
    wanted: Collection[str] = (),
    may_empty: bool = False,
    is_partial: bool = False,
    order: Sequence[str] = (),
) -> Scope:
    """Compare what was read with what was published.

    *wanted* are the subjects to write (case-folded; empty: all). A published subject of which no
    page was read is left alone, unless its pages are in another subject now, or it is wanted and
    *may_empty* says that it is gone. If the build *is_partial*, any page may have more files than
    those read. Subjects in *order* come first, the others follow by name.
    """
    read = {subject_key(subject): subject for subject in found.subjects}
    heads = previous.live_heads
    absent = [key for key in heads if key not in read]
    keys = {subject_key(name) for name in wanted}
    renamed = {key: new for key in absent if (new := _new_names(key, found, previous))}
    gone = {key for key in absent if key in renamed or (may_empty and key in keys)}
    unread = [key for key in absent if key not in gone]
    names = read | {key: heads[key].name for key in absent}
    written = [key for key in names if key not in unread and (not keys or key in keys)]
    silent = frozenset(heads if is_partial else unread)
    more = dict(_silent_subjects(found, previous, silent, faults, names))
    unusable = _unusable(found, previous, faults)
    homes = previous.homes
    kept = {names[key]: tuple(one for one in unusable if key in homes[one]) for key in written}
    problems = [
        *_kept_problems(kept, faults),
        *(_renamed_problem(previous, key, renamed[key]) for key in renamed if key in written),
        *(_unread_problem(previous, key) for key in unread if not keys),
    ]
    for page_id, home in _moved_away(found, previous, frozenset(written)) if keys else ():
        kept[names[home]] = (*kept[names[home]], page_id)
    return Scope(in_order([names[key] for key in written], order), more, kept, tuple(problems))


def in_order(subjects: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """Sort subjects: first those in *order*, then the others by name."""
    places = {subject_key(subject): place for place, subject in enumerate(order)}

    def place(subject: str) -> tuple[int, str]:
        return places.get(subject_key(subject), len(places)), subject.casefold()

    return tuple(sorted(subjects, key=place))


def _new_names(key: str, found: ReadPages, previous: PreviousRelease) -> tuple[str, ...]:
    """Return the new subjects of a subject's pages if most of them have moved."""
    here = {page_id for page_id, homes in previous.homes.items() if key in homes}
    moved: set[str] = set()
    count = 0
    for page in found.pages:
        if page.page_id in here:
            homes = previous.homes[page.page_id]
            new = {subject for subject in page.subjects if subject_key(subject) not in homes}
            moved |= new
            count += bool(new)
    return tuple(sorted(moved)) if 2 * count > len(here) else ()


def _silent_subjects(
    found: ReadPages,
    previous: PreviousRelease,
    silent: frozenset[str],
    faults: Faults,
    names: Mapping[str, str],
) -> Iterator[tuple[PageId, tuple[str, ...]]]:
    """Return the *silent* subjects that pages keep: the tags of a note are the same everywhere."""
    if not silent and not faults.pages and not faults.files:
        return
    for page in found.pages:
        has = {subject_key(subject) for subject in page.subjects}
        is_doubtful = page.page_id in faults.pages or bool(faults.files)
        homes = previous.homes.get(page.page_id, frozenset()) - has
        more = [names[home] for home in homes if home in silent or is_doubtful]
        if more:
            yield page.page_id, tuple(more)


def _unusable(found: ReadPages, previous: PreviousRelease, faults: Faults) -> list[PageId]:
    """Return the published pages that were not read because of an error, by id."""
    doubtful = set(previous.homes) if faults.files else previous.homes.keys() & faults.pages.keys()
    if doubtful:
        doubtful.difference_update(page.page_id for page in found.pages)
    return sorted(doubtful, key=page_order)


def _moved_away(
    found: ReadPages, previous: PreviousRelease, written: frozenset[str]
) -> Iterator[tuple[PageId, str]]:
    """Yield the pages whose new subjects are not *written* yet, with their old ones.

    Their notes stay there until then.
    """
    for page in found.pages:
        homes = previous.homes.get(page.page_id, frozenset())
        if not homes.isdisjoint(written) and (homes | written).isdisjoint(
            map(subject_key, page.subjects)
        ):
            yield from ((page.page_id, home) for home in sorted(homes & written))


def _kept_problems(kept: Mapping[str, tuple[PageId, ...]], faults: Faults) -> Iterator[Problem]:
    pages = sorted({page_id for ids in kept.values() for page_id in ids}, key=page_order)
    for page_id in pages:
        if page_id in faults.pages:
            text = f"page {page_id} stays as published, because it cannot be read now"
            yield make_problem("QT401", faults.pages[page_id], text)
    missing = [page_id for page_id in pages if page_id not in faults.pages]
    if missing:
        some = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        text = (
            f"it could be any of the published pages, so those that were not found"
            f" ({len(missing)}: {some}) stay as they were published"
        )
        yield make_problem(
            "QT402", faults.files[0], text, hint="fix the file, or move it elsewhere"
        )


def _renamed_problem(previous: PreviousRelease, key: str, new: tuple[str, ...]) -> Problem:
    package = previous.live_heads[key]
    text = (
        f"the pages of {package.name!r} are now under {' and '.join(map(repr, new))};"
        " in Anki, cards that students already have stay in the old deck, with their histories"
    )
    return make_problem("QT403", package.path.as_posix(), text)


def _unread_problem(previous: PreviousRelease, key: str) -> Problem:
    package = previous.live_heads[key]
    subject = package.name
    text = f"no page of {subject!r} was read, so its package stays as it is"
    hint = f"if the subject is gone: --subject {subject!r} --allow-retire"
    return make_problem("QT404", package.path.as_posix(), text, hint=hint)
