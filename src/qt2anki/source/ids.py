"""Make ids of what pages and paths say."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from qt2anki.model import PageId, page_id_of

WHOLE_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
"""What a double holds exactly."""

_NOT_IN_ID = re.compile(r"[^\w.~#@+=-]+")
_NOT_IN_SLUG = re.compile(r"[^\w]+")
_LONGEST_SLUG = 60
_LONGEST_PATH = 120


def read_id(text: str) -> PageId | None:
    """Return an id as cards and tags have it: "/" becomes ".", what no tag can hold "-"."""
    name = unicodedata.normalize("NFC", text.strip())
    if not WHOLE_NUMBER.fullmatch(name):
        name = _NOT_IN_ID.sub("-", name.replace("/", ".")).strip("-.")
    return page_id_of(name)


def path_id(path: str) -> PageId:
    """Make an id of the path of a file without its ending."""
    if len(path) > _LONGEST_PATH:
        path = f"{path[-_LONGEST_PATH:]}~{_digest(path)}"
    found = read_id(path)
    return found if found is not None else f"{read_id(f'{path}-page') or 'page'}"


def slug_of(question: str) -> str:
    """Write the words of a question as the part of an id."""
    folded = unicodedata.normalize("NFKC", question).casefold()
    slug = _NOT_IN_SLUG.sub("-", folded).strip("-")
    if len(slug) <= _LONGEST_SLUG:
        return slug
    return f"{slug[:_LONGEST_SLUG].rpartition('-')[0]}~{_digest(slug)}"


def _digest(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]
