"""Cards made from the templates in a package, as Anki makes them (rslib/src/template.rs).

What the program's own templates need and a bit more: ``{{Field}}`` with the filters cloze, text,
hint and type, sections, ``{{FrontSide}}`` and the special fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from qt2anki.audit.deletions import cloze_html
from qt2anki.audit.text import visible_text
from qt2anki.errors import PackageError
from qt2anki.package.cards import field_is_empty
from qt2anki.package.published import PublishedTemplate

_TAG = re.compile(r"<!--(?:[^-]|-(?!->))*+-->|\{\{([^{}]*+)\}\}")
_NUMBER = re.compile(r"c([0-9]+)")


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a card as HTML."""

    front: str
    back: str


@dataclass(slots=True)
class _Part:
    kind: Literal["text", "field", "if", "unless"]
    value: str  # the text, or the name of the field
    filters: tuple[str, ...] = ()  # the innermost first
    inside: list[_Part] = field(default_factory=list)


def render_sides(template: PublishedTemplate, values: Mapping[str, str], ord_: int) -> Sides:
    """Render the card of template number *ord_* (from 0) of a note with these field *values*.

    Special fields (``Deck``, ``Tags`` ...) are taken from *values* too, and empty otherwise. For
    a cloze note *ord_* + 1 is the number of the deletion. Raises PackageError for a template
    whose sections do not pair up.
    """
    front = _render(_parsed(template.front), values, ord_, is_front=True)
    back = _render(_parsed(template.back), {**values, "FrontSide": front}, ord_, is_front=False)
    return Sides(front, back)


@lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[_Part, ...]:
    root = _Part("if", "")
    open_ones = [root]
    last = 0
    for tag in _TAG.finditer(text):
        if tag[1] is None:  # a comment is shown to the browser as it stands
            continue
        open_ones[-1].inside.append(_Part("text", text[last : tag.start()]))
        last = tag.end()
        inner = tag[1].strip()
        if inner.startswith("/"):
            if len(open_ones) == 1 or open_ones.pop().value != inner[1:].strip():
                raise PackageError(f"a card template closes {inner[1:]!r}, which is not open")
            continue
        part = _part(inner)
        open_ones[-1].inside.append(part)
        if part.kind != "field":
            open_ones.append(part)
    if len(open_ones) > 1:
        raise PackageError(f"a card template never closes {open_ones[-1].value!r}")
    root.inside.append(_Part("text", text[last:]))
    return tuple(root.inside)


def _part(inner: str) -> _Part:
    if inner[:1] in ("#", "^"):
        return _Part("if" if inner[0] == "#" else "unless", inner[1:].strip())
    *filters, name = inner.split(":")
    return _Part("field", name.strip(), tuple(part.strip() for part in reversed(filters)))


def _render(parts: Iterable[_Part], values: Mapping[str, str], ord_: int, *, is_front: bool) -> str:
    out: list[str] = []
    for part in parts:
        if part.kind == "text":
            out.append(part.value)
        elif part.kind == "field":
            out.append(_filled(part, values, ord_, is_front=is_front))
        elif _is_filled(part.value, values, ord_) == (part.kind == "if"):
            out.append(_render(part.inside, values, ord_, is_front=is_front))
    return "".join(out)


def _is_filled(name: str, values: Mapping[str, str], ord_: int) -> bool:
    number = _NUMBER.fullmatch(name)
    if number is not None and name not in values:
        return int(number[1]) == ord_ + 1
    return not field_is_empty(values.get(name, ""))


def _filled(part: _Part, values: Mapping[str, str], ord_: int, *, is_front: bool) -> str:
    text = values.get(part.value, "")
    for name in part.filters:
        if name == "cloze":
            text = cloze_html(text, ord_ + 1, is_front=is_front)
        elif name == "text":
            text = visible_text(text)
        elif name == "hint":  # a link with the field's name, until it is pressed
            text = f"<a>{part.value}</a>" if text else ""
        elif name == "type":  # a box to type the answer into
            text = ""
    return text
