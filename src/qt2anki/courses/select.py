"""Find the pages of a course's units, and list pages with their cards."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qt2anki.build.find_pages import Library, find_pages, page_slugs
from qt2anki.config.values import Condition
from qt2anki.courses.course import Course, CourseUnit
from qt2anki.messages import Problem, did_you_mean, make_problem, plural
from qt2anki.model import Page, PageId, page_order

_NEAREST = 3
_SOME = 5  # ids named in one message


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
    units: list[tuple[Page, ...]] = []
    problems: list[Problem] = []
    taken: dict[PageId, tuple[int, Condition]] = {}
    for number, unit in enumerate(course.units):
        found: dict[PageId, Condition] = {}
        for condition in unit.take:
            pages = find_pages(condition, library)
            problems += _missing(course, number, "take", condition, pages, library)
            for page in pages:
                found.setdefault(page.page_id, condition)
        out = {page.page_id for one in unit.exclude for page in find_pages(one, library)}
        for one in unit.exclude:
            problems += _missing(course, number, "exclude", one, find_pages(one, library), library)
        chosen = {page_id: one for page_id, one in found.items() if page_id not in out}
        problems += _emptied(course, number, found, chosen)
        problems += _twice(course, number, chosen, taken, library)
        chosen = {page_id: one for page_id, one in chosen.items() if taken[page_id][0] == number}
        units.append(_ordered([library.pages[page_id] for page_id in chosen], unit))
    return Selection(course, tuple(units), tuple(problems))


def _ordered(pages: Sequence[Page], unit: CourseUnit) -> tuple[Page, ...]:
    by_id = sorted(pages, key=lambda page: page_order(page.page_id))
    match unit.order:
        case "written":
            return tuple(pages)
        case "id":
            return tuple(by_id)
        case "date":  # those without a date come last
            return tuple(sorted(by_id, key=lambda page: (page.date is None, str(page.date))))
        case "title":
            return tuple(sorted(by_id, key=lambda page: page.question.casefold()))


def _missing(
    course: Course,
    unit: int,
    key: str,
    condition: Condition,
    found: Sequence[Page],
    library: Library,
) -> Iterator[Problem]:
    for page_id in (*condition.ids, *condition.related_to):
        if page_id not in library.pages:
            line = course.line("unit", unit, key, word=str(page_id))
            text, hint = f"there is no page {page_id}", _nearest(page_id, library)
            yield make_problem("QT502", course.file.path.as_posix(), text, hint=hint, line=line)
    if found or any(page_id not in library.pages for page_id in condition.ids):
        return
    line = course.line("unit", unit, key, word=condition.word)
    hint = _hint_for(condition, library)
    text = f"{course.units[unit].title!r}: no page is {condition.written}"
    code = "QT501" if key == "take" else "QT504"
    yield make_problem(code, course.file.path.as_posix(), text, hint=hint, line=line)


def _nearest(page_id: PageId, library: Library) -> str:
    known = {str(each): each for each in library.pages}
    near = difflib.get_close_matches(str(page_id), known, n=_NEAREST, cutoff=0.5)
    pages = [library.pages[known[each]] for each in near]
    if not pages:
        return "qt2anki list shows all pages."
    return "The nearest are " + "; ".join(f"{p.page_id} ({p.question})" for p in pages) + "."


def _hint_for(condition: Condition, library: Library) -> str:
    if condition.subjects:
        names = {s.casefold(): s for page in library.pages.values() for s in page.subjects}
        absent = [name for name in condition.subjects if name.casefold() not in names]
        if hints := list(filter(None, (did_you_mean(name, names.values()) for name in absent))):
            return hints[0]
    if condition.slugs:
        slugs = {slug for p in library.pages.values() for slug in page_slugs(p, (p.source,))}
        if hint := did_you_mean(condition.slugs[0], sorted(slugs)):
            return hint
    return "'qt2anki list' with the same conditions as options shows the pages that match."


def _emptied(
    course: Course, unit: int, found: Mapping[PageId, Condition], chosen: Mapping[PageId, Condition]
) -> Iterator[Problem]:
    if found and not chosen:
        text = f"{course.units[unit].title!r}: all {len(found)} pages are excluded"
        line = course.line("unit", unit, "exclude")
        yield make_problem("QT501", course.file.path.as_posix(), text, line=line)
    elif not course.units[unit].take:
        text = f"{course.units[unit].title!r} takes nothing"
        line = course.line("unit", unit, "take")
        yield make_problem("QT501", course.file.path.as_posix(), text, line=line)


def _twice(
    course: Course,
    unit: int,
    chosen: Mapping[PageId, Condition],
    taken: dict[PageId, tuple[int, Condition]],
    library: Library,
) -> Iterator[Problem]:
    shared: dict[tuple[int, Condition, Condition], list[PageId]] = defaultdict(list)
    for page_id, condition in chosen.items():
        first, earlier = taken.setdefault(page_id, (unit, condition))
        if first != unit:
            shared[first, earlier, condition].append(page_id)
    for (first, earlier, condition), ids in shared.items():
        page = library.pages[ids[0]]
        pages = f"page {page.page_id} ({page.question})"
        if len(ids) > 1:
            some = ", ".join(map(str, ids[:_SOME]))
            pages = f"{len(ids)} pages ({some}{', ...' if len(ids) > _SOME else ''})"
        line = course.line("unit", first, "take", word=earlier.word)
        text = (
            f"{condition.written} takes {pages}, which {course.units[first].title!r} keeps,"
            f" because {earlier.written} (line {line}) takes {'them' if len(ids) > 1 else 'it'}"
        )
        hint = "Exclude what is shared in the later unit."
        line = course.line("unit", unit, "take", word=condition.word)
        yield make_problem("QT503", course.file.path.as_posix(), text, hint=hint, line=line)
    if chosen and all(taken[page_id][0] != unit for page_id in chosen):
        text = f"{course.units[unit].title!r}: earlier units have all {plural(len(chosen), 'page')}"
        line = course.line("unit", unit, "take")
        yield make_problem("QT501", course.file.path.as_posix(), text, line=line)
