"""Check files: apply every rule to every page, then the rules about all pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from math import inf
from typing import NamedTuple

from qt2anki.build.parallel import WORTH_PROCESSES, OpenPool, parallel_map
from qt2anki.checks import formulas, page_rules
from qt2anki.checks.page_view import Reading, Rule
from qt2anki.config import Settings
from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem, make_problem, plural, sort_problems
from qt2anki.model import Page, PageId, page_order
from qt2anki.source.discover import Source, SourceText, discover, read_source
from qt2anki.source.page_keys import fold_case
from qt2anki.source.read_file import catalog, fold_question, pages_in

_FEW = 2  # pages; a subject with no more is probably a typo of one
_MANY = 20  # that has at least this number
_SHORTEST = 5  # letters; shorter names often differ by one letter
_WORD = re.compile(r"[^\W_]+")

LineAndColumn = tuple[int, int]
"""Line and column of a value in its file, both from 1."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page without errors, and the places of the values that are compared between pages."""

    page: Page
    places: Mapping[str, LineAndColumn]  # of id, question, subject
    is_askable: bool


def whole_set_problems(seen: Sequence[Seen], aliases: Mapping[str, str]) -> Iterator[Problem]:
    """Yield problems between pages; *aliases* are those of the settings."""
    places = {each.page.source: each.places for each in seen}
    found = catalog((each.page for each in seen), aliases)
    for problem in found.problems:
        line, column = places[problem.source]["id"]
        yield replace(problem, line=line, column=column)
    ids = {page.page_id for page in found.pages}
    yield from _same_questions(each for each in seen if each.page.page_id in ids)
    yield from _subject_spellings(seen, {fold_case(alias) for alias in aliases})


def _same_questions(seen: Iterable[Seen]) -> Iterator[Problem]:
    asking: dict[tuple[str, str], dict[PageId, Seen]] = defaultdict(dict)
    for each in seen:
        if each.is_askable:
            key = fold_case(each.page.subjects[0]), fold_question(each.page.question)
            asking[key].setdefault(each.page.page_id, each)
    for same in asking.values():
        by_id = sorted(same.values(), key=lambda each: page_order(each.page.page_id))
        first, *others = sorted(by_id, key=lambda e: inf if e.page.score is None else -e.page.score)
        for other in others:
            text = f"asks the same question as page {first.page.page_id} ({first.page.source})"
            yield _problem("QT203", other, "question", text, "Reword one of the two questions.")


def _subject_spellings(seen: Sequence[Seen], aliases: set[str]) -> Iterator[Problem]:
    count = Counter(each.page.subjects[0] for each in seen)
    first = {each.page.subjects[0]: each for each in reversed(seen)}
    commonest = sorted(count, key=lambda name: (-count[name], name))
    deck_of: dict[str, str] = {}
    for name in commonest:
        if fold_case(name) in aliases:
            continue
        named = deck_of.setdefault(fold_case(name), name)
        pages = plural(count[name], "page")
        if named != name:
            text = f"subject {name!r} ({pages}) is {named!r} elsewhere"
            yield _problem("QT204", first[name], "subject", text, f"Write subject: {named}")
        elif near := _slip_of(name, commonest, count):
            others = plural(count[near], "page")
            text = f"subject {name!r} ({pages}) may be {near!r} ({others})"
            yield _problem("QT205", first[name], "subject", text, f"Write subject: {near}")


def _slip_of(name: str, names: Sequence[str], count: Counter[str]) -> str:
    """Return the subject of which *name* is a different spelling, or probably a typo."""
    for other in names:
        if (count[other], name) <= (count[name], other) or fold_case(other) == fold_case(name):
            continue
        if _letters(name) == _letters(other):
            return other
        is_rare = count[name] <= _FEW and count[other] >= _MANY
        if is_rare and len(name) >= _SHORTEST and _is_slip(_letters(name), _letters(other)):
            return other
    return ""


def _is_slip(written: str, meant: str) -> bool:
    """Whether a letter was dropped, added or swapped; a replaced one may mean a different word."""
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    left, right = written[start:], meant[start:]
    if len(left) == len(right):
        return left[1::-1] == right[:2] and left[2:] == right[2:]
    return left[1:] == right or left == right[1:]


def _letters(name: str) -> str:
    return "".join(_WORD.findall(name.casefold().replace("&", " and ")))


def _problem(code: str, seen: Seen, key: str, text: str, hint: str) -> Problem:
    line, column = seen.places[key]
    return make_problem(code, seen.page.source, text, hint=hint, line=line, column=column)


RULES: tuple[Rule, ...] = (*page_rules.RULES, *formulas.RULES)
MOST_OF_A_KIND = 25
"""Problems reported per rule and page; more would only repeat them."""

_CHEAPER = 5  # checking a page is this many times faster than making its cards

OnPage = Callable[[int, int], None]
"""Called with the number of pages done and the number of all pages."""


class Findings(NamedTuple):
    """What a check found: all problems, sorted, and the number of files checked."""

    problems: tuple[Problem, ...]
    files: int


def check(
    paths: Sequence[str],
    settings: Settings,
    progress: OnPage,
    *,
    processes: int | None = None,
    open_pool: OpenPool | None = None,
) -> Findings:
    """Check all pages under *paths* without writing anything."""
    discovery = discover(paths)
    problems = list(discovery.problems)
    seen: list[Seen] = []
    total = len(discovery.sources)
    progress(0, total)
    with parallel_map(processes, open_pool=open_pool, worth=WORTH_PROCESSES * _CHEAPER) as parallel:
        rules = partial(check_text, page_format=settings.page_format)
        # Read here: another process has no such standard input, another machine no such files.
        texts = ((source, read_source(source)) for source in discovery.sources)
        for done, (of_file, pages) in enumerate(parallel(rules, texts), start=1):
            problems += of_file
            seen += pages
            progress(done, total)
    problems += whole_set_problems(seen, dict(settings.subject_aliases))
    return Findings(sort_problems(problems), total)


def check_text(
    file: tuple[Source, SourceText], page_format: PageFormat
) -> tuple[list[Problem], list[Seen]]:
    """Apply every single-page rule to a file that has been read."""
    source, read = file
    problems: list[Problem] = []
    seen: list[Seen] = []
    for one in pages_in(read, source, page_format):
        problems += one.problems
        if one.front is None or read.text is None:
            continue
        reading = Reading(source, read.text, one.front, one.page)
        problems += problems_of(reading)
        if one.page is not None:
            entries = one.front.entries
            keys = ("id", "question", "subject")
            places = {key: (entries[key].line, entries[key].column) for key in keys}
            seen.append(Seen(one.page, places, is_askable=not reading.is_refusal))
    return problems, seen


def problems_of(reading: Reading) -> Iterator[Problem]:
    """Yield the problems that single-page rules find."""
    return chain.from_iterable(islice(rule(reading), MOST_OF_A_KIND) for rule in RULES)
