"""The pages of a build: joined by their ids in a table, and found by conditions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from qt2anki.build.cache import digest, page_from_json, page_to_json
from qt2anki.build.source_files import SourceFiles
from qt2anki.config.settings import PageFormat
from qt2anki.config.values import Condition
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.errors import Qt2AnkiError
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.release.previous_release import subject_key
from qt2anki.release.retirement import FaultyFile, Scope
from qt2anki.source.discover import folder_order
from qt2anki.source.pictures import Pictures, with_pictures
from qt2anki.source.read_file import join_pages, spellings

_WORD = re.compile(r"\w+")
_CHANGED = """
SELECT page FROM scratch.joined JOIN scratch.published_pages AS now USING (page)
WHERE NOT EXISTS (
  SELECT 1 FROM notes
  WHERE notes.page = joined.page AND notes.input = joined.input AND notes.published = now.state
) ORDER BY (SELECT min(package) FROM published WHERE published.page = joined.page), page
"""

# The newest state of each note of a page, and whether packages have it as a live or retired note.
STATES = """
SELECT published.page, guid, code, max(mod), side, owner,
  sum(side = 'live') > 0 AS is_live, sum(side = 'retired') > 0 AS is_retired
FROM published JOIN packages ON packages.id = package WHERE rank IS NOT NULL
"""
# The time of a newer state of a note that its package has left out.
_LEFT_OUT = "coalesce((SELECT max(mod) FROM left_out WHERE guid = states.guid), '')"
_PUBLISHED_PAGES = f"""
INSERT INTO scratch.published_pages
SELECT page, digest(group_concat(code || ':' || is_live || is_retired || {_LEFT_OUT}))
FROM ({STATES} AND published.page IS NOT NULL GROUP BY page, guid ORDER BY page, guid) AS states
GROUP BY page
"""  # noqa: S608  # all ours
_SUBJECT_STATE = """
SELECT page || ':' || input || coalesce(state, '') FROM scratch.members
JOIN scratch.joined USING (page) LEFT JOIN scratch.published_pages USING (page)
WHERE subject = ? ORDER BY page
"""
# A note that belongs to no page depends on the page that it shows, whatever its subject.
_PAGELESS_STATE = f"""
SELECT guid || ':' || code || ':' || {_LEFT_OUT}
  || coalesce((SELECT input FROM scratch.joined WHERE joined.page = owner), '')
FROM ({STATES} AND published.page IS NULL AND guid IN
  (SELECT guid FROM published WHERE package = ?) GROUP BY guid ORDER BY guid) AS states
"""  # noqa: S608  # all ours


@dataclass(frozen=True, slots=True)
class Library:
    """All available pages, by id, with the names of their files."""

    pages: Mapping[PageId, Page]  # without their answers
    files: Mapping[PageId, tuple[str, ...]]
    answer_of: Callable[[PageId], str]


class PageTable:
    """All pages, each once with all its subjects; answers are replaced by their digests."""

    def __init__(self, database: sqlite3.Connection, files: SourceFiles) -> None:
        self._database = database
        database.create_function("digest", 1, digest, deterministic=True)
        self.find_published()
        self._files = files
        self._pictures: dict[PageId, Pictures] = {}
        self._conflicts: set[PageId] = set()
        self._page_format = PageFormat()
        self._corrections = Corrections()
        self.problems: tuple[Problem, ...] = ()
        self.subjects: tuple[str, ...] = ()

    def find_pictures(self, page_format: PageFormat) -> str:
        """Find the pictures of all pages, and return a digest of them, "" for none."""
        self._page_format = page_format
        for page_id, files in self._files.with_images():
            page = self._page_in(files[0].name, page_id)
            if page is not None:
                self._pictures[page_id] = with_pictures(page, files)
        shown = [
            f"{page_id} {one.page.question} {one.page.answer}"
            for page_id, one in self._pictures.items()
        ]
        return digest(*shown) if shown else ""

    @property
    def pictures(self) -> dict[str, Path]:
        """The files of all pictures, by their names in Anki."""
        return dict(file for one in self._pictures.values() for file in one.files)

    @property
    def picture_files(self) -> tuple[Path, ...]:
        """All files that pages name as pictures, existing or not, sorted."""
        return tuple(sorted({file for one in self._pictures.values() for file in one.looked_for}))

    def join(self, aliases: Mapping[str, str], making: str, corrections: Corrections) -> None:
        """Join the files of each page; *making* is a digest of all else that notes depend on."""
        self._corrections = corrections
        names = spellings(self._files.subjects(), aliases)
        problems = [problem for one in self._pictures.values() for problem in one.problems]
        subjects: set[str] = set()
        for same in self._files.by_id():
            file, is_alone = same[0], len(same) == 1 and same[0].page_id not in self._pictures
            if is_alone and names.get(file.subjects) == file.subjects:  # as are nearly all
                self._insert(file.page_id, file.name, file.header, file.answer, making)
                self._list(file.page_id, (file.subjects,))
                subjects.add(file.subjects)
                continue
            page, found = join_pages((file.page() for file in same), names)
            problems += found
            if page is None:
                self._conflicts.add(same[0].page_id)
            else:
                if shown := self._pictures.get(page.page_id):
                    answer = digest(shown.page.answer)
                    page = replace(page, question=shown.page.question, answer=answer)
                self._add(page, making)
                subjects.update(page.subjects)
        self.problems = tuple(problems)
        self.subjects = tuple(sorted(subjects, key=str.casefold))

    @property
    def pages(self) -> Iterator[Page]:
        """The pages by id, with digests as their answers."""
        query = "SELECT header, answer FROM scratch.joined ORDER BY page"
        for header, answer in self._database.execute(query):
            yield page_from_json(header, answer)

    @property
    def ids(self) -> set[PageId]:
        """The ids of all pages."""
        return {row[0] for row in self._database.execute("SELECT page FROM scratch.joined")}

    @property
    def number(self) -> int:
        """How many pages there are."""
        return int(self._database.execute("SELECT count(*) FROM scratch.joined").fetchone()[0])

    def faulty_files(self) -> list[FaultyFile]:
        """Return the files whose page cannot be used, folder by folder."""
        files = [FaultyFile(name, page, is_read=False) for name, page in self._files.unread()]
        for page_id in self._conflicts:
            names = self._files.names_of(page_id)
            files += [FaultyFile(name, page_id, is_read=True) for name in names]
        return sorted(files, key=lambda file: folder_order(file.name))

    def widen(self, scope: Scope, making: str) -> None:
        """Give pages the subjects that they keep according to *scope*."""
        for page_id in scope.more:
            row = self._database.execute(
                "SELECT header, answer FROM scratch.joined WHERE page = ?", (page_id,)
            ).fetchone()
            page = page_from_json(*row)
            self._add(replace(page, subjects=scope.subjects_of(page)), making)

    def changed(self) -> list[PageId]:
        """Return the published pages that have changed since their notes were made, by package."""
        return [page_id for (page_id,) in self._database.execute(_CHANGED)]

    def refuse(self, page_id: PageId, problem: Problem) -> None:
        """Treat a page that was joined as faulty."""
        self._conflicts.add(page_id)
        self.problems = (*self.problems, problem)
        self.remove(page_id)

    def remove(self, page_id: PageId) -> None:
        """Forget a page that was joined."""
        for table in ("joined", "members"):
            self._database.execute(f"DELETE FROM scratch.{table} WHERE page = ?", (page_id,))  # noqa: S608

    def has(self, page_id: PageId | None) -> bool:
        """Whether there is such a page."""
        query = "SELECT 1 FROM scratch.joined WHERE page = ?"
        return self._database.execute(query, (page_id,)).fetchone() is not None

    def page(self, page_id: PageId) -> Page:
        """Return a page with its answer."""
        header, name, expected = self._database.execute(
            "SELECT header, name, answer FROM scratch.joined WHERE page = ?", (page_id,)
        ).fetchone()
        if page_id in self._pictures:
            return page_from_json(header, self._pictures[page_id].page.answer)
        page = self._page_in(name, page_id)
        if page is None or digest(page.answer) != expected:
            text = "the page was changed while it was being read"
            raise Qt2AnkiError(text, hint="build again", source=name)
        return page_from_json(header, page.answer)

    def _page_in(self, name: str, page_id: PageId) -> Page | None:
        """Return a page from a file, which may have to be read again."""
        known = self._files.page(name, page_id)
        if known is not None:
            return known
        # If nothing is stale, no page has to be read.
        from qt2anki.source.read_file import read_file  # noqa: PLC0415

        found = read_file(self._files.source(name), self._page_format)
        pages = (one.page for one in found if one.page and one.page.page_id == page_id)
        return next(pages, None)

    def of_subject(self, subject: str) -> Iterator[Page]:
        """Yield the pages of a subject by id, with digests as their answers."""
        query = (
            "SELECT header, answer FROM scratch.members JOIN scratch.joined USING (page)"
            " WHERE subject = ? ORDER BY page"
        )
        for row in self._database.execute(query, (subject,)):
            yield page_from_json(*row)

    def library(self) -> Library:
        """Return all pages, with the names of their files: one in the folder of each subject."""
        files = {file[0].page_id: tuple(one.name for one in file) for file in self._files.by_id()}
        by_id = {page.page_id: page for page in self.pages}
        return Library(by_id, files, lambda page_id: self.page(page_id).answer)

    def _add(self, page: Page, making: str) -> None:
        self._insert(page.page_id, page.source, page_to_json(page), page.answer, making)
        self._list(page.page_id, page.subjects)

    def _insert(self, page_id: PageId, name: str, header: str, answer: str, making: str) -> None:
        more = self._corrections.state_of(page_id)
        row = (page_id, name, header, answer, digest(making, header, answer, more))
        self._database.execute("INSERT OR REPLACE INTO scratch.joined VALUES (?, ?, ?, ?, ?)", row)

    def _list(self, page_id: PageId, subjects: Iterable[str]) -> None:
        self._database.executemany(
            "INSERT OR IGNORE INTO scratch.members VALUES (?, ?)",
            ((subject, page_id) for subject in subjects),
        )

    def find_published(self) -> None:
        """Find the states of published pages, again after packages were replaced."""
        self._database.execute("DELETE FROM scratch.published_pages")
        self._database.execute(_PUBLISHED_PAGES)

    def state_of(self, subject: str, package: int | None) -> Iterator[str]:
        """Yield a description of the pages of a subject, and of all their published notes."""
        for query, value in ((_SUBJECT_STATE, subject), (_PAGELESS_STATE, package)):
            yield ""
            for (text,) in self._database.execute(query, (value,)):
                yield text


def find_pages(condition: Condition, library: Library) -> tuple[Page, ...]:
    """Return the pages that match *condition*: ids in the given order, the rest by id."""
    if condition.related_to:
        near = [library.pages[i].related for i in condition.related_to if i in library.pages]
        ids: Iterable[PageId] = dict.fromkeys(i for related in near for i in related)
    else:
        ids = condition.ids or library.pages
    pages = (library.pages[page_id] for page_id in ids if page_id in library.pages)
    return tuple(page for page in pages if _fits(page, condition, library))


def _fits(page: Page, condition: Condition, library: Library) -> bool:
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
