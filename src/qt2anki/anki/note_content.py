"""Compare the content of notes: an import overwrites a student's edits only if it changed.

Students do not study the note's place on the page or the page's date, so a new date or a moved step
must not overwrite their edits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TypeVar

from qt2anki.anki.note_types import FIELDS
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.model import Kind, Note

_RETIRED = re.compile(r'<p class="qt-retired">[^<]*</p>')
_LISTING = re.compile(r"<pre><code.*?</code></pre>", re.DOTALL)
_PREFORMATTED = re.compile(r"(<pre.*?</pre>)", re.DOTALL)  # shown with all its spaces
_SPACES = re.compile(r"[ \t\n]+")
_COLOUR = re.compile(r"</?span[^>]*>")
_QUOTES = (("&quot;", '"'), ("&#39;", "'"), ("&#x27;", "'"))
_PAGE_DATE = re.compile(r"<span>[0-9]{4}-[0-9]{2}-[0-9]{2} · ")

_KINDS = frozenset(Kind)
TOPIC_LEVEL = "::topic::"

Content = tuple[str, ...]


AnyNote = Note | PublishedNote
"""A note about to be published, or one that was."""
NoteT = TypeVar("NoteT", bound=AnyNote)


def note_kind(published: PublishedNote) -> Kind:
    """Return the kind of a published note from its tag, ``QuickTakes::kind::step::next``."""
    for tag in published.tags:
        _, found, kind = tag.partition("::kind::")
        last = kind.rpartition("::")[2]
        if found and last in _KINDS:
            return Kind(last)
    return Kind.QA if published.note_type == "qa" else Kind.NEXT


def field_names(note: AnyNote) -> tuple[str, ...]:
    """Return the names of the note's fields."""
    return FIELDS[note.note_type]


def field(note: AnyNote, name: str) -> str:
    """Return the HTML of a field by its name."""
    return note.fields[field_names(note).index(name)]


def field_values(note: AnyNote) -> dict[str, str]:
    """Return the HTML of the note's fields by their names."""
    return dict(zip(field_names(note), note.fields, strict=True))


def with_field(note: AnyNote, name: str, html: str) -> tuple[str, ...]:
    """Return the fields of *note* with one of them replaced."""
    at = field_names(note).index(name)
    return (*note.fields[:at], html, *note.fields[at + 1 :])


def as_generated(note: NoteT) -> NoteT:
    """Return a note as it was made from its page, before a correction reworded it."""
    if not note.generated:
        return note
    values = field_values(note) | dict(note.generated)
    return replace(note, fields=tuple(values.values()), generated=())


def content_of(note: AnyNote) -> Content:
    """Return the content that must differ for a note to count as changed, field by field.

    ``Key`` and ``Order`` are empty in it; the date in ``Source``, the sentence that marks a
    retired note, and the colors of code are left out.
    """
    values = field_values(note)
    values |= {
        "Key": "",
        "Extra": without_reason(values["Extra"]),
        "Order": "",
        "Source": _PAGE_DATE.sub("<span>", values["Source"]),
    }
    return tuple(map(_as_read, values.values()))


def _as_read(fragment: str) -> str:
    """Normalize invisible differences: colors, quotes, white space, composed letters."""
    if "<pre>" in fragment:
        fragment = _LISTING.sub(lambda listing: _COLOUR.sub("", listing[0]), fragment)
    for reference, character in _QUOTES:
        fragment = fragment.replace(reference, character)
    parts = _PREFORMATTED.split(unicodedata.normalize("NFC", fragment))
    parts[::2] = [_SPACES.sub(" ", part) for part in parts[::2]]
    return "".join(parts)


def without_reason(extra: str) -> str:
    """Return the field ``Extra`` without the sentence that marks a retired note."""
    return _RETIRED.sub("", extra, count=1)


def content_tags(note: AnyNote) -> frozenset[str]:
    """Return the tags of a note that count.

    The tier, which changes with every estimate, and the topics, which never change, do not count.
    """
    return frozenset(
        tag
        for tag in note.tags
        if ("::tier::" not in tag and TOPIC_LEVEL not in tag) or "::subject::" in tag
    )


def topic_tags(note: AnyNote) -> frozenset[str]:
    """Return the tags of a note that name its topics."""
    return frozenset(tag for tag in note.tags if TOPIC_LEVEL in tag and "::subject::" not in tag)


def tiers_of(note: AnyNote) -> frozenset[str]:
    """Return the tiers in the tags of a note, normally one."""
    return frozenset(tag.rpartition("::")[2] for tag in note.tags if "::tier::" in tag)


def is_same(one: AnyNote, other: AnyNote) -> bool:
    """Whether two states of a note have the same type and, to a reader, the same content and tags.

    Publishing a note again overwrites students' edits, so trivial changes do not count.
    """
    if one.fields == other.fields and one.tags == other.tags:  # as are nearly all
        return one.note_type == other.note_type
    return (
        one.note_type == other.note_type
        and content_tags(one) == content_tags(other)
        and content_of(one) == content_of(other)
    )
