"""Read the pictures of cards from packages, and embed them in HTML."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qt2anki.anki.media import files_in, shown_in
from qt2anki.anki.package_reader import PublishedPackage

MOST_BYTES: Final = 1_000_000
"""Of one picture; a larger one is text in a preview."""
MOST_TOGETHER: Final = 20_000_000
"""Bytes of all pictures of a preview; those that come later are text."""
NONE: Final[Mapping[str, bytes]] = MappingProxyType({})
_KINDS: Final = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}


def names_of(package: PublishedPackage) -> tuple[str, ...]:
    """Return the names of the pictures in the notes of *package*, without duplicates."""
    texts = (text for note in package.notes for text in note.fields)
    names = dict.fromkeys(name for text in texts for name in shown_in(text))
    return tuple(name for name in names if _ending_of(name) in _KINDS)


def read_pictures(wanted: Mapping[Path, Iterable[str]]) -> dict[str, bytes]:
    """Read pictures by name from the packages whose notes show them.

    Large and missing pictures are left out. Raises PackageError, naming the
    file, when a package cannot be read.
    """
    found: dict[str, bytes] = {}
    room = MOST_TOGETHER
    for name, data in _each(wanted):
        if name not in found:
            room -= len(data)
            if room < 0:
                break
            found[name] = data
    return found


def _each(wanted: Mapping[Path, Iterable[str]]) -> Iterator[tuple[str, bytes]]:
    for path, names in wanted.items():
        yield from files_in(path, names, most_bytes=MOST_BYTES)


def data_url(name: str, data: bytes) -> str:
    """Return a picture as a data URL (RFC 2397).

    Browsers run no scripts in pictures and load nothing for them, not even for SVG.
    """
    return f"data:{_KINDS[_ending_of(name)]};base64,{base64.b64encode(data).decode('ascii')}"


def _ending_of(name: str) -> str:
    return name.rpartition(".")[2]
