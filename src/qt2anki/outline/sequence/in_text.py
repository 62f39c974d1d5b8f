"""Find sequences in one sentence: "Memory has three stages: encoding, storage, and retrieval"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from qt2anki.model import Block, Heading, Item, Listing, Outline, Paragraph
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import FEWEST_STEPS, Sequence

_COUNTS = ("three", "four", "five", "six", "seven", "eight")
_NAME = r"[^,;:.()—–]{2,45}(?: \([^()]{1,20}\))?"
_LEAD_MOST_WORDS = 16
_LONGEST = 5000  # characters of a paragraph
_AND = r",? (?:(?:and|then|finally|lastly),? )+|, "
_STAGES = r"(?:stages|phases|steps|periods|eras|epochs)"
_TOLD = re.compile(
    rf"\b(?P<count>{'|'.join(_COUNTS)}|the) (?:[\w-]+ ){{0,3}}?{_STAGES}(?! of matter)"
    r"(?P<of> (?:of|in) [\w'’ -]{3,60}?)?"
    r"(?P<opener>,? (?P<verb>are|were|namely|called|known as):? |: | ?[—–] ?| \()"
    rf"(?P<steps>{_NAME}(?:, {_NAME}){{1,6}},? (?:and|then) {_NAME}(?:, {_NAME})?)"
    r"(?=[.;)—–]|$)",
    re.IGNORECASE,
)
_ARROWS = re.compile(r" ?(?:→|⟶|➔|-{1,2}>) ?")
_CUES = ("stages", "phases", "steps", "periods", "eras", "epochs", "→", "⟶", "➔", "->")
_ARROW_NAME = re.compile(r"[^\W\d_][\w' -]{1,40}")
_REFERS_BACK = re.compile(
    r"(?:(?:in|during|at|for|of) )?(?:(?:this|these|its?|they|their|such|here|he|she)\b"
    r"|the (?:process|cycle|theory|model)\b)",
    re.IGNORECASE,
)


def sequences_in_text(outline: Outline) -> tuple[Sequence, ...]:
    """Return the sequences that sentences of *outline* name, as lists without explanations.

    The section of such a list is the phrase that introduces it.
    """
    return tuple(_sequences(outline.blocks, ""))


def _sequences(blocks: tuple[Block, ...], section: str) -> Iterator[Sequence]:
    for block in blocks:
        match block:
            case Heading(text=text):
                section = text
            case Paragraph(text=text):
                yield from _in_sentences(text, section)
            case Listing(items=items):
                for item in items:
                    yield from _in_sentences(item.text, item.title or section)
                    yield from _sequences(item.blocks, item.title or section)
            case _:
                pass


def _in_sentences(text: str, section: str) -> Iterator[Sequence]:
    if len(text) > _LONGEST or not any(map(text.__contains__, _CUES)):
        return
    for sentence in sentences(text):
        if told := _TOLD.search(sentence):
            lead, names = sentence[: told.start("opener")], re.split(_AND, told["steps"])
            count = told["count"].lower()
            if count in _COUNTS:
                is_sequence = len(names) == _COUNTS.index(count) + FEWEST_STEPS
            else:  # not "the steps are quick, easy, and safe"
                is_sequence = bool(told["of"]) or not told["verb"]
        else:
            lead, _, rest = sentence.rpartition(": ")
            names = _ARROWS.split(rest.rstrip("."))
            is_sequence = len(names) >= FEWEST_STEPS and all(map(_ARROW_NAME.fullmatch, names))
        if not is_sequence:
            continue
        if len(lead.split()) > _LEAD_MOST_WORDS or _REFERS_BACK.match(lead):
            lead = section
        items = tuple(Item(f"{n}.", name, "", "", ()) for n, name in enumerate(names, start=1))
        yield Sequence(Listing("numbered", items, "", lead), items, (), math.inf)
