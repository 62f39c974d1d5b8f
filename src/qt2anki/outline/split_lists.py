"""Put numbered lists together again that blocks at the margin have torn apart.

A page may write the bullets, the formula or the second paragraph of ``1.`` without indenting
them; read by the letter, each number then is a list of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qt2anki.model import Block, Heading, Item, Listing, Paragraph


def mended(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Join torn numbered lists; what stood between two items goes to the first of them."""
    out: list[Block] = []
    for block in blocks:
        at = _earlier_list(out, block) if isinstance(block, Listing) else None
        if at is None or not isinstance(block, Listing):
            out.append(block)
            continue
        between = tuple(out[at + 1 :])
        if block.style == "bullets":
            joined = _lent(out[at], (*between, block))
        else:
            joined = _lent(out[at], between)
            joined = replace(joined, items=(*joined.items, *block.items))
        out[at:] = [joined]
    return tuple(out)


def _earlier_list(out: Sequence[Block], block: Listing) -> int | None:
    """Return the place of the numbered list that *block* goes on with, if there is one."""
    for at in range(len(out) - 1, -1, -1):
        earlier = out[at]
        if isinstance(earlier, Heading):
            return None
        if isinstance(earlier, Listing) and earlier.style == "numbered":
            return at if _goes_on(earlier, out[at + 1 :], block) else None
    return None


def _goes_on(earlier: Listing, between: Sequence[Block], block: Listing) -> bool:
    if block.style == "bullets":
        return not between and _awaits(earlier.items[-1])
    last, first = _number(earlier.items[-1]), _number(block.items[0])
    if first == last + 1:
        return True
    all_ones = first == 1 and all(_number(item) == 1 for item in earlier.items)
    return all_ones and not any(isinstance(b, Paragraph) for b in between)


def _awaits(item: Item) -> bool:
    """Whether the item announces points that it does not hold yet."""
    last = item.blocks[-1] if item.blocks else Paragraph(item.text)
    return isinstance(last, Paragraph) and (not last.text or last.text.endswith((":", ":**")))


def _number(item: Item) -> int:
    return int(item.marker[:-1])


def _lent(listing: Block, blocks: tuple[Block, ...]) -> Listing:
    assert isinstance(listing, Listing)
    *first, last = listing.items
    return replace(listing, items=(*first, replace(last, blocks=(*last.blocks, *blocks))))
