"""Put a gap where a term stands in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qt2anki.generate.tokens import Token, tokens
from qt2anki.generate.words import root, words

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


def find_gaps(fragment: str, phrase: str, *, known: frozenset[str]) -> Iterator[Gap]:
    """Yield a gap for each place where *phrase* stands in *fragment* in any form, in order.

    *fragment* is a rendered sentence. Words the learner is told anyway (*known* roots) are left
    out of the gap where what remains is one run: ``[...] delusions`` on a page about delusions.
    """
    wanted = _forms(phrase)
    places, forms = _words(fragment)
    if not wanted or not set(wanted) <= set(forms):
        return
    parts = tokens(fragment)
    for start, form in enumerate(forms):
        end = start + len(wanted)
        if form == wanted[0] and forms[start:end] == wanted:
            run = places[start:end]
            if _is_joined(parts, run):
                yield cut(parts, *_narrowed(parts, run, known))


def cut(parts: Sequence[Token], start: int, end: int) -> Gap:
    """Leave out the tokens from *start* up to *end*."""
    before, inside, after = parts[:start], parts[start:end], parts[end:]
    return Gap(*map(_html, (before, inside, after)), *map(_plain, (before, inside, after)))


@lru_cache(maxsize=64)
def _words(fragment: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the places of the words among the tokens of *fragment*, and the root of each."""
    placed = [(at, token.plain) for at, token in enumerate(tokens(fragment)) if token.is_word]
    return tuple(at for at, _ in placed), tuple(next(iter(_forms(p)), "") for _, p in placed)


@lru_cache(maxsize=4096)
def _forms(text: str) -> tuple[str, ...]:
    return tuple(map(root, words(text)))


def _is_joined(parts: Sequence[Token], run: Sequence[int]) -> bool:
    return all(parts[at].text in _JOINS for at in range(run[0], run[-1]) if at not in run)


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
    return "".join([token.text for token in parts])


def _plain(parts: Sequence[Token]) -> str:
    return "".join([token.plain for token in parts])
