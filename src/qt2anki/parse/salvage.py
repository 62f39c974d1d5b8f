"""Reading a page's file, and of a faulty one at least which page it is.

That is enough to keep what was published of it until the file is mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qt2anki.parse.discover import Source, read_source
from qt2anki.parse.page import PageReading, parse_page

_ID_LINE = re.compile(r"^id:[ \t]*(-?[0-9]{1,18})[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FileReading:
    """What became of one file; *page_id* is known of pages, and of most faulty ones."""

    source: Source
    reading: PageReading
    page_id: int | None


def read_file(source: Source) -> FileReading:
    """Read and check the page in one file."""
    read = read_source(source)
    if read.text is None:
        return FileReading(source, PageReading(None, read.problems), None)
    parsed = parse_page(read.text, source.name)
    reading = PageReading(parsed.page, (*read.problems, *parsed.problems))
    page_id = parsed.page.page_id if parsed.page else salvage_id(read.text)
    return FileReading(source, reading, page_id)


def salvage_id(text: str) -> int | None:
    """Return the page id in the text of a faulty page; None unless exactly one is there."""
    found = _ID_LINE.findall(text)
    return int(found[0]) if len(found) == 1 else None
