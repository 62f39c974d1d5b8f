"""One page read from a text or a file of a test."""

from __future__ import annotations

from qt2anki.config.settings import PageFormat
from qt2anki.source.discover import Source
from qt2anki.source.page_keys import PageReading
from qt2anki.source.read_file import parse_pages, read_file

Names = tuple[tuple[str, str], ...]


def read_one(text: str, name: str = "page.md", names: Names = ()) -> PageReading:
    """Read the only page in *text*; without a path it must say everything itself."""
    (reading,) = parse_pages(text, Source(name, None), PageFormat(names))
    return reading


def read_only(source: Source, names: Names = ()) -> PageReading:
    """Read the only page in a file."""
    (reading,) = read_file(source, PageFormat(names))
    return reading
