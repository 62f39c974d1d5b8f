"""Read blocks that contain no other blocks: headings, formulas in text, pipe tables.

Tables are those of GitHub Flavored Markdown (section 4.10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from qt2anki.model import Formula, Heading, Table
from qt2anki.outline.lines import Line
from qt2anki.outline.lists import whole_line_title
from qt2anki.source.spans import find_spans

PSEUDO_HEADING: Final = 7
AFTER_FORMULA: Final = re.compile(r"[\s.,;:]*$")
_NUMBERED = re.compile(r"(\d{1,3}[.)])(?!\d)[ \t]*(.*)$", re.DOTALL)
_UNDERLINE = re.compile(r"(?:=+|-{3,})$")
_HEADING_MOST_WORDS = 12


def read_heading(level: int, text: str) -> Heading:
    """Make a heading from its text; a number before it is stored separately."""
    text = text.strip()
    # Remove the marks that may close a heading, but not that of C# (CommonMark 4.2).
    cut = text.rstrip("#")
    text = cut.rstrip() if not cut or cut[-1] in " \t" else text
    bare = whole_line_title(text) or text
    number = _NUMBERED.match(bare)
    if number is None or not number[2]:
        return Heading(level, bare.rstrip(": "))
    rest = number[2].strip()
    return Heading(level, (whole_line_title(rest) or rest).rstrip(": "), number[1])


def heading_in_text(lines: Sequence[Line], at: int) -> tuple[Heading | None, int]:
    """Return the heading without # that is on line *at*, and the line after it; None for text."""
    title = whole_line_title(lines[at].text)
    if title:
        return read_heading(PSEUDO_HEADING, title), at + 1
    line = lines[at + 1].text if at + 1 < len(lines) else ""
    text = lines[at].text
    # A line of dashes right below a sentence is meant as a rule.
    if not _UNDERLINE.match(line) or text[-1] == "." or len(text.split()) > _HEADING_MOST_WORDS:
        return None, at
    return read_heading(1 if line[0] == "=" else 2, text), at + 2


def with_break(text: str) -> str:
    """Normalize a hard line break to two spaces."""
    return f"{text.removesuffix(chr(92)).rstrip()}  "


def split_formulas(line: Line) -> Iterable[str | Formula]:
    """Split a line at separate display math: over several lines, or after a colon."""
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


_ALIGN: Final[dict[tuple[bool, bool], Literal["", "left", "right", "center"]]] = {
    (False, False): "",
    (True, False): "left",
    (False, True): "right",
    (True, True): "center",
}
_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")


def table_rows(lines: Sequence[Line], at: int) -> int:
    """Return the line after the table whose header is line *at*, 0 if there is no table."""
    if "|" not in lines[at].text or at + 1 >= len(lines):
        return 0
    rule = lines[at + 1].text
    if "|" not in rule or not _RULE.match(rule):
        return 0
    if len(_cells(lines[at].text)) != len(_cells(rule)):
        return 0
    end = at + 2
    while end < len(lines) and "|" in lines[end].text:
        end += 1
    return end


def read_table(lines: Sequence[Line], lead: str, section: str) -> Table:
    """Read the lines that :func:`table_rows` found; short rows are filled, long ones joined."""
    header = _cells(lines[0].text)
    align = tuple(_ALIGN[cell[0] == ":", cell[-1] == ":"] for cell in _cells(lines[1].text))
    width, rows = len(header), []
    for line in lines[2:]:
        cells = _cells(line.text)
        if len(cells) > width:  # GFM drops these, but no part of an answer may be lost here
            cells = (*cells[: width - 1], " | ".join(cells[width - 1 :]))
        rows.append((*cells, *[""] * (width - len(cells))))
    return Table(header, tuple(rows), align, lead, section)


def _cells(row: str) -> tuple[str, ...]:
    """Split at pipes that are not escaped, and not in code or math."""
    covered = {at for span in find_spans(row) for at in range(span.start, span.end)}
    cells: list[str] = []
    start = 0
    for at, char in enumerate(row):
        if char == "|" and at not in covered and (at == 0 or row[at - 1] != "\\"):
            cells.append(row[start:at].strip())
            start = at + 1
    if last := row[start:].strip():
        cells.append(last)
    return tuple(cell.replace("\\|", "|") for cell in cells[row.startswith("|") :])
