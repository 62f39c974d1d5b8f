"""What to build, as one value; and how those who build are told how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qt2anki.package.note_types import NoteTypes
from qt2anki.settings import Settings

Stage = Literal["read", "make"]
Progress = Callable[[Stage, int, int], None]
"""Called with a stage, the number of pages done and the number of all pages."""


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
    may_retire: bool = False  # also a large part of a deck, or a whole subject
