"""Find the formulas in an outline, with the text before each and the explanation of its signs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qt2anki.model import Block, Formula, Heading, Listing, Outline, Paragraph
from qt2anki.outline.sentences import first_sentence, sentences
from qt2anki.source.spans import Span, find_spans

_WHERE = re.compile(
    r"(?:where|here|in (?:this|the) (?:equation|formula)|in which)\b",
    re.IGNORECASE,
)
_IS = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:is|are|=|:|[-–—]|represents?|denotes?|stands? for|refers? to"
    r"|indicates?)\s+"
)
_SHARED = re.compile(r"\s*(?:,|,?\s*(?:and|or))\s*")
_BEFORE = 8  # characters: ", and "
_NEXT_SIGN = re.compile(r"[,;]?\s+and\s*$|[,;]\s*$")


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a formula and its meaning on the page."""

    tex: str
    meaning: str  # Markdown


@dataclass(frozen=True, slots=True)
class PlacedFormula:
    """A display formula with the words around it."""

    tex: str
    lead: str  # the sentence before it, or ""
    earlier: str  # the sentence before the lead in the same text
    titles: tuple[str, ...]  # of the items it is in, outermost first
    section: str
    where: tuple[Block, ...]  # the explanation of its signs
    signs: tuple[Sign, ...]


def find_formulas(outline: Outline) -> tuple[PlacedFormula, ...]:
    """Return the display formulas of *outline*, in reading order."""
    return tuple(_find(outline.blocks, "", (), ""))


def _find(
    blocks: Sequence[Block], text: str, titles: tuple[str, ...], section: str
) -> Iterator[PlacedFormula]:
    """Walk *blocks*; *text* is what is directly before them."""
    for at, block in enumerate(blocks):
        match block:
            case Heading():
                section = block.text
                text = ""
            case Paragraph():
                text = block.text
            case Listing():
                for item in block.items:
                    inside = (*titles, item.title) if item.title else titles
                    yield from _find(item.blocks, item.text, inside, section)
                text = ""
            case Formula():
                where = _where(blocks[at + 1 : at + 3])
                before = sentences(text)
                earlier = before[-2] if len(before) > 1 and before[-1] == block.lead else ""
                signs = tuple(_signs(where))
                yield PlacedFormula(block.tex, block.lead, earlier, titles, section, where, signs)


def _where(after: Sequence[Block]) -> tuple[Block, ...]:
    match after:
        case [Paragraph(text=text), *rest] if _WHERE.match(text):
            if text.rstrip().endswith(":") and rest and isinstance(rest[0], Listing):
                return (after[0], rest[0])
            first = sentences(text)[0]
            return () if first.endswith(":") else (Paragraph(first),)
    return ()


def _signs(where: Sequence[Block]) -> Iterator[Sign]:
    for block in where:
        if isinstance(block, Listing):
            for item in block.items:
                yield from _signs_in(f"{item.title} {item.joint} {item.text}".strip())
        elif isinstance(block, Paragraph):
            yield from _signs_in(block.text)


def _signs_in(text: str) -> Iterator[Sign]:
    """Read "$F$ is the force, $m$ is the mass, and $a$ is the acceleration".

    Signs that share one meaning ("$m_1$ and $m_2$ are the masses") are left out.
    """
    groups: list[list[Span]] = []
    for span in find_spans(text):
        if span.kind != "inline":
            continue
        if groups and _SHARED.fullmatch(text, groups[-1][-1].end, span.start):
            groups[-1].append(span)
        else:
            groups.append([span])
    opening = [group for at, group in enumerate(groups) if not at or _opens(text, group)]
    for place, group in enumerate(opening):
        end = opening[place + 1][0].start if place + 1 < len(opening) else len(text)
        verb = _IS.match(text, group[-1].end)
        if verb is None or len(group) > 1:
            continue
        meaning = _NEXT_SIGN.sub("", first_sentence(text[verb.end() : end])).strip().rstrip(".,;:")
        if meaning and not meaning.endswith((" as", " by")):
            yield Sign(text[group[0].inner_start : group[0].inner_end].strip(), meaning)


def _opens(text: str, group: Sequence[Span]) -> bool:
    """Whether a sign, or several that share a meaning, start a separate part of the sentence."""
    before = text[max(0, group[0].start - _BEFORE) : group[0].start]
    return bool(_NEXT_SIGN.search(before)) and bool(_IS.match(text, group[-1].end))
