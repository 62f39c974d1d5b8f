"""Find comparisons in an outline: the same few names under every point, read as a table.

A page compares in one of two ways: a point is a dimension and the names below it are what is
compared (Location: ectoparasites, endoparasites), or the other way round (ectoparasites:
location, feeding). Both give the same table, whose rows are dimensions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qt2anki.html.fragment import plain_text
from qt2anki.model import Block, Heading, Item, Listing, Outline, Paragraph
from qt2anki.notes.words import content_words, root, roots

_LEAST_ROWS = 2
_LEAST_SHARE = 0.6  # of the points; a name must be under at least this share of them
_ASPECTS = roots(
    "definition function location duration structure purpose source mechanism process"
    " characteristics capacity role habitat movement type use application cause symptom treatment"
    " diagnosis method technique advantage disadvantage benefit drawback limitation focus goal"
    " objective cost feature composition property nature origin description formula unit meaning"
    " scope approach strength weakness effect impact outcome timing onset prognosis requirement"
    " energy direction site target output input speed accuracy performance duration frequency"
    " example implication context basis setting behavior appearance size shape color key level"
    " control flexibility transmission prevention management regulation presentation reproduction"
    " nutrition locomotion training demographics progression significance importance moral story"
    " problem solution statement question answer"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_COMPARES = re.compile(
    r"\b(?:differ\w*|compar\w+|contrast\w*|distin\w+|versus|vs|between|similarit\w+)\b",
    re.IGNORECASE,
)
# The words after these name the topic of the comparison, not the compared things.
_IN_TERMS = re.compile(
    r"\b(?:in terms of|in relation to|with respect to|regarding|with regard to|based on|in their"
    r"|and (?:how|what|why|when|where|which)|when it comes to)\b",
    re.IGNORECASE,
)
_NO_ENTITY = re.compile(
    r"(?:key |main |summary of |overview of )?(?:differences?|similarit|comparison|contrast|summary"
    r"|conclusion|introduction|overview|examples?\b|implications|applications|importance"
    r"|significance|final |additional )",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One row: an aspect, and what the page says about it for each compared thing."""

    title: str
    section: str  # the heading above the comparison, or ""
    cells: tuple[tuple[str, Item], ...]  # the compared things, and the text about each


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    parts: tuple[Item, ...]


def dimensions(
    outline: Outline, question: str, *, ordered: Sequence[Listing] = ()
) -> tuple[Dimension, ...]:
    """Return the rows of all comparisons in *outline*, in reading order.

    Lists in *ordered* are processes, whose steps are not compared.
    """
    found: list[Dimension] = []
    for section, rows in _tables(outline, ordered):
        found.extend(_read(rows, section, question))
    return tuple(found)


def _tables(outline: Outline, ordered: Sequence[Listing]) -> Iterator[tuple[str, tuple[_Row, ...]]]:
    """Yield possible comparisons: each list, then the sections of the page."""
    for listing in outline.lists:
        if listing in ordered:
            continue
        yield listing.section, tuple(_Row(i.title, _parts(i.blocks)) for i in listing.items)
    levels = sorted({block.level for block in outline.blocks if isinstance(block, Heading)})
    for level in levels:
        yield "", tuple(_sections(outline.blocks, level))


def _sections(blocks: Sequence[Block], level: int) -> Iterator[_Row]:
    starts = [at for at, b in enumerate(blocks) if isinstance(b, Heading) and b.level <= level]
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        heading = blocks[start]
        assert isinstance(heading, Heading)
        if heading.level == level:
            yield _Row(heading.text, _parts(blocks[start + 1 : end]))


def _parts(blocks: Sequence[Block]) -> tuple[Item, ...]:
    """Return the titled points among *blocks*, including headings with the text below them."""
    parts: list[Item] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        at += 1
        if isinstance(block, Listing):
            parts.extend(item for item in block.items if item.title)
        elif isinstance(block, Heading):
            start = at
            while at < len(blocks) and not isinstance(blocks[at], Heading):
                at += 1
            parts.append(_headed(block, tuple(blocks[start:at])))
    return tuple(parts)


def _headed(heading: Heading, below: tuple[Block, ...]) -> Item:
    match below:
        case (Paragraph(text=text), *rest):
            return Item("", heading.text, "", text, tuple(rest))
    return Item("", heading.text, "", "", below)


def _read(rows: Sequence[_Row], section: str, question: str) -> Iterator[Dimension]:
    rows = [row for row in rows if row.name]
    names = _shared_names(rows)
    if len(names) < 2:
        return
    held = [row for row in rows if not _NO_ENTITY.match(row.name) and names & set(_named(row))]
    if len(held) < _LEAST_ROWS:
        return
    inner = _labels(held, names)
    if _inner_are_compared(list(inner.values()), [row.name for row in held], question):
        for row in rows:
            parts = _named(row)
            cells = tuple((inner[key], parts[key]) for key in inner if key in parts)
            if len(cells) == len(inner):
                yield Dimension(row.name, section, cells)
        return
    for key, label in inner.items():
        cells = tuple((row.name, _named(row)[key]) for row in held if key in _named(row))
        if len(cells) == len(held):
            yield Dimension(label, section, cells)


def _shared_names(rows: Sequence[_Row]) -> frozenset[tuple[str, ...]]:
    least = max(_LEAST_ROWS, _LEAST_SHARE * len(rows))
    if sum(bool(row.parts) for row in rows) < least:
        return frozenset()
    count = Counter(key for row in rows for key in _named(row))
    return frozenset(key for key, rows_with in count.items() if rows_with >= least)


def _named(row: _Row) -> dict[tuple[str, ...], Item]:
    """Return the parts of a row by the words of their titles that count in comparisons."""
    named: dict[tuple[str, ...], Item] = {}
    for part in row.parts:
        key = _name_key(part.title, row.name)
        if key:
            named.setdefault(key, part)
    return named


def _name_key(title: str, row: str) -> tuple[str, ...]:
    """Return the first two roots of *title* without its brackets.

    "Types of Passive Transport" below "Passive Transport" is just "Types".
    """
    plain = _BRACKETS.sub(" ", plain_text(title))
    head, of, tail = plain.partition(" of ")
    if of and roots(tail) and roots(tail) <= roots(row):
        plain = head
    return tuple(root(word) for word in content_words(plain))[:2]


def _labels(rows: Sequence[_Row], names: frozenset[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return the most frequent spelling of each shared name, in the order of the first row."""
    written: dict[tuple[str, ...], Counter[str]] = {}
    for row in rows:
        for key, part in _named(row).items():
            if key in names:
                written.setdefault(key, Counter())[part.title] += 1
    return {key: count.most_common(1)[0][0] for key, count in written.items()}


def _inner_are_compared(inner: Sequence[str], outer: Sequence[str], question: str) -> bool:
    """Whether the names below the points are the compared things, not the points themselves."""
    asked = roots(_IN_TERMS.split(question)[0])
    worth = _compared(inner, asked) - _compared(outer, asked)
    if worth:
        return worth > 0
    return len(inner) == 2 and bool(_COMPARES.search(question))


def _compared(names: Sequence[str], asked: frozenset[str]) -> float:
    """Return the evidence that *names* are things, from -1 (aspects) to 1."""
    worth = 0.0
    for name in names:
        words = [root(word) for word in content_words(plain_text(name))]
        worth += 2 * sum(word in asked for word in words) >= len(words) > 0
        worth -= bool(words) and (words[-1] in _ASPECTS or words[0] in _ASPECTS)
    return worth / len(names)


def names_aspect(title: str) -> bool:
    """Whether the plain *title* is an aspect of something (``Source``), not a thing."""
    last = content_words(title)[-1:]
    return bool(last) and root(last[0]) in _ASPECTS
