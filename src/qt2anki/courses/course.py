"""A course as its file says it: units, and what each of them takes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from qt2anki.config.toml_file import KeyPath, TomlFile
from qt2anki.model import PageId

Order = Literal["written", "id", "date", "title"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a page must be to be taken: one of the values under each heading that has any."""

    ids: tuple[PageId, ...] = ()
    slugs: tuple[str, ...] = ()  # the end of the address, or the file's name without ".md"
    paths: tuple[str, ...] = ()  # patterns for the end of a path: "nursing/*.md"
    subjects: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # in the question or the answer
    related_to: tuple[PageId, ...] = ()  # recommended by these pages
    since: datetime.date | None = None
    until: datetime.date | None = None
    written: str = ""  # as in the file, for messages
    word: str = ""  # by which its line is found


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a course, such as a week; *title* has no number yet."""

    title: str
    take: tuple[Condition, ...]
    exclude: tuple[Condition, ...]
    order: Order


@dataclass(frozen=True, slots=True)
class Course:
    """A course; *name* is what it is called on the command line and names its package."""

    name: str
    title: str  # of the deck
    description: str  # Markdown
    profile: str  # which of the notes it takes; "": all
    units: tuple[Unit, ...]
    file: TomlFile
    at: KeyPath  # where in the file it is

    def line(self, *key: str | int, word: str | None = None) -> int | None:
        """Find the line of something in this course."""
        return self.file.line_of((*self.at, *key), word or None)
