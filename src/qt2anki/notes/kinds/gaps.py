"""Replace a term in a sentence with a gap."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qt2anki.notes.tokens import is_bare, tokens
from qt2anki.notes.words import root, roots, words

Place = tuple[int, int]
"""Where something starts and ends in a fragment, in characters."""

_JOINS = re.compile(r"[ \n\-‐‑]*")
_TAG = re.compile(r"<[^>]*>")
_BARE_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence with something left out: ``before`` and ``after`` it, as a reader sees them."""

    html_before: str
    hidden: str  # HTML
    html_after: str
    before: str
    answer: str
    after: str


def find_gaps(fragment: str, phrase: str, *, known: frozenset[str]) -> Iterator[Gap]:
    """Yield a gap for each occurrence of *phrase* in *fragment*, in any form, in order.

    *fragment* is a rendered sentence. Words that the student sees anyway (*known* roots) are left
    out of the gap if the rest is one run: ``[...] delusions`` on a page about delusions.
    """
    wanted = _forms(phrase)
    places, forms = _words(fragment)
    if not wanted or not set(wanted) <= set(forms):
        return
    for first, form in enumerate(forms):
        end = first + len(wanted)
        if form == wanted[0] and forms[first:end] == wanted:
            run = places[first:end]
            if _is_joined(fragment, run):
                yield cut(fragment, *_narrowed(fragment, run, known))


def cut(fragment: str, start: int, end: int) -> Gap:
    """Leave out the text from *start* up to *end*; neither is within a tag or an entity."""
    parts = fragment[:start], fragment[start:end], fragment[end:]
    return Gap(*parts, *map(_plain, parts))


@lru_cache(maxsize=64)
def _words(fragment: str) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Return the places of the words of *fragment*, and the root of each."""
    if is_bare(fragment):
        return tuple(word.span() for word in _BARE_WORD.finditer(fragment)), _forms(fragment)
    places: list[Place] = []
    forms: list[str] = []
    at = 0
    for token in tokens(fragment):
        if token.is_word:
            places.append((at, at + len(token.text)))
            forms.append(next(iter(_forms(token.plain)), ""))
        at += len(token.text)
    return tuple(places), tuple(forms)


@lru_cache(maxsize=4096)
def _forms(text: str) -> tuple[str, ...]:
    return tuple(map(root, words(text)))


def _is_joined(fragment: str, run: tuple[Place, ...]) -> bool:
    return all(_JOINS.fullmatch(fragment, one[1], other[0]) for one, other in pairwise(run))


def _narrowed(fragment: str, run: tuple[Place, ...], told: frozenset[str]) -> Place:
    """Return the bounds of the part of *run* that is not shown, if it is a single part."""
    own = [roots(_plain(fragment[start:end])) for start, end in run]
    new = [at for at, found in enumerate(own) if found - told]
    if not new or any(own[at] <= told for at in range(new[0], new[-1]) if own[at]):
        return run[0][0], run[-1][1]
    return run[new[0]][0], run[new[-1]][1]


def _plain(part: str) -> str:
    return html.unescape(_TAG.sub("", part)) if "<" in part or "&" in part else part
