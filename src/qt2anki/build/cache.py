"""The cache of a build: a database, replaced if it is damaged or from a different version.

A cache contains no essential state: without it, the same packages are built, only more slowly. It
may be deleted at any time (docs/performance.md). Pages and reports are kept in it as JSON.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from qt2anki.anki.files import file_digest
from qt2anki.build.job import Built, BuiltRetired
from qt2anki.build.lock import FILE_NAME as LOCK_NAME
from qt2anki.build.lock import locked
from qt2anki.errors import refused
from qt2anki.messages import Problem
from qt2anki.model import Kind, Page, PageId
from qt2anki.source.discover import Source

_FILE = "pages.sqlite3"
_SEAL = "seal.json"
# https://bford.info/cachedir/: backup programs skip a folder with this file, so it is never put
# into a folder with other files.
_TAG = "CACHEDIR.TAG"
_TAG_TEXT = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# The cache of qt2anki. It is safe to delete this folder.\n"
)
_CHANGE_COUNTER = slice(24, 28)  # https://sqlite.org/fileformat.html, "File change counter"

# The libraries used to make notes and packages.
_LIBRARIES = frozenset(
    "bleach genanki markdown pygments pystemmer python_frontmatter pyyaml snowballstemmer".split()
)
_HOME = str(Path(__file__).parents[1])
_OWN_ENDINGS = (".py", ".gz", ".txt", ".toml", ".json", ".tsv", ".sql", ".md")


@contextlib.contextmanager
def open_cache(folder: Path | None) -> Iterator[sqlite3.Connection]:
    """Yield the database of the cache in *folder*; for None, an empty temporary one.

    Changes are committed if the block succeeds, and rolled back otherwise. A cache with a broken
    seal, or from a different version, is not read.
    """
    if folder is None:
        with _refusals(None):
            database = _open("")
        with contextlib.closing(database), _refusals(None, (sqlite3.Error,)), database:
            yield database
        return
    seal = _valid_seal(folder)
    try:
        with _refusals(folder):
            counter = _prepare(folder, is_known=bool(seal))
            database = _open(str(folder / _FILE))
        with contextlib.closing(database), _refusals(folder, (sqlite3.Error,)), database:
            yield database
        with _refusals(folder):
            if not seal or counter != _change_counter(folder):
                seal = _seal_text(folder)
            (folder / _SEAL).write_text(seal, encoding="utf-8")
    except BaseException:
        if seal:  # after a rollback, the cache is as valid as before
            with contextlib.suppress(OSError):
                (folder / _SEAL).write_text(_seal_text(folder), encoding="utf-8")
        raise
    finally:
        if not seal:
            _clear(folder)


def cache_locked(folder: Path | None) -> AbstractContextManager[object]:
    """Lock the cache in *folder*, which builds with different output folders may share."""
    return locked(folder) if folder else contextlib.nullcontext()


def copy_cache(folder: Path | None, target: Path) -> None:
    """Copy a cache if there is one; a copy made while a build was writing is not used."""
    if folder is not None:
        with contextlib.suppress(OSError, shutil.Error):
            shutil.copytree(folder, target)


@contextlib.contextmanager
def copied_cache(folder: Path | None) -> Iterator[sqlite3.Connection]:
    """Yield a throw-away copy of the cache in *folder*, even while a build is writing to it."""
    with tempfile.TemporaryDirectory(prefix="qt2anki-") as temporary:
        copy = Path(temporary, "cache")
        copy_cache(folder, copy)
        with open_cache(copy) as database:
            yield database


def page_files(folder: Path | None) -> dict[PageId, list[Source]]:
    """Return the files of each page in a cache, even while a build is running."""
    found: dict[PageId, list[Source]] = {}
    query = "SELECT DISTINCT page, name, root FROM files WHERE page IS NOT NULL ORDER BY name"
    with contextlib.suppress(sqlite3.Error):
        if folder is not None and (folder / _FILE).is_file():
            with contextlib.closing(sqlite3.connect(folder / _FILE)) as database:
                for page_id, name, root in database.execute(query):
                    file = Source(name, Path(name), Path(root or ""))
                    found.setdefault(page_id, []).append(file)
    return found


def _refusals(
    folder: Path | None, kinds: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
) -> AbstractContextManager[None]:
    hint = "check that the folder is writable and the disk has room, or add --no-cache"
    return refused("the cache cannot be written", folder, hint=hint, kinds=kinds)


def _open(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, isolation_level=None)
    # The seal shows whether the file is complete, so writes need not be synced to disk.
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA temp_store = FILE")
    database.execute("ATTACH '' AS scratch")
    database.execute("PRAGMA scratch.synchronous = OFF")
    database.execute("PRAGMA scratch.journal_mode = OFF")
    for table in Path(__file__).with_name("cache.sql").read_text(encoding="utf-8").split(";"):
        database.execute(table)
    database.execute("BEGIN")
    return database


def _prepare(folder: Path, *, is_known: bool) -> bytes:
    """Make the folder ready for writing, and return the change counter of its database."""
    if not is_known:
        _clear(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if {path.name for path in folder.iterdir()} <= {LOCK_NAME}:
            (folder / _TAG).write_text(_TAG_TEXT, encoding="utf-8")
    (folder / _SEAL).unlink(missing_ok=True)
    return _change_counter(folder) if is_known else b""


def _clear(folder: Path) -> None:
    """Remove a cache; in a folder with other files, remove only the files of the cache."""
    for name in (_SEAL, _FILE, f"{_FILE}-journal"):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    with contextlib.suppress(OSError, ValueError):
        if (folder / _TAG).read_text(encoding="utf-8") == _TAG_TEXT:
            (folder / _TAG).unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _change_counter(folder: Path) -> bytes:
    with (folder / _FILE).open("rb") as stream:
        return stream.read(_CHANGE_COUNTER.stop)[_CHANGE_COUNTER]


def _valid_seal(folder: Path) -> str:
    """Return the seal of a valid cache of this exact program, "" for any other."""
    try:
        seal = (folder / _SEAL).read_text(encoding="utf-8")
        return seal if json.loads(seal) == json.loads(_seal_text(folder)) else ""
    except (OSError, ValueError, RecursionError):
        return ""


def _seal_text(folder: Path) -> str:
    with (folder / _FILE).open("rb") as stream:
        digest = file_digest(stream)
    return json.dumps({"tool": program_digest(), "digest": digest})


@cache
def program_digest() -> str:
    """Return a digest of the program's own files, and of the versions of its libraries and Python.

    The bytes of packages also depend on the system's zlib and SQLite.
    """
    digest = hashlib.blake2b(digest_size=16)
    for library in sorted(_installed()):
        digest.update(f"{library}\n".encode())
    digest.update(f"{platform.python_implementation()} {platform.python_version()}\n".encode())
    digest.update(f"{zlib.ZLIB_RUNTIME_VERSION} {sqlite3.sqlite_version}\n".encode())
    for folder, below, names in os.walk(_HOME):
        below.sort()
        for name in sorted(names):
            if name.endswith(_OWN_ENDINGS):  # code and tables of words
                path = os.path.join(folder, name)  # noqa: PTH118  # quicker, at every start
                digest.update(f"{path[len(_HOME) :]}\n".encode())
                with open(path, "rb") as stream:  # noqa: PTH123
                    digest.update(stream.read())
    return digest.hexdigest()


def _installed() -> Iterator[str]:
    """Yield libraries with their versions, from the names of the folders that pip leaves.

    https://packaging.python.org/specifications/recording-installed-packages/
    """
    for folder in filter(os.path.isdir, sys.path):
        for name in os.listdir(folder):  # noqa: PTH208
            if name.endswith(".dist-info") and name.partition("-")[0].lower() in _LIBRARIES:
                yield name


PROBLEM_VALUES = attrgetter(*(field.name for field in fields(Problem)))
_PAGE = tuple(field.name for field in fields(Page) if field.name != "answer")
# The reported data of a package that a build left unchanged.
_BUILT = ("subject", "deck", "size", "pages", "pages_without_cards", "notes", "cards", "sources")


def digest(*parts: str) -> str:
    """Return a digest of several texts that also depends on where each one ends."""
    return digest_all(parts)


def digest_all(parts: Iterable[str]) -> str:
    """Return digest() of texts that may be too many for the memory."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(8, "big"))
        made.update(data)
    return made.hexdigest()


def page_to_json(page: Page) -> str:
    """Convert a page, without its answer."""
    return dumps([getattr(page, name) for name in _PAGE])


def page_from_json(text: str, answer: str = "") -> Page:
    """Read a page and give it *answer*."""
    values = dict(zip(_PAGE, _with_tuples(json.loads(text)), strict=True))
    if values["date"]:
        values["date"] = datetime.date.fromisoformat(values["date"])
    return Page(answer=answer, **values)


def problems_to_json(problems: Iterable[Problem]) -> str:
    """Write problems; "" for none, as nearly all pages have."""
    rows = [PROBLEM_VALUES(problem) for problem in problems]
    return dumps(rows) if rows else ""


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Read problems."""
    return tuple(Problem(*row) for row in json.loads(text)) if text else ()


def built_to_json(built: Built) -> str:
    """Write the report of an unchanged package."""
    return dumps([getattr(built, name) for name in _BUILT])


def built_from_json(text: str, path: Path) -> Built:
    """Read the report of the package at *path*."""
    values = dict(zip(_BUILT, _with_tuples(json.loads(text)), strict=True))
    for counts in ("notes", "cards"):
        values[counts] = tuple((Kind(kind), count) for kind, count in values[counts])
    return Built(path=path, is_written=False, **values)


def _with_tuples(values: Iterable[Any]) -> Iterator[Any]:
    return (tuple(value) if isinstance(value, list) else value for value in values)


def retired_to_json(retired: Iterable[BuiltRetired]) -> str:
    """Write the reports of retired packages."""
    return dumps([(r.subject, r.path.as_posix(), r.size, r.notes) for r in retired])


def retired_from_json(text: str) -> tuple[BuiltRetired, ...]:
    """Read the reports of unchanged retired packages."""
    return tuple(
        BuiltRetired(subject, Path(path), size, notes, is_written=False, changes=())
        for subject, path, size, notes in json.loads(text)
    )


def dumps(value: Any) -> str:  # noqa: ANN401  # whatever JSON can hold
    """Write a value as compact JSON; dates become text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
