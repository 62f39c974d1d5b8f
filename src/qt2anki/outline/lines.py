"""Cut an answer into logical lines: a fence or a formula is one line, however long it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from qt2anki.outline.markers import MARKER_STARTS, find_marker, marker_runs, may_have_runs
from qt2anki.source.spans import Span, find_spans

_NEWLINE = re.compile(r"\n")
_TAB = " " * 4  # CommonMark 2.2: a tab stands for up to four spaces
_ODD_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\$")


class Line(NamedTuple):
    """One logical line: the number of spaces before it, and its text without them.

    The text holds newlines only inside a fence, a formula or inline code. Where it opens with
    a fence or with display math, *opens* is that span, its positions counted within *text*.
    """

    indent: int
    text: str
    opens: Span | None = None
    marker: str = ""  # of a list item, "" for none
    breaks: bool = False  # ends in a hard line break (CommonMark 0.31, section 6.7)


def logical_lines(text: str) -> tuple[Line, ...]:
    """Split *text* at the newlines that are outside every code and math span."""
    text = text.replace("\t", _TAB)
    spans = find_spans(text)
    lines = list(_lines(text, spans) if spans else map(_line, text.split("\n")))
    if len(lines) > 1 and may_have_runs(text):
        runs = marker_runs((line.indent, "" if line.opens else line.text) for line in lines)
        for place, marker in runs.items():
            lines[place] = lines[place]._replace(marker=marker)
    return tuple(lines)


def _line(raw: str) -> Line:
    text = raw.rstrip()
    if not text:
        return _EMPTY
    body = text.lstrip(" ")
    marker = find_marker(body) if body[0] in MARKER_STARTS else ""
    breaks = raw[-2:] == "  " or (
        body[-1] == "\\" and len(body) > 1 and _ODD_BACKSLASH.search(body) is not None
    )
    return Line(len(text) - len(body), body, None, marker, breaks)


_EMPTY = Line(0, "")


def _lines(text: str, spans: tuple[Span, ...]) -> list[Line]:
    block_spans = {s.start: s for s in spans if s.kind in ("fence", "display")}
    lines: list[Line] = []
    start = 0
    for end in (*_breaks(text, spans), len(text)):
        line = _line(text[start:end])
        span = block_spans.get(start + line.indent)
        if span is not None:
            by = start + line.indent
            inner = (span.inner_start - by, span.inner_end - by)
            opens = Span(span.kind, span.start - by, span.end - by, *inner)
            line = Line(line.indent, text[by:end].rstrip(), opens)
        lines.append(line)
        start = end + 1
    return lines


def _breaks(text: str, spans: tuple[Span, ...]) -> list[int]:
    """Return the positions of the newlines that no span covers, in order."""
    found: list[int] = []
    at = 0
    for span in spans:
        found.extend(newline.start() for newline in _NEWLINE.finditer(text, at, span.start))
        at = span.end
    found.extend(newline.start() for newline in _NEWLINE.finditer(text, at))
    return found
