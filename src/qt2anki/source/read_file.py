"""Read the pages in a file, nearly always one, and join those that share an id."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem, make_problem, sort_problems
from qt2anki.model import Page, PageId, page_order
from qt2anki.source.discover import Source, SourceText, read_source
from qt2anki.source.entry import FrontMatter, read_id, with_own_keys
from qt2anki.source.front_matter import read_front_matter
from qt2anki.source.page_keys import PageKeys, fold_spaces
from qt2anki.source.questions_in_file import read_questions
from qt2anki.source.unescape import decode_unicode

_AS_THE_SITE: Final = PageFormat()


@dataclass(frozen=True, slots=True)
class PageReading:
    """What became of one page; *page* is None exactly when a problem is an error."""

    page: Page | None
    problems: tuple[Problem, ...]
    page_id: PageId | None = None  # also of a faulty page, if it is known
    front: FrontMatter | None = None  # the values of the page, under our keys


def read_file(source: Source, page_format: PageFormat = _AS_THE_SITE) -> tuple[PageReading, ...]:
    """Read and check the pages in one file: one at least, though it may be faulty."""
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
    return (_reading(first, source.name, problems), *(_reading(q, source.name) for q in others))


def _reading(front: FrontMatter, source: str, problems: tuple[Problem, ...] = ()) -> PageReading:
    """Make a page of its values; *problems* are those that were found in reading them."""
    keys = PageKeys(front, source)
    page_id = keys.page_id()
    page = Page(
        source=source,
        page_id=0 if page_id is None else page_id,
        question=fold_spaces(decode_unicode(keys.text("question"))),
        answer=keys.answer(),
        subjects=keys.subjects(),
        url=keys.url(),
        date=keys.date(),
        keywords=keys.keywords(),
        score=keys.score(),
        related=keys.related(),
        language=keys.language(),
        topic=keys.topic(),
    )
    keys.note_unread()
    found = sort_problems((*problems, *keys.problems))
    failed = any(problem.severity == "error" for problem in found)
    return PageReading(None if failed else page, found, page_id, front)


def salvage_id(text: str, key: str = "id") -> PageId | None:
    """Return the id in the text of a faulty page; None unless exactly one is there.

    That is enough to keep what was published of the page until its file is right again.
    """
    found = re.findall(rf"^{re.escape(key)}:[ \t]*(\S.*?)[ \t]*$", text, re.MULTILINE)
    return read_id(found[0].strip("\"'")) if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Catalog:
    """The pages by id, each with all its subjects, and what kept others out."""

    pages: tuple[Page, ...]  # sorted by id
    subjects: tuple[str, ...]  # sorted, case-folded
    problems: tuple[Problem, ...]


def catalog(pages: Iterable[Page], aliases: Mapping[str, str]) -> Catalog:
    """Join the pages that share an id; *aliases* maps a subject as written to its right name.

    A page listed under several subjects is one page with several subjects. Pages that share an
    id but not their question and answer cannot both be meant: none of them is taken, because
    whichever came first would lend its review history to the other.
    """
    pages = list(pages)
    names = spellings(Counter(s for page in pages for s in page.subjects), aliases)
    by_id: dict[PageId, list[Page]] = defaultdict(list)
    for page in pages:
        by_id[page.page_id].append(page)
    joined: list[Page] = []
    problems: list[Problem] = []
    for page_id in sorted(by_id, key=page_order):
        one = join_pages(by_id[page_id], names)
        problems += one.problems
        if one.page:
            joined.append(one.page)
    subjects = {subject for page in joined for subject in page.subjects}
    return Catalog(tuple(joined), tuple(sorted(subjects, key=str.casefold)), tuple(problems))


class Joined(NamedTuple):
    """One page made of all that have its id; None when they are at odds."""

    page: Page | None
    problems: tuple[Problem, ...]


def join_pages(pages: Iterable[Page], names: Mapping[str, str]) -> Joined:
    """Join the pages of one id; *names* are their subjects as :func:`spellings` gives them."""
    renamed = []
    for page in pages:
        right = dict.fromkeys(names[subject] for subject in page.subjects)
        renamed.append(replace(page, subjects=tuple(sorted(right, key=str.casefold))))
    same = sorted(renamed, key=lambda page: (page.subjects, page.source))
    if conflict := _conflict(same):
        return Joined(None, (conflict,))
    return Joined(_joined(same), tuple(_copies(same)))


def fold_question(question: str) -> str:
    """Return what is equal for two questions that ask the same in the same words."""
    return " ".join(question.casefold().split()).rstrip(" ?.")


def spellings(written: Mapping[str, int], aliases: Mapping[str, str]) -> dict[str, str]:
    """Choose one spelling for the subjects that differ in case or spaces: the commonest."""
    folded_aliases = {_fold(alias): name for alias, name in aliases.items()}
    right = {name: folded_aliases.get(_fold(name), name) for name in written}
    count: Counter[str] = Counter()
    for name, number in written.items():
        count[right[name]] += number
    best: dict[str, str] = {}
    for name in sorted(count, key=lambda name: (-count[name], name)):
        best.setdefault(_fold(name), name)
    return {name: " ".join(best[_fold(target)].split()) for name, target in right.items()}


def _fold(subject: str) -> str:
    return " ".join(subject.casefold().split())


def _conflict(same: Sequence[Page]) -> Problem | None:
    first = same[0]
    for other in same[1:]:
        for part in ("question", "answer"):
            if getattr(other, part) != getattr(first, part):
                return make_problem(
                    "QT201",
                    other.source,
                    f"id {other.page_id} is also the id of {first.source}, with another {part}",
                    hint="give one of them a different id, or make both the same; until then"
                    " neither makes cards",
                )
    return None


def _copies(same: Sequence[Page]) -> Iterable[Problem]:
    first_of: dict[tuple[str, ...], Page] = {}
    for page in same:
        first = first_of.setdefault(page.subjects, page)
        if first is not page:
            text = f"the same page as {first.source}, in the same subject"
            yield make_problem("QT202", page.source, text, hint="remove one of the two files")


def _joined(same: Sequence[Page]) -> Page:
    # Fields and tags must be equal in every package the page is in, so all of it comes from one
    # of its files, whichever subject is being written.
    scores = [page.score for page in same if page.score is not None]
    subjects = tuple(sorted({s for page in same for s in page.subjects}, key=str.casefold))
    keywords = tuple(dict.fromkeys(word for page in same for word in page.keywords))
    return replace(
        same[0],
        subjects=subjects,
        keywords=keywords,
        score=max(scores) if scores else None,
        topic=next((page.topic for page in same if page.topic), ""),
    )
