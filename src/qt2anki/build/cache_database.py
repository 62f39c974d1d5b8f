"""The database of a cache: opened if it is whole and ours, made anew if it is not."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from qt2anki.build.cache_key import tool_fingerprint
from qt2anki.build.lock import FILE_NAME as LOCK_NAME
from qt2anki.errors import PackageError

_FILE = "pages.sqlite3"
_SEAL = "seal.json"
# https://bford.info/cachedir/: programs for backups pass over a folder with this file, so none is
# put into a folder that has anything else in it.
_TAG = "CACHEDIR.TAG"
_TAG_TEXT = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# What qt2anki knows of the pages it read last. Delete this folder whenever you like.\n"
)

# What this build alone needs stands in a second database, which SQLite keeps in a nameless file:
# neither grows in memory with the site.
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
  name TEXT PRIMARY KEY, root TEXT, state TEXT, digest TEXT, page, subject TEXT,
  header TEXT, answer TEXT, image INTEGER, problems TEXT
);
CREATE INDEX IF NOT EXISTS files_page ON files (page);
CREATE TABLE IF NOT EXISTS made (
  page PRIMARY KEY, input TEXT, notes INTEGER, problems TEXT, meanings TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decks (
  name TEXT PRIMARY KEY, input TEXT, output TEXT, built TEXT, problems TEXT
);
CREATE TABLE IF NOT EXISTS held (
  name TEXT, page, input TEXT, PRIMARY KEY (name, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS elsewhere (
  name TEXT, page, guid TEXT, PRIMARY KEY (name, page, guid)
) WITHOUT ROWID;
CREATE TABLE scratch.found (
  place TEXT PRIMARY KEY, depth INTEGER, name TEXT, root TEXT, state TEXT
) WITHOUT ROWID;
CREATE INDEX scratch.found_name ON found (name);
CREATE TABLE scratch.settled (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE scratch.texts (name TEXT PRIMARY KEY, answer TEXT);
CREATE TABLE scratch.joined (
  page PRIMARY KEY, name TEXT, header TEXT, answer TEXT, input TEXT
) WITHOUT ROWID;
CREATE TABLE scratch.members (
  subject TEXT, page, how TEXT, PRIMARY KEY (subject, page)
) WITHOUT ROWID;
CREATE INDEX scratch.members_page ON members (page);
CREATE TABLE scratch.finished (page PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""


@contextlib.contextmanager
def open_cache(folder: Path | None) -> Iterator[sqlite3.Connection]:
    """Yield the database of the cache that is *folder*, or an empty one that nobody keeps.

    Whatever is written counts when the block ends well; else all stays as it was. A cache whose
    seal is broken, or that another version has written, is not looked at. Raises PackageError
    when the disk refuses.
    """
    is_known = folder is not None and _is_whole(folder)
    try:
        with _refusing(folder):
            if folder is not None:
                _prepare(folder, is_known=is_known)
            database = _open(str(folder / _FILE) if folder else "")
        with contextlib.closing(database):
            yield from _in_one_go(database, folder)
        if folder is not None:
            with _refusing(folder):
                _seal(folder)
            is_known = True
    except BaseException:
        if folder is not None and is_known:  # what was rolled back is as good as before
            with contextlib.suppress(OSError):
                _seal(folder)
        raise
    finally:
        if folder is not None and not is_known:
            _clear(folder)


def _in_one_go(database: sqlite3.Connection, folder: Path | None) -> Iterator[sqlite3.Connection]:
    database.execute("BEGIN")
    try:
        with _refusing(folder, (sqlite3.Error,)):
            yield database
            database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def _refusing(
    folder: Path | None, kinds: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
) -> Iterator[None]:
    try:
        yield
    except kinds as error:
        raise PackageError(
            f"the cache cannot be written: {error}",
            hint="check that the folder may be written to and the disk has room, or add --no-cache",
            source=folder.as_posix() if folder else "",
        ) from error


def _open(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, isolation_level=None)
    # The seal tells whether the file is whole, so nothing has to wait for the disk.
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA temp_store = FILE")
    database.execute("ATTACH '' AS scratch")
    database.execute("PRAGMA scratch.synchronous = OFF")
    database.execute("PRAGMA scratch.journal_mode = OFF")
    for table in _TABLES.split(";"):
        database.execute(table)
    return database


def _prepare(folder: Path, *, is_known: bool) -> None:
    """Make the folder ready to be written; from now on it is not whole until it is sealed."""
    if not is_known:
        _clear(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if {path.name for path in folder.iterdir()} <= {LOCK_NAME}:
            (folder / _TAG).write_text(_TAG_TEXT, encoding="utf-8")
    (folder / _SEAL).unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Remove a cache, and of a folder that is something else nothing but what a cache has."""
    for name in (_SEAL, _FILE, f"{_FILE}-journal"):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    with contextlib.suppress(OSError, ValueError):
        if (folder / _TAG).read_text(encoding="utf-8") == _TAG_TEXT:
            (folder / _TAG).unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _is_whole(folder: Path) -> bool:
    try:
        said = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
        return bool(said == {"tool": tool_fingerprint(), "digest": _digest(folder / _FILE)})
    except (OSError, ValueError, RecursionError):
        return False


def _seal(folder: Path) -> None:
    said = {"tool": tool_fingerprint(), "digest": _digest(folder / _FILE)}
    (folder / _SEAL).write_text(json.dumps(said), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, partial(hashlib.blake2b, digest_size=16)).hexdigest()
