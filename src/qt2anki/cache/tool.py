"""What this program is, as far as notes depend on it."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable

# The libraries that notes and packages are made with.
_LIBRARIES = (
    "PyStemmer",
    "PyYAML",
    "bleach",
    "genanki",
    "markdown",
    "pygments",
    "python-frontmatter",
    "snowballstemmer",
)


@cache
def tool_fingerprint() -> str:
    """Return a digest of the program's own files, its libraries' versions and Python's."""
    digest = hashlib.blake2b(digest_size=16)
    for library in _LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}\n".encode())
    digest.update(f"{platform.python_implementation()} {platform.python_version()}\n".encode())
    for name, file in _own_files(files("qt2anki"), ""):
        digest.update(f"{name}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _own_files(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    """Yield the files that decide about notes: code and tables of words."""
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        name = f"{above}/{each.name}"
        if each.is_dir() and each.name != "assets":
            yield from _own_files(each, name)
        elif each.name.endswith((".py", ".gz", ".txt")):
            yield name, each
