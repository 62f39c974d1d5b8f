"""What to build, and how its progress is reported."""

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
    """A file that has changed; *kind* is for people."""

    kind: str
    path: Path
    fate: FileFate = "changed"


class Progress(Protocol):
    """Receives the progress of a build."""

    def files(self, changed: Sequence[ChangedFile]) -> None:
        """Receive the files of pages that have changed since the last build, if there was one."""

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        """Receive the number of pages *done* in a stage, of *total*, which never changes.

        *reused* of them came from the cache and took next to no time, so they do not show how long
        the others will take.
        """

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        """Receive a finished package, and what will become of its file."""


class NoProgress:
    """A :class:`Progress` that ignores everything."""

    def files(self, changed: Sequence[ChangedFile]) -> None:
        """Do nothing."""

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        """Do nothing."""

    def subject(self, name: str, pages: int, notes: int, fate: Fate) -> None:
        """Do nothing."""


def tell_of(built: Built, progress: Progress, *, is_changed: bool) -> None:
    """Report a finished package to *progress*."""
    fate: Fate = "changed" if is_changed else "unchanged"
    notes = sum(count for _, count in built.notes)
    progress.subject(built.subject, built.pages, notes, fate if built.size else "removed")


@dataclass(frozen=True, slots=True)
class Job:
    """What to build, from which pages, where to, and at which time."""

    paths: tuple[str, ...]
    out: Path
    settings: Settings
    note_types: NoteTypes
    stamp: int  # the time of the build, in seconds since 1970
    previous: tuple[Path, ...] = ()  # the packages published last; empty: those in *out*
    subjects: tuple[str, ...] = ()  # case-folded; empty: all
    processes: int | None = None  # None: as many as are worthwhile
    open_pool: OpenPool | None = None  # starts other workers
    may_retire: bool = False  # also a large part of a deck, or a whole subject
    is_partial: bool = False  # published pages that are not read stay as they were published
    cache: Path | None = None  # the folder of the cache; None: keep nothing for the next build
