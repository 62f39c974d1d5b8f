"""Read an answer as an outline: its opening, its lists and steps, and its summary."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qt2anki.model import Block, Heading, Item, Listing, Outline, Paragraph, Summary
from qt2anki.outline.blocks import lead_sentence, read_blocks
from qt2anki.outline.sentences import PATTERNS

_CUE = PATTERNS["cue"]
# "Overall, " can open any paragraph; the others always announce a summary.
_WEAK_CUES = ("overall", "ultimately")
_COUNTED = re.compile(r"(?:step|stage|phase|part)\s+(\d{1,2})\b", re.IGNORECASE)


def read_outline(answer: str) -> Outline:
    """Read the decoded *answer*; ``blocks`` has all of it, in order."""
    blocks = _headings_as_steps(_with_summary(read_blocks(answer)))
    lead: list[Paragraph] = []
    for block in blocks:
        if not isinstance(block, Paragraph):
            break
        lead.append(block)
    return Outline(
        blocks=blocks,
        lead=tuple(lead),
        lists=tuple(block for block in blocks if isinstance(block, Listing)),
        summary=next((b for b in reversed(blocks) if isinstance(b, Summary)), None),
    )


def _with_summary(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    at = _summary_at(blocks)
    if at is None:
        return blocks
    paragraph = blocks[at]
    assert isinstance(paragraph, Paragraph)
    cue = _CUE.match(paragraph.text)
    text = cue["text"].strip() if cue else paragraph.text
    sentence = text[:1].upper() + text[1:] if cue else text
    return (*blocks[:at], Summary(sentence, paragraph.text), *blocks[at + 1 :])


def _summary_at(blocks: tuple[Block, ...]) -> int | None:
    """Return the position of the paragraph that sums up the answer."""
    paragraphs = [at for at, block in enumerate(blocks) if isinstance(block, Paragraph)]
    if len(blocks) < 2 or not paragraphs:
        return None
    for at in filter(None, reversed(paragraphs)):
        cue, above = _CUE.match(_text(blocks[at])), blocks[at - 1]
        is_strong = cue and not cue["cue"].strip("*_ ").lower().startswith(_WEAK_CUES)
        heading = above.text if isinstance(above, Heading) else ""
        if is_strong or PATTERNS["summary_heading"].match(heading):
            return at
    last = paragraphs[-1]
    if last != len(blocks) - 1 or last == 0:
        return None
    return last if _CUE.match(_text(blocks[last])) or _closes(blocks) else None


def _closes(blocks: tuple[Block, ...]) -> bool:
    """Whether the last paragraph, which has no cue, is about the whole answer.

    After a list it is, unless it draws a conclusion from an example. If the answer has sections,
    the paragraph belongs to the last section, unless it opens like closing words.
    """
    if not isinstance(blocks[-2], Listing) or PATTERNS["not_closing"].match(_text(blocks[-1])):
        return False
    headed = any(isinstance(block, Heading) for block in blocks)
    return not headed or bool(PATTERNS["closing"].match(_text(blocks[-1])))


def _text(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else ""


def _headings_as_steps(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Make a list from each run of numbered headings (``### 1. Title``, ``### Step 1: Title``)."""
    out: list[Block] = []
    at = 0
    while at < len(blocks):
        ends = _run(blocks, at)
        if len(ends) < 2:
            out.append(blocks[at])
            at += 1
            continue
        starts = [at, *ends[:-1]]
        items = tuple(_step(blocks[a:b]) for a, b in zip(starts, ends, strict=True))
        section = next((b.text for b in reversed(out) if isinstance(b, Heading)), "")
        out.append(Listing("headings", items, lead_sentence(out), section))
        at = ends[-1]
    return tuple(out)


def _run(blocks: tuple[Block, ...], at: int) -> list[int]:
    """Return the end of each step of the run that starts at *at*."""
    first = blocks[at]
    ends: list[int] = []
    if not isinstance(first, Heading) or (number := _number(first)) is None:
        return ends
    for here in range(at + 1, len(blocks)):
        block = blocks[here]
        if isinstance(block, Summary):
            return [*ends, here]
        if not isinstance(block, Heading) or block.level > first.level:
            continue
        ends.append(here)
        if block.level < first.level or _number(block) != number + 1:
            return ends
        number += 1
    return [*ends, len(blocks)]


def _number(heading: Heading) -> int | None:
    if heading.number:
        return int(heading.number[:-1])
    counted = _COUNTED.match(heading.text)
    return int(counted[1]) if counted else None


def _step(blocks: Sequence[Block]) -> Item:
    heading, *rest = blocks
    assert isinstance(heading, Heading)
    text = ""
    if rest and isinstance(rest[0], Paragraph):
        text, rest = rest[0].text, rest[1:]
    return Item(heading.number, heading.text, "", text, tuple(rest))
