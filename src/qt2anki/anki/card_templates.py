"""Read card templates as Anki does (rslib/src/template.rs)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from qt2anki.errors import NoteTypeError
from qt2anki.messages import did_you_mean

# Names Anki fills in itself (Anki manual, "Field Replacements", "Special Fields").
SPECIAL_FIELDS = frozenset(
    ("FrontSide", "Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag", "CardID")
)
_OPENING = re.compile(r"\{\{|<!--")
_CLOZE_SECTION = re.compile(r"c[0-9]+")  # {{#c1}} tests the cloze number of the card
_Kind = Literal["text", "field", "if", "unless", "end"]
_SECTIONS: dict[str, _Kind] = {"#": "if", "^": "unless", "/": "end"}


@dataclass(frozen=True, slots=True)
class TemplateNode:
    """A piece of a template."""

    kind: _Kind
    value: str  # the text, or the name of a field
    line: int  # from 1
    filters: tuple[str, ...] = ()  # the innermost first
    inside: tuple[TemplateNode, ...] = ()  # for a section


@lru_cache(maxsize=64)
def read_template(text: str, source: str = "") -> tuple[TemplateNode, ...]:
    """Read the template *text*; *source* names its file in errors."""
    inside: list[list[TemplateNode]] = [[]]
    sections: list[TemplateNode] = []
    for node in _tokens(text, source):
        if node.kind == "end":
            if not sections or sections[-1].value != node.value:
                text = f"{{{{/{node.value}}}}} does not close the section that is open here"
                hint = "close the most recently opened section first"
                raise NoteTypeError(text, hint=hint, source=source, line=node.line)
            children = tuple(inside.pop())
            inside[-1].append(replace(sections.pop(), inside=children))
        elif node.kind in ("if", "unless"):
            sections.append(node)
            inside.append([])
        else:
            inside[-1].append(node)
    if sections:
        said = f"the section of {sections[-1].value} is never closed"
        hint = f"write {{{{/{sections[-1].value}}}}} where it ends"
        raise NoteTypeError(said, hint=hint, source=source, line=sections[-1].line)
    return tuple(inside[0])


def _tokens(text: str, source: str) -> Iterator[TemplateNode]:
    """Yield text, fields, and the starts and ends of sections."""
    last_comment = text.rfind("-->")
    line, counted = 1, 0
    written = position = 0
    while opening := _OPENING.search(text, position):
        if opening[0] == "<!--":  # passed to the browser unchanged, including tags
            is_closed = last_comment >= opening.end()
            position = text.find("-->", opening.end()) if is_closed else opening.end()
            continue
        line += text.count("\n", counted, opening.start())
        counted = opening.start()
        end = text.find("}}", opening.end())
        if end < 0:
            said = "a tag is opened and never closed"
            raise NoteTypeError(said, hint="write }} at its end", source=source, line=line)
        if opening.start() > written:
            yield TemplateNode("text", text[written : opening.start()], line)
        yield _token(text[opening.end() : end], line)
        written = position = end + 2
    if written < len(text):
        yield TemplateNode("text", text[written:], line)


def _token(inner: str, line: int) -> TemplateNode:
    inner = inner.lstrip("{").strip()
    if inner[:1] in _SECTIONS:
        return TemplateNode(_SECTIONS[inner[0]], inner[1:].strip(), line)
    *filters, name = inner.split(":")
    return TemplateNode("field", name.strip(), line, tuple(reversed(filters)))


def every_tag(nodes: Sequence[TemplateNode]) -> Iterator[TemplateNode]:
    """Yield all fields and sections, in the order in which they start."""
    for node in nodes:
        if node.kind != "text":
            yield node
            yield from every_tag(node.inside)


def check_names(nodes: Sequence[TemplateNode], fields: Collection[str], source: str) -> None:
    """Raise NoteTypeError for the first tag that does not name a field of the note type."""
    known = SPECIAL_FIELDS.union(fields)
    for tag in every_tag(nodes):
        is_bare_filter = tag.kind == "field" and tag.filters and not tag.value
        if tag.value in known or is_bare_filter:  # {{tts-voices:}} has a filter but no field
            continue
        if tag.kind != "field" and is_cloze_section(tag.value):
            continue
        text = f"there is no field {tag.value!r}"
        hint = did_you_mean(tag.value, sorted(known), f"The fields are {', '.join(fields)}.")
        raise NoteTypeError(text, hint=hint, source=source, line=tag.line)


def is_cloze_section(name: str) -> bool:
    """Whether a section tests the number of the card's deletion: ``{{#c1}}``."""
    return _CLOZE_SECTION.fullmatch(name) is not None


def shows_something(nodes: Sequence[TemplateNode], filled: Collection[str]) -> bool:
    """Whether a front shows any field if only those in *filled* have content.

    In Anki, this decides whether a card exists (rslib, ParsedTemplate::renders_with_fields).
    """
    return any(
        node.value in filled
        if node.kind == "field"
        else (node.value in filled) == (node.kind == "if") and shows_something(node.inside, filled)
        for node in nodes
        if node.kind != "text"
    )
