"""Read Markdown blocks as pages use them, which is looser than CommonMark.

Bullets under ``1.`` may be indented two, three or four spaces or not at all, a list needs no
blank line before it, and display math may be at the margin in the middle of an item.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

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
from qt2anki.source.spans import Span

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$", re.DOTALL)
_CODE_INDENT = 4
_TERM_MOST_WORDS = 12
_DEEPEST = 12  # lists and quotes nested deeper are read as text


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of *text* in reading order; headings are not yet grouped."""
    return _BlockReader(logical_lines(text), "", 0).read()


def lead_sentence(blocks: Sequence[Block]) -> str:
    """Return the sentence in *blocks* that introduces what follows."""
    last = blocks[-1] if blocks else None
    return last_sentence(split_title(last.text).text) if isinstance(last, Paragraph) else ""


class _BlockReader:
    """Reads blocks from lines; lists and quotations get their own readers."""

    def __init__(self, lines: Sequence[Line], section: str, depth: int) -> None:
        self.lines = lines
        self.section = section  # the nearest heading above
        self.depth = depth
        self.at = 0  # the line at which the next block starts
        self.blocks: list[Block] = []

    def read(self) -> tuple[Block, ...]:
        while self.at < len(self.lines):
            if not self.lines[self.at].text:
                self.at += 1
                continue
            for block in self._take():
                if isinstance(block, Heading):
                    self.section = block.text
                self.blocks.append(block)
        return join_split_lists(self.blocks)

    def _inside(self, lines: Sequence[Line]) -> tuple[Block, ...]:
        return _BlockReader(lines, self.section, self.depth + 1).read()

    def _lead(self) -> str:
        return lead_sentence(self.blocks)

    def _take(self) -> Sequence[Block]:
        """Read the block that starts at the current line, and go to the line after it."""
        line = self.lines[self.at]
        if line.indent >= _CODE_INDENT and self._is_indented_code():
            return [self._indented_code()]
        if self._definition_below():
            return [self._definitions()]
        # A line with only a fence or formula.
        if line.opens is not None and AFTER_FORMULA.match(line.text, line.opens.end):
            self.at += 1
            return [self._span_block(line, line.opens)]
        if line.marker and self.depth < _DEEPEST:
            return [self._list()]
        if "|" in line.text and (end := table_rows(self.lines, self.at)):
            rows, self.at = self.lines[self.at : end], end
            return [read_table(rows, self._lead(), self.section)]
        return self._take_by_mark(line.text)

    def _take_by_mark(self, text: str) -> Sequence[Block]:
        """Read a block by its first character: a heading, a rule, a quotation, or text."""
        heading = _HEADING.match(text)
        if heading or RULE.match(text):
            self.at += 1
            return [read_heading(len(heading[1]), heading[2] or "")] if heading else []
        if text[0] == ">" and self.depth < _DEEPEST:
            return [self._quote()]
        return self._paragraph()

    def _span_block(self, line: Line, span: Span) -> Block:
        inner = line.text[span.inner_start : span.inner_end]
        if span.kind == "display":
            return Formula(inner.strip(), self._lead())
        info = line.text[: span.inner_start].strip().lstrip("`~").strip()
        text = textwrap.dedent(inner.strip("\n")).rstrip()
        if " " in info:  # not a language, but code on the line of the fence
            text, info = f"{info}\n{text}", ""
        return Code(text, info.lower(), self._lead(), self.section)

    def _is_indented_code(self) -> bool:
        """Whether the line is indented code, which no page has inside a list."""
        line = self.lines[self.at]
        after_blank = self.at == 0 or not self.lines[self.at - 1].text
        is_marked = line.marker or line.opens or line.text[0] in ">|#"
        after_list = bool(self.blocks) and isinstance(self.blocks[-1], Listing)
        return after_blank and not is_marked and not after_list and not self.depth

    def _indented_code(self) -> Code:
        start = end = self.at
        for here in range(start, len(self.lines)):
            if self.lines[here].text and self.lines[here].indent < _CODE_INDENT:
                break
            end = here + 1 if self.lines[here].text else end
        self.at = end
        text = "\n".join(" " * line.indent + line.text for line in self.lines[start:end])
        return Code(textwrap.dedent(text), "", self._lead(), self.section)

    def _definition_below(self) -> int:
        """Return the line with the definition of the term on the current line, or 0."""
        lines, at = self.lines, self.at
        below = at + 1 if at + 1 < len(lines) and lines[at + 1].text else at + 2
        if below >= len(lines) or not lines[below].text.startswith(": "):
            return 0
        term = lines[at]
        is_term = term.text and not term.marker and not term.opens and term.text[-1] not in ".:;"
        return below if is_term and len(term.text.split()) <= _TERM_MOST_WORDS else 0

    def _definitions(self) -> Listing:
        """Read a definition list: terms, each on a separate line, and ``: meaning`` below."""
        items: list[Item] = []
        while self.at < len(self.lines) and (below := self._definition_below()):
            term, self.at = self.lines[self.at].text, below
            meaning: list[str] = []
            while self.at < len(self.lines) and self.lines[self.at].text:
                line = self.lines[self.at]
                starts = line.text.startswith(": ")
                if not starts and not line.indent:
                    break
                meaning += ["", line.text[2:].strip()] if starts else [line.text]
                self.at += 1
            blocks = self._inside(logical_lines("\n".join(meaning)))
            text = blocks[0].text if isinstance(blocks[0], Paragraph) else ""
            items.append(Item("-", bare_title(term), ":", text, blocks[1:] if text else blocks))
            self._skip_empty()
        return Listing("bullets", tuple(items), self._lead(), self.section)

    def _skip_empty(self) -> None:
        while self.at < len(self.lines) and not self.lines[self.at].text:
            self.at += 1

    def _quote(self) -> Quote:
        inner: list[str] = []
        while self.at < len(self.lines) and self.lines[self.at].text.startswith(">"):
            inner.append(self.lines[self.at].text[1:].removeprefix(" "))
            self.at += 1
        return Quote(self._inside(logical_lines("\n".join(inner))))

    def _list(self) -> Listing:
        first = self.lines[self.at]
        kind = marker_kind(first.marker)
        raw: list[tuple[str, tuple[Block, ...]]] = []
        while self.at < len(self.lines) and abs(self.lines[self.at].indent - first.indent) <= 1:
            marker = self.lines[self.at].marker
            markers = [before for before, _ in raw[-2:]]
            if not marker or marker_kind(marker) != kind or (raw and _restarts(markers, marker)):
                break
            start, self.at = self.at, _item_end(self.lines, self.at)
            raw.append((marker, self._inside(_item_lines(self.lines[start : self.at]))))
            self._skip_empty()
        style: Literal["numbered", "bullets"] = "bullets" if kind == "bullets" else "numbered"
        return Listing(style, read_items(raw), self._lead(), self.section)

    def _paragraph(self) -> Sequence[Block]:
        heading, self.at = heading_in_text(self.lines, self.at)
        if heading is not None:
            return [heading]
        lines = [self.lines[self.at]]
        self.at += 1
        while self.at < len(self.lines) and not _ends_paragraph(self.lines, self.at):
            lines.append(self.lines[self.at])
            self.at += 1
        blocks: list[Block] = []
        text: list[str] = []
        for number, line in enumerate(lines, start=1):
            for part in split_formulas(line):
                if isinstance(part, str):
                    text.append(with_break(part) if line.breaks and number < len(lines) else part)
                    continue
                if text:
                    blocks.append(Paragraph("\n".join(text)))
                    text = []
                lead = lead_sentence(blocks) if blocks else self._lead()
                blocks.append(replace(part, lead=lead))
        if text:
            blocks.append(Paragraph("\n".join(text)))
        return blocks


def _restarts(markers: Sequence[str], marker: str) -> bool:
    """Whether *marker* begins a new list after items, the last of which have *markers*."""
    numbers, last = numbering(marker), numbering(markers[-1])
    if not numbers or 1 not in numbers.values() or follows(markers[-1], marker):
        return False
    return 1 not in last.values() and not counts_down((*markers, marker))


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


def _item_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines of an item without its marker and its margin."""
    first, *rest = lines
    margin = min((line.indent for line in rest if line.text and line.indent > 1), default=0)
    shifted = (line._replace(indent=max(0, line.indent - margin)) for line in rest)
    *before, last = logical_lines(first.text[len(first.marker) :].lstrip())
    return (*before, last._replace(breaks=first.breaks), *shifted)


def _ends_paragraph(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    if not line.text or (line.opens is not None and line.opens.kind == "fence"):
        return True
    if marker_kind(line.marker) == "numbers" and not line.text.startswith("1"):
        return bool(split_title(line.text.split(maxsplit=1)[-1]).title)
    return _opens_block(lines, at) or table_rows(lines, at) != 0
