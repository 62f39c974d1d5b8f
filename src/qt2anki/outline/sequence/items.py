"""Cues in the items of a list: the form of their titles, and how their explanations begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain

from qt2anki.outline.sequence.surroundings import gives_advice
from qt2anki.outline.sequence.view import (
    ADVICE_VERBS,
    ORDERS,
    VERBS,
    View,
    names_event,
)

_once = lru_cache(maxsize=1)  # for cues that other cues of the same list look at
_WORD = re.compile(r"[^\W_][^\W_'’-]*")
_OBJECT = re.compile(
    r"\w+(?: \w+)?? (?:the|a|an|each|all|both|its|your|any|this|that|it|if|to|into|in|out|for|\\\()"
    r"(?: |$)"
)
_STAGE_NAME = re.compile(r"\b(?:stage|phase|step|period)\b")
_AGES = re.compile(
    r"\([^)]*(?:\d|birth)[^)]*\b(?:years?|months?|weeks?|days?|hours?|minutes?)\b[^)]*\)"
    r"|\(ages? [^)]*\d"
)
_BREAKS = re.compile(r"[^\w ]")
# A point with such a title or beginning is not part of the process.
_ASIDE_TITLE = re.compile(
    r"(?:the )?(?:roles? of|role in|importance|significance|applications?|examples?|benefits"
    r"|advantages|challenges|considerations|best practices|limitations|implications|impacts?"
    r"|effects?|types? of|factors|key |additional|other|tips|common|regulation of|historical"
    r"|context|conclusion and|summary|overall|practical|special cases?|notes?\b)"
)
_ASIDE_TITLE_END = re.compile(
    r"\b(?:considerations|implications|significance|importance|applications|benefits|challenges"
    r"|strategies|best practices|limitations|techniques|factors|impact|context|examples?"
    r"|methods|features|support|awareness|resources|representation|conclusion|regions)$"
)
_NEVER_STEP = re.compile(
    r"(?:additional|other|further) (?:support|resources|considerations|tips|steps)\b|eligibility\b"
)
_ASIDE_START = re.compile(
    r"(?:beyond|in addition|additionally|overall|it is (?:important|essential|crucial|also)"
    r"|moreover|furthermore|unlike|for (?:example|instance)|in contrast|despite"
    r"|throughout (?:the|this))\b"
    r"|(?:[^ ]+ ){1,12}also (?!known|called|referred|termed)"
)
# These begin a description rather than a step, but a last step can begin like this, too.
_SHORTEST_RUN = 3  # titles
_SHORTEST_STEM = 3  # characters
_TAKEN_UP = 14  # first words of an explanation, which may repeat a title
_LOOSE_START = re.compile(r"(?:understanding|while|various|many|some|different)\b")


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _first_word(title: str) -> str:
    match = _WORD.match(title)
    return match.group() if match else ""


def is_command(title: str) -> bool:
    """Whether *title* is an instruction: "Draw the line", not "Release of ..." or "Storage"."""
    first, _, rest = title.partition(" ")
    first = first.lower()  # before a comma, it begins a series of nouns: "Research, Analysis"
    return first in VERBS and bool(rest) and not rest.startswith(("of ", "and "))


def labels(view: View) -> float:
    """Whether most titles contain their number ("Step 1", "Phase II")."""
    return float(2 * view.labelled >= len(view.titles))


@_once
def stage_names(view: View) -> float:
    """Whether most titles call themselves a stage or phase ("Luteal Phase")."""
    return float(_share([bool(_STAGE_NAME.search(title)) for title in view.titles]) >= 0.5)


@_once
def ages(view: View) -> float:
    """Whether the titles have ages or time spans in brackets."""
    return float(_share([bool(_AGES.search(title)) for title in view.titles]) >= 0.4)


@_once
def commands(view: View) -> float:
    """Return the share of titles that are instructions."""
    return _share([is_command(title) for title in view.titles])


def definite_commands(view: View) -> float:
    """Return the share of instructions about a specific thing ("the", "each", "a")."""
    return _share([is_command(t) and bool(_OBJECT.match(t)) for t in view.titles])


def advice_commands(view: View) -> float:
    """Return the share of instructions that apply at any time ("Encourage", "Stay")."""
    return _share([is_command(t) and _first_word(t) in ADVICE_VERBS for t in view.titles])


def gerunds(view: View) -> float:
    """Return the share of titles that open with a verb in -ing."""
    return _share([_first_word(t).endswith("ing") and " " in t for t in view.titles])


@_once
def events(view: View) -> float:
    """Return the share of titles that name something that happens ("Fusion of ...")."""
    return _share([names_event(title) for title in view.titles])


@_once
def known_order(view: View) -> float:
    """Whether most titles follow one of the orders that everybody learns.

    Commands count half: "Plan", "Implement" and "Evaluate" are also in lists of advice.
    """
    titles = [_BREAKS.sub(" ", title) for title in view.titles]
    stems = {stem for title in titles for word in title.split() for stem in _stems_of(word)}
    if len(stems) < _SHORTEST_RUN:
        return 0.0
    orders = [order for order in ORDERS if len(stems.intersection(order)) >= _SHORTEST_RUN]
    best = max((_longest_run(titles, order) for order in orders), default=0)
    return (best >= _SHORTEST_RUN and 2 * best > len(titles)) * (1 - commands(view) / 2)


def _stems_of(word: str) -> list[str]:
    """Return the stems of orders that *word* starts with, for most words none."""
    return [stem for stem in _stems().get(word[:_SHORTEST_STEM], ()) if word.startswith(stem)]


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

_IN_TIME = re.compile(
    r"(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|next|then|after|afterwards?|once|upon|following"
    r"|finally|lastly|subsequently|initially|eventually|now|later|meanwhile|at this (?:stage|point)"
    r"|in (?:this|the) (?:first|initial|second|third|next|final|last)? ?(?:stage|phase|step)"
    r"|(?:this|the) (?:is the )?(?:first|initial|second|next|final|last) (?:stage|phase|step)?"
    r"|(?:the|this) (?:process|cycle|journey|story|procedure) (?:begins|starts|ends|concludes)"
    r"|to (?:begin|start)|begins? (?:by|with|at)|starts? (?:by|with|at)|before|by the end of"
    r"|(?:the|this) (?:\w+ ){1,3}(?:begins|starts)"
    r"|as (?:the |this )?(?:\w+ ){1,3}(?:progresses|continues|proceeds|develops|grows))\b"
)
_WHEN = re.compile(r"(?:when|as soon as|as the|during this|with the)\b")
_RESULTING = re.compile(
    r"\b(?:the next (?:step|stage|phase)|after (?:this|that|the)|then|resulting|the released"
    r"|once|subsequent(?:ly)?|is followed by|leads to the)\b"
)


def starts_in_time(view: View) -> float:
    """Return the share of explanations that begin with a time word ("Next", "Once the ...")."""
    hits = [bool(_IN_TIME.match(s)) + 0.5 * bool(_WHEN.match(s)) for s in view.starts]
    return sum(min(hit, 1.0) for hit in hits) / len(hits) if hits else 0.0


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
    if _NEVER_STEP.match(title):
        return True
    named = _ASIDE_TITLE.match(title) or _ASIDE_TITLE_END.search(title)
    starts = _ASIDE_START.match(start) and not is_command(title)
    return bool(named or starts) and not _IN_TIME.match(start)


def asides(view: View) -> float:
    """Return the share of points that are not part of the process."""
    return _share(
        [
            is_aside(title, start) or bool(_LOOSE_START.match(start))
            for title, start in zip(view.titles, view.starts, strict=True)
        ]
    )


def is_placed(start: str, before: str) -> bool:
    """Whether a point says when it happens, or repeats the title of the point *before* it."""
    if _IN_TIME.match(start) or _WHEN.match(start) or _RESULTING.search(start):
        return True
    taken_up = frozenset(_WORD.findall(start)[:_TAKEN_UP])
    return any(len(word) > 3 and word in taken_up for word in _WORD.findall(before))


_IN_ORDER = re.compile(r"\bin (?:\w+ )?order\b(?! to\b)|\bstep[- ]by[- ]step\b")


def loose_nouns(view: View) -> float:
    """Whether the titles are nouns, and at most half of the texts place their point in time."""
    told = sum(map(bool, view.starts))
    if 2 * told < len(view.starts) or view.labelled or ages(view):
        return 0.0
    if commands(view) >= 0.5 or events(view) >= 0.5:
        return 0.0
    if stage_names(view) or known_order(view) or _IN_ORDER.search(f"{view.question} {view.lead}"):
        return 0.0
    before = ("", *view.titles[:-1])
    placed = sum(map(is_placed, view.starts, before))
    return float(2 * placed <= len(view.starts))


_CALLED_FIRST = re.compile(r"(?:this is )?the (?:first|initial) (?:step|stage|phase)\b")
_CALLED_LAST = re.compile(r"(?:this is )?the (?:final|last) (?:step|stage|phase)\b")


def out_of_order(view: View) -> float:
    """Whether a point says that it is the first or the last, but is elsewhere."""
    first = any(map(_CALLED_FIRST.match, view.starts[1:]))
    return float(first or any(map(_CALLED_LAST.match, view.starts[:-1])))


def advises(view: View) -> float:
    """Return the share of instructions on a page of advice."""
    return max(commands(view), gerunds(view)) if gives_advice(view) else 0.0
