"""The order of a deck's new cards: cards of one page far from each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from heapq import heapify, heapreplace

from qt2anki.model import Note


def spread(pages: Sequence[tuple[Note, ...]]) -> tuple[Note, ...]:
    """Take one note of each page in turn; two of one page are neighbours only if they must be.

    Burying siblings is a deck option that may be off, and the cards of neighbouring steps show
    each other's titles. The notes of a page stay in their order.
    """
    left = [len(notes) for notes in pages]
    turns = deque(index for index, count in enumerate(left) if count)
    most = [(-count, index) for index, count in enumerate(left)]
    heapify(most)
    order: list[Note] = []
    last = -1
    for total in range(sum(left), 0, -1):
        longest = _longest(most, left)
        # A page that holds more than half of what is left comes at once, or its notes pile up
        # at the end.
        is_crowded = 2 * left[longest] > total and longest != last
        last = longest if is_crowded else _next_turn(turns, left, last)
        order.append(pages[last][len(pages[last]) - left[last]])
        left[last] -= 1
    return tuple(order)


def _longest(most: list[tuple[int, int]], left: Sequence[int]) -> int:
    """Return the page with the most notes left; *most* is a heap of counts that may be old."""
    while -most[0][0] != left[most[0][1]]:
        index = most[0][1]
        heapreplace(most, (-left[index], index))
    return most[0][1]


def _next_turn(turns: deque[int], left: Sequence[int], last: int) -> int:
    """Return whose turn it is and put it behind all others: *last* only if there is no other."""
    _drop_empty(turns, left)
    index = turns.popleft()
    if index == last:
        _drop_empty(turns, left)
        if turns:
            index, turns[0] = turns[0], index
    turns.append(index)
    return index


def _drop_empty(turns: deque[int], left: Sequence[int]) -> None:
    while turns and not left[turns[0]]:
        turns.popleft()
