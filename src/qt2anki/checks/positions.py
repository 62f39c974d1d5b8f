r"""From a position in a decoded text back to its line and column in the file.

What differs is the escape ``\n`` (qt2anki.source.unescape) and what YAML does to a text: it folds
lines, takes off indentation and resolves escapes. None of this adds, drops or reorders a sign,
that is a character other than white space, so both texts are followed sign by sign.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from qt2anki.source.entry import Entry
from qt2anki.source.unescape import decode

_SIGN = re.compile(r"\S")
# How signs are written in quotes (YAML 1.1, sections 5.7 and 7.3).
_QUOTED_SIGNS = {
    "'": re.compile(r"''|\S"),
    '"': re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[\s\S])|[^\s\\]"),
}
_ESCAPED_BLANK = re.compile(r"\\(?:[\s_NLPtnrvf]|[xuU]0*(?:9|[aAdD]|20|85|[aA]0|202[89]))\Z")


class Places:
    """Finds places in one value; made only for a page that has something to report."""

    def __init__(self, file_text: str, entry: Entry) -> None:
        """Take the text of the file and a text value that was read from it."""
        self._line_starts = [0, *accumulate(len(line) + 1 for line in file_text.split("\n"))]
        self._signs = _decoded_signs(entry.text)
        self._written = list(_written_signs(file_text, entry, self._start(entry)))

    def place(self, position: int) -> tuple[int, int]:
        """Return line and column, from 1, of a *position* in the decoded text without its ends."""
        index = max(0, bisect_right(self._signs, (position, len(self._written))) - 1)
        count = self._signs[index][1] if self._signs else 0
        at = self._written[min(count, len(self._written) - 1)] if self._written else 0
        line = bisect_right(self._line_starts, at)
        return line, at - self._line_starts[line - 1] + 1

    def _start(self, entry: Entry) -> int:
        """Return where in the file the first sign of the value may be."""
        if entry.style in ("|", ">"):
            return self._line_starts[entry.line]
        return self._line_starts[entry.line - 1] + entry.column - 1 + len(entry.style)


def _decoded_signs(value: str) -> list[tuple[int, int]]:
    r"""Pair the place of each sign of the decoded *value* with the number of signs before it.

    That number counts the signs of *value* itself, where a newline may be the two of ``\n``.
    """
    found: list[tuple[int, int]] = []
    decoded = decode(value)
    lead = len(decoded) - len(decoded.lstrip())
    at = 0  # in value
    count = 0  # signs of value before that
    for position, character in enumerate(decoded, -lead):
        if value[at] != character:  # a newline for the two signs
            at, count = at + 2, count + 2
            continue
        if not character.isspace():
            found.append((position, count))
            count += 1
        at += 1
    return found


def _written_signs(text: str, entry: Entry, start: int) -> Iterator[int]:
    """Yield where each sign of the value is in the file."""
    left = sum(not character.isspace() for character in entry.text)
    for sign in _QUOTED_SIGNS.get(entry.style, _SIGN).finditer(text, start):
        if left == 0:
            return
        if not (sign[0][0] == "\\" and entry.style == '"' and _ESCAPED_BLANK.match(sign[0])):
            left -= 1
            yield sign.start()
