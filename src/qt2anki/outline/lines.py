"""Cut an answer into logical lines: a fence or a formula is one line, however long it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from qt2anki.source.spans import Span, find_spans

_NEWLINE = re.compile(r"\n")
_TAB = " " * 4  # CommonMark 2.2: a tab stands for up to four blanks


class Line(NamedTuple):
    """One logical line: the number of blanks before it, and its text without them.

    The text holds newlines only inside a fence, a formula or inline code. Where it opens with
    a fence or with display math, *opens* is that span, its positions counted within *text*.
    """

    indent: int
    text: str
    opens: Span | None = None


def logical_lines(text: str) -> tuple[Line, ...]:
    """Split *text* at the newlines that stand outside every code and math span."""
    text = text.replace("\t", _TAB)
    spans = find_spans(text)
    if not spans:
        return tuple(map(_plain_line, text.split("\n")))
    block_spans = {s.start: s for s in spans if s.kind in ("fence", "display")}
    lines: list[Line] = []
    start = 0
    for end in (*_breaks(text, spans), len(text)):
        raw = text[start:end].rstrip()
        body = raw.lstrip(" ")
        indent = len(raw) - len(body)
        span = block_spans.get(start + indent)
        lines.append(Line(indent, body, span and _shifted(span, start + indent)))
        start = end + 1
    return tuple(lines)


def _plain_line(raw: str) -> Line:
    raw = raw.rstrip()
    body = raw.lstrip(" ")
    return Line(len(raw) - len(body), body)


def _breaks(text: str, spans: tuple[Span, ...]) -> list[int]:
    """Return the positions of the newlines that no span covers, in order."""
    found: list[int] = []
    at = 0
    for span in spans:
        found.extend(_newlines(text, at, span.start))
        at = span.end
    found.extend(_newlines(text, at, len(text)))
    return found


def _newlines(text: str, start: int, end: int) -> list[int]:
    return [newline.start() for newline in _NEWLINE.finditer(text, start, end)]


def _shifted(span: Span, by: int) -> Span:
    inner = (span.inner_start - by, span.inner_end - by)
    return Span(span.kind, span.start - by, span.end - by, *inner)
