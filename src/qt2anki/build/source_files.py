"""The files of a build, and which of them have changed since they were last read."""

from __future__ import annotations

import itertools
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from qt2anki.anki.files import digest_of
from qt2anki.build.cache import (
    digest,
    page_from_json,
    page_to_json,
    problems_from_json,
    problems_to_json,
)
from qt2anki.build.job import ChangedFile, Progress
from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.source.discover import (
    MAX_BYTES,
    STDIN_NAME,
    Source,
    SourceText,
    decode_bytes,
    load_source,
    look,
    plainness,
    read_bytes,
)
from qt2anki.source.entry import file_id, with_published_roots

if TYPE_CHECKING:
    from qt2anki.build.parallel import ParallelMap
    from qt2anki.source.page_keys import PageReading

RACY: Final = 3_000_000_000  # nanoseconds
"""A file this young is read again: on a disk that counts in seconds, a file written twice may keep
its times (Git calls such entries "racy")."""

_ADD = """
INSERT INTO scratch.found VALUES (?, ?, ?, ?, ?) ON CONFLICT (place) DO UPDATE
SET depth = excluded.depth, name = excluded.name, root = excluded.root, state = excluded.state
WHERE (excluded.depth, excluded.name) < (found.depth, found.name)
"""
_STALE = """
SELECT found.name, found.root,
  CASE WHEN files.root = found.root AND digest != '' THEN digest END AS digest
FROM scratch.found LEFT JOIN files ON files.name = found.name AND files.part = 0
WHERE files.state IS NOT found.state OR files.root IS NOT found.root OR found.state = ''
ORDER BY found.name
"""
_SETTLED = """
UPDATE files SET state = (SELECT state FROM scratch.found WHERE found.name = files.name)
WHERE name IN (SELECT name FROM scratch.settled);
DELETE FROM scratch.stale WHERE name IN (SELECT name FROM scratch.settled);
"""
_IMAGE = "!["  # without it a page shows no picture
_GONE = "FROM files WHERE name NOT IN (SELECT name FROM scratch.found)"


class ReadPage(NamedTuple):
    """The stored data of a page in a file, in the order of the table's columns."""

    part: int  # its place in the file, from 0
    digest: str  # of the file's bytes
    page_id: PageId | None
    # As written, one per line; this and the next ones are None if there is no page.
    subjects: str | None
    header: str | None  # JSON, without the answer
    answer: str | None  # a digest
    has_image: bool
    problems: str  # JSON
    name: str
    text: str | None  # the answer, for this build alone


class PageFile(NamedTuple):
    """A page in a file, whose answer is replaced by its digest."""

    page_id: PageId
    name: str
    subjects: str  # as written, one per line
    header: str  # JSON, without the answer
    answer: str  # a digest

    def page(self) -> Page:
        """Return the page, with the digest as its answer."""
        return page_from_json(self.header, self.answer)


class SourceFiles:
    """The table of the files of one build."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.problems: tuple[Problem, ...] = ()
        self.total = 0
        self.stale = 0
        self._gone: list[str] = []
        self._is_known = False  # whether there was a build before
        self.is_changed = False  # whether any page may have changed since the last build

    def find(self, paths: Sequence[str], published: Collection[PageId]) -> None:
        """Find the files under *paths*; see :func:`qt2anki.source.discover.look`."""
        problems: list[Problem] = []
        self._database.executemany(_ADD, _found(paths, problems))
        self.problems = tuple(problems)
        self._find_roots(published)
        self._is_known = bool(self._number("facts WHERE name = 'state'"))
        self._gone = [name for (name,) in self._database.execute(f"SELECT DISTINCT name {_GONE}")]
        self._database.execute(f"DELETE {_GONE}")
        self.is_changed = bool(self._gone)
        self.total = self._number("scratch.found")
        self._database.execute(f"CREATE TABLE scratch.stale AS {_STALE}")
        self.stale = self._number("scratch.stale")

    def _find_roots(self, published: Collection[PageId]) -> None:
        if not any(isinstance(page_id, str) for page_id in published):
            return
        found = self._database.execute("SELECT name, root FROM scratch.found").fetchall()
        sources = [_source(*row) for row in found]
        rooted = zip(sources, with_published_roots(sources, published), strict=True)
        update = "UPDATE scratch.found SET root = ? WHERE name = ?"
        rows = ((f"{new.root}", new.name) for old, new in rooted if new.root != old.root)
        self._database.executemany(update, rows)

    def settle(self, progress: Progress) -> None:
        """Accept new file times if the bytes are the same, as after a fresh checkout."""
        self._database.executemany("INSERT INTO scratch.settled VALUES (?)", self._same(progress))
        for statement in _SETTLED.split(";"):
            self._database.execute(statement)
        self.stale = self._number("scratch.stale")

    def changed(self) -> list[ChangedFile]:
        """Return the files that have changed since the build before, sorted; [] if there was none.

        Call it after settle() and before read_stale().
        """
        if not self._is_known:
            return []
        rows = self._database.execute(
            "SELECT stale.name, CASE WHEN files.name IS NULL THEN 'new' ELSE 'changed' END"
            " FROM scratch.stale LEFT JOIN files ON files.name = stale.name AND part = 0"
        ).fetchall()
        rows += [(name, "gone") for name in self._gone]
        return sorted(ChangedFile("page", Path(name), fate) for name, fate in rows)

    def _same(self, progress: Progress) -> Iterator[tuple[str]]:
        done = self.total - self.stale
        query = "SELECT name, digest FROM scratch.stale WHERE digest IS NOT NULL"
        for name, known in self._database.execute(query):
            try:
                data = read_bytes(name)
            except OSError:
                continue
            if len(data) <= MAX_BYTES and digest_of(data) == known:
                done += 1
                progress.pages("read", done, self.total, done)
                yield (name,)

    def read_stale(
        self, page_format: PageFormat, parallel: ParallelMap, progress: Progress
    ) -> None:
        """Read the stale files."""
        reused = self.total - self.stale
        progress.pages("read", reused, self.total, reused)
        stale = self._database.execute("SELECT name, root FROM scratch.stale")
        # Loaded in this process, because workers may not have its standard input or files.
        loaded = ((source, load_source(source)) for row in stale for source in (_source(*row),))
        read = parallel(partial(_read, page_format=page_format), loaded)
        for done, pages in enumerate(read, start=reused + 1):
            self._store(pages)
            progress.pages("read", done, self.total, reused)

    def _store(self, pages: Sequence[ReadPage]) -> None:
        """Replace the stored pages of one file."""
        self.is_changed = True
        self._database.execute("DELETE FROM files WHERE name = ?", (pages[0].name,))
        for page in pages:
            self._database.execute(
                "INSERT INTO files SELECT name, ?, root, state, ?, ?, ?, ?, ?, ?, ?"
                " FROM scratch.found WHERE name = ?",
                page[:-1],
            )
            if page.text is not None:
                row = (page.name, page.page_id, page.text)
                self._database.execute("INSERT OR IGNORE INTO scratch.texts VALUES (?, ?, ?)", row)

    def reading_problems(self) -> Iterator[Problem]:
        """Yield the problems of single files."""
        for (text,) in self._database.execute("SELECT problems FROM files WHERE problems != ''"):
            yield from problems_from_json(text)

    def subjects(self) -> dict[str, int]:
        """Return each spelling of a subject with its number of pages."""
        query = "SELECT subject, count(*) FROM files WHERE subject IS NOT NULL GROUP BY subject"
        count: Counter[str] = Counter()
        for subjects, number in self._database.execute(query):
            for subject in subjects.split("\n"):
                count[subject] += number
        return dict(count)

    def unread(self) -> Iterator[tuple[str, PageId | None]]:
        """Yield the files with a faulty page, each with the page id found in it."""
        yield from self._database.execute("SELECT name, page FROM files WHERE header IS NULL")

    @property
    def has_images(self) -> bool:
        """Whether any page may show pictures."""
        return self._database.execute("SELECT 1 FROM files WHERE image").fetchone() is not None

    def named_by_path(self) -> set[PageId]:
        """Return the pages whose ids are made from the paths of their files."""
        query = "SELECT page, name, root FROM files WHERE header IS NOT NULL AND root IS NOT NULL"
        rows = self._database.execute(query)
        ids = ((page_id, f"{file_id(_source(name, root))}") for page_id, name, root in rows)
        return {page for page, own in ids if page == own or f"{page}".startswith(f"{own}#")}

    def names_of(self, page_id: PageId) -> list[str]:
        """Return the names of all files of a page."""
        rows = self._database.execute("SELECT name FROM files WHERE page = ?", (page_id,))
        return [name for (name,) in rows]

    def with_images(self) -> Iterator[tuple[PageId, list[Source]]]:
        """Yield the pages that may show pictures, each with all its files."""
        query = "SELECT DISTINCT page FROM files WHERE image ORDER BY page"
        for (page_id,) in self._database.execute(query).fetchall():
            rows = self._database.execute(
                "SELECT DISTINCT name, root FROM files WHERE page = ? ORDER BY name", (page_id,)
            )
            yield page_id, [_source(name, root) for name, root in rows]

    def source(self, name: str) -> Source:
        """Return the file called *name*."""
        query = "SELECT name, root FROM files WHERE name = ?"
        return _source(*self._database.execute(query, (name,)).fetchone())

    def by_id(self) -> Iterator[list[PageFile]]:
        """Yield the files whose pages share an id, by id."""
        query = (
            "SELECT page, name, subject, header, answer FROM files"
            " WHERE header IS NOT NULL ORDER BY page, name"
        )
        rows = map(PageFile._make, self._database.execute(query))
        for _, same in itertools.groupby(rows, key=lambda file: file.page_id):
            yield list(same)

    def page(self, name: str, page_id: PageId) -> Page | None:
        """Return a page of a file that was read in this build, None for any other."""
        row = self._database.execute(
            "SELECT header, texts.answer FROM files JOIN scratch.texts USING (name, page)"
            " WHERE name = ? AND page = ?",
            (name, page_id),
        ).fetchone()
        return page_from_json(*row) if row else None

    def _number(self, table: str) -> int:
        count = self._database.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  # ours
        return int(count.fetchone()[0])


def _source(name: str, root: str | None) -> Source:
    is_stdin = root is None
    return Source(name, None if is_stdin else Path(name), None if is_stdin else Path(root or ""))


def _read(loaded: tuple[Source, bytes | Problem], page_format: PageFormat) -> tuple[ReadPage, ...]:
    """Read the pages in a loaded file, in any process."""
    # The front matter parser is not needed when nothing is stale.
    from qt2anki.source.read_file import pages_in  # noqa: PLC0415

    source, data = loaded
    if isinstance(data, Problem):
        text, file_digest = SourceText(None, (data,)), ""
    else:
        text, file_digest = decode_bytes(data, source.name), digest_of(data)
    found = pages_in(text, source, page_format)
    return tuple(_kept(part, one, source.name, file_digest) for part, one in enumerate(found))


def _kept(part: int, found: PageReading, name: str, file_digest: str) -> ReadPage:
    page, problems = found.page, problems_to_json(found.problems)
    if page is None:
        nothing = (None, None, None, False)
        return ReadPage(part, file_digest, found.page_id, *nothing, problems, name, None)
    has_image = _IMAGE in page.answer or _IMAGE in page.question
    texts = (page_to_json(page), digest(page.answer), has_image)
    values = (part, file_digest, page.page_id, "\n".join(page.subjects), *texts)
    return ReadPage(*values, problems, name, page.answer)


def _found(
    paths: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[str, int, str, str | None, str]]:
    young = time.time_ns() - RACY
    for place, item in look(paths):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            depth, name = plainness(item.name)
            root = item.root.as_posix() if item.root else None
            yield place, depth, name, root, _state(item, young)


def _state(source: Source, young: int) -> str:
    """Return a text that changes whenever the file does, "" if there is none.

    Programs that copy files with their times cannot set the time of the inode (ctime).
    """
    if source.path is None or source.name == STDIN_NAME:
        return ""
    try:
        status = os.stat(source.path)  # noqa: PTH116  # the quicker of the two, for every page
    except OSError:
        return ""
    if max(status.st_mtime_ns, status.st_ctime_ns) >= young:
        return ""
    parts = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return ":".join(map(str, parts))
