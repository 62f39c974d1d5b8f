"""Is this list a sequence? Most numbered lists are not: they count types, causes, benefits.

About one numbered list in twelve is a process whose order matters, and only for those does a card
that asks what comes next make sense. So a list is recognized as a sequence by evidence, never by
its numbers: cues in its lead, heading, question, titles and explanations are weighted and summed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial

from qt2anki.model import Block, Heading, Item, Listing, Outline, Paragraph
from qt2anki.outline.sentences import last_sentence, sentences
from qt2anki.outline.sequence import cues
from qt2anki.outline.sequence.view import View, is_labelled, plain, start_of, view_of

THRESHOLD = 3.0
FEWEST_STEPS = 3
MOST_STEPS = 12
LENGTHS = range(FEWEST_STEPS, MOST_STEPS + 1)

# The weights were tuned on lists labeled by hand, in steps of 0.5.
_FOR: dict[Callable[[View], float], float] = {
    cues.lead_orders: 1.0,
    cues.section_orders: 1.0,
    cues.question_orders: 1.0,
    cues.labels: 5.0,
    cues.stage_names: 3.0,
    cues.ages: 2.5,
    cues.commands: 1.5,
    cues.definite_commands: 2.0,
    cues.gerunds: 0.5,
    cues.events: 2.5,
    cues.known_order: 5.5,
    cues.starts_in_time: 4.0,
    cues.chained: 1.0,
}
_AGAINST: dict[Callable[[View], float], float] = {
    cues.plain_nouns: -1.0,
    cues.asks_for_influence: -1.0,
    cues.advice_commands: -2.5,
    cues.advises: -1.5,
    cues.asides: -2.5,
    cues.out_of_order: -3.0,
    cues.loose_nouns: -3.0,
}

# In one sentence: "Memory has three stages: encoding, storage, and retrieval".
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


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list whose order matters: its steps, and the points after them that are not steps."""

    listing: Listing
    steps: tuple[Item, ...]
    rest: tuple[Item, ...]
    score: float


def score_list(
    listing: Listing, *, question: str, lead: str = "", least: float = -math.inf
) -> float:
    """Return the evidence that *listing* is a sequence; :data:`THRESHOLD` is enough.

    *lead* is the last sentence of the page's opening; it counts if the list has neither a lead of
    its own nor a heading above it. If the evidence for the list is below *least*, evidence against
    it is not computed.
    """
    view = view_of(listing, question=question, lead=lead)
    if not view.titles:
        return 0.0
    found = sum(weight * cue(view) for cue, weight in _FOR.items())
    if found >= least:
        found += sum(weight * cue(view) for cue, weight in _AGAINST.items())
    return round(found, 3)


def split_steps(listing: Listing) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return the steps of *listing*, and the points at its end that are not steps.

    A list of steps often ends with points about all steps, such as benefits or risks. They stay
    points of the page, but are not in the order of steps.
    """
    end = len(listing.items)
    while end and cues.is_aside(
        plain(listing.items[end - 1].title), start_of(listing.items[end - 1])
    ):
        end -= 1
    return listing.items[:end], listing.items[end:]


def find_sequences(
    outline: Outline,
    *,
    question: str,
    threshold: float = THRESHOLD,
    override: bool | None = None,
    lengths: Container[int] = LENGTHS,
) -> tuple[Sequence, ...]:
    """Return the lists of *outline* that are sequences, in reading order.

    A sequence has a number of steps that is in *lengths*, each with a title, and scores at least
    *threshold*. *override* is the page author's decision: True takes the page's best list
    regardless of its score, False takes none.
    """
    if override is False:
        return ()
    lead = last_sentence(outline.lead[-1].text) if outline.lead else ""
    score = partial(
        score_list, question=question, lead=lead, least=-math.inf if override else threshold
    )
    able = [
        Sequence(listing, steps, rest, score(listing))
        for listing in outline.lists
        for steps, rest in [split_steps(listing)]
        if len(steps) in lengths and all(step.title for step in steps) and _may_be_ordered(listing)
    ]
    if override and able:
        threshold = min(threshold, max(sequence.score for sequence in able))
    return tuple(sequence for sequence in able if sequence.score >= threshold)


def _may_be_ordered(listing: Listing) -> bool:
    """Bullets have no order, unless they count themselves ("Step 1") or everyone knows it."""
    labelled = sum(is_labelled(item.title) for item in listing.items)
    if listing.style != "bullets" or 2 * labelled > len(listing.items):
        return True
    return bool(cues.known_order(view_of(listing, question="", lead="")))


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
