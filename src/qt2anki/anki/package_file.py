"""Open untrusted package files, with limits on time and memory.

A package can come from anywhere: it was named on the command line, or found in the output folder.
So sizes are checked before anything is unpacked; the collection is read-only and can contain only
tables, and the work of a query is limited.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from qt2anki.errors import PackageError
from qt2anki.messages import shown_path

# Exceptions of zipfile, zlib, sqlite3, json and int() for bytes that are not a package.
CORRUPT = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    sqlite3.Error,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
    RuntimeError,  # a member with a password, JSON nested without end
    NotImplementedError,  # a compression of a different kind
)
_BUILD_AGAIN = "build it again, or pass a different package"
_NEWER = ("collection.anki21b", "collection.anki21")
_MOST_BYTES = 2 << 30  # of a file, and of its unpacked content
_MOST_COLLECTION = 1 << 30  # bytes; 40,000 pages of one subject need half of it
_SMALL = 32 << 20  # bytes; any member may unpack to this size
_MOST_SHRUNK = 60  # times; our packages shrink to a tenth
_MOST_VALUE = 64 << 20  # bytes of one value in a table
_STEPS = 200_000  # virtual machine instructions of SQLite between two checks
_MOST_STEPS = 250_000_000  # about two seconds; reading 100,000 notes takes a tenth of that


def package_error(path: Path, text: str, hint: str = _BUILD_AGAIN) -> PackageError:
    """Return an error about the package at *path*."""
    return PackageError(text, hint=hint, source=shown_path(path))


def packages_in(folder: Path) -> list[Path]:
    """Return the files ``*.apkg`` of *folder*, ignoring case, sorted; none if it does not exist."""
    try:
        with os.scandir(folder) as entries:
            names = [each.name for each in entries if each.name.lower().endswith(".apkg")]
    except FileNotFoundError:
        return []
    except OSError as error:
        text = f"the folder cannot be read: {error.strerror or error}"
        hint = "restore the folder; without its packages students would lose their histories"
        raise package_error(folder, text, hint) from error
    files = sorted(folder / name for name in names)
    for file in files:
        if (shown := shown_path(file)) != file.as_posix():
            text = "the package's name is not UTF-8"
            raise PackageError(text, hint="rename it, or move it to another folder", source=shown)
    return files


@contextlib.contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open a package; PackageError if it cannot be read or is too large."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise package_error(path, "the package cannot be read: not a regular file")
        if found.st_size > _MOST_BYTES:
            raise package_error(path, f"a package of {found.st_size:,} bytes is too large to read")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        text = f"the package cannot be read: {error.strerror or error}"
        raise package_error(path, text) from error


@contextlib.contextmanager
def open_archive(file: BinaryIO, path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a package's archive; PackageError if it is not one, or would be too large unpacked."""
    with _refusing(path), zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        sizes = [member.file_size for member in members]
        is_bomb = any(
            member.file_size > _SMALL
            and member.file_size > _MOST_SHRUNK * max(member.compress_size, 1)
            for member in members
        )
        if is_bomb or sum(sizes) > _MOST_BYTES:
            text = f"it would unpack to {sum(sizes):,} bytes, more than any real package"
            raise package_error(path, text)
        yield archive


@contextlib.contextmanager
def open_collection(package: BinaryIO, path: Path) -> Iterator[sqlite3.Connection]:
    """Open a package's collection for reading; PackageError if no build could have written it."""
    with (
        open_archive(package, path) as archive,
        contextlib.ExitStack() as stack,
        _refusing(path),
    ):
        if any(name in _NEWER for name in archive.namelist()):
            raise package_error(
                path,
                "this package was exported by Anki, in a newer format than qt2anki writes",
                hint="pass the package that was built, not one exported from Anki",
            )
        if archive.getinfo("collection.anki2").file_size > _MOST_COLLECTION:
            raise package_error(path, "its collection is too large to read")
        file = stack.enter_context(_unpacked(archive, path))
        uri = f"{file.as_uri()}?mode=ro&immutable=1"
        database = stack.enter_context(contextlib.closing(sqlite3.connect(uri, uri=True)))
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_VALUE)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA query_only = ON")
        looks = iter(range(_MOST_STEPS // _STEPS))
        database.set_progress_handler(lambda: next(looks, None) is None, _STEPS)
        odd = database.execute(
            "SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index')"
            " OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1"
        ).fetchone()
        if odd is not None:
            raise package_error(path, f"its collection has something that is not a table: {odd[0]}")
        yield database


@contextlib.contextmanager
def _unpacked(archive: zipfile.ZipFile, path: Path) -> Iterator[Path]:
    """Unpack the collection into a temporary file, because it may be much larger than its notes."""
    with tempfile.TemporaryDirectory(prefix="qt2anki-") as folder:
        file = Path(folder, "collection.anki2")
        try:
            with archive.open(file.name) as packed, file.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
        except OSError as error:
            text = f"the package cannot be unpacked: {error.strerror or error}"
            hint = f"check that {folder} is writable and the disk has room"
            raise package_error(path, text, hint) from error
        yield file


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except CORRUPT as error:
        said = "reading it would take too long" if str(error) == "interrupted" else str(error)
        text = f"not an Anki package, or a damaged one ({said})"
        raise package_error(path, text) from error
