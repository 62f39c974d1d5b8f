"""Values for a build: the job, its progress, and its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from qt2anki.anki.note_types import NoteTypes
from qt2anki.config import Settings
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.messages import Problem
from qt2anki.model import Kind, PageId
from qt2anki.release.changes import Change, ChangeKind, PageDiff

if TYPE_CHECKING:
    from qt2anki.build.parallel import OpenPool


@dataclass(frozen=True, slots=True)
class Built:
    """One package: its contents, and whether its file had to be written.

    *changes* name the notes that differ from the published ones. *differences* are the changes of
    the deck, in which a note from a different deck is new. If everything is new, they are empty:
    *changes* in a first release, *differences* in a deck that *is_first*. A package whose notes are
    all gone has size 0; its file is removed if it is in the output folder.
    """

    subject: str
    deck: str
    path: Path
    size: int  # bytes
    pages: int
    pages_without_cards: int
    notes: tuple[tuple[Kind, int], ...]
    cards: tuple[tuple[Kind, int], ...]
    is_written: bool
    changes: tuple[Change, ...] = ()
    is_first: bool = False  # nothing of this deck was published before
    differences: tuple[PageDiff, ...] = ()  # without words
    sources: str = ""  # fingerprint of the pages read for it
    language: str = "en"  # of its deck's description
    searches: tuple[tuple[str, str], ...] = ()  # units of a course, and searches for their pages

    @property
    def is_news(self) -> bool:
        """Whether any of a student's notes change."""
        return bool(self.differences) or (self.is_first and self.size > 0)


@dataclass(frozen=True, slots=True)
class BuiltRetired:
    """One package of retired notes; *changes* name those that this build retired."""

    subject: str
    path: Path
    size: int  # bytes; 0 if all notes are back and the file is removed
    notes: int
    is_written: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a build; *found* are all subjects, including those that were not built."""

    packages: tuple[Built, ...]
    problems: tuple[Problem, ...]
    pages: int
    found: tuple[str, ...]
    retired: tuple[BuiltRetired, ...] = ()
    is_first: bool = False  # nothing published before was found
    pictures: tuple[Path, ...] = ()
    is_of_courses: bool = False
    corrections: Mapping[str, Any] = field(default_factory=dict)  # their summary

    @property
    def searches(self) -> tuple[tuple[str, str], ...]:
        """The decks of all units of courses, and searches for their pages."""
        return tuple(search for built in self.packages for search in built.searches)


def changes_by_kind(report: Report) -> tuple[tuple[ChangeKind, int], ...]:
    """Count the notes that differ from the published ones, each once, in the order of the kinds."""
    changes = [change for built in report.packages for change in built.changes]
    changes += [change for package in report.retired for change in package.changes]
    counts = Counter(kind for kind, _ in {(change.kind, change.guid) for change in changes})
    return tuple((kind, counts[kind]) for kind in ChangeKind if counts[kind])


def by_kind(counts: Iterable[tuple[Kind, int]]) -> tuple[tuple[Kind, int], ...]:
    """Order the numbers of kinds by kind; kinds without any are left out."""
    known = dict(counts)
    return tuple((kind, known[kind]) for kind in Kind if known.get(kind))


Stage = Literal["read", "make"]
Fate = Literal["changed", "unchanged", "removed"]


FileFate = Literal["new", "changed", "gone"]


class ChangedFile(NamedTuple):
    """A file that has changed; *kind* is for people."""

    kind: str
    path: Path
    fate: FileFate = "changed"


class Progress:
    """Receives the progress of a build, and does nothing with it."""

    def files(self, changed: Sequence[ChangedFile]) -> None:
        """Receive the files of pages that have changed since the last build, if there was one."""

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        """Receive the number of pages *done* in a stage, of *total*, which never changes.

        *reused* of them came from the cache and took next to no time, so they do not show how long
        the others will take.
        """

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        """Receive a finished package, and what will be done with its file."""


def report_package(built: Built, progress: Progress, *, is_changed: bool) -> None:
    """Report a finished package to *progress*."""
    fate: Fate = "changed" if is_changed else "unchanged"
    notes = sum(count for _, count in built.notes)
    progress.subject(built.subject, built.pages, notes, fate if built.size else "removed")


@dataclass(frozen=True, slots=True)
class Job:
    """What to build, from which pages, in which folder, and at which time."""

    paths: tuple[str, ...]
    out: Path
    settings: Settings
    note_types: NoteTypes
    stamp: int  # the time of the build, in seconds since 1970
    previous: tuple[Path, ...] = ()  # the latest published packages; empty: those in *out*
    subjects: tuple[str, ...] = ()  # case-folded; empty: all
    processes: int | None = None  # None: as many as are worthwhile
    open_pool: OpenPool | None = None  # starts other workers
    may_retire: bool = False  # also a large part of a deck, or a whole subject
    # Pages that may differ completely from those published under their ids; None: all.
    rewritten: Collection[PageId] | None = ()
    is_partial: bool = False  # published pages that are not read stay as they were published
    cache: Path | None = None  # the folder of the cache; None: keep nothing for the next build
    corrections: Corrections = field(default_factory=Corrections)
