"""Generate the cards of a note, and render both sides, as Anki does.

The rules are those of Anki's own renderer (rslib/src/template.rs): sections, special fields,
``{{FrontSide}}`` and the filters ``cloze`` and ``text``. ``hint`` becomes a collapsible box,
because Anki's version needs a script. A field with any other filter is shown unchanged, as Anki
does for unknown filters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from qt2anki.anki.card_templates import TemplateNode, is_cloze_section, read_template
from qt2anki.anki.cloze import cloze_html, cloze_numbers, strip_html
from qt2anki.anki.note_content import AnyNote, field_values
from qt2anki.anki.note_types import NoteType
from qt2anki.errors import NoteTypeError, PackageError
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Note

# rslib/src/template.rs, field_is_empty: spaces and lone <br> and <div> tags do not count.
_NOTHING = re.compile(r"(?:[ \t\n\v\f\r]|</?(?:br|div) ?/?>)*", re.ASCII | re.IGNORECASE)
_SEEN_WITHOUT_TEXT = re.compile(r"<(?:img|svg|audio|video|math)\b", re.IGNORECASE)
_HTML_TAG = re.compile(r"<[^<>]*>")
_BLANK_ENTITY = re.compile(r"&(?:nbsp|#160|#x0*a0|ensp|emsp|thinsp);", re.IGNORECASE)

_QUESTION = QA_FIELDS.index("Question")
_REVERSE = QA_FIELDS.index("Reverse")
_TEXT = CLOZE_FIELDS.index("Text")


def field_is_empty(html: str) -> bool:
    """Whether ``{{#Field}}`` counts a field with this HTML as empty in Anki."""
    return _NOTHING.fullmatch(html) is not None


def is_blank(html: str) -> bool:
    """Whether this HTML shows nothing to a reader."""
    if html[:1].isalnum() or _SEEN_WITHOUT_TEXT.search(html):
        return False
    return not _BLANK_ENTITY.sub("", _HTML_TAG.sub("", html)).strip()


def card_ords(note: Note) -> tuple[int, ...]:
    """Return the template numbers (from 0) of the note's cards."""
    if note.note_type == "cloze":
        return _cloze_ords(note)
    if is_blank(note.fields[_QUESTION]):
        raise _error(note, "its Question is empty when rendered")
    if field_is_empty(note.fields[_REVERSE]):
        return (0,)
    if is_blank(note.fields[_REVERSE]):
        raise _error(note, "its Reverse is not empty, but is empty when rendered")
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


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a card's HTML: text of the note (*is_content*), or of the template around it."""

    html: str
    is_content: bool


@dataclass(frozen=True, slots=True)
class CardSides:
    """The two sides of a card; the parts of one side, joined, are its HTML."""

    front: tuple[Part, ...]
    back: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """The values that fill a template; the front is empty while it is being rendered."""

    values: Mapping[str, str]
    cloze: int  # the number of the card's deletion, 0 if it is not a cloze card
    front: tuple[Part, ...] | None = None


def joined_html(parts: Iterable[Part]) -> str:
    """Join the parts of a side."""
    return "".join(part.html for part in parts)


def render_card(note: AnyNote, note_type: NoteType, ord_: int, *, deck: str) -> CardSides:
    """Render the card number *ord_* (from 0) of a note in the deck of that name."""
    is_cloze = note_type.kind == "cloze"
    place = 0 if is_cloze else ord_
    if not 0 <= place < len(note_type.templates):
        raise PackageError(f"the note {note.guid!r} has a card {ord_ + 1} without a template")
    template = note_type.templates[place]
    values = field_values(note) | {
        "Tags": " ".join(note.tags),
        "Type": note_type.name,
        "Deck": deck,
        "Subdeck": deck.rpartition("::")[2],
        "Card": template.name,
        "CardFlag": "flag0",
        "CardID": "0",
    }
    cloze = ord_ + 1 if is_cloze else 0
    try:
        asking, answering = read_template(template.front), read_template(template.back)
    except NoteTypeError as error:
        text = f"a card template in the package cannot be used: {error}"
        raise PackageError(text) from error
    front = tuple(_render(asking, _Side(values, cloze)))
    return CardSides(front, tuple(_render(answering, _Side(values, cloze, front))))


def _render(nodes: Iterable[TemplateNode], side: _Side) -> Iterator[Part]:
    for node in nodes:
        if node.kind == "text":
            yield Part(node.value, is_content=False)
        elif node.kind != "field":
            if _holds(node.value, side) == (node.kind == "if"):
                yield from _render(node.inside, side)
        elif node.value == "FrontSide":
            yield from side.front or ()
        else:
            yield Part(_filled(node, side), is_content=True)


def _holds(name: str, side: _Side) -> bool:
    """Whether a section of this name is shown: a field with content, or ``{{#c1}}``."""
    if name in side.values:
        return not field_is_empty(side.values[name])
    if is_cloze_section(name):
        return side.cloze > 0 and name == f"c{side.cloze}"
    raise PackageError(f"a card template asks for a field {name!r} that does not exist")


def _filled(node: TemplateNode, side: _Side) -> str:
    if node.value not in side.values:
        raise PackageError(f"a card template shows a field {node.value!r} that does not exist")
    text = side.values[node.value]
    for name in node.filters:
        if name == "cloze" and side.cloze:
            text = cloze_html(text, side.cloze, is_front=side.front is None)
        elif name == "text":
            text = html.unescape(strip_html(text)).replace("\xa0", " ")
        elif name == "hint" and text:
            summary = html.escape(node.value)
            text = f'<details class="hint"><summary>{summary}</summary>{text}</details>'
    return text
