"""What this program is, as far as notes depend on it."""

from __future__ import annotations

import hashlib
import os
import platform
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_HOME = Path(__file__).parents[1]
_ENDINGS = (".py", ".gz", ".txt")
# The libraries that notes and packages are made with.
_LIBRARIES = frozenset(
    (
        "pystemmer",
        "pyyaml",
        "bleach",
        "genanki",
        "markdown",
        "pygments",
        "python_frontmatter",
        "snowballstemmer",
    )
)


@cache
def tool_fingerprint() -> str:
    """Return a digest of the program's own files, its libraries' versions and Python's.

    The bytes of packages are made by zlib and SQLite, too, which come with the system.
    """
    digest = hashlib.blake2b(digest_size=16)
    for library in sorted(_installed()):
        digest.update(f"{library}\n".encode())
    digest.update(f"{platform.python_implementation()} {platform.python_version()}\n".encode())
    digest.update(f"{zlib.ZLIB_RUNTIME_VERSION} {sqlite3.sqlite_version}\n".encode())
    for file in sorted(_own_files()):
        digest.update(f"{file.relative_to(_HOME).as_posix()}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _installed() -> Iterator[str]:
    """Yield libraries with their versions, from the names of the folders that pip leaves.

    https://packaging.python.org/specifications/recording-installed-packages/
    """
    for folder in sys.path:
        if os.path.isdir(folder):  # noqa: PTH112  # as often as there are places to look
            names = (entry.name for entry in os.scandir(folder))
            yield from (
                name
                for name in names
                if name.endswith(".dist-info") and name.partition("-")[0].lower() in _LIBRARIES
            )


def _own_files() -> Iterator[Path]:
    """Yield the files that decide about notes: code and tables of words."""
    for folder, _, names in os.walk(_HOME):
        yield from (Path(folder, name) for name in names if name.endswith(_ENDINGS))
