"""The cues for a sequence: in the items of a list, before the list, and in the page's question.

A cue is a number, mostly a share between 0 and 1; score.py weights and sums them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain

from qt2anki.outline.sequence.view import (
    ADVICE_VERBS,
    ORDERS,
    PATTERNS,
    View,
    is_command,
    names_event,
)

_once = lru_cache(maxsize=1)  # for cues that other cues of the same list use
_WORD = re.compile(r"[^\W_][^\W_'’-]*")
_BREAKS = re.compile(r"[^\w ]")
_SHORTEST_RUN = 3  # titles
_SHORTEST_STEM = 3  # characters
_TAKEN_UP = 14  # first words of an explanation, which may repeat a title
_TOLD = 1.5  # points of a lead


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0


def _found(name: str, text: str) -> bool:
    return PATTERNS[name].search(text) is not None


def _opens(name: str, text: str) -> bool:
    return PATTERNS[name].match(text) is not None


def _first_word(title: str) -> str:
    match = _WORD.match(title)
    return match.group() if match else ""


# --- titles ---------------------------------------------------------------------------------


def labels(view: View) -> float:
    """Whether most titles contain their number ("Step 1", "Phase II")."""
    return float(2 * view.labelled >= len(view.titles))


@_once
def stage_names(view: View) -> float:
    """Whether most titles call themselves a stage or phase ("Luteal Phase")."""
    return float(_share(_found("stage_name", title) for title in view.titles) >= 0.5)


@_once
def ages(view: View) -> float:
    """Whether the titles have ages or time spans in brackets."""
    return float(_share(_found("ages", title) for title in view.titles) >= 0.4)


@_once
def commands(view: View) -> float:
    """Return the share of titles that are instructions."""
    return _share(is_command(title) for title in view.titles)


def definite_commands(view: View) -> float:
    """Return the share of instructions about a specific thing ("the", "each", "a")."""
    return _share(is_command(title) and _opens("definite", title) for title in view.titles)


def advice_commands(view: View) -> float:
    """Return the share of instructions that apply at any time ("Encourage", "Stay")."""
    return _share(is_command(t) and _first_word(t) in ADVICE_VERBS for t in view.titles)


def gerunds(view: View) -> float:
    """Return the share of titles that open with a verb in -ing."""
    return _share(_first_word(t).endswith("ing") and " " in t for t in view.titles)


@_once
def events(view: View) -> float:
    """Return the share of titles that name something that happens ("Fusion of ...")."""
    return _share(names_event(title) for title in view.titles)


@_once
def known_order(view: View) -> float:
    """Whether most titles follow one of the orders that everyone learns.

    Commands count half: "Plan", "Implement" and "Evaluate" are also in lists of advice.
    """
    titles = [_BREAKS.sub(" ", title) for title in view.titles]
    by_start = _stems()
    stems = {
        stem
        for title in titles
        for word in title.split()
        for stem in by_start.get(word[:_SHORTEST_STEM], ())
        if word.startswith(stem)
    }
    if len(stems) < _SHORTEST_RUN:
        return 0.0
    orders = [order for order in ORDERS if len(stems.intersection(order)) >= _SHORTEST_RUN]
    best = max((_longest_run(titles, order) for order in orders), default=0)
    return (best >= _SHORTEST_RUN and 2 * best > len(titles)) * (1 - commands(view) / 2)


@cache
def _stems() -> dict[str, set[str]]:
    stems: dict[str, set[str]] = {}
    for stem in chain.from_iterable(ORDERS):
        stems.setdefault(stem[:_SHORTEST_STEM], set()).add(stem)
    return stems


def _longest_run(titles: Sequence[str], order: Sequence[str]) -> int:
    """Count the titles of the longest run that follows *order* forwards."""
    titles = [f" {title}" for title in titles]
    stems = [f" {stem}" for stem in order]  # so that they match where a word begins
    places = [
        next(at for at, stem in enumerate(stems) if stem in title)
        for title in titles
        if any(stem in title for stem in stems)
    ]
    lengths: list[int] = []
    for at, place in enumerate(places):
        before = (lengths[i] for i in range(at) if places[i] < place)
        lengths.append(1 + max(before, default=0))
    return max(lengths, default=0)


# --- explanations ---------------------------------------------------------------------------


def starts_in_time(view: View) -> float:
    """Return the share of explanations that begin with a time word ("Next", "Once the ...")."""
    hits = [1.0 if _opens("in_time", s) else 0.5 * _opens("when", s) for s in view.starts]
    return sum(hits) / len(hits) if hits else 0.0


def chained(view: View) -> float:
    """Return the share of points that repeat a word of the previous title."""
    words = [frozenset(_WORD.findall(title)) for title in view.titles]
    asked = frozenset(_WORD.findall(view.question))
    links = []
    for at in range(1, len(words)):
        wanted = {word for word in words[at - 1] if len(word) > 3} - asked - words[at]
        start = view.starts[at]
        is_there = any(map(start.__contains__, wanted))  # as a part of a word, at least
        links.append(is_there and not wanted.isdisjoint(_WORD.findall(start)[:_TAKEN_UP]))
    return _share(links)


def is_aside(title: str, start: str) -> bool:
    """Whether a point is not part of the process ("Importance of", "Beyond this")."""
    if _opens("never_step", title):
        return True
    named = _opens("aside_title", title) or _found("aside_title_end", title)
    starts = _opens("aside_start", start) and not is_command(title)
    return (named or starts) and not _opens("in_time", start)


def asides(view: View) -> float:
    """Return the share of points that are not part of the process."""
    points = zip(view.titles, view.starts, strict=True)
    return _share(is_aside(title, text) or _opens("loose_start", text) for title, text in points)


def is_placed(start: str, before: str) -> bool:
    """Whether a point says when it happens, or repeats the title of the point *before* it."""
    if _opens("in_time", start) or _opens("when", start) or _found("resulting", start):
        return True
    taken_up = frozenset(_WORD.findall(start)[:_TAKEN_UP])
    return any(len(word) > 3 and word in taken_up for word in _WORD.findall(before))


def loose_nouns(view: View) -> float:
    """Whether the titles are nouns, and at most half of the texts place their point in time."""
    told = sum(map(bool, view.starts))
    if 2 * told < len(view.starts) or view.labelled or ages(view):
        return 0.0
    if commands(view) >= 0.5 or events(view) >= 0.5:
        return 0.0
    if stage_names(view) or known_order(view) or _found("in_order", f"{view.question} {view.lead}"):
        return 0.0
    placed = sum(map(is_placed, view.starts, ("", *view.titles[:-1])))
    return float(2 * placed <= len(view.starts))


def out_of_order(view: View) -> float:
    """Whether a point says that it is the first or the last, but is elsewhere."""
    first = any(_opens("called_first", start) for start in view.starts[1:])
    return float(first or any(_opens("called_last", start) for start in view.starts[:-1]))


# --- around the list ------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _ordered(text: str) -> float:
    """Return the points for a text that mentions steps or stages."""
    if _found("steps", text) and not _found("measures", text):
        return 3.0
    return 2.5 if _found("stages", text) and not _found("passing_stages", text) else 0.0


def lead_orders(view: View) -> float:
    """Whether the lead announces steps, stages or a process.

    Only a sentence that ends in a colon announces them: others may mention them in passing.
    """
    weight = _ordered(view.lead) or 1.5 * _found("process", view.lead)
    return weight if view.lead.endswith(":") else weight / 2


def section_orders(view: View) -> float:
    """Whether the heading above mentions steps, a procedure or a calculation."""
    if _found("heading", view.section) and not _found("other_heading", view.section):
        return 2.0
    return 1.0 if names_event(view.section) else 0.0


def question_orders(view: View) -> float:
    """Whether the question asks for steps, or how something is done or happens."""
    return _ordered(view.question) or float(_found("how_to", view.question))


def plain_nouns(view: View) -> float:
    """Return how strongly the words around the list announce unordered points."""
    lead = 0.0 if _ordered(view.lead) else 1.5 * _found("plain_nouns", view.lead)
    section = 2.0 * _found("plain_nouns", view.section)
    asked = 0.0 if _ordered(view.question) else 1.0 * _found("asks_plain", view.question)
    return (lead if view.lead.endswith(":") else lead / 2) + section + asked


def asks_for_influence(view: View) -> float:
    """Whether the question asks what something does to something else: aspects, not steps.

    A list that its lead announces as a process is one, whatever the page asks.
    """
    is_told = _ordered(view.question) or lead_orders(view) >= _TOLD
    return float(not is_told and _found("influence", view.question))


def advises(view: View) -> float:
    """Return the share of instructions on a page of advice, where they are tips in no order."""
    around = f"{view.question} {view.lead} {view.section}"
    is_advice = _found("advice", around) and not _ordered(view.lead)
    return max(commands(view), gerunds(view)) if is_advice else 0.0
