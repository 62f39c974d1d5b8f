"""Read pipe tables (GitHub Flavored Markdown, section 4.10)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from qt2anki.model import Table
from qt2anki.outline.lines import Line
from qt2anki.source.spans import find_spans

_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")


def table_rows(lines: Sequence[Line], at: int) -> int:
    """Return the line after the table whose header is line *at*, 0 when there is no table."""
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
    align = tuple(_align(cell) for cell in _cells(lines[1].text))
    rows = tuple(_fitted(_cells(line.text), len(header)) for line in lines[2:])
    return Table(header, rows, align, lead, section)


def _cells(row: str) -> tuple[str, ...]:
    """Split at the pipes that no backslash escapes and no code or math covers."""
    covered = {at for span in find_spans(row) for at in range(span.start, span.end)}
    cells: list[str] = []
    start = 0
    for at, char in enumerate(row):
        if char == "|" and at not in covered and (at == 0 or row[at - 1] != "\\"):
            cells.append(row[start:at].strip())
            start = at + 1
    cells.append(row[start:].strip())
    if row.startswith("|"):
        cells = cells[1:]
    if cells and not cells[-1]:
        cells = cells[:-1]
    return tuple(cell.replace("\\|", "|") for cell in cells)


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    # GFM drops the cells beyond the header; nothing of an answer may be lost here.
    if len(cells) > width:
        return (*cells[: width - 1], " | ".join(cells[width - 1 :]))
    return (*cells, *[""] * (width - len(cells)))


def _align(rule: str) -> Literal["", "left", "right", "center"]:
    match rule.startswith(":"), rule.endswith(":"):
        case True, True:
            return "center"
        case True, False:
            return "left"
        case False, True:
            return "right"
    return ""
