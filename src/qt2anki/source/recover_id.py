"""Reading a page's file, and of a faulty one at least which page it is.

That is enough to keep what was published of it until the file is mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qt2anki.model import PageId
from qt2anki.source.discover import Source, SourceText, read_source
from qt2anki.source.key_mapping import KeyNames
from qt2anki.source.parse_page import PageReading, parse_page

_ID_VALUE = r":[ \t]*(-?[0-9]{1,18})[ \t]*$"


@dataclass(frozen=True, slots=True)
class FileReading:
    """What became of one file; *page_id* is known of pages, and of most faulty ones."""

    source: Source
    reading: PageReading
    page_id: PageId | None


def read_file(source: Source, names: KeyNames = ()) -> FileReading:
    """Read and check the page in one file; *names* are what its keys are called."""
    return reading_of(source, read_source(source), names)


def reading_of(source: Source, read: SourceText, names: KeyNames = ()) -> FileReading:
    """Check the page in the text that was read from one file."""
    if read.text is None:
        return FileReading(source, PageReading(None, read.problems), None)
    parsed = parse_page(read.text, source.name, names)
    reading = PageReading(parsed.page, (*read.problems, *parsed.problems))
    page_id = parsed.page.page_id if parsed.page else salvage_id(read.text, names)
    return FileReading(source, reading, page_id)


def salvage_id(text: str, names: KeyNames = ()) -> int | None:
    """Return the page id in the text of a faulty page; None unless exactly one is there."""
    key = re.escape(dict(names).get("id", "id"))
    found = re.findall(f"^{key}{_ID_VALUE}", text, re.MULTILINE)
    return int(found[0]) if len(found) == 1 else None
