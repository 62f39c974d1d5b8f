"""Comparison notes: one dimension, all that is compared, side by side.

Similar facts on separate cards are mixed up for ever; on one card each is learnt by its
difference from the other (Wozniak, rule 11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Item, Kind, Listing, Note, Outline
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import core_fits, front_fits, says_something
from qt2anki.notes.identity import unit_slugs
from qt2anki.notes.kinds.matrix import Dimension, dimensions
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence

_MOST_SIDE_BY_SIDE = 4
_CELL_MOST_WORDS = 40
_CELL_LEAST_WORDS = 2
_MOST_POINTS = 4
_NO_DIMENSION = re.compile(
    r"(?:\w+ )?(?:examples?|problems?|solutions?|case stud\w+|summary|conclusions?|overview"
    r"|introduction|notes?|takeaways?|differences?|similarities|details|references?)\b",
    re.IGNORECASE,
)
# Words that lean on the cell before, which on a card may stand below.
_LEANS = re.compile(
    r"(?:in contrast|by contrast|conversely|on the other hand|however|similarly|likewise|meanwhile"
    r"|in comparison|on the contrary|unlike this|additionally|also),\s+",
    re.IGNORECASE,
)
_SAYS_NO_MORE = roots("key main differ difference summary comparison similar overview type versus")


@dataclass(frozen=True, slots=True)
class _Side:
    """One thing on one dimension: what to recall, and the rest."""

    name: str
    core: str  # Markdown
    rest: str  # HTML


def compare_candidates(
    frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]
) -> Iterator[Candidate]:
    """Make one note a dimension, or one a cell where more than four things are compared."""
    rows = compared(frame, outline, sequences)
    names = unit_slugs([(row.section, row.title) for row in rows])
    seen: set[frozenset[frozenset[str]]] = set()
    for row, name in zip(rows, names, strict=True):
        told = frozenset((roots(row.title), *(roots(thing) for thing, _ in row.cells)))
        if told not in seen:
            seen.add(told)
            yield from _candidates(frame, row, name)


def compared(
    frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]
) -> tuple[Dimension, ...]:
    """Return the dimensions that can be asked about; their items need no notes of other kinds."""
    ordered = [sequence.listing for sequence in sequences]
    rows = dimensions(outline, frame.question, ordered=ordered)
    return tuple(row for row in rows if not _NO_DIMENSION.match(plain_text(row.title)))


def _candidates(frame: Frame, row: Dimension, name: str) -> Iterator[Candidate]:
    sides = [_side(thing, item) for thing, item in row.cells]
    whole = [side for side in sides if side is not None]
    if len(sides) <= _MOST_SIDE_BY_SIDE:
        note = _side_by_side(frame, row, name, whole) if len(whole) == len(sides) else None
        if note:
            vague = sum(vague_words(side.core) for side in whole)
            yield Candidate(note, f"cmp/{name}", vague // len(whole))
        return
    slugs = unit_slugs([("", thing) for thing, _ in row.cells])
    for place, side in zip(slugs, sides, strict=True):
        note = _alone(frame, row, f"{name}/{place}", side) if side else None
        if note and side:
            yield Candidate(note, f"cmp/{name}/{place}", vague_words(side.core))


def _side(name: str, item: Item) -> _Side | None:
    """Cut what is said of one thing into a sentence to recall and the rest."""
    found = sentences(item.text)
    if found and not found[0].endswith(":"):
        rest = " ".join(found[1:])
        shown = f"<p>{inline_html(rest)}</p>" if rest else ""
        return _fitting(_Side(name, _bare(found[0]), shown + blocks_html(item.blocks)))
    match item.blocks:
        case (Listing(items=points), *after) if len(points) <= _MOST_POINTS:
            pass
        case _:
            return None
    firsts = [sentences(point.text)[0] for point in points if point.text and not point.title]
    if len(firsts) < len(points) or any(first.endswith(":") for first in firsts):
        return None
    core = firsts[0] if len(firsts) == 1 else "; ".join(first.rstrip(".;") for first in firsts)
    said = all(len(sentences(point.text)) == 1 and not point.blocks for point in points)
    return _fitting(_Side(name, core, blocks_html(after if said else item.blocks)))


def _bare(sentence: str) -> str:
    leans = _LEANS.match(sentence)
    left = sentence[leans.end() :] if leans else sentence
    return left[:1].upper() + left[1:]


def _fitting(side: _Side) -> _Side | None:
    count = word_count(plain_text(side.core))
    return side if _CELL_LEAST_WORDS <= count <= _CELL_MOST_WORDS else None


def _side_by_side(frame: Frame, row: Dimension, name: str, sides: list[_Side]) -> Note | None:
    section = _section(frame, row)
    names = [plain_text(side.name) for side in sides]
    front = f"{frame.context_text(section)} {plain_text(row.title)} {' vs '.join(names)}"
    cores = [plain_text(side.core) for side in sides]
    if not core_fits(" ".join((*names, *cores))) or not front_fits(front):
        return None
    shown = roots(front)
    if not all(says_something(core, known=shown) for core in cores):
        return None
    things = " vs ".join(f"<strong>{inline_html(side.name)}</strong>" for side in sides)
    return frame.qa(
        Kind.COMPARE,
        f"cmp/{name}",
        question=f"{inline_html(row.title)}: {things}?",
        answer=_table(sides),
        extra="".join(_rest(side) for side in sides if side.rest),
        context=frame.context(section),
    )


def _alone(frame: Frame, row: Dimension, name: str, side: _Side) -> Note | None:
    section = _section(frame, row)
    front = f"{frame.context_text(section)} {plain_text(side.name)} {plain_text(row.title)}"
    core = plain_text(side.core)
    if not front_fits(front) or not says_something(core, known=roots(front)):
        return None
    return frame.qa(
        Kind.COMPARE,
        f"cmp/{name}",
        question=f"<strong>{inline_html(side.name)}</strong>: {inline_html(row.title)}?",
        answer=inline_html(side.core),
        extra=side.rest,
        context=frame.context(section),
    )


def _section(frame: Frame, row: Dimension) -> str:
    """Return the heading above the comparison where it tells more than the question does."""
    names = roots(" ".join(plain_text(thing) for thing, _ in row.cells))
    told = roots(frame.question) | names | _SAYS_NO_MORE
    return row.section if roots(plain_text(row.section)) - told else ""


def _table(sides: list[_Side]) -> str:
    """Return one line a thing: that fits a phone, where columns side by side do not."""
    lines = "".join(
        f"<tr><th>{inline_html(side.name)}</th><td>{inline_html(side.core)}</td></tr>"
        for side in sides
    )
    return f'<div class="qt-scroll"><table><tbody>{lines}</tbody></table></div>'


def _rest(side: _Side) -> str:
    return f"<p><strong>{inline_html(side.name)}</strong></p>{side.rest}"
