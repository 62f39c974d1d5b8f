"""What to build, as one value; and how those who build are told how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from qt2anki.anki.note_types import NoteTypes
from qt2anki.build.report import Built
from qt2anki.config import Settings

if TYPE_CHECKING:
    from qt2anki.build.parallel import OpenPool

Stage = Literal["read", "make"]
Fate = Literal["changed", "unchanged", "removed"]


FileFate = Literal["new", "changed", "gone"]


class ChangedFile(NamedTuple):
    """A file that is not as it was before, and what kind of file it is."""

    kind: str
    path: Path
    fate: FileFate = "changed"


class Progress(Protocol):
    """Whom a build tells how far it is."""

    def files(self, changed: Sequence[ChangedFile]) -> None:
        """Hear which pages' files have changed since the last build, as far as that is known."""

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        """Hear that *done* of *total* pages are through a stage; *total* holds from its beginning.

        *reused* of those done were known from an earlier build and cost next to nothing, so that
        they say nothing about how long the others take.
        """

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        """Hear that a package is made, and what becomes of its file when all are."""


class NoProgress:
    """A :class:`Progress` for those who do not want to know."""

    def files(self, changed: Sequence[ChangedFile]) -> None:
        """Do nothing."""

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        """Do nothing."""

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        """Do nothing."""


def tell_of(built: Built, progress: Progress, *, is_changed: bool) -> None:
    """Tell *progress* of a package that is made."""
    fate: Fate = "changed" if is_changed else "unchanged"
    notes = sum(count for _, count in built.notes)
    progress.subject(built.subject, built.pages, notes, fate if built.size else "removed")


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
    open_pool: OpenPool | None = None  # starts what else is to do the work
    may_retire: bool = False  # also a large part of a deck, or a whole subject
    is_partial: bool = False  # published pages that are not read stay as they were published
    cache: Path | None = None  # the folder of the cache; None: keep nothing for the next build
