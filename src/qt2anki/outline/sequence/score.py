"""Is this list a sequence? Most numbered lists are not: they count types, causes, benefits.

About one numbered list in twelve is a process whose order matters, and only for those does a card
that asks what comes next make sense. So a list is recognized as a sequence by evidence, never by
its numbers: cues in its lead, heading, question, titles and explanations are weighted and summed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial

from qt2anki.model import Item, Listing, Outline
from qt2anki.outline.sentences import last_sentence
from qt2anki.outline.sequence import items
from qt2anki.outline.sequence import surroundings as frame
from qt2anki.outline.sequence.view import View, is_labelled, plain, start_of, view_of

THRESHOLD = 3.0
FEWEST_STEPS = 3
MOST_STEPS = 12
LENGTHS = range(FEWEST_STEPS, MOST_STEPS + 1)

# Each cue is a number, mostly a share between 0 and 1, and has a weight. Frame cues return points
# directly. The weights were tuned on lists labelled by hand, in steps of 0.5.
_FOR: tuple[tuple[Callable[[View], float], float], ...] = (
    (frame.lead_orders, 1.0),
    (frame.section_orders, 1.0),
    (frame.question_orders, 1.0),
    (items.labels, 5.0),
    (items.stage_names, 3.0),
    (items.ages, 2.5),
    (items.commands, 1.5),
    (items.definite_commands, 2.0),
    (items.gerunds, 0.5),
    (items.events, 2.5),
    (items.known_order, 5.5),
    (items.starts_in_time, 4.0),
    (items.chained, 1.0),
)
_AGAINST: tuple[tuple[Callable[[View], float], float], ...] = (
    (frame.plain_nouns, -1.0),
    (frame.asks_for_influence, -1.0),
    (items.advice_commands, -2.5),
    (items.advises, -1.5),
    (items.asides, -2.5),
    (items.out_of_order, -3.0),
    (items.loose_nouns, -3.0),
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
    found = sum(weight * cue(view) for cue, weight in _FOR)
    if found >= least:
        found += sum(weight * cue(view) for cue, weight in _AGAINST)
    return round(found, 3)


def split_steps(listing: Listing) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return the steps of *listing*, and the points at its end that are not steps.

    A list of steps often ends with points about all steps, such as benefits or risks. They stay
    points of the page, but are not in the order of steps.
    """
    end = len(listing.items)
    while end and _is_aside(listing.items[end - 1]):
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
        if _may_be_ordered(listing)
        for steps, rest in [split_steps(listing)]
        if len(steps) in lengths and all(step.title for step in steps)
    ]
    if override and able:
        threshold = min(threshold, max(sequence.score for sequence in able))
    return tuple(sequence for sequence in able if sequence.score >= threshold)


def _is_aside(item: Item) -> bool:
    return items.is_aside(plain(item.title), start_of(item))


def _may_be_ordered(listing: Listing) -> bool:
    """Bullets have no order, unless they count themselves ("Step 1") or everybody knows it."""
    labelled = sum(is_labelled(item.title) for item in listing.items)
    if listing.style != "bullets" or 2 * labelled > len(listing.items):
        return True
    return bool(items.known_order(view_of(listing, question="", lead="")))
