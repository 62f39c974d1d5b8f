"""The pages of a site joined by their ids, without holding them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qt2anki.build.cache_records import digest, page_from_json, page_to_json
from qt2anki.build.source_files import PageFile, Sources
from qt2anki.errors import Qt2AnkiError
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.release.retirement_scope import FaultyFile, Scope
from qt2anki.source.catalog import join, spellings
from qt2anki.source.discover import Source, folder_order
from qt2anki.source.key_mapping import KeyNames
from qt2anki.source.pictures import Pictures, with_pictures
from qt2anki.source.recover_id import read_file


class Site:
    """All pages, each once with all its subjects; a digest stands in the place of an answer."""

    def __init__(self, database: sqlite3.Connection, sources: Sources) -> None:
        self._database = database
        self._sources = sources
        self._pictures: dict[PageId, Pictures] = {}
        self._conflicts: set[PageId] = set()
        self._names: KeyNames = ()
        self.problems: tuple[Problem, ...] = ()
        self.subjects: tuple[str, ...] = ()

    def find_pictures(self, names: KeyNames) -> str:
        """Find the pictures of all pages, and return what stands for them: "" for none."""
        self._names = names
        for page_id, files in self._sources.with_images():
            page = self._read(files[0])
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
        """All files that pages name as pictures, whether they are there or not, sorted."""
        return tuple(sorted({file for one in self._pictures.values() for file in one.looked_for}))

    def join(self, aliases: Mapping[str, str], making: str) -> None:
        """Join the pages that were read; *making* stands for all that notes depend on besides."""
        names = spellings(self._sources.subjects(), aliases)
        problems = [problem for one in self._pictures.values() for problem in one.problems]
        subjects: set[str] = set()
        for same in self._sources.by_id():
            if self._is_as_read(same, names):
                file = same[0]
                self._insert(file.page_id, file.name, file.header, file.answer, making)
                self._list(file.page_id, (file.subject,))
                subjects.add(file.subject)
                continue
            one = join((file.page() for file in same), names)
            problems += one.problems
            if one.page is None:
                self._conflicts.add(same[0].page_id)
            else:
                self._add(self._with_pictures(one.page), making)
                subjects.update(one.page.subjects)
        self.problems = tuple(problems)
        self.subjects = tuple(sorted(subjects, key=str.casefold))

    @property
    def pages(self) -> Iterator[Page]:
        """The pages by id."""
        query = "SELECT header, answer FROM scratch.joined ORDER BY page"
        for header, answer in self._database.execute(query):
            yield page_from_json(header, answer)

    @property
    def number(self) -> int:
        """How many pages there are."""
        return int(self._database.execute("SELECT count(*) FROM scratch.joined").fetchone()[0])

    def faulty_files(self) -> list[FaultyFile]:
        """Return the files whose page cannot be used, folder by folder."""
        files = [FaultyFile(name, page, is_read=False) for name, page in self._sources.unread()]
        for page_id in self._conflicts:
            names = self._sources.names_of(page_id)
            files += [FaultyFile(name, page_id, is_read=True) for name in names]
        return sorted(files, key=lambda file: folder_order(file.name))

    def widen(self, scope: Scope, making: str) -> None:
        """Give pages the subjects that *scope* leaves them."""
        for page_id in scope.more:
            row = self._database.execute(
                "SELECT header, answer FROM scratch.joined WHERE page = ?", (page_id,)
            ).fetchone()
            page = page_from_json(*row)
            self._add(replace(page, subjects=scope.subjects_of(page)), making)

    def page_with_text(self, page_id: PageId) -> Page:
        """Return a page with its answer.

        Raises Qt2AnkiError when its file was changed after it was looked at.
        """
        header, name, answer = self._database.execute(
            "SELECT header, name, answer FROM scratch.joined WHERE page = ?", (page_id,)
        ).fetchone()
        if page_id in self._pictures:
            return page_from_json(header, self._pictures[page_id].page.answer)
        return page_from_json(header, self._sources.text(name) or self._read_again(name, answer))

    def _read_again(self, name: str, expected: str) -> str:
        read = read_file(Source(name, Path(name)), self._names).reading.page
        if read is None or digest(read.answer) != expected:
            text = "the page was changed while it was being read"
            raise Qt2AnkiError(text, hint="build again", source=name)
        return read.answer

    def _is_as_read(self, same: Sequence[PageFile], names: Mapping[str, str]) -> bool:
        """Whether a page is what stands in its file, as nearly all are: it need not be opened."""
        file = same[0]
        is_alone = len(same) == 1 and file.page_id not in self._pictures
        return is_alone and names[file.subject] == file.subject

    def _add(self, page: Page, making: str) -> None:
        self._insert(page.page_id, page.source, page_to_json(page), page.answer, making)
        self._list(page.page_id, page.subjects)

    def _insert(self, page_id: PageId, name: str, header: str, answer: str, making: str) -> None:
        row = (page_id, name, header, answer, digest(making, header, answer))
        self._database.execute("INSERT OR REPLACE INTO scratch.joined VALUES (?, ?, ?, ?, ?)", row)

    def _list(self, page_id: PageId, subjects: Iterable[str]) -> None:
        self._database.executemany(
            "INSERT OR IGNORE INTO scratch.members VALUES (?, ?, NULL)",
            ((subject, page_id) for subject in subjects),
        )

    def _with_pictures(self, page: Page) -> Page:
        if page.page_id not in self._pictures:
            return page
        shown = self._pictures[page.page_id].page
        return replace(page, question=shown.question, answer=digest(shown.answer))

    def _read(self, source: Source) -> Page | None:
        """Return the page in a file; standard input can be read only once."""
        page = self._sources.page(source.name)
        return page or read_file(source, self._names).reading.page
