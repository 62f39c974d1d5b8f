"""Read Markdown blocks as pages use them, which is looser than CommonMark.

Bullets under ``1.`` may be indented two, three or four spaces or not at all, a list needs no
blank line before it, and display math may be at the margin in the middle of an item.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from qt2anki.model import Block, Code, Formula, Heading, Item, Listing, Paragraph, Quote
from qt2anki.outline.leaf_blocks import (
    AFTER_FORMULA,
    heading_in_text,
    read_heading,
    read_table,
    split_formulas,
    table_rows,
    with_break,
)
from qt2anki.outline.lines import (
    RULE,
    Line,
    counts_down,
    follows,
    logical_lines,
    marker_kind,
    numbering,
)
from qt2anki.outline.lists import (
    bare_title,
    join_split_lists,
    read_items,
    split_title,
    whole_line_title,
)
from qt2anki.outline.sentences import last_sentence

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$", re.DOTALL)
_CODE_INDENT = 4
_TERM_MOST_WORDS = 12
_DEEPEST = 12  # lists and quotes nested deeper are read as text


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of *text* in reading order; headings are not yet grouped."""
    return _read(logical_lines(text), "", 0)


def _read(lines: Sequence[Line], section: str, depth: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        if not lines[at].text:
            at += 1
            continue
        found, at = _take(lines, at, _Place(section, blocks, depth))
        for block in found:
            if isinstance(block, Heading):
                section = block.text
            blocks.append(block)
    return join_split_lists(blocks)


class _Place(NamedTuple):
    """The context of a block: its section, the blocks before it, and its depth."""

    section: str
    before: Sequence[Block]
    depth: int

    @property
    def lead(self) -> str:
        """The sentence before the block."""
        return lead_sentence(self.before)


def lead_sentence(blocks: Sequence[Block]) -> str:
    """Return the sentence in *blocks* that introduces what follows."""
    last = blocks[-1] if blocks else None
    return last_sentence(split_title(last.text).text) if isinstance(last, Paragraph) else ""


def _take(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    """Read the block that starts at line *at*; return it and the line after it."""
    line = lines[at]
    if line.indent >= _CODE_INDENT and _is_indented_code(lines, at, place):
        return _take_indented_code(lines, at, place)
    if _definition_below(lines, at):
        return _take_definitions(lines, at, place)
    # A line with nothing but the fence or formula that opens it.
    if line.opens is not None and AFTER_FORMULA.match(line.text, line.opens.end):
        return [_span_block(line, place)], at + 1
    if line.marker and place.depth < _DEEPEST:
        return _take_list(lines, at, place)
    if "|" in line.text and (end := table_rows(lines, at)):
        return [read_table(lines[at:end], place.lead, place.section)], end
    return _take_by_mark(lines, at, place)


def _take_by_mark(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    """Read a block by its first character: a heading, a rule, a quotation, or text."""
    text = lines[at].text
    if text[0] == "#" and (heading := _HEADING.match(text)):
        return [read_heading(len(heading[1]), heading[2] or "")], at + 1
    if RULE.match(text):
        return [], at + 1
    if text[0] == ">" and place.depth < _DEEPEST:
        return _take_quote(lines, at, place)
    return _take_paragraph(lines, at, place)


def _span_block(line: Line, place: _Place) -> Block:
    span = line.opens
    assert span is not None
    inner = line.text[span.inner_start : span.inner_end]
    if span.kind == "display":
        return Formula(inner.strip(), place.lead)
    info = line.text[: span.inner_start].strip().lstrip("`~").strip()
    text = textwrap.dedent(inner.strip("\n")).rstrip()
    if " " in info:  # not the name of a language, but code on the line of the fence
        return Code(f"{info}\n{text}", "", place.lead, place.section)
    return Code(text, info.lower(), place.lead, place.section)


def _is_indented_code(lines: Sequence[Line], at: int, place: _Place) -> bool:
    """Whether the line is indented code, which no page has inside a list."""
    after_blank = at == 0 or not lines[at - 1].text
    is_marked = lines[at].marker or lines[at].opens or lines[at].text[0] in ">|#"
    after_list = bool(place.before) and isinstance(place.before[-1], Listing)
    return after_blank and not is_marked and not after_list and not place.depth


def _take_indented_code(
    lines: Sequence[Line], at: int, place: _Place
) -> tuple[Sequence[Block], int]:
    end = at
    for here in range(at, len(lines)):
        if lines[here].text and lines[here].indent < _CODE_INDENT:
            break
        end = here + 1 if lines[here].text else end
    text = "\n".join(" " * line.indent + line.text for line in lines[at:end])
    return [Code(textwrap.dedent(text), "", place.lead, place.section)], end


def _definition_below(lines: Sequence[Line], at: int) -> int:
    """Return the line with the definition of the term on line *at*, 0 if that is not a term."""
    below = at + 1 if at + 1 < len(lines) and lines[at + 1].text else at + 2
    if below >= len(lines) or not lines[below].text.startswith(": "):
        return 0
    term = lines[at]
    is_term = term.text and not term.marker and not term.opens and term.text[-1] not in ".:;"
    return below if is_term and len(term.text.split()) <= _TERM_MOST_WORDS else 0


def _take_definitions(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    """Read a definition list: terms, each on a line of its own, and ``: meaning`` below them."""
    items: list[Item] = []
    while at < len(lines) and (below := _definition_below(lines, at)):
        term, at = lines[at].text, below
        meaning: list[str] = []
        while at < len(lines) and lines[at].text:
            starts = lines[at].text.startswith(": ")
            if not starts and not lines[at].indent:
                break
            meaning += ["", lines[at].text[2:].strip()] if starts else [lines[at].text]
            at += 1
        first, *rest = _read(logical_lines("\n".join(meaning)), place.section, place.depth + 1)
        text = first.text if isinstance(first, Paragraph) else ""
        items.append(
            Item("-", bare_title(term), ":", text, tuple(rest if text else (first, *rest)))
        )
        while at < len(lines) and not lines[at].text:
            at += 1
    return [Listing("bullets", tuple(items), place.lead, place.section)], at


def _take_quote(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    end = at
    while end < len(lines) and lines[end].text.startswith(">"):
        end += 1
    inner = "\n".join(line.text[1:].removeprefix(" ") for line in lines[at:end])
    return [Quote(_read(logical_lines(inner), place.section, place.depth + 1))], end


def _take_list(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    kind, indent = marker_kind(lines[at].marker), lines[at].indent
    raw: list[tuple[str, tuple[Block, ...]]] = []
    markers: list[str] = []
    while at < len(lines) and abs(lines[at].indent - indent) <= 1:
        marker = lines[at].marker
        if not marker or marker_kind(marker) != kind or (raw and _restarts(markers, marker)):
            break
        markers.append(marker)
        end = _item_end(lines, at)
        inside = _inside(lines[at], lines[at + 1 : end])
        raw.append((marker, _read(inside, place.section, place.depth + 1)))
        at = end
        while at < len(lines) and not lines[at].text:
            at += 1
    style: Literal["numbered", "bullets"] = "bullets" if kind == "bullets" else "numbered"
    return [Listing(style, read_items(raw), place.lead, place.section)], at


def _restarts(markers: Sequence[str], marker: str) -> bool:
    """Whether *marker* begins a new list after the items with *markers*."""
    numbers, last = numbering(marker), numbering(markers[-1])
    if not numbers or 1 not in numbers.values() or follows(markers[-1], marker):
        return False
    return 1 not in last.values() and not counts_down((*markers[-2:], marker))


def _item_end(lines: Sequence[Line], at: int) -> int:
    """Return the line after the item that starts at *at*, without the blank lines after it."""
    inside = lines[at].indent + 2
    end = at + 1
    after_blank = False
    for here in range(at + 1, len(lines)):
        line = lines[here]
        if not line.text:
            after_blank = True
            continue
        if line.indent < inside and (after_blank or _opens_block(lines, here)):
            break
        end, after_blank = here + 1, False
    return end


def _opens_block(lines: Sequence[Line], at: int) -> bool:
    """Whether the line ends the item above it without a blank line between them."""
    text = lines[at].text
    return bool(lines[at].marker) or (
        not text[0].isalpha()
        and bool(
            _HEADING.match(text)
            or RULE.match(text)
            or text.startswith(">")
            or whole_line_title(text)
        )
    )


def _inside(first: Line, rest: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines of an item without its marker and its margin."""
    margin = min((line.indent for line in rest if line.text and line.indent > 1), default=0)
    shifted = (line._replace(indent=max(0, line.indent - margin)) for line in rest)
    *before, last = logical_lines(first.text[len(first.marker) :].lstrip())
    return (*before, last._replace(breaks=first.breaks), *shifted)


def _take_paragraph(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    heading, end = heading_in_text(lines, at)
    if heading is not None:
        return [heading], end
    end = at + 1
    while end < len(lines) and not _ends_paragraph(lines, end):
        end += 1
    blocks: list[Block] = []
    text: list[str] = []
    for place_in, line in enumerate(lines[at:end], start=at + 1):
        for part in split_formulas(line):
            if isinstance(part, str):
                text.append(with_break(part) if line.breaks and place_in < end else part)
                continue
            if text:
                blocks.append(Paragraph("\n".join(text)))
                text = []
            blocks.append(
                replace(part, lead=lead_sentence(blocks) or (place.lead if not blocks else ""))
            )
    if text:
        blocks.append(Paragraph("\n".join(text)))
    return blocks, end


def _ends_paragraph(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    if not line.text or (line.opens is not None and line.opens.kind == "fence"):
        return True
    if marker_kind(line.marker) == "numbers" and not line.text.startswith("1"):
        return bool(split_title(line.text.split(maxsplit=1)[-1]).title)
    return _opens_block(lines, at) or table_rows(lines, at) != 0
