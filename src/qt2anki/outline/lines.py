"""Split an answer into logical lines (a fence or a formula is one), and find list markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from qt2anki.source.spans import Span, find_spans

RULE: Final = re.compile(r"(?:-[ \t]*){3,}$|(?:\*[ \t]*){3,}$|(?:_[ \t]*){3,}$")
"""A thematic break, which may look like a bullet (CommonMark 0.31, section 4.1)."""

_DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９"
MARKER_STARTS: Final = frozenset(f"-*+•◦▪‣⁃●■►➤{_DIGITS}")
_MARKER = re.compile(
    r"(?:(?:\d{1,3}[.)]|[-*+•◦▪‣⁃●■►➤]|[0-9]\ufe0f?\u20e3)(?=[ \t]|$)|\d{1,3}[、．])"
    r"(?:[ \t]+\[[ xX]\](?=[ \t]+\S))?"
)
# These may also begin a sentence ("A. fumigatus", "(1) shows"), so a single one is not a marker.
_IN_RUNS = re.compile(
    r"(?:\((?:[A-Za-z]|[ivxIVX]{2,6}|\d{1,2})\)|(?:[A-Za-z]|[ivxIVX]{2,6})[.)])(?=[ \t]+\S)"
)
_MAY_RUN = re.compile(r"^[ >]*\(?(?:[A-Za-z]|[ivxIVX]{2,6}|\d{1,2})[.)][ ]+\S", re.MULTILINE)
_CORE = re.compile(r"\w+")
_ROMAN = {
    tens + ones: 10 * i + j
    for i, tens in enumerate(("", "x", "xx", "xxx"))
    for j, ones in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
}


def find_marker(text: str) -> str:
    """Return the marker at the start of a line without indentation, or ""."""
    marker = _MARKER.match(text)
    return marker[0] if marker and not RULE.match(text) else ""


def may_have_runs(text: str) -> bool:
    """Return quickly whether :func:`marker_runs` could find anything in a text."""
    return len(_MAY_RUN.findall(text)) > 1


def marker_runs(lines: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return the markers that count only as part of a run: a. b. c., (1) (2), I. II.

    A line is its indentation and its text; the result has their places. A run begins with the
    first letter or number and has at least two members.
    """
    found: dict[int, str] = {}
    open_runs: dict[tuple[int, str, str], list[tuple[int, int, str]]] = {}
    for place, (indent, text) in enumerate(lines):
        marker = _IN_RUNS.match(text)
        if marker is None:
            continue
        shape = _CORE.sub("", marker[0])
        for system, value in numbering(marker[0]).items():
            run = open_runs.setdefault((indent, shape, system), [])
            if value == 1:
                run.clear()
            elif not run or value != run[-1][1] + 1:
                continue
            run.append((place, value, marker[0]))
            if len(run) > 1:
                found.update((at, sign) for at, _, sign in run[-2:])
    return found


def numbering(marker: str) -> dict[str, int]:
    """Return the value of a marker in each system that it can belong to; empty for a bullet.

    The systems are those of HTML's ``<ol type>``: 1, a, A, i and I. "i." may be a letter or a
    numeral.
    """
    core = _CORE.match(marker.lstrip("("))
    if core is None or marker[:1] == "-":
        return {}
    word = core[0]
    if word[0].isdecimal():
        return {"1": int(word)}
    values = (
        {"a" if word.islower() else "A": ord(word.lower()) - ord("a") + 1} if len(word) == 1 else {}
    )
    if word.lower() in _ROMAN and (word.islower() or word.isupper()):
        values["i" if word.islower() else "I"] = _ROMAN[word.lower()]
    return values


@lru_cache(maxsize=256)
def marker_kind(marker: str) -> Literal["bullets", "numbers", "letters"]:
    """Return the kind of list that a marker belongs to; Roman numerals are letters."""
    systems = numbering(marker)
    return "bullets" if not systems else "numbers" if "1" in systems else "letters"


def follows(before: str, marker: str) -> bool:
    """Whether *marker* is the one after *before*."""
    last = numbering(before)
    return any(last.get(system) == value - 1 for system, value in numbering(marker).items())


def counts_down(markers: Sequence[str]) -> bool:
    """Whether the markers are numbers that count down by one."""
    return len(markers) > 1 and all(follows(after, before) for before, after in pairwise(markers))


def list_numbers(markers: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Return the system that fits all markers of a list, and their numbers in it."""
    values = [numbering(marker) for marker in markers]
    fitting = [
        system for system in (values[0] if values else ()) if all(system in v for v in values)
    ]
    steady = [
        system
        for system in fitting
        if all(b[system] == a[system] + 1 for a, b in pairwise(values)) and values[0][system] == 1
    ]
    for system in (*steady, *fitting):
        return system, tuple(value[system] for value in values)
    return "", ()


_NEWLINE = re.compile(r"\n")
_TAB = " " * 4  # CommonMark 2.2: a tab stands for up to four spaces
_ODD_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\$")


class Line(NamedTuple):
    """One logical line: the number of spaces before it, and its text without them.

    The text has newlines only inside a fence, a formula or inline code. If it starts with a fence
    or display math, *opens* is that span, with positions relative to *text*.
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
    breaks: list[int] = []  # newlines that no span covers
    at = 0
    for start, end in (*((span.start, span.end) for span in spans), (len(text), len(text))):
        breaks += (newline.start() for newline in _NEWLINE.finditer(text, at, start))
        at = end
    lines: list[Line] = []
    start = 0
    for end in (*breaks, len(text)):
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
