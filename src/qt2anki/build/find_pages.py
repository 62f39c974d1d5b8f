"""Find the pages that match conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from qt2anki.build.page_table import PageTable
from qt2anki.config.values import Condition
from qt2anki.model import Page, PageId
from qt2anki.release.previous_release import subject_key

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Library:
    """All available pages, by id, with the names of their files."""

    pages: Mapping[PageId, Page]  # without their answers
    files: Mapping[PageId, tuple[str, ...]]
    answer_of: Callable[[PageId], str]


def library_of(pages: PageTable) -> Library:
    """Return all pages of a build as a library."""
    by_id = {page.page_id: page for page in pages.pages}
    return Library(by_id, pages.files_by_page(), lambda page_id: pages.page(page_id).answer)


def find_pages(condition: Condition, library: Library) -> tuple[Page, ...]:
    """Return the pages that match *condition*: ids in the given order, the rest by id."""
    if condition.related_to:
        near = [library.pages[i].related for i in condition.related_to if i in library.pages]
        ids: Iterable[PageId] = dict.fromkeys(i for related in near for i in related)
    else:
        ids = condition.ids or library.pages
    pages = (library.pages[page_id] for page_id in ids if page_id in library.pages)
    return tuple(page for page in pages if fits(page, condition, library))


def fits(page: Page, condition: Condition, library: Library) -> bool:
    """Whether a page matches *condition*, ignoring recommendations."""
    files = library.files.get(page.page_id, (page.source,))
    return (
        (not condition.ids or page.page_id in condition.ids)
        and (not condition.slugs or not page_slugs(page, files).isdisjoint(condition.slugs))
        and (
            not condition.paths
            or any(PurePosixPath(name).match(path) for name in files for path in condition.paths)
        )
        and _shares(page.subjects, condition.subjects, subject_key)
        and _shares(page.keywords, condition.keywords, str.casefold)
        and (condition.since is None or (page.date is not None and page.date >= condition.since))
        and (condition.until is None or (page.date is not None and page.date <= condition.until))
        and _have_words(page.keywords, condition.keyword_words)
        and _have_words((page.question,), condition.questions)
        and (not condition.texts or _has_text(page, condition.texts, library))
    )


def _shares(has: Iterable[str], wanted: Sequence[str], fold: Callable[[str], str]) -> bool:
    return not wanted or not set(map(fold, wanted)).isdisjoint(map(fold, has))


def page_slugs(page: Page, files: Sequence[str]) -> set[str]:
    """Return the names of a page: the end of its URL, its id, and its files."""
    last = page.url.rstrip("/").rpartition("/")[2]
    return {last, str(page.page_id), *(PurePosixPath(name).stem for name in files)}


def _have_words(texts: Iterable[str], wanted: Sequence[str]) -> bool:
    """Whether every word of an entry of *wanted* is a prefix of a word in one of *texts*."""
    found = [_WORD.findall(text.casefold()) for text in texts]
    return not wanted or any(
        all(any(word.startswith(part) for word in words) for part in _WORD.findall(one.casefold()))
        for one in wanted
        for words in found
    )


def _has_text(page: Page, texts: Sequence[str], library: Library) -> bool:
    answer = library.answer_of(page.page_id)
    said = " ".join(f"{page.question} {answer}".casefold().split())
    return any(" ".join(text.casefold().split()) in said for text in texts)
