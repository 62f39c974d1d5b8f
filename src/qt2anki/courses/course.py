"""A course as its file says it: units, and what each of them takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qt2anki.config.conditions import Condition
from qt2anki.config.load import KeyPath, TomlFile

Order = Literal["written", "id", "date", "title"]


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which of the cards of its pages a course, or a unit of it, takes."""

    profile: str = ""  # "": all
    kinds: tuple[str, ...] = ()  # empty: all
    drop: tuple[str, ...] = ()  # keys of cards, or their beginnings: "170604/step"
    only_reviewed: bool = False  # those that somebody has found good


@dataclass(frozen=True, slots=True)
class CourseUnit:
    """A part of a course, such as a week; *title* has no number yet."""

    title: str
    key: str  # by which the unit is recognized when its number or title has changed
    take: tuple[Condition, ...]
    exclude: tuple[Condition, ...]
    order: Order
    cards: CardFilter


@dataclass(frozen=True, slots=True)
class Course:
    """A course; *name* is what it is called on the command line and names its package."""

    name: str
    title: str  # of the deck
    description: str  # Markdown
    cards: CardFilter
    units: tuple[CourseUnit, ...]
    file: TomlFile
    at: KeyPath  # where in the file it is

    def line(self, *key: str | int, word: str | None = None) -> int | None:
        """Find the line of something in this course."""
        return self.file.line_of((*self.at, *key), word or None)
