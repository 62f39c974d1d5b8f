"""Read the pages in one file: nearly always one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem, sort_problems
from qt2anki.model import Page, PageId
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
    """Read the pages in the text of a file: nearly always one.

    All problems are found at once, sorted by line.
    """
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
