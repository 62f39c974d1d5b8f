"""An outline as text: for golden files, and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qt2anki.model import (
    Block,
    Code,
    Formula,
    Heading,
    Item,
    Listing,
    Outline,
    Paragraph,
    Quote,
    Summary,
    Table,
)

_STYLE = {"numbered": "numbered list", "bullets": "bullets", "headings": "headings as list"}


def shown(outline: Outline) -> str:
    """Write *outline* one block a line; what an item holds is indented below it."""
    return "\n".join(_lines(outline.blocks, len(outline.lead)))


def _lines(  # noqa: C901  # one arm a kind of block
    blocks: Iterable[Block], opening: int = 0
) -> Iterator[str]:
    for place, block in enumerate(blocks):
        match block:
            case Heading(level=level, text=text, number=number):
                yield f"heading {level}: {_numbered(number, text)}"
            case Paragraph(text=text):
                yield f"{'opening' if place < opening else 'paragraph'}: {_flat(text)}"
            case Formula(tex=tex, lead=lead):
                yield f"formula: {_flat(tex)}{_named(after=lead)}"
            case Code(text=text, language=language, lead=lead, section=section):
                names = _named(after=lead, below=section)
                yield f"code {language or '-'}: {_flat(text)}{names}"
            case Table(header=header, rows=rows, align=align, lead=lead, section=section):
                yield f"table: {' | '.join(header)}{_named(after=lead, below=section)}"
                if any(align):
                    yield f"  aligned: {' | '.join(side or '-' for side in align)}"
                yield from (f"  row: {' | '.join(row)}" for row in rows)
            case Quote(blocks=inner):
                yield "quote"
                yield from _indented(_lines(inner))
            case Listing(style=style, items=items, lead=lead, section=section):
                yield f"{_STYLE[style]}{_named(after=lead, below=section)}"
                for item in items:
                    yield from _item(item)
            case Summary(text=text, written=written):
                cue = written[: -len(text)].strip()
                yield f"summary{f' <{cue}>' if cue else ''}: {_flat(text)}"


def _item(item: Item) -> Iterator[str]:
    title = f"[{item.title}]{f' {item.joint}' if item.joint else ''}" if item.title else ""
    yield "  " + " ".join(filter(None, (item.marker or "*", title, _flat(item.text))))
    yield from _indented(_indented(_lines(item.blocks)))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _numbered(number: str, text: str) -> str:
    return f"{number} {text}" if number else text


def _named(**names: str) -> str:
    parts = [f"{name} {_flat(text)!r}" for name, text in names.items() if text]
    return f" ({', '.join(parts)})" if parts else ""


def _flat(text: str) -> str:
    return text.replace("\n", "⏎")


def put_together(blocks: Iterable[Block]) -> str:
    """Return all text of *blocks* in reading order, markers and numbers included."""
    return " ".join(_parts(blocks))


def _parts(blocks: Iterable[Block]) -> Iterator[str]:  # noqa: C901  # one arm a kind of block
    for block in blocks:
        match block:
            case Heading(text=text, number=number):
                yield from (number, text)
            case Paragraph(text=text) | Code(text=text) | Formula(tex=text):
                if isinstance(block, Code):
                    yield block.language
                yield text
            case Table(header=header, rows=rows):
                yield from header
                yield from (cell for row in rows for cell in row)
            case Quote(blocks=inner):
                yield from _parts(inner)
            case Listing(items=items):
                for item in items:
                    yield from (item.marker, item.title, item.joint, item.text)
                    yield from _parts(item.blocks)
            case Summary(written=written):
                yield written


_MARKUP = re.compile(r"\\[|()\[\]]|[\s*_`~$#>|.:,;\-–—]+")


def letters(text: str) -> str:
    """Return what no reading of Markdown may lose: letters, digits, brackets and signs, in order.

    White space, emphasis, rules, the delimiters of headings, quotes, tables, code and math are
    markup, and so is the punctuation behind a title or a formula; small and capital letters
    count as one, since a summary gets a capital. A backslash may be a hard line break.
    """
    return _MARKUP.sub("", text).replace("\\", "").casefold()
