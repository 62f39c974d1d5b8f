"""What a build has to do: which subjects are stale, and what becomes of each page of these."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from qt2anki.anki.files import package_file_name
from qt2anki.build.cache_records import (
    built_from_json,
    built_to_json,
    digest,
    page_from_json,
    problems_from_json,
    problems_to_json,
)
from qt2anki.build.report import Built
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.release.index import Head
from qt2anki.release.previous_release import Memory, subject_key
from qt2anki.release.retirement_scope import Scope

# A note that another package has in a newer state is not as it is to be published.
_NEWEST = """
mod = (SELECT max(other.mod) FROM published AS other JOIN packages ON packages.id = other.package
       WHERE other.guid = published.guid AND rank IS NOT NULL)
"""
# What notes a page has depends on all that were published of it, in whatever package. These are
# the ones that only other packages have.
_ELSEWHERE = """
SELECT DISTINCT members.page, other.guid FROM scratch.members
JOIN published AS other ON other.page = members.page
JOIN packages ON packages.id = other.package AND rank IS NOT NULL AND side != 'retired'
WHERE subject = :subject AND NOT EXISTS
  (SELECT 1 FROM published AS own WHERE own.guid = other.guid AND own.package = :package)
"""
_BEFORE = "SELECT page, guid FROM elsewhere WHERE name = :name"
_OTHERWISE = f"""
SELECT page FROM (SELECT * FROM ({_ELSEWHERE}) EXCEPT {_BEFORE})
UNION SELECT page FROM ({_BEFORE} EXCEPT SELECT * FROM ({_ELSEWHERE}))
"""  # noqa: S608  # all ours
_HELD = """
SELECT page, input FROM scratch.members JOIN scratch.joined USING (page) WHERE subject = :subject
"""
# A page may have been made anew since for another of its subjects alone.
_MADE_FOR = """
SELECT members.page, made.notes FROM scratch.members JOIN scratch.joined USING (page)
LEFT JOIN held ON held.name = ? AND held.page = members.page AND held.input = joined.input
LEFT JOIN made ON made.page = held.page AND made.input = held.input
WHERE subject = ?
"""


class How(StrEnum):
    """How the notes of a page get into a deck."""

    PUBLISHED = "published"  # as they stand in the package published last
    MAKE = "make"
    AGAIN = "again"  # made before, for another subject of the page


@dataclass(frozen=True, slots=True)
class FreshDeck:
    """A subject whose package is as it has to be."""

    built: Built
    problems: tuple[Problem, ...]


class Plan:
    """The work of one build, drawn up before any of it is done."""

    def __init__(self, database: sqlite3.Connection, memory: Memory, out: Path) -> None:
        self._database = database
        self._memory = memory
        self._out = out
        self._inputs: dict[str, str] = {}
        self.stale: tuple[str, ...] = ()
        self.fresh: dict[str, FreshDeck] = {}

    def draw(self, scope: Scope, packing: str) -> None:
        """Compare subjects and pages with what the last build knew of them.

        *packing* stands for all that a package depends on besides its pages.
        """
        stale = []
        for subject in scope.subjects:
            self._inputs[subject] = self._input(subject, packing, scope.kept[subject])
            fresh = None if scope.kept[subject] else self._fresh(subject)
            if fresh is not None:
                self.fresh[subject] = fresh
            else:
                self._decide(subject)
                stale.append(subject)
        self.stale = tuple(stale)

    @property
    def to_make(self) -> int:
        """How many pages are to be made."""
        query = "SELECT count(*) FROM scratch.members WHERE how = ?"
        return int(self._database.execute(query, (How.MAKE,)).fetchone()[0])

    def pages(self, subject: str) -> Iterator[tuple[PageId, How]]:
        """Yield the pages of a stale subject, by id."""
        query = "SELECT page, how FROM scratch.members WHERE subject = ? ORDER BY page"
        for page_id, how in self._database.execute(query, (subject,)):
            yield page_id, How(how)

    def sources(self, subject: str) -> Iterator[Page]:
        """Yield the pages of a subject with digests in the place of answers."""
        query = (
            "SELECT header, answer FROM scratch.members JOIN scratch.joined USING (page)"
            " WHERE subject = ? ORDER BY page"
        )
        for header, answer in self._database.execute(query, (subject,)):
            yield page_from_json(header, answer)

    def record(
        self, built: Built, output: str, problems: tuple[Problem, ...], package: int | None
    ) -> None:
        """Remember a package that was made, all packages of this build being in their places.

        *output* is the digest of its bytes, "" for none; *package* its number in the index.
        """
        key = subject_key(built.subject)
        values = {"name": key, "subject": built.subject, "package": package}
        for table, query in (("held", _HELD), ("elsewhere", _ELSEWHERE)):
            self._database.execute(f"DELETE FROM {table} WHERE name = :name", values)  # noqa: S608
            self._database.execute(f"INSERT INTO {table} SELECT :name, * FROM ({query})", values)  # noqa: S608
        self._database.execute(
            "INSERT OR REPLACE INTO decks VALUES (?, ?, ?, ?, ?)",
            (
                key,
                self._inputs[built.subject],
                output,
                built_to_json(built),
                problems_to_json(problems),
            ),
        )

    def _input(self, subject: str, packing: str, kept: tuple[PageId, ...]) -> str:
        query = (
            "SELECT page || ':' || input FROM scratch.members JOIN scratch.joined USING (page)"
            " WHERE subject = ? ORDER BY page"
        )
        pages = [row[0] for row in self._database.execute(query, (subject,))]
        return digest(packing, subject, *map(str, kept), "", *pages)

    def _fresh(self, subject: str) -> FreshDeck | None:
        key = subject_key(subject)
        row = self._database.execute(
            "SELECT output, built, problems FROM decks WHERE name = ? AND input = ?",
            (key, self._inputs[subject]),
        ).fetchone()
        head = self._memory.live_heads.get(key)
        if row is None or row[0] != (head.digest if head else ""):
            return None
        path = self._out / package_file_name(subject)
        if head and (head.path != path or self._has_older(head)):
            return None
        if self._otherwise(subject, head):
            return None
        return FreshDeck(built_from_json(row[1], path), problems_from_json(row[2]))

    def _has_older(self, head: Head) -> bool:
        query = f"SELECT 1 FROM published WHERE package = ? AND NOT ({_NEWEST}) LIMIT 1"  # noqa: S608
        return self._database.execute(query, (head.number,)).fetchone() is not None

    def _otherwise(self, subject: str, head: Head | None) -> set[PageId]:
        """Return the pages of which other packages have more, or less, than when this was made."""
        package = head.number if head else None
        values = {"name": subject_key(subject), "subject": subject, "package": package}
        return {page for (page,) in self._database.execute(_OTHERWISE, values)}

    def _decide(self, subject: str) -> None:
        """Choose for each page of a subject how its notes get into the deck."""
        key = subject_key(subject)
        published = self._published(key)
        otherwise = self._otherwise(subject, self._memory.live_heads.get(key))
        rows = self._database.execute(_MADE_FOR, (key, subject)).fetchall()
        for page_id, notes in rows:
            has = None if published is None or page_id in otherwise else published.get(page_id, 0)
            if notes is not None and has == notes:
                how = How.PUBLISHED
            else:
                how = How.AGAIN if self._is_made(page_id) else How.MAKE
            self._database.execute(
                "UPDATE scratch.members SET how = ? WHERE subject = ? AND page = ?",
                (how, subject, page_id),
            )

    def _published(self, key: str) -> dict[PageId, int] | None:
        """Return how many notes of each page the package has in their newest state.

        None when the package is not the one that was made of the pages last.
        """
        head = self._memory.live_heads.get(key)
        row = self._database.execute("SELECT output FROM decks WHERE name = ?", (key,)).fetchone()
        if row is None or row[0] != (head.digest if head else ""):
            return None
        if head is None:
            return {}
        query = (
            "SELECT page, count(*) FROM published"  # noqa: S608  # all ours
            f" WHERE package = ? AND page IS NOT NULL AND {_NEWEST} GROUP BY page"
        )
        return dict(self._database.execute(query, (head.number,)))

    def _is_made(self, page_id: PageId) -> bool:
        query = "SELECT 1 FROM scratch.members WHERE page = ? AND how = ?"
        return self._database.execute(query, (page_id, How.MAKE)).fetchone() is not None
