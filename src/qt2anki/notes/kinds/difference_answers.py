"""Find answers to questions about differences: a contrast, or a definition of each side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Item, Listing
from qt2anki.notes.clauses import without_connector
from qt2anki.notes.kinds.answer_sentences import (
    Core,
    PageText,
    Told,
    best_first,
    emptiness,
    news,
    sentence_core,
    trimmed,
)
from qt2anki.notes.kinds.definitions import defined_as
from qt2anki.notes.kinds.questions import Asked
from qt2anki.notes.words import roots, word_count
from qt2anki.outline.sentences import sentences

_LEAST_WORDS = 6
_MOST_WORDS = 45  # of all sides together
_MOST_OF_DEEP = 30
_OPENING_OF_POINT = 4  # words; an untitled point names its topic in them

_CONTRAST = re.compile(
    r"\b(?:while|whereas|unlike|rather than|but|compared (?:to|with)|as opposed to|instead of)"
    r"\b(?! (?:they|both|it|each)\b)|;"
)
_NAMES_ONLY = re.compile(
    r"\b(?:lies? (?:primarily |mainly )?in|differ\w*(?: \w+){0,3} in (?:their|terms|several)"
    r"|differences? (?:in|between)|can be (?:summari[sz]ed|understood)|distinctions?)\b",
    re.IGNORECASE,
)


def both_defined(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield a sentence for each side that says what it is."""
    told: list[Told] = []
    for side in map(roots, asked.sides):
        told += [one for one in text.sentences if defined_as(side, one.markdown)][:1]
    short = [without_connector(one.short) for one in told]
    said = plain_text(" ".join(short))
    if len(told) < max(2, len(asked.sides)) or _are_alike(short, asked.known):
        return
    if word_count(said) <= _MOST_WORDS:
        shown = "".join(f"<li>{inline_html(one)}</li>" for one in short)
        traits = frozenset((f"empty-{emptiness(said)}",))
        yield Core(f"<ul>{shown}</ul>", said, "both-defined", said, traits=traits)


# Words that are vague elsewhere, but not in a contrast.
_SETS_APART = re.compile(r"\b(?:focus\w*|emphasi[sz]\w*|distinct\w*|specific\w*|approach\w*)\b")
_LEAST_TOLD = 4  # roots
_LEAST_OF_SIDE = 4  # words
_OPENING = 8  # words; a half names its side in them


def contrasts(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield sentences that say how each side differs from the others."""
    sides = [roots(side) for side in asked.sides]
    known = asked.known
    found: list[tuple[float, Core]] = []
    for one in text.sentences if sides else ():
        cue = _CONTRAST.search(one.markdown)
        if one.points_away or (len(sides) == 2 and not cue):
            continue
        # The second side follows the cue, even if it contains only praise.
        kept = _LEAST_OF_SIDE + (word_count(one.markdown[: cue.end()]) if cue else 0)
        short = trimmed(one.markdown, least=kept)
        said = plain_text(short)
        most = _MOST_OF_DEEP if one.is_deep else _MOST_WORDS
        empty = emptiness(said) - len(_SETS_APART.findall(said.lower()))
        if not _LEAST_WORDS <= word_count(said) <= most or empty > 1 or _NAMES_ONLY.search(said):
            continue
        rare, technical = news(said, known)
        if rare >= empty and _tells_apart(said, sides, known):
            worth = rare + technical - 3 * empty - 3 * one.is_deep
            found.append((worth, sentence_core(short, "contrast", one, known)))
    yield from best_first(found)


def _tells_apart(text: str, sides: list[frozenset[str]], known: frozenset[str]) -> bool:
    """Whether each part of a contrast starts with a side, and says something about it."""
    cue = _CONTRAST.search(text)
    if len(sides) == 2 and cue:
        # "While A is ..., B is ..." is split at the comma.
        at = cue.start() if cue.start() > len("Whereas ") else text.find(",")
        parts = [text[:at], text[at:]]
    elif len(sides) > 2:
        parts = re.split(r", (?:and |while |whereas )?|; ", text)
    else:
        return False
    new = [len(roots(part) - known) for part in parts]
    if len(parts) != len(sides) or min(new) < 1 or sum(new) < _LEAST_TOLD:
        return False
    openings = [roots(" ".join(part.split()[:_OPENING])) for part in parts]
    own = [side.difference(*(o for o in sides if o is not side)) or side for side in sides]
    return any(
        all(opening & side for opening, side in zip(openings, order, strict=True))
        and not order[1] <= openings[0]
        for order in permutations(own)
    )


def pairs(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield what the page says about each side, if each has its own point."""
    for listing in text.outline.lists if asked.sides else ():
        points = [_point_of(side, asked.sides, listing) for side in asked.sides]
        found = [item for item in points if item and item.text]
        # The points of a section on functions do not describe "the structure of A".
        aspect = roots(" ".join(asked.sides)).difference(*(roots(item.title) for item in found))
        if aspect and listing.section and aspect.isdisjoint(roots(listing.section)):
            continue
        if len(found) < len(asked.sides) or len(set(map(id, found))) < len(found):
            continue
        said = [trimmed(sentences(item.text)[0]) for item in found]
        names = [f"<b>{inline_html(item.title)}</b>: " if item.title else "" for item in found]
        rows = [f"{name}{inline_html(one)}" for name, one in zip(names, said, strict=True)]
        told = plain_text(" ".join(rows))
        if any(one.endswith(":") for one in said) or emptiness(told) > 2:
            continue
        if _are_alike(said, asked.known):
            continue
        if word_count(told) <= _MOST_WORDS:
            shown = "".join(f"<li>{row}</li>" for row in rows)
            traits = frozenset((f"empty-{emptiness(told)}",))
            yield Core(f"<ul>{shown}</ul>", told, "paired", told, traits=traits)


def _are_alike(said: list[str], known: frozenset[str]) -> bool:
    """Whether one side has no word of its own: "a pronounced sound", "is not pronounced"."""
    new = [roots(plain_text(one)) - known for one in said]
    return any(not own.difference(*(other for other in new if other is not own)) for own in new)


def _point_of(side: str, sides: tuple[str, ...], listing: Listing) -> Item | None:
    own = roots(side)
    only_own = own.difference(*(roots(other) for other in sides if other != side))
    for item in listing.items:
        name = roots(item.title.partition("(")[0])
        opening = "" if item.title else " ".join(item.text.split()[:_OPENING_OF_POINT])
        if name and name <= own and (name & only_own or not only_own):
            return item
        if only_own and only_own <= roots(opening):
            return item
    return None
