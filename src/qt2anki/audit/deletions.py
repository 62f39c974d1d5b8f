"""Cloze deletions as Anki reads them from a field (rslib/src/cloze.rs).

``{{c1::`` opens, the next ``}}`` closes, the first ``::`` between them splits off a hint;
deletions may stand inside one another, and one that is never closed is lost with its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(r"(\{\{c[0-9]{1,5}::|\}\})")
_DEEPEST = 10  # an opening inside ten others is dropped


@dataclass(slots=True)
class Deletion:
    """One deletion while it is read; a hint is no part of what is hidden, and is left out."""

    number: int
    inside: list[str | Deletion] = field(default_factory=list)


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
            open_ones[-1].inside.append(piece.partition("::")[0])
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


def _written(nodes: Nodes, shown: Shown) -> str:
    return "".join(
        node if isinstance(node, str) else shown(node, _written(node.inside, shown))
        for node in nodes
    )


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
