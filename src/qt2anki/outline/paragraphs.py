"""Read what a paragraph may turn out to be: a heading, or text with formulas of its own lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from qt2anki.model import Formula, Heading
from qt2anki.outline.lines import Line
from qt2anki.outline.lists import whole_line_title
from qt2anki.source.spans import find_spans

PSEUDO_HEADING: Final = 7
AFTER_FORMULA: Final = re.compile(r"[\s.,;:]*$")
_NUMBERED = re.compile(r"(\d{1,3}[.)])(?!\d)[ \t]*(.*)$", re.DOTALL)
_UNDERLINE = re.compile(r"(?:=+|-{3,})$")
_HEADING_MOST_WORDS = 12


def read_heading(level: int, text: str) -> Heading:
    """Make a heading of its text; a number before it is kept apart."""
    text = _without_closing_marks(text.strip())
    bare = whole_line_title(text) or text
    number = _NUMBERED.match(bare)
    if number is None or not number[2]:
        return Heading(level, bare.rstrip(": "))
    rest = number[2].strip()
    return Heading(level, (whole_line_title(rest) or rest).rstrip(": "), number[1])


def _without_closing_marks(text: str) -> str:
    """Take off the marks that may close a heading, but not those of ``C#`` (CommonMark 4.2)."""
    cut = text.rstrip("#")
    return cut.rstrip() if not cut or cut[-1] in " \t" else text


def heading_in_text(lines: Sequence[Line], at: int) -> tuple[Heading | None, int]:
    """Return the heading that line *at* is without a #, and the line after it; None for text."""
    title = whole_line_title(lines[at].text)
    if title:
        return read_heading(PSEUDO_HEADING, title), at + 1
    line = lines[at + 1].text if at + 1 < len(lines) else ""
    text = lines[at].text
    # A rule right below a sentence is meant as a rule.
    if not _UNDERLINE.match(line) or text[-1] == "." or len(text.split()) > _HEADING_MOST_WORDS:
        return None, at
    return read_heading(1 if line[0] == "=" else 2, text), at + 2


def with_break(text: str) -> str:
    """Write a hard line break as two spaces, whichever way the page has it."""
    return f"{text.removesuffix(chr(92)).rstrip()}  "


def split_formulas(line: Line) -> Iterable[str | Formula]:
    """Split a line where display math is by itself: over several lines, or after a colon."""
    text = line.text
    if "$$" not in text and "\\[" not in text:
        return [text]
    parts: list[str | Formula] = []
    start = 0
    for span in find_spans(text):
        if span.kind != "display" or not _stands_alone(text, start, span.start, span.end):
            continue
        if text[start : span.start].strip():
            parts.append(text[start : span.start].strip())
        parts.append(Formula(text[span.inner_start : span.inner_end].strip(), ""))
        after = AFTER_FORMULA.match(text, span.end)
        start = after.end() if after else span.end
    if text[start:].strip():
        parts.append(text[start:].strip())
    return parts


def _stands_alone(text: str, start: int, opens: int, closes: int) -> bool:
    if "\n" in text[opens:closes]:
        return True
    ends_line = bool(AFTER_FORMULA.match(text, closes))
    before = text[start:opens].rstrip()
    return ends_line and (not before or before.endswith(":"))
