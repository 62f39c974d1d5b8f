"""Table notes: one per row, or the whole table if only the whole is meaningful."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Kind, Listing, Note, Outline, Quote, Table
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import core_fits, front_fits, says_something
from qt2anki.notes.identity import unit_slugs
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import roots, word_count
from qt2anki.outline.sequence.score import Sequence as Steps

_MOST_ROWS = 12
_CELL_MOST_WORDS = 12
_TRUTH_VALUES = frozenset({"t", "f", "true", "false", "0", "1"})
_MOST_RECALLED = 4  # rows of a truth table, columns of other tables
_SETTING_MOST_WORDS = 15
_FIGURE = re.compile(r"[\s\d.,:%°$€£+\-–/()]+")
_EXAMPLE = re.compile(
    r"\b(?:examples?|for instance|suppose|sample|data ?set|consider|would (?:create|look)"
    r"|solution)\b",
    re.IGNORECASE,
)
_ANY_TABLE = roots("following table summary overview key comparison difference below")


def table_candidates(
    frame: Frame, outline: Outline, _sequences: tuple[Steps, ...] = ()
) -> Iterator[Candidate]:
    """Make the notes of every table whose cells are short enough to recall."""
    tables = [table for table in tables_in(outline.blocks) if table.rows and len(table.header) > 1]
    names = unit_slugs([(_name(table), table.section or _name(table)) for table in tables])
    for table, name in zip(tables, names, strict=True):
        if _is_truth_table(table):
            note = _whole_note(frame, table, name)
            if note is not None:
                yield Candidate(note, f"row/{name}")
        elif can_be_asked(table):
            yield from _row_candidates(frame, table, name)


def tables_in(blocks: Sequence[Block]) -> Iterator[Table]:
    """Yield the tables among *blocks* and inside them."""
    for block in blocks:
        match block:
            case Table():
                yield block
            case Listing(items=items):
                yield from chain.from_iterable(tables_in(item.blocks) for item in items)
            case Quote(blocks=inner):
                yield from tables_in(inner)


def _name(table: Table) -> str:
    """Return the names of the columns, which identify a table without a heading."""
    return " ".join(plain_text(cell) for cell in table.header)


def _is_truth_table(table: Table) -> bool:
    cells = [plain_text(cell).lower() for row in table.rows for cell in row]
    return len(table.rows) >= 2 and all(cell in _TRUTH_VALUES for cell in cells)


def can_be_asked(table: Table, size: Callable[[str], int] = word_count) -> bool:
    """Whether the rows are facts: with distinct names, short by *size*, not data of an example."""
    heads = [plain_text(row[0]).casefold() for row in table.rows]
    if len(table.rows) > _MOST_ROWS or len(set(heads)) < len(heads) or not all(heads):
        return False
    cells = [plain_text(cell) for row in table.rows for cell in row]
    if any(size(cell) > _CELL_MOST_WORDS for cell in cells):
        return False
    figures = all(_FIGURE.fullmatch(head) for head in heads)
    return not figures and not _EXAMPLE.search(f"{table.lead} {table.section}")


def _whole_note(frame: Frame, table: Table, name: str) -> Note | None:
    """Ask for the last column of a truth table, whose rows are meaningless one by one."""
    section = _section(frame, table)
    asked = table.header[-1]
    front = f"{frame.context_text(section)} {plain_text(asked)}"
    if len(table.rows) > _MOST_RECALLED or not front_fits(front):
        return None
    return frame.qa(
        Kind.TABLE,
        f"row/{name}",
        question=phrase("truth_table", formula=inline_html(asked)),
        answer=blocks_html([table]),
        context=frame.context(section),
    )


def _row_candidates(frame: Frame, table: Table, name: str) -> Iterator[Candidate]:
    heads = unit_slugs([("", row[0]) for row in table.rows])
    section = _section(frame, table)
    for row, head in zip(table.rows, heads, strict=True):
        note = _row_note(frame, table, row, f"row/{name}/{head}", section)
        if note is not None:
            yield Candidate(note, f"row/{name}/{head}")


def _row_note(
    frame: Frame, table: Table, row: Sequence[str], key: str, section: str
) -> Note | None:
    filled = [(name, cell) for name, cell in zip(table.header[1:], row[1:], strict=True) if cell]
    asked = ", ".join(name for name, _ in filled)
    front = " ".join(
        (frame.context_text(section), *map(plain_text, (table.header[0], row[0], asked)))
    )
    cells = [plain_text(cell) for _, cell in filled]
    if len(filled) > _MOST_RECALLED or not core_fits(" ".join(cells)) or not front_fits(front):
        return None
    shown = roots(front)
    if not any(says_something(cell, known=shown) for cell in cells):
        return None
    label = f"{inline_html(table.header[0])}: " if table.header[0] else ""
    return frame.qa(
        Kind.TABLE,
        key,
        question=f"{label}<strong>{inline_html(row[0])}</strong>. {inline_html(asked)}?",
        answer=filled_cells(filled),
        context=frame.context(section),
    )


def filled_cells(filled: Sequence[tuple[str, str]]) -> str:
    """Return the HTML of the cells of one row, with their columns if there are several."""
    if len(filled) == 1:
        return inline_html(filled[0][1])
    lines = "".join(
        f"<tr><th>{inline_html(name)}</th><td>{inline_html(cell)}</td></tr>"
        for name, cell in filled
    )
    return f'<div class="qt-scroll"><table><tbody>{lines}</tbody></table></div>'


def _section(frame: Frame, table: Table) -> str:
    """Return the heading above *table*, or else the sentence, if the question says less."""
    told = roots(frame.question) | _ANY_TABLE
    for setting in (table.section, table.lead.rstrip(": .")):
        plain = plain_text(setting)
        if roots(plain) - told and word_count(plain) <= _SETTING_MOST_WORDS:
            return setting
    return ""
