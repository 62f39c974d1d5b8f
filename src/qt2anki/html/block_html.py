"""Render blocks of an outline: paragraphs, lists, formulas, code, tables, quotations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from qt2anki.html.anki_escape import defuse, escape
from qt2anki.html.code_and_math import code_html, math_html
from qt2anki.html.fragment import inline_html
from qt2anki.model import (
    Block,
    Code,
    Formula,
    Heading,
    Item,
    Listing,
    Paragraph,
    Quote,
    Summary,
    Table,
)
from qt2anki.outline.lines import list_numbers

_DASHES = ("-", "–", "—")
_BOXES = {" ]": "☐ ", "x]": "☑ ", "X]": "☑ "}  # of task lists (GitHub Flavored Markdown, 5.3)


def blocks_html(blocks: Sequence[Block]) -> str:
    """Return *blocks* as safe HTML; the tags are those of :mod:`qt2anki.html.sanitize`.

    The *lead* and *section* of a block repeat what is before it, so they are not rendered.
    """
    return "".join(_block_html(block) for block in blocks)


def _block_html(block: Block) -> str:
    match block:
        case Heading():
            # h1 and h2 are the page's; a bold line used as a heading gets the lowest level.
            level = min(max(block.level, 3), 6)
            text = inline_html(f"{block.number} {block.text}".strip())
            return f"<h{level}>{text}</h{level}>"
        case Paragraph():
            return _paragraph_html(block.text)
        case Summary():
            return _paragraph_html(block.written)
        case Formula():
            inner = math_html(block.tex, display=True)
            return f'<div class="qt-math">{inner}</div>' if inner else ""
        case Code():
            return code_html(block.text, block.language)
        case Table():
            return _table_html(block)
        case Quote():
            return f"<blockquote>{blocks_html(block.blocks)}</blockquote>"
        case _:
            return _list_html(block)


def _list_html(listing: Listing) -> str:
    if listing.style == "headings":
        return "".join(
            f"<h4>{inline_html(f'{item.marker} {item.title}'.strip())}</h4>"
            f"{_paragraph_html(item.text)}{blocks_html(item.blocks)}"
            for item in listing.items
        )
    system, numbers = list_numbers([item.marker for item in listing.items])
    parts = []
    expected = numbers[0] if numbers else 0
    for place, item in enumerate(listing.items):
        jumps = bool(numbers) and numbers[place] != expected
        parts.append(f'<li value="{numbers[place]}">' if jumps else "<li>")
        parts.append(f"{_item_line(item)}{blocks_html(item.blocks)}</li>")
        expected = numbers[place] + 1 if numbers else 0
    if listing.style == "bullets":
        return f"<ul>{''.join(parts)}</ul>"
    kind = f' type="{system}"' if system not in ("", "1") else ""
    start = f' start="{numbers[0]}"' if numbers and numbers[0] != 1 else ""
    return f"<ol{kind}{start}>{''.join(parts)}</ol>"


def _paragraph_html(text: str) -> str:
    inner = inline_html(text)
    return f"<p>{inner}</p>" if inner else ""


def _item_line(item: Item) -> str:
    text = inline_html(item.text)
    box = _BOXES.get(item.marker[-2:], "")
    if not item.title:
        return f"{box}{text}"
    title = f"{box}<strong>{inline_html(item.title)}</strong>"
    # A dash has spaces on both sides, a colon only after it.
    joint = f" {item.joint}" if item.joint[:1] in _DASHES else item.joint
    return f"{title}{defuse(escape(joint))} {text}".rstrip()


@lru_cache(maxsize=64)
def _table_html(table: Table) -> str:
    head = _row_html("th", table.header, table.align)
    body = "".join(_row_html("td", row, table.align) for row in table.rows)
    body = f"<tbody>{body}</tbody>" if body else ""
    return f'<div class="qt-scroll"><table><thead>{head}</thead>{body}</table></div>'


def _row_html(tag: str, cells: Sequence[str], align: Sequence[str]) -> str:
    parts = []
    for index, cell in enumerate(cells):
        side = align[index] if index < len(align) else ""
        attribute = f' class="qt-{side}"' if side else ""
        parts.append(f"<{tag}{attribute}>{inline_html(cell)}</{tag}>")
    return f"<tr>{''.join(parts)}</tr>"
