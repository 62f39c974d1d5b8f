"""Read Markdown blocks the way the pages write them, which is looser than CommonMark.

Bullets under ``1.`` may be indented two, three or four blanks or not at all, a list needs no
blank line before it, and display math may stand at the margin in the middle of an item.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from qt2anki.model import (
    Block,
    Code,
    Formula,
    Heading,
    Item,
    Listing,
    Paragraph,
    Quote,
)
from qt2anki.outline.lines import Line, logical_lines
from qt2anki.outline.sentences import last_sentence
from qt2anki.outline.split_lists import mended
from qt2anki.outline.tables import read_table, table_rows
from qt2anki.outline.titles import split_title, whole_line_title
from qt2anki.source.spans import find_spans

PSEUDO_HEADING = 7

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$", re.DOTALL)
_NUMBERED = re.compile(r"(\d{1,3}[.)])(?!\d)[ \t]*(.*)$", re.DOTALL)
_MARKER = re.compile(r"(\d{1,3}[.)]|[-*•])(?:[ \t]+(.*))?$", re.DOTALL)
_RULE = re.compile(r"(?:-[ \t]*){3,}$|(?:\*[ \t]*){3,}$|(?:_[ \t]*){3,}$")
_BULLETS = "-*•"
_AFTER_FORMULA = re.compile(r"[\s.,;:]*$")
_DEEPEST = 12  # lists and quotes nested deeper are read as text

Style = Literal["numbered", "bullets"]


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
    return mended(blocks)


class _Place(NamedTuple):
    """What stands around a block: its section, the blocks before it, how deep it is."""

    section: str
    before: Sequence[Block]
    depth: int

    @property
    def lead(self) -> str:
        """The sentence before the block."""
        return lead_sentence(self.before)


def lead_sentence(blocks: Sequence[Block]) -> str:
    """Return the sentence that leads up to what follows *blocks*."""
    last = blocks[-1] if blocks else None
    return last_sentence(split_title(last.text).text) if isinstance(last, Paragraph) else ""


def _take(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    """Read the block that starts at line *at*; return it and the line after it."""
    line = lines[at]
    if line.text[0].isalpha() and "|" not in line.text:  # neither a mark nor a table
        return _take_paragraph(lines, at, place)
    if line.opens is not None and _fills(line):
        return [_span_block(line, place)], at + 1
    if heading := _HEADING.match(line.text):
        return [_heading(len(heading[1]), heading[2] or "")], at + 1
    if _RULE.match(line.text):
        return [], at + 1
    if line.text.startswith(">") and place.depth < _DEEPEST:
        return _take_quote(lines, at, place)
    if end := table_rows(lines, at):
        return [read_table(lines[at:end], place.lead, place.section)], end
    if _style(line) and place.depth < _DEEPEST:
        return _take_list(lines, at, place)
    return _take_paragraph(lines, at, place)


def _fills(line: Line) -> bool:
    """Whether the fence or formula that opens the line is all there is on it."""
    span = line.opens
    return span is not None and bool(_AFTER_FORMULA.match(line.text, span.end))


def _span_block(line: Line, place: _Place) -> Block:
    span = line.opens
    assert span is not None
    inner = line.text[span.inner_start : span.inner_end]
    if span.kind == "display":
        return Formula(inner.strip(), place.lead)
    info = line.text[: span.inner_start].strip().lstrip("`~").strip()
    text = textwrap.dedent(inner.strip("\n")).rstrip()
    if " " in info:  # no name of a language, but code on the line of the fence
        return Code(f"{info}\n{text}", "", place.lead, place.section)
    return Code(text, info.lower(), place.lead, place.section)


def _heading(level: int, text: str) -> Heading:
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


def _take_quote(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    end = at
    while end < len(lines) and lines[end].text.startswith(">"):
        end += 1
    inner = "\n".join(line.text[1:].removeprefix(" ") for line in lines[at:end])
    return [Quote(_read(logical_lines(inner), place.section, place.depth + 1))], end


def _style(line: Line) -> Style | None:
    if not (line.text[0] in _BULLETS or line.text[0].isdecimal()):
        return None
    marker = _MARKER.match(line.text)
    if marker is None or line.opens is not None or _RULE.match(line.text):
        return None
    return "numbered" if marker[1][0].isdigit() else "bullets"


def _take_list(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    style, indent = _style(lines[at]), lines[at].indent
    assert style is not None
    raw: list[tuple[str, tuple[Block, ...]]] = []
    while at < len(lines) and abs(lines[at].indent - indent) <= 1:
        if _style(lines[at]) != style or (raw and _restarts(raw[-1][0], lines[at].text)):
            break
        end = _item_end(lines, at)
        marker = _MARKER.match(lines[at].text)
        assert marker is not None
        inside = _dedented(marker[2] or "", lines[at + 1 : end])
        raw.append((marker[1], _read(inside, place.section, place.depth + 1)))
        at = end
        while at < len(lines) and not lines[at].text:
            at += 1
    return [Listing(style, tuple(_items(raw)), place.lead, place.section)], at


def _restarts(marker: str, text: str) -> bool:
    """Whether a list that has come to *marker* begins anew with the line *text*."""
    return text.startswith(("1.", "1)")) and marker not in ("1.", "1)", "-", "*", "•")


def _item_end(lines: Sequence[Line], at: int) -> int:
    """Return the line after the item that starts at *at*, blank lines behind it left out."""
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
    """Whether the line ends the item above it though no blank line parts them."""
    text = lines[at].text
    return not text[0].isalpha() and bool(
        _style(lines[at])
        or _HEADING.match(text)
        or _RULE.match(text)
        or text.startswith(">")
        or whole_line_title(text)
    )


def _dedented(first: str, rest: Sequence[Line]) -> tuple[Line, ...]:
    margin = min((line.indent for line in rest if line.text and line.indent > 1), default=0)
    shifted = (Line(max(0, line.indent - margin), line.text, line.opens) for line in rest)
    return (*logical_lines(first), *shifted)


def _items(raw: Sequence[tuple[str, tuple[Block, ...]]]) -> Iterable[Item]:
    items = [_item(marker, blocks) for marker, blocks in raw]
    if any(item.title for item in items):
        return items
    plain = [_item(marker, blocks, plain=True) for marker, blocks in raw]
    # One "Note: ..." in a list is no title; a title in every item is.
    return plain if len(plain) > 1 and all(item.title for item in plain) else items


def _item(marker: str, blocks: tuple[Block, ...], *, plain: bool = False) -> Item:
    title = joint = text = ""
    match blocks:
        case (Heading(text=heading), Paragraph(text=text), *rest):
            title = heading
        case (Heading(text=heading), *rest):
            title = heading
        case (Paragraph(text=content), *rest):
            titled = split_title(content, plain=plain)
            title, joint, text = titled.title, titled.joint, titled.text
        case _:
            rest = list(blocks)
    return Item(marker, title, joint, text, tuple(rest))


def _take_paragraph(lines: Sequence[Line], at: int, place: _Place) -> tuple[Sequence[Block], int]:
    title = whole_line_title(lines[at].text)
    if title:
        return [_heading(PSEUDO_HEADING, title)], at + 1
    end = at + 1
    while end < len(lines) and not _ends_paragraph(lines, end):
        end += 1
    blocks: list[Block] = []
    text: list[str] = []
    for line in lines[at:end]:
        for part in _formulas_apart(line):
            if isinstance(part, str):
                text.append(part)
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
    if _style(line) == "numbered" and not line.text.startswith("1"):
        return bool(split_title(line.text.split(maxsplit=1)[-1]).title)
    return _opens_block(lines, at) or table_rows(lines, at) != 0


def _formulas_apart(line: Line) -> Iterable[str | Formula]:
    """Split a line where display math stands by itself: over several lines, or after a colon."""
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
        after = _AFTER_FORMULA.match(text, span.end)
        start = after.end() if after else span.end
    if text[start:].strip():
        parts.append(text[start:].strip())
    return parts


def _stands_alone(text: str, start: int, opens: int, closes: int) -> bool:
    if "\n" in text[opens:closes]:
        return True
    ends_line = bool(_AFTER_FORMULA.match(text, closes))
    before = text[start:opens].rstrip()
    return ends_line and (not before or before.endswith(":"))
