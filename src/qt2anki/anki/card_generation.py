"""Which cards Anki makes of a note, by Anki's own rules.

An import adds the card rows of the package and makes none itself, so they must be exactly the
ones Anki would make: one too few is never studied, one too many shows up under Empty Cards.
"""

from __future__ import annotations

import re

from qt2anki.errors import PackageError
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Note

# rslib/src/template.rs, field_is_empty: blanks and lone <br> and <div> tags are nothing.
_NOTHING = re.compile(r"(?:[ \t\n\v\f\r]|</?(?:br|div) ?/?>)*", re.ASCII | re.IGNORECASE)
_SEEN_WITHOUT_TEXT = re.compile(r"<(?:img|svg|audio|video|math)\b", re.IGNORECASE)
_HTML_TAG = re.compile(r"<[^<>]*>")
_BLANK_ENTITY = re.compile(r"&(?:nbsp|#160|#x0*a0|ensp|emsp|thinsp);", re.IGNORECASE)

# rslib/src/cloze.rs: "{{c1::" opens and the next "}}" closes; "{{C1::" and "{{ c1::" are text.
# Numbers separated by commas are new in 26.05 and text before it.
_CLOZE_TOKEN = re.compile(r"\{\{c([0-9,]+)::|\}\}")
_HIGHEST_CLOZE = 500  # above it Anki puts all on one card that shows an error
_DEEPEST_CLOZE = 10  # an opening inside ten others is dropped

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


def cloze_numbers(html: str) -> frozenset[int]:
    """Return the numbers of the cloze deletions in a field, nested ones too.

    A deletion that is never closed is none, nor is anything inside it. Raises ValueError for a
    number Anki cannot make a card of, and for several numbers at one deletion, which only the
    newest Anki reads.
    """
    found: set[int] = set()
    inside: list[set[int]] = []
    for token in _CLOZE_TOKEN.finditer(html):
        if token[1] is None:
            if inside:
                closed = inside.pop()
                (inside[-1] if inside else found).update(closed)
        elif len(inside) < _DEEPEST_CLOZE:
            inside.append({_cloze_number(token[1])})
    return frozenset(found)


def _cloze_number(digits: str) -> int:
    number = int(digits) if digits.isdigit() and len(digits) < 6 else 0
    if not 1 <= number <= _HIGHEST_CLOZE:
        raise ValueError(f"c{digits[:20]} is no cloze number from 1 to {_HIGHEST_CLOZE}")
    return number


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
