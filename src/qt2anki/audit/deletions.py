"""Cloze deletions as Anki reads them from a field (rslib/src/cloze.rs).

``{{c1::`` opens, the next ``}}`` closes, the first ``::`` between them splits off a hint;
deletions may stand inside one another, and one that is never closed is lost with its text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(r"(\{\{c[0-9]{1,5}::|\}\})")
_MATH = re.compile(r"(\\[(\[])((?:[^\\]|\\[^()\[\]])*+)(\\[)\]])")
_TAG = re.compile(r"<[^<>]*>")
_ANY = "[...]"
_DEEPEST = 10  # an opening inside ten others is dropped


@dataclass(slots=True)
class Deletion:
    """One deletion while it is read: its number, what is in it, and its hint."""

    number: int
    inside: list[str | Deletion] = field(default_factory=list)
    hint: str = ""


Nodes = Sequence["str | Deletion"]
Shown = Callable[[Deletion, str], str]


def read_deletions(field_html: str) -> tuple[str | Deletion, ...]:
    """Split the HTML of a field into text and deletions."""
    found: list[str | Deletion] = []
    open_ones: list[Deletion] = []
    for piece in _TOKEN.split(field_html):
        if piece.startswith("{{c") and piece.endswith("::"):
            if len(open_ones) < _DEEPEST:
                open_ones.append(Deletion(int(piece[3:-2])))
        elif piece == "}}" and open_ones:
            closed = open_ones.pop()
            (open_ones[-1].inside if open_ones else found).append(closed)
        elif open_ones:
            text, splits, hint = piece.partition("::")
            open_ones[-1].inside.append(text)
            open_ones[-1].hint = hint if splits else open_ones[-1].hint
        else:
            found.append(piece)
    return tuple(found)


def cloze_numbers(nodes: Nodes) -> frozenset[int]:
    """Return the numbers of all deletions, the inner ones too."""
    return frozenset(one.number for one in _deletions(nodes))


def _deletions(nodes: Nodes) -> Iterator[Deletion]:
    for node in nodes:
        if isinstance(node, Deletion):
            yield node
            yield from _deletions(node.inside)


def cloze_html(field_html: str, number: int, *, is_front: bool) -> str:
    """Return what ``{{cloze:Field}}`` shows on one side of the card of *number*.

    Anki shows nothing at all when the field has no deletion of that number. The encoding of the
    attribute ``data-cloze`` is another than Anki's; read, they are equal.
    """
    nodes = read_deletions(field_html)
    if number not in cloze_numbers(nodes):
        return ""

    def shown(one: Deletion, inner: str) -> str:
        if one.number != number:
            return f'<span class="cloze-inactive" data-ordinal="{one.number}">{inner}</span>'
        if not is_front:
            return f'<span class="cloze" data-ordinal="{one.number}">{inner}</span>'
        hint = f"[{one.hint}]" if one.hint else _ANY
        return (
            f'<span class="cloze" data-cloze="{html.escape(inner)}"'
            f' data-ordinal="{one.number}">{hint}</span>'
        )

    return _without_tags_in_math(_written(nodes, shown))


def _written(nodes: Nodes, shown: Shown) -> str:
    return "".join(
        node if isinstance(node, str) else shown(node, _written(node.inside, shown))
        for node in nodes
    )


def _without_tags_in_math(text: str) -> str:
    """Do as Anki (cloze.rs, strip_html_inside_mathjax): MathJax gets to see plain TeX."""
    return _MATH.sub(lambda math: math[1] + _TAG.sub("", math[2]) + math[3], text)


def hidden_parts(field_html: str, number: int) -> tuple[str, ...]:
    """Return the HTML of every outermost deletion of *number*, in order."""
    return tuple(
        _written(node.inside, lambda _, inner: inner)
        for node in read_deletions(field_html)
        if isinstance(node, Deletion) and node.number == number
    )


def with_gaps(field_html: str, number: int, gap: str) -> str:
    """Return the HTML of a field with *gap* in the place of every deletion of *number*."""
    return _written(
        read_deletions(field_html), lambda one, inner: gap if one.number == number else inner
    )
