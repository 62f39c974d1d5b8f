"""A course as its file says it: units, and which pages and cards each of them takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qt2anki.config import PROFILES, Settings
from qt2anki.config.load import KeyPath, TomlFile
from qt2anki.config.values import Condition
from qt2anki.corrections.apply import is_reviewed
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.messages import Problem, did_you_mean, make_problem
from qt2anki.model import Note
from qt2anki.notes.choose import PROFILES as KINDS_OF
from qt2anki.notes.choose import wanted_kinds

Order = Literal["written", "id", "date", "title"]


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which of the cards of its pages a course, or a unit of it, takes."""

    profile: str = ""  # "": all
    kinds: tuple[str, ...] = ()  # empty: all
    drop: tuple[str, ...] = ()  # keys of cards, or their beginnings: "170604/step"
    only_reviewed: bool = False  # only those that somebody has kept, reworded or written


@dataclass(frozen=True, slots=True)
class CourseUnit:
    """A part of a course, such as a week; *title* has no number yet."""

    title: str
    key: str  # identifies the unit if its number or title changes
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


def taken_by(
    notes: Iterable[Note], filters: Sequence[CardFilter], corrections: Corrections
) -> tuple[Note, ...]:
    """Return the *notes* that pass all *filters*."""
    return tuple(
        note
        for note in notes
        if all(
            (not one.profile or note.kind in KINDS_OF[one.profile])
            and (not one.kinds or note.kind in one.kinds)
            and not any(_is_named(note, key) for key in one.drop)
            and (not one.only_reviewed or is_reviewed(note, corrections))
            for one in filters
        )
    )


def unknown_drops(course: Course, notes: Iterable[Note]) -> Iterator[Problem]:
    """Yield the keys to drop that match none of *notes*, the notes of the course's pages."""
    every = tuple(notes)
    for place, cards in _filters(course):
        for key in cards.drop:
            if not any(_is_named(note, key) for note in every):
                line = course.file.line_of((*place, "drop"), key)
                hint = did_you_mean(key, (note.fields[0] for note in every))
                text, source = f"there is no card {key!r} to drop", course.file.path.as_posix()
                yield make_problem("QT507", source, text, hint=hint, line=line)


def refuse_wider(course: Course, settings: Settings) -> None:
    """Raise SettingsError if a course wants more kinds of notes than its subjects have."""
    for place, cards in _filters(course):
        if absent := [kind for kind in cards.kinds if kind not in wanted_kinds(settings)]:
            text, hint = (
                f"the decks have no {absent[0]!r}",
                "Build the decks with it, or remove it.",
            )
            raise course.file.error(f"kinds: {text}", hint, (*place, "kinds"))
        if settings.kinds or not cards.profile:
            continue
        if PROFILES.index(cards.profile) > PROFILES.index(settings.profile):
            text = f"the decks have the profile {settings.profile!r}, so a course cannot have more"
            hint = f"Build the decks with {cards.profile!r}, too (settings), or leave the key out."
            raise course.file.error(f"profile: {text}", hint, (*place, "profile"))


def _filters(course: Course) -> Iterator[tuple[KeyPath, CardFilter]]:
    yield course.at, course.cards
    for number, unit in enumerate(course.units):
        yield (*course.at, "unit", number), unit.cards


def _is_named(note: Note, key: str) -> bool:
    return f"{note.fields[0]}/".startswith(f"{key}/")
