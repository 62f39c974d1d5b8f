"""The pages a deck was made from, read independently of the program's own outlines."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.audit.rendered_cards import word_run
from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.notes.words import words
from qt2anki.source.discover import Source, discover
from qt2anki.source.page_roots import with_published_roots
from qt2anki.source.read_file import read_file

_AS_THE_SITE = PageFormat()
RUN = 4  # words in a row that must be in the page

_FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?(?:^ *\1|\Z)", re.MULTILINE | re.DOTALL)
# "1. **Title**: ...", and "### 1. Title" or "### 1. **Title**".
_ITEM = re.compile(
    r"^ {0,1}(?:(?:#{1,6} )[0-9]{1,2}[.)] +(?P<heading>[^\n]+)"
    r"|[0-9]{1,2}[.)] +\*\*(?P<bold>[^*\n]+?)\*\*)",
    re.MULTILINE,
)
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")
_BARE_TAG = re.compile(r"</?(?:b|br|i|em|strong|sub|sup|u|s|del|code|kbd) ?/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One page: its text for comparison, and the titles in it."""

    page: Page
    grams: frozenset[tuple[str, ...]]  # all runs of RUN words
    text_run: str  # of the answer, as text.word_run
    titles: tuple[str, ...]  # of numbered items, in order


def read_sources(
    paths: Sequence[str],
    page_format: PageFormat = _AS_THE_SITE,
    packages: Iterable[PublishedPackage] = (),
) -> tuple[dict[PageId, SourcePage], tuple[Problem, ...]]:
    """Read the pages under *paths* by id, and report the problems of reading them.

    Ids made of paths are as in *packages*.
    """
    found = discover(paths)
    published = {note.page_id for package in packages for note in package.notes}
    sources = with_published_roots(found.sources, published)
    pages, problems = read_source_files(sources, page_format)
    return pages, (*found.problems, *problems)


def read_source_files(
    files: Iterable[Source], page_format: PageFormat = _AS_THE_SITE
) -> tuple[dict[PageId, SourcePage], tuple[Problem, ...]]:
    """Read the pages in *files* by id, and report the problems of reading them."""
    problems: list[Problem] = []
    pages: dict[PageId, list[Page]] = {}
    for source in files:
        for reading in read_file(source, page_format):
            problems += reading.problems
            if reading.page is not None:
                pages.setdefault(reading.page.page_id, []).append(reading.page)
    return {page_id: _source_page(same) for page_id, same in pages.items()}, tuple(problems)


def _source_page(same: Sequence[Page]) -> SourcePage:
    """Join the files of one id, which differ in subject only."""
    first = same[0]
    subjects = " \n".join(page.subjects[0] for page in same)
    text = html.unescape(f"{first.question}\n{first.answer}\n{subjects}")
    bare = _BARE_TAG.sub("", _LINK_TARGET.sub("]", text)).replace("*", "")
    grams = frozenset(gram for form in {text, bare} for gram in grams_of(words(form)))
    return SourcePage(first, grams, word_run(bare), titles_in(first.answer))


def grams_of(found: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Return every run of RUN words."""
    return zip(*(found[shift:] for shift in range(RUN)), strict=False)


def titles_in(answer: str) -> tuple[str, ...]:
    """Return the titles of the numbered items of a decoded answer, markup off."""
    text = _FENCE.sub("", answer)
    titles = (found["bold"] or found["heading"] for found in _ITEM.finditer(text))
    return tuple(title.strip("*: \t") for title in titles)


def keywords_in(source: SourcePage) -> tuple[str, ...]:
    """Return the keywords of the page that are in its answer."""
    return tuple(word for word in source.page.keywords if word_run(word) in source.text_run)


Sources = Mapping[PageId, SourcePage]
