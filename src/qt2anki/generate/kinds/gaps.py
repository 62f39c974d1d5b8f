"""Put a gap where a term stands in a sentence."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qt2anki.generate.tokens import Token, tokens
from qt2anki.generate.words import root, roots, words

_JOINS = frozenset({" ", "\n", "-", "‐", "‑"})


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence with something left out: ``before`` and ``after`` it, as a reader sees them."""

    html_before: str
    hidden: str  # HTML
    html_after: str
    before: str
    answer: str
    after: str


def find_gaps(fragment: str, phrase: str, *, known: str) -> Iterator[Gap]:
    """Yield a gap for each place where *phrase* stands in *fragment* in any form, in order.

    *fragment* is a rendered sentence. Words the learner is told anyway (*known*) are left out of
    the gap where what remains is one run: ``[...] delusions`` on a page about delusions.
    """
    wanted = _forms(phrase)
    parts, places, forms = _taken_apart(fragment)
    if not set(wanted) <= set(forms):
        return
    told = roots(known)
    for start in range(len(places) - len(wanted) + 1):
        run = places[start : start + len(wanted)]
        if forms[start : start + len(wanted)] == wanted and _is_joined(parts, run):
            yield cut(parts, *_narrowed(parts, run, told))


def cut(parts: Sequence[Token], start: int, end: int) -> Gap:
    """Leave out the tokens from *start* up to *end*."""
    before, inside, after = parts[:start], parts[start:end], parts[end:]
    return Gap(*map(_html, (before, inside, after)), *map(_plain, (before, inside, after)))


@lru_cache(maxsize=64)
def _taken_apart(fragment: str) -> tuple[tuple[Token, ...], tuple[int, ...], tuple[str, ...]]:
    """Return the tokens of *fragment*, the places of its words, and the root of each word."""
    parts = tuple(tokens(fragment))
    places = tuple(at for at, token in enumerate(parts) if token.is_word)
    forms = tuple(next(iter(_forms(html.unescape(parts[at].text))), "") for at in places)
    return parts, places, forms


@lru_cache(maxsize=4096)
def _forms(text: str) -> tuple[str, ...]:
    return tuple(root(word) for word in words(text))


def _is_joined(parts: Sequence[Token], run: Sequence[int]) -> bool:
    between = (at for at in range(run[0], run[-1]) if at not in run) if run else ()
    return bool(run) and all(parts[at].text in _JOINS for at in between)


def _narrowed(parts: Sequence[Token], run: Sequence[int], told: frozenset[str]) -> tuple[int, int]:
    """Return the borders of the part of *run* that is not told, if that is one part."""
    new = [at for at in run if parts[at].roots - told]
    if not new:
        return run[0], run[-1] + 1
    inside = [at for at in run if new[0] <= at <= new[-1]]
    if any(parts[at].roots and at not in new for at in inside):
        return run[0], run[-1] + 1
    return new[0], new[-1] + 1


def _html(parts: Sequence[Token]) -> str:
    return "".join(token.text for token in parts)


def _plain(parts: Sequence[Token]) -> str:
    return "".join(token.plain for token in parts)
