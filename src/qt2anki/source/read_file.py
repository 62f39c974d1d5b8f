"""Read the pages in a file, nearly always one, and join those that share an id."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem, make_problem, sort_problems
from qt2anki.model import Page, PageId, page_order
from qt2anki.source.discover import Source, SourceText, read_source
from qt2anki.source.entry import FrontMatter, read_id, with_own_keys
from qt2anki.source.front_matter import read_front_matter
from qt2anki.source.page_keys import PageReading, fold_case, read_page
from qt2anki.source.questions_in_file import read_questions

_AS_THE_SITE: Final = PageFormat()


def read_file(source: Source, page_format: PageFormat = _AS_THE_SITE) -> tuple[PageReading, ...]:
    """Read and check the pages in one file: at least one, which may be faulty."""
    return pages_in(read_source(source), source, page_format)


def pages_in(
    read: SourceText, source: Source, page_format: PageFormat = _AS_THE_SITE
) -> tuple[PageReading, ...]:
    """Check the pages in the text that was read from one file."""
    if read.text is None:
        return (PageReading(None, read.problems),)
    first, *others = parse_pages(read.text, source, page_format)
    return (replace(first, problems=(*read.problems, *first.problems)), *others)


def parse_pages(
    text: str, source: Source, page_format: PageFormat = _AS_THE_SITE
) -> tuple[PageReading, ...]:
    """Read the pages in the text of a file: nearly always one."""
    front, problems = read_front_matter(text, source.name)
    questions: tuple[FrontMatter, ...] = ()
    if front is not None:
        questions = read_questions(with_own_keys(front, page_format.names), source, page_format)
    if front is not None and not front.has_fences:
        if not any("question" in question.entries for question in questions):
            return (PageReading(None, problems),)
        problems = ()
    if not questions:
        page_id = salvage_id(text, dict(page_format.names).get("id", "id"))
        return (PageReading(None, sort_problems(problems), page_id),)
    first, *others = questions
    return (read_page(first, source.name, problems), *(read_page(q, source.name) for q in others))


def salvage_id(text: str, key: str = "id") -> PageId | None:
    """Return the id in the text of a faulty page; None unless exactly one is there.

    That is enough to keep the published notes of the page until its file is fixed.
    """
    found = re.findall(rf"^{re.escape(key)}:[ \t]*(\S.*?)[ \t]*$", text, re.MULTILINE)
    return read_id(found[0].strip("\"'")) if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Catalog:
    """The pages by id, each with all its subjects, and the problems of others."""

    pages: tuple[Page, ...]  # sorted by id
    subjects: tuple[str, ...]  # sorted, case-folded
    problems: tuple[Problem, ...]


def catalog(pages: Iterable[Page], aliases: Mapping[str, str]) -> Catalog:
    """Join the pages that share an id; *aliases* maps a subject as written to its right name.

    A page listed under several subjects is one page with several subjects. If pages share an id but
    not their question and answer, none of them is used, because one would take over the review
    history of the other.
    """
    pages = list(pages)
    names = spellings(Counter(s for page in pages for s in page.subjects), aliases)
    by_id: dict[PageId, list[Page]] = defaultdict(list)
    for page in pages:
        by_id[page.page_id].append(page)
    joined = [join_pages(by_id[page_id], names) for page_id in sorted(by_id, key=page_order)]
    found = tuple(page for page, _ in joined if page)
    subjects = {subject for page in found for subject in page.subjects}
    problems = tuple(problem for _, some in joined for problem in some)
    return Catalog(found, tuple(sorted(subjects, key=str.casefold)), problems)


def join_pages(
    pages: Iterable[Page], names: Mapping[str, str]
) -> tuple[Page | None, tuple[Problem, ...]]:
    """Join the pages of one id, unless they contradict; *names* come from spellings()."""
    same = [replace(page, subjects=_sorted(names[s] for s in page.subjects)) for page in pages]
    same.sort(key=lambda page: (page.subjects, page.source))
    first = same[0]
    for other in same[1:]:
        if (other.question, other.answer) != (first.question, first.answer):
            part = "answer" if other.question == first.question else "question"
            text = f"id {other.page_id} is also the id of {first.source}, with a different {part}"
            hint = "give one of them a different id, or make both the same; until then"
            if "#" in f"{first.page_id}":  # two questions of one file
                hint = "add an anchor such as {#sodium} to the new question's heading; until then"
            hint += " neither makes cards"
            return None, (make_problem("QT201", other.source, text, hint=hint),)
    problems = []
    first_of: dict[tuple[str, ...], Page] = {}
    for page in same:
        if first_of.setdefault(page.subjects, page) is not page:
            text = f"the same page as {first_of[page.subjects].source}, in the same subject"
            hint = "remove one of the two files"
            problems.append(make_problem("QT202", page.source, text, hint=hint))
    # Fields and tags must be equal in every package of the page, so everything comes from one of
    # its files, whichever subject is being written.
    joined = replace(
        first,
        subjects=_sorted(subject for page in same for subject in page.subjects),
        keywords=tuple(dict.fromkeys(word for page in same for word in page.keywords)),
        score=max((page.score for page in same if page.score is not None), default=None),
        topic=next((page.topic for page in same if page.topic), ""),
    )
    return joined, tuple(problems)


def _sorted(subjects: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(subjects), key=str.casefold))


def fold_question(question: str) -> str:
    """Return a key that is equal for two questions with the same words."""
    return fold_case(question).rstrip(" ?.")


def spellings(written: Mapping[str, int], aliases: Mapping[str, str]) -> dict[str, str]:
    """Choose the most frequent spelling of subjects that differ only in case or spaces."""
    folded_aliases = {fold_case(alias): name for alias, name in aliases.items()}
    right = {name: folded_aliases.get(fold_case(name), name) for name in written}
    count: Counter[str] = Counter()
    for name, number in written.items():
        count[right[name]] += number
    best: dict[str, str] = {}
    for name in sorted(count, key=lambda name: (-count[name], name)):
        best.setdefault(fold_case(name), name)
    return {name: " ".join(best[fold_case(target)].split()) for name, target in right.items()}
