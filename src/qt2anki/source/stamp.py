"""Write the id that a page has by the path of its file into its front matter."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass

from qt2anki.config.settings import PageFormat
from qt2anki.model import PageId
from qt2anki.source.discover import Source, decode_bytes
from qt2anki.source.entry import PATH
from qt2anki.source.ids import read_id
from qt2anki.source.read_file import parse_pages

_FENCE = re.compile(r"\s*(?:-{3,}|\+{3,})[ \t]*\n")
_BRACE = re.compile(r"\s*\{")


@dataclass(frozen=True, slots=True)
class Stamped:
    """The bytes of a file that has an id now."""

    data: bytes
    page_id: PageId


def stamped_bytes(data: bytes, source: Source, page_format: PageFormat) -> Stamped | None:
    """Write the id of a file into its bytes; None if it has one or is not a page.

    The id is the one that the pages have already, so their cards keep their histories. Line ends
    stay as they are.
    """
    text = decode_bytes(data, source.name).text
    pages = parse_pages(text, source, page_format) if text is not None else ()
    front = pages[0].front if pages and pages[0].page else None
    entry = front.entries["id"] if front else None
    if text is None or entry is None or entry.style != PATH:
        return None
    # Of several questions in one file, each id begins with that of the file.
    page_id = read_id(entry.text.rpartition("#")[0] if len(pages) > 1 else entry.text)
    if page_id is None:
        return None
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    line_end = b"\r\n" if b"\r\n" in data else b"\n"
    return Stamped(mark + _with_id(text, page_id).encode().replace(b"\n", line_end), page_id)


def _with_id(text: str, page_id: PageId) -> str:
    value = json.dumps(page_id, ensure_ascii=False)  # a form that YAML and TOML share
    fence, brace = _FENCE.match(text), _BRACE.match(text)
    if fence:
        sign = " =" if "+" in fence[0] else ":"
        return f"{text[: fence.end()]}id{sign} {value}\n{text[fence.end() :]}"
    if brace:
        return f'{text[: brace.end()]}\n  "id": {value},{text[brace.end() :]}'
    return f"---\nid: {value}\n---\n\n{text}"
