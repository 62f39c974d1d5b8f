"""Courses: their units, and the pages and cards that these take."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qt2anki.build.page_table import Library, find_pages, page_slugs
from qt2anki.config import PROFILES, Settings
from qt2anki.config.load import TomlFile
from qt2anki.config.values import Condition, KeyPath
from qt2anki.corrections.apply import is_reviewed
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.messages import Problem, did_you_mean, make_problem, plural
from qt2anki.model import Note, Page, PageId, page_order
from qt2anki.notes.choose import KINDS_OF, wanted_kinds

Order = Literal["written", "id", "date", "title"]


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which of the cards of its pages a course, or a unit of it, takes."""

    profile: str = ""  # "": all
    kinds: tuple[str, ...] = ()  # empty: all
    drop: tuple[str, ...] = ()  # keys of cards, or their beginnings: "170604/step"
    only_reviewed: bool = False  # only those that someone has kept, reworded or written


@dataclass(frozen=True, slots=True)
class CourseUnit:
    """A part of a course, such as a week; *title* has no number yet."""

    title: str
    key: str  # identifies the unit if its number or title changes
    take: tuple[Condition, ...]
    cards: CardFilter
    exclude: tuple[Condition, ...] = ()
    order: Order = "written"


@dataclass(frozen=True, slots=True)
class Course:
    """A course; *name* is used on the command line and for its package."""

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

    def problem(
        self, code: str, text: str, *key: str | int, word: str | None = None, hint: str = ""
    ) -> Problem:
        """Make a problem about something in this course, or about all of it."""
        line = self.line(*key, word=word) if key else None
        return make_problem(code, self.file.path.as_posix(), text, hint=hint, line=line)


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
    """Yield the keys to drop that match no note of the course's pages, *notes*."""
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
            text = f"kinds: the decks have no {absent[0]!r}"
            hint = "Build the decks with it, or remove it."
            raise course.file.error(text, hint, (*place, "kinds"))
        has_profile = not settings.kinds and cards.profile
        if has_profile and PROFILES.index(cards.profile) > PROFILES.index(settings.profile):
            text = f"profile: the decks have {settings.profile!r}, so a course cannot have more"
            hint = (
                f"Set profile = {cards.profile!r} in the settings as well, or leave this key out."
            )
            raise course.file.error(text, hint, (*place, "profile"))


def _filters(course: Course) -> Iterator[tuple[KeyPath, CardFilter]]:
    yield course.at, course.cards
    for number, unit in enumerate(course.units):
        yield (*course.at, "unit", number), unit.cards


def _is_named(note: Note, key: str) -> bool:
    return f"{note.fields[0]}/".startswith(f"{key}/")


_FEW = 5  # ids named in one message


@dataclass(frozen=True, slots=True)
class Selection:
    """The pages of each unit, in order, and all problems; not usable if there is an error."""

    course: Course
    units: tuple[tuple[Page, ...], ...]
    problems: tuple[Problem, ...]

    @property
    def pages(self) -> Iterator[Page]:
        """All pages, unit by unit."""
        return (page for unit in self.units for page in unit)

    @property
    def is_usable(self) -> bool:
        """Whether it has no errors."""
        return not any(problem.severity == "error" for problem in self.problems)


def select(course: Course, library: Library) -> Selection:
    """Find the pages of each unit; a page is in the first unit that takes it."""
    finder = _Finder(course, library)
    units = tuple(finder.pages_of(number) for number in range(len(course.units)))
    return Selection(course, units, tuple(finder.problems))


class _Finder:
    """Finds the pages of units, one after the other, and collects problems."""

    def __init__(self, course: Course, library: Library) -> None:
        self.problems: list[Problem] = []
        self._course = course
        self._library = library
        self._taken: dict[PageId, tuple[int, Condition]] = {}  # the first unit that takes a page

    def pages_of(self, number: int) -> tuple[Page, ...]:
        unit, library = self._course.units[number], self._library
        found: dict[PageId, Condition] = {}
        for condition in unit.take:
            for page in self._matches(number, "take", condition):
                found.setdefault(page.page_id, condition)
        out = {p.page_id for one in unit.exclude for p in self._matches(number, "exclude", one)}
        chosen = {page_id: one for page_id, one in found.items() if page_id not in out}
        if found and not chosen:
            self._empty(number, "exclude", f" excludes all the pages that it takes ({len(found)})")
        elif not unit.take:
            self._empty(number, "take", " takes nothing")
        self._report_shared(number, chosen)
        own = [library.pages[page_id] for page_id in chosen if self._taken[page_id][0] == number]
        if unit.order == "written":
            return tuple(own)
        own.sort(key=lambda page: page_order(page.page_id))
        if unit.order == "date":  # those without a date come last
            own.sort(key=lambda page: (page.date is None, str(page.date)))
        elif unit.order == "title":
            own.sort(key=lambda page: page.question.casefold())
        return tuple(own)

    def _report(
        self, code: str, text: str, unit: int, key: str, word: str = "", hint: str = ""
    ) -> None:
        self.problems.append(
            self._course.problem(code, text, "unit", unit, key, word=word, hint=hint)
        )

    def _empty(self, unit: int, key: str, why: str) -> None:
        self._report("QT501", f"{self._course.units[unit].title!r}{why}", unit, key)

    def _matches(self, unit: int, key: str, condition: Condition) -> tuple[Page, ...]:
        """Find the pages of a condition; report nonexistent ids, and conditions without pages."""
        known = self._library.pages
        found = find_pages(condition, self._library)
        absent = [one for one in (*condition.ids, *condition.related_to) if one not in known]
        for page_id in absent:
            text, hint = f"there is no page {page_id}", _nearest(page_id, self._library)
            self._report("QT502", text, unit, key, str(page_id), hint)
        if not found and set(absent).isdisjoint(condition.ids):
            code, hint = "QT501" if key == "take" else "QT504", _hint_for(condition, self._library)
            text = f"{self._course.units[unit].title!r}: no page matches {condition.written}"
            self._report(code, text, unit, key, condition.word, hint)
        return found

    def _report_shared(self, unit: int, chosen: Mapping[PageId, Condition]) -> None:
        """Report pages that an earlier unit has taken."""
        shared: dict[tuple[int, Condition, Condition], list[PageId]] = defaultdict(list)
        for page_id, condition in chosen.items():
            first, earlier = self._taken.setdefault(page_id, (unit, condition))
            if first != unit:
                shared[first, earlier, condition].append(page_id)
        for (first, earlier, condition), ids in shared.items():
            page = self._library.pages[ids[0]]
            pages = f"page {page.page_id} ({page.question})"
            if len(ids) > 1:
                some = ", ".join(map(str, ids[:_FEW])) + (", ..." if len(ids) > _FEW else "")
                pages = f"{len(ids)} pages ({some})"
            line = self._course.line("unit", first, "take", word=earlier.word)
            text = (
                f"{condition.written} takes {pages}, which {self._course.units[first].title!r}"
                f" keeps, because {earlier.written} (line {line}) takes"
                f" {'them' if len(ids) > 1 else 'it'}"
            )
            hint = "Exclude the shared pages in the later unit."
            self._report("QT503", text, unit, "take", condition.word, hint)
        if chosen and sum(map(len, shared.values())) == len(chosen):
            self._empty(unit, "take", f": earlier units have all {plural(len(chosen), 'page')}")


def _nearest(page_id: PageId, library: Library) -> str:
    known = {str(each): each for each in library.pages}
    near = difflib.get_close_matches(str(page_id), known, n=3, cutoff=0.5)
    pages = [library.pages[known[each]] for each in near]
    if not pages:
        return "qt2anki list shows all pages."
    return "The nearest are " + "; ".join(f"{p.page_id} ({p.question})" for p in pages) + "."


def _hint_for(condition: Condition, library: Library) -> str:
    names = {s.casefold(): s for page in library.pages.values() for s in page.subjects}
    for name in condition.subjects:
        if name.casefold() not in names and (hint := did_you_mean(name, names.values())):
            return hint
    if condition.slugs:
        slugs = {slug for p in library.pages.values() for slug in page_slugs(p, (p.source,))}
        if hint := did_you_mean(condition.slugs[0], sorted(slugs)):
            return hint
    return "'qt2anki list' with the same conditions as options shows the pages that match."
