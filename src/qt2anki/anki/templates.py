"""What Anki sees in a card template: its fields and sections, and when a front shows anything.

The rules are those of Anki's own parser (rslib/src/template.rs): ``{{Field}}``,
``{{filter:Field}}``, ``{{#Field}}..{{/Field}}``, ``{{^Field}}..{{/Field}}``; nothing in an HTML
comment counts.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from qt2anki.errors import NoteTypeError

# Names Anki fills in itself (Anki manual, "Field Replacements", "Special Fields").
SPECIAL_FIELDS = frozenset(
    ("FrontSide", "Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag", "CardID")
)
_CLOZE_SECTION = re.compile(r"c[0-9]+")  # {{#c1}} asks which cloze number the card has


@dataclass(frozen=True, slots=True)
class Tag:
    """One ``{{..}}`` of a template."""

    kind: Literal["field", "if", "unless", "end"]
    filters: tuple[str, ...]  # as written, the outermost first
    name: str
    line: int  # from 1


_KINDS: dict[str, Literal["if", "unless", "end"]] = {"#": "if", "^": "unless", "/": "end"}


def read_tags(text: str, source: str) -> tuple[Tag, ...]:
    """Read the tags of the template *text*; *source* names its file in errors.

    Raises NoteTypeError for a tag without its ``}}`` and for sections that do not pair up.
    """
    tags = tuple(_tags(_blank_comments(text), source))
    open_sections: list[Tag] = []
    for tag in tags:
        if tag.kind in ("if", "unless"):
            open_sections.append(tag)
        elif tag.kind == "end" and (not open_sections or open_sections.pop().name != tag.name):
            raise NoteTypeError(
                f"{{{{/{tag.name}}}}} does not close the section that is open here",
                hint="close sections in the reverse order of their opening",
                source=source,
                line=tag.line,
            )
    if open_sections:
        tag = open_sections[-1]
        raise NoteTypeError(
            f"the section of {tag.name} is never closed",
            hint=f"write {{{{/{tag.name}}}}} where it ends",
            source=source,
            line=tag.line,
        )
    return tags


def check_names(tags: Collection[Tag], fields: Collection[str], source: str) -> None:
    """Raise NoteTypeError for the first tag that names no field of the note type."""
    known = SPECIAL_FIELDS.union(fields)
    for tag in tags:
        is_bare_filter = tag.kind == "field" and tag.filters and not tag.name
        if tag.name in known or is_bare_filter:  # {{tts-voices:}} has a filter and no field
            continue
        if tag.kind != "field" and _CLOZE_SECTION.fullmatch(tag.name):
            continue
        near = difflib.get_close_matches(tag.name, sorted(known), n=1, cutoff=0.5)
        raise NoteTypeError(
            f"there is no field {tag.name!r}",
            hint=f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(fields)}",
            source=source,
            line=tag.line,
        )


def shows_something(tags: Collection[Tag], filled: Collection[str]) -> bool:
    """Tell whether a front shows any field when just those in *filled* hold something.

    This decides in Anki whether a card exists (rslib, ParsedTemplate::renders_with_fields).
    """
    hidden = 0  # how many of the sections open here are off
    open_sections: list[bool] = []
    for tag in tags:
        if tag.kind == "field":
            if not hidden and tag.name in filled:
                return True
        elif tag.kind == "end":
            hidden -= open_sections.pop()
        else:
            off = (tag.name in filled) == (tag.kind == "unless")
            open_sections.append(off)
            hidden += off
    return False


def _tags(text: str, source: str) -> Iterator[Tag]:
    line, counted = 1, 0
    start = text.find("{{")
    while start >= 0:
        line, counted = line + text.count("\n", counted, start), start
        end = text.find("}}", start + 2)
        if end < 0:
            raise NoteTypeError(
                "a tag is opened and never closed",
                hint="write }} at its end",
                source=source,
                line=line,
            )
        yield _tag(text[start + 2 : end], line)
        start = text.find("{{", end + 2)


def _tag(inner: str, line: int) -> Tag:
    inner = inner.strip()
    if inner[:1] in _KINDS:
        return Tag(_KINDS[inner[0]], (), inner[1:].strip(), line)
    *filters, name = inner.split(":")
    return Tag("field", tuple(filters), name.strip(), line)


def _blank_comments(text: str) -> str:
    """Take HTML comments out, keeping their line breaks so that lines still count right."""
    kept: list[str] = []
    position = 0
    while True:
        start = text.find("<!--", position)
        end = text.find("-->", start + 4) if start >= 0 else -1
        if end < 0:
            return "".join((*kept, text[position:]))
        kept += (text[position:start], "\n" * text.count("\n", start, end))
        position = end + 3
