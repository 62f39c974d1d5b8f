"""Cards for tables and formulas in languages other than English, asked for by a title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qt2anki.html.code_and_math import math_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Note, Outline, Table
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import CORE_MOST_WORDS, FRONT_MOST_WORDS
from qt2anki.notes.identity import slug, unit_slugs
from qt2anki.notes.kinds.formula_finder import PlacedFormula, find_formulas
from qt2anki.notes.kinds.formula_front import is_general
from qt2anki.notes.kinds.table_rows import can_be_asked, filled_cells, tables_in
from qt2anki.notes.phrases import phrase

_MOST_COLUMNS = 4
_TITLE_MOST_WORDS = 10


def block_candidates(frame: Frame, outline: Outline) -> Iterator[Candidate]:
    """Yield a note for each row of a table, and for each law."""
    yield from _row_candidates(frame, outline)
    yield from _formula_candidates(frame, outline)


def _row_candidates(frame: Frame, outline: Outline) -> Iterator[Candidate]:
    able = [
        table
        for table in tables_in(outline.blocks)
        if table.rows and len(table.header) > 1 and all(table.header[1:])
    ]
    columns = [" ".join(map(plain_text, table.header)) for table in able]
    units = [(name, table.section or name) for name, table in zip(columns, able, strict=True)]
    for table, name in zip(able, unit_slugs(units), strict=True):
        heads = unit_slugs([("", row[0]) for row in table.rows])
        if not can_be_asked(table, frame.language.size):
            continue
        for row, head in zip(table.rows, heads, strict=True):
            note = _row_note(frame, table, row, f"row/{name}/{head}")
            if note is not None:
                yield Candidate(note, f"row/{name}/{head}")


def _row_note(frame: Frame, table: Table, row: Sequence[str], key: str) -> Note | None:
    language = frame.language
    filled = [(name, cell) for name, cell in zip(table.header[1:], row[1:], strict=True) if cell]
    asked = ", ".join(name for name, _ in filled)
    front = " ".join(map(plain_text, (frame.question, table.section, row[0], asked)))
    cells = " ".join(plain_text(cell) for _, cell in filled)
    fits = 0 < language.size(cells) <= CORE_MOST_WORDS and language.size(front) <= FRONT_MOST_WORDS
    if not fits or len(filled) > _MOST_COLUMNS or not language.stems(cells) - language.stems(front):
        return None
    label = f"{inline_html(table.header[0])}: " if table.header[0] else ""
    question = phrase("row", language.code, row=inline_html(row[0]), asked=inline_html(asked))
    return frame.qa(
        Kind.TABLE,
        key,
        question=f"{label}{question}",
        answer=filled_cells(filled),
        context=frame.context(table.section),
    )


def _formula_candidates(frame: Frame, outline: Outline) -> Iterator[Candidate]:
    """Ask for a law by the title above it, if no other formula has that title."""
    found = find_formulas(outline)
    titles = Counter(map(_title_of, found))
    for formula in found:
        title = _title_of(formula)
        typeset = math_html(formula.tex, display=True)
        bare = replace(formula, lead="", titles=(title,))
        if titles[title] > 1 or not _can_ask(frame, title) or not is_general(bare):
            continue
        if typeset.startswith("\\["):
            note = frame.qa(
                Kind.FORMULA,
                f"formula/{slug(title)}",
                question=phrase("formula", frame.language.code, lead=inline_html(title)),
                answer=f'<div class="qt-math">{typeset}</div>',
                context=frame.context(),
            )
            yield Candidate(note, f"formula/{slug(title)}")


def _title_of(formula: PlacedFormula) -> str:
    return formula.titles[-1] if formula.titles else formula.section


def _can_ask(frame: Frame, title: str) -> bool:
    plain, language = plain_text(title), frame.language
    fits = 0 < language.size(plain) <= _TITLE_MOST_WORDS
    return fits and bool(language.stems(plain)) and not language.stock.match(plain)
