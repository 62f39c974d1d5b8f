"""The permanent names of a note: its key on the page, and its GUID in Anki.

A review history belongs to a GUID. So a key names the fact (page, kind, title), never its place
in a list, its wording or the version of this tool; nothing else may make a GUID.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import filterfalse

from qt2anki.anki.cloze import hidden_parts
from qt2anki.anki.note_content import AnyNote, field
from qt2anki.anki.visible_text import visible_text
from qt2anki.model import PageId

_NAMESPACE = "qt2anki:1"
# The alphabet of Anki's own GUIDs (anki/pylib, utils.base91).
_BASE91 = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&()*+,-./:;<=>?@[]^_`{|}~"
)
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_COUNTER = re.compile(r"^(?:step|stage|phase|part) (?:\d+|[ivx]+)\b ?|^\d+ (?=\D)")
_SHOWN_COUNTER = re.compile(
    r"(?:step|stage|phase|part)\s+(?:\d+|[ivx]+)\s*[:.)–—-]\s*(?=\S)", re.IGNORECASE
)
BOLD = re.compile(r"<b>((?:[^<]|<(?!/b>))*)")
_STEP = "step/"
_ARTICLE = re.compile(r"\b(?:a|an|the)\b ?")


def guid_for(page_id: PageId, key: str) -> str:
    """Return the GUID of the note *key* of page *page_id* (10 or 11 characters).

    Each part is preceded by its length, so different lists of parts are never hashed as the same
    text. 64 bits: with ten million notes the chance of any collision is 3 in a million.
    """
    page = str(page_id)
    framed = f"{len(_NAMESPACE)}:{_NAMESPACE}{len(page)}:{page}{len(key)}:{key}"
    number = int.from_bytes(hashlib.sha256(framed.encode()).digest()[:8], "big")
    digits = []
    while number:
        number, rest = divmod(number, len(_BASE91))
        digits.append(_BASE91[rest])
    return "".join(reversed(digits))


@lru_cache(maxsize=1024)
def slug(text: str) -> str:
    """Return the part of a title that identifies it: lower-case Latin letters, digits and hyphens.

    A leading "Step 3:" and articles are not part of it. Text without a Latin letter or digit
    gives the first 8 hex digits of its SHA-1.
    """
    plain = text.lower()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text).lower()
        plain = "".join(filterfalse(unicodedata.combining, plain))
    plain = _NO_SLUG.sub(" ", plain).strip()
    plain = _ARTICLE.sub("", _COUNTER.sub("", plain)).strip()
    return plain.replace(" ", "-") or _digest(text)


def without_counter(title: str) -> str:
    """Remove "Step 3:" from a title: a step keeps its name if a step is inserted before it."""
    return _SHOWN_COUNTER.sub("", title, count=1) if _SHOWN_COUNTER.match(title) else title


def unit_slugs(units: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Name the units of a page, given as (section, title), so that all names differ.

    A name is the title if that is unique, else ``section/title``; titles that differ only in
    characters that a slug omits get a digest of the title. Only units with the same section and
    title are numbered.
    """
    names = [slug(title) for _, title in units]
    if len(set(names)) == len(names):
        return tuple(names)
    names = _told_apart(names, [f"{slug(section)}/" if section else "" for section, _ in units])
    if len(set(names)) == len(names):
        return tuple(names)
    names = _told_apart(names, ["" for _ in units], [f"-{_digest(title)}" for _, title in units])
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}~{seen[name]}")
    return tuple(unique)


def _told_apart(
    names: Sequence[str], before: Sequence[str], after: Sequence[str] = ()
) -> list[str]:
    """Add a prefix or suffix to each name that occurs more than once."""
    count = Counter(names)
    ends = after or ["" for _ in names]
    return [
        f"{first}{name}{end}" if count[name] > 1 else name
        for first, name, end in zip(before, names, ends, strict=True)
    ]


def _digest(text: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha1(folded.encode(), usedforsecurity=False).hexdigest()[:8]


def split_key(key: str) -> tuple[str, str]:
    """Split a key into the name of its fact and the rest: ("step/fusion", "next"), ("qa", "")."""
    if key.startswith(_STEP) and key.count("/") > 1:
        name, _, part = key.rpartition("/")
        return name, part
    return key, ""


def join_key(name: str, part: str) -> str:
    """Join what :func:`split_key` splits."""
    return f"{name}/{part}" if part else name


def natural_key_of(note: AnyNote) -> str:
    """Return the key that the page gave a note when it was last built.

    Packages of version 1 do not have it; there, a renamed step is recognized by its title.
    """
    name, part = split_key(note.key)
    if note.natural_key or not part:
        return note.natural_key or note.key
    return f"{name.rpartition('/')[0]}/{slug(title_of(note))}/{part}"


def title_of(note: AnyNote) -> str:
    """Return the plain-text title that identifies a note: its step, question or answer."""
    _, part = split_key(note.key)
    if note.note_type == "qa":
        return title_in_question(note) if part else visible_text(field(note, "Question"))
    found = hidden_parts(field(note, "Text"), 1)
    return visible_text(" ".join(found[-1:] if part else found))


def title_in_question(note: AnyNote) -> str:
    """Return the plain text of the bold part of a question, or else of all of it."""
    bold = BOLD.search(field(note, "Question"))
    return visible_text(bold[1] if bold else field(note, "Question"))
