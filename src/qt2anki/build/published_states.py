"""What is published of pages and of subjects, as digests that change whenever it does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from qt2anki.build.cache_records import digest

# Of each note of a page its newest state, and whether packages have it as a live or retired note.
STATES = """
SELECT published.page, guid, code, max(mod), side, owner,
  sum(side = 'live') > 0 AS is_live, sum(side = 'retired') > 0 AS is_retired
FROM published JOIN packages ON packages.id = package WHERE rank IS NOT NULL
"""
_PUBLISHED_PAGES = f"""
INSERT INTO scratch.published_pages
SELECT page, digest(group_concat(code || ':' || is_live || is_retired))
FROM ({STATES} AND published.page IS NOT NULL GROUP BY page, guid ORDER BY page, guid)
GROUP BY page
"""  # noqa: S608  # all ours
_SUBJECT_STATE = """
SELECT page || ':' || input || coalesce(state, '') FROM scratch.members
JOIN scratch.joined USING (page) LEFT JOIN scratch.published_pages USING (page)
WHERE subject = ? ORDER BY page
"""
# A note that belongs to a subject depends on whether its page still exists.
_PAGELESS_STATE = f"""
SELECT guid || ':' || code || ':' || (owner IN (SELECT page FROM scratch.joined))
FROM ({STATES} AND published.page IS NULL AND guid IN
  (SELECT guid FROM published WHERE package = ?) GROUP BY guid ORDER BY guid)
"""  # noqa: S608  # all ours


class PublishedStates:
    """The states of published pages, in the database of the cache."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.create_function("digest", 1, digest, deterministic=True)
        self.refresh()

    def refresh(self) -> None:
        """Find the states again, after packages were replaced."""
        self._database.execute("DELETE FROM scratch.published_pages")
        self._database.execute(_PUBLISHED_PAGES)

    def of_subject(self, subject: str, package: int | None) -> Iterator[str]:
        """Yield a description of the pages of a subject and of all that is published of them.

        *package* is the number of its published package in the index.
        """
        for query, value in ((_SUBJECT_STATE, subject), (_PAGELESS_STATE, package)):
            yield ""
            for (text,) in self._database.execute(query, (value,)):
                yield text
