"""An index of published packages: the notes of each page and where they are.

The index is a few tables of SQLite, so that the memory of a build does not grow with the site. It
does not contain the notes themselves; packages are opened when they are needed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from qt2anki.anki.note_content import AnyNote, field
from qt2anki.anki.package_reader import PublishedPackage, read_package
from qt2anki.model import PageId

Side = Literal["live", "retired", "course"]

# The rank of a package is its position among those read; among equally new states, the first
# counts. A rank of NULL marks packages that are being written and are not published yet.
TABLES = """
CREATE TABLE IF NOT EXISTS packages (
  id INTEGER PRIMARY KEY, rank INTEGER, path TEXT, side TEXT, name TEXT, digest TEXT, size INTEGER,
  notes INTEGER, leaves INTEGER DEFAULT 0
);
CREATE TABLE IF NOT EXISTS published (
  package INTEGER, place INTEGER, guid TEXT, page, mod INTEGER, code INTEGER, owner,
  PRIMARY KEY (package, place)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS left_out (package INTEGER, guid TEXT, mod INTEGER);
CREATE INDEX IF NOT EXISTS left_out_guid ON left_out (guid);
CREATE INDEX IF NOT EXISTS published_guid ON published (guid, mod);
CREATE INDEX IF NOT EXISTS published_page ON published (page);
"""
_ROWS = """
SELECT packages.id, side, rank, place, guid, page, mod
FROM published JOIN packages ON packages.id = package WHERE rank IS NOT NULL AND
"""
_NOTES_IN = """
SELECT guid FROM published AS mine WHERE package = ? AND {} (
  SELECT 1 FROM published JOIN packages ON packages.id = published.package
  WHERE published.guid = mine.guid AND NOT leaves
  AND iif(rank IS NULL, 'new', side) IN (SELECT value FROM json_each(?)))
"""
_NEWEST = """
SELECT max(mod) FROM (
  SELECT guid, mod, package FROM published UNION ALL SELECT guid, mod, package FROM left_out
) JOIN packages ON packages.id = package WHERE guid = :guid AND rank IS NOT NULL
"""
_LEFT_OUT = """
WITH own AS (SELECT id FROM packages WHERE path = :path AND rank IS NOT NULL),
  kept AS (SELECT value FROM json_each(:notes))
SELECT guid, mod FROM published AS mine
WHERE package IN own AND guid NOT IN kept AND mod > (
  SELECT max(mod) FROM published JOIN packages ON packages.id = package
  WHERE published.guid = mine.guid AND rank IS NOT NULL AND package != mine.package)
UNION SELECT guid, mod FROM left_out WHERE package IN own AND guid NOT IN kept ORDER BY guid
"""
_HEADS = "SELECT id, path, side, name, digest, size, notes FROM packages WHERE rank IS NOT NULL"


@dataclass(frozen=True, slots=True)
class PackageEntry:
    """The data of a package that are known without opening it."""

    number: int
    path: Path
    side: Side
    name: str  # the subject as published; for a course, the name of its file
    digest: str
    size: int  # bytes
    notes: int


class NotePlace(NamedTuple):
    """The place of a state of a note."""

    package: int  # the number of the package
    side: Side
    rank: int
    position: int  # in the package, from 0
    guid: str
    page_id: PageId | None  # None for an abbreviation, which belongs to no page
    mod: int


class Index:
    """The tables in a database that someone else opens and closes."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        for table in TABLES.split(";"):  # executescript() would end the transaction
            database.execute(table)

    def keep_only(self, files: Iterable[Path]) -> None:
        """Forget all packages except *files*, and everything unfinished."""
        paths = {path.as_posix() for path in files}
        rows = self._database.execute("SELECT id, path, rank FROM packages").fetchall()
        for number, path, rank in rows:
            if rank is None or path not in paths:
                self._forget(number)

    def known(self, path: Path, digest: str, rank: int) -> bool:
        """Set the rank of the package at *path*; return whether these bytes are indexed."""
        row = self._database.execute(
            "SELECT id, digest FROM packages WHERE path = ?", (path.as_posix(),)
        ).fetchone()
        if row is None:
            return False
        if row[1] != digest:
            self._forget(row[0])
            return False
        # Writing the same value again would still change the file of the cache.
        query = "UPDATE packages SET rank = ? WHERE id = ? AND rank IS NOT ?"
        self._database.execute(query, (rank, row[0], rank))
        return True

    def add(
        self,
        head: PackageEntry,
        notes: Iterable[AnyNote],
        rank: int | None,
        left_out: Iterable[tuple[str, int]] = (),
    ) -> int:
        """Add a package with its notes in order, and return its number."""
        values = (rank, head.path.as_posix(), head.side, head.name, head.digest, head.size)
        number = self._database.execute(
            "INSERT INTO packages (rank, path, side, name, digest, size, notes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*values, head.notes),
        ).lastrowid
        assert number is not None
        self._database.executemany(
            "INSERT INTO published VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (number, place, n.guid, page_id, n.mod, note_code(n), n.page_id)
                for place, n in enumerate(notes)
                for page_id in (None if is_pageless(n) else n.page_id,)
            ),
        )
        self._database.executemany(
            "INSERT INTO left_out VALUES (?, ?, ?)", ((number, *pair) for pair in left_out)
        )
        return number

    def leave(self, head: PackageEntry) -> None:
        """Mark a package that will be replaced or removed."""
        self._database.execute("UPDATE packages SET leaves = 1 WHERE id = ?", (head.number,))

    def vanished(self, head: PackageEntry, *sides: Side | Literal["new"]) -> list[str]:
        """Return the notes of a package that will be in none of these *sides* after this build."""
        values = (head.number, json.dumps(sides))
        query = _NOTES_IN.format("NOT EXISTS")
        return [guid for (guid,) in self._database.execute(query, values)]

    def returned(self, head: PackageEntry, *sides: Side | Literal["new"]) -> set[str]:
        """Return the notes of a package that will be in one of these *sides* after this build."""
        values = (head.number, json.dumps(sides))
        return {guid for (guid,) in self._database.execute(_NOTES_IN.format("EXISTS"), values)}

    def takers(self, old: PackageEntry, new: int | None) -> set[int]:
        """Return the unpublished packages with notes of *old* that the one replacing it lacks."""
        query = (
            "SELECT DISTINCT package FROM published JOIN packages ON packages.id = package"
            " WHERE rank IS NULL AND guid IN (SELECT guid FROM published WHERE package = ?"
            " EXCEPT SELECT guid FROM published WHERE package = ?)"
        )
        return {number for (number,) in self._database.execute(query, (old.number, new))}

    def replace(self, old: PackageEntry | None, new: int | None) -> None:
        """Replace *old* by the package *new*, which has been written."""
        if old is not None:
            self._forget(old.number)
        if new is not None:
            self._database.execute("UPDATE packages SET rank = id WHERE id = ?", (new,))

    def heads(self) -> Iterator[PackageEntry]:
        """Yield all packages, sorted by rank."""
        for number, path, *rest in self._database.execute(f"{_HEADS} ORDER BY rank").fetchall():
            yield PackageEntry(number, Path(path), *rest)

    def places(self, column: Literal["page", "guid"], value: PageId) -> list[NotePlace]:
        """Return the places of all states of a page's notes, or of one note, package by package."""
        rows = self._database.execute(f"{_ROWS} {column} = ? ORDER BY rank, place", (value,))
        return list(map(NotePlace._make, rows))

    def is_live(self, guid: str) -> bool:
        """Whether a note is in a package of a subject."""
        return any(place.side == "live" for place in self.places("guid", guid))

    def newest(self, guid: str) -> int | None:
        """Return the time of the newest state of a note that any package has or had."""
        mod: int | None = self._database.execute(_NEWEST, {"guid": guid}).fetchone()[0]
        return mod

    def left_out(self, path: Path, notes: Collection[str]) -> Iterator[tuple[str, int]]:
        """Yield the notes that a package leaves out, and other packages have in older states."""
        values = {"path": path.as_posix(), "notes": json.dumps([*notes])}
        yield from self._database.execute(_LEFT_OUT, values)

    def select(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Run a query over the tables."""
        return iter(self._database.execute(query))

    def _forget(self, number: int) -> None:
        for table in ("published", "left_out"):
            self._database.execute(f"DELETE FROM {table} WHERE package = ?", (number,))  # noqa: S608
        self._database.execute("DELETE FROM packages WHERE id = ?", (number,))


def note_code(note: AnyNote) -> int:
    """Return a digest of a note with its name and time."""
    parts = (note.guid, str(note.mod), note.note_type, " ".join(note.tags))
    more = (note.natural_key, note.text, str(note.is_kept), *note.fields)
    more = (*more, *(html for made in note.generated for html in made))
    text = "\x1f".join((*parts, *more)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def is_pageless(note: AnyNote) -> bool:
    """Whether a note is an abbreviation: its field ``Key`` names no page."""
    return field(note, "Key") == note.key


_MOST_NOTES = 12_000  # in memory; a note with its page's answer has about ten kilobytes


class PackageCache:
    """The most recently used packages; identical bytes are read once while cached."""

    def __init__(self, *, most_notes: int = _MOST_NOTES) -> None:
        self._most_notes = most_notes
        self._open: OrderedDict[Path, PublishedPackage] = OrderedDict()

    def package(self, head: PackageEntry) -> PublishedPackage:
        """Return a package; PackageError if it can no longer be read or was replaced."""
        if head.path not in self._open:
            held = sum(len(package.notes) for package in self._open.values())
            while self._open and held + head.notes > self._most_notes:
                _, package = self._open.popitem(last=False)
                held -= len(package.notes)
            self._open[head.path] = read_package(head.path, digest=head.digest)
        self._open.move_to_end(head.path)
        return self._open[head.path]

    def holds(self, head: PackageEntry) -> bool:
        """Whether a package is cached."""
        return head.path in self._open


class Packages(Mapping[str, PublishedPackage]):
    """Packages by name, each read when needed."""

    def __init__(self, heads: Mapping[str, PackageEntry], cache: PackageCache) -> None:
        self._heads = heads
        self._cache = cache

    def __getitem__(self, key: str) -> PublishedPackage:
        return self._cache.package(self._heads[key])

    def __contains__(self, key: object) -> bool:
        return key in self._heads

    def __iter__(self) -> Iterator[str]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)
