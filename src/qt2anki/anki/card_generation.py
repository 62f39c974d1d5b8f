"""Which cards Anki makes of a note, by Anki's own rules.

An import adds the card rows of the package and makes none itself, so they must be exactly the
ones Anki would make: one too few is never studied, one too many shows up under Empty Cards.
"""

from __future__ import annotations

import re

from qt2anki.anki.cloze import cloze_numbers
from qt2anki.errors import PackageError
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Note

# rslib/src/template.rs, field_is_empty: blanks and lone <br> and <div> tags are nothing.
_NOTHING = re.compile(r"(?:[ \t\n\v\f\r]|</?(?:br|div) ?/?>)*", re.ASCII | re.IGNORECASE)
_SEEN_WITHOUT_TEXT = re.compile(r"<(?:img|svg|audio|video|math)\b", re.IGNORECASE)
_HTML_TAG = re.compile(r"<[^<>]*>")
_BLANK_ENTITY = re.compile(r"&(?:nbsp|#160|#x0*a0|ensp|emsp|thinsp);", re.IGNORECASE)

_QUESTION = QA_FIELDS.index("Question")
_REVERSE = QA_FIELDS.index("Reverse")
_TEXT = CLOZE_FIELDS.index("Text")


def field_is_empty(html: str) -> bool:
    """Tell whether ``{{#Field}}`` counts a field with this HTML as empty in Anki."""
    return _NOTHING.fullmatch(html) is not None


def is_blank(html: str) -> bool:
    """Tell whether a reader would see nothing at all of this HTML."""
    if html[:1].isalnum() or _SEEN_WITHOUT_TEXT.search(html):
        return False
    return not _BLANK_ENTITY.sub("", _HTML_TAG.sub("", html)).strip()


def card_ords(note: Note) -> tuple[int, ...]:
    """Return the template numbers (from 0) of the note's cards.

    Raises PackageError for a note whose front would be empty.
    """
    return _qa_ords(note) if note.note_type == "qa" else _cloze_ords(note)


def _qa_ords(note: Note) -> tuple[int, ...]:
    if is_blank(note.fields[_QUESTION]):
        raise _error(note, "its Question shows nothing")
    if field_is_empty(note.fields[_REVERSE]):
        return (0,)
    if is_blank(note.fields[_REVERSE]):
        raise _error(note, "its Reverse is not empty and yet shows nothing")
    return (0, 1)


def _cloze_ords(note: Note) -> tuple[int, ...]:
    try:
        numbers = [cloze_numbers(field) for field in note.fields]
    except ValueError as error:
        raise _error(note, str(error)) from error
    if 1 not in numbers[_TEXT]:
        raise _error(note, "its Text has no {{c1::..}}")
    if any(found - numbers[_TEXT] for found in numbers):
        raise _error(note, "a field other than Text has a cloze number of its own")
    return tuple(sorted(number - 1 for number in numbers[_TEXT]))


def _error(note: Note, fault: str) -> PackageError:
    return PackageError(f"the note {note.key!r} of page {note.page_id} makes no card: {fault}")
