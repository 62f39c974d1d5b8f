"""Word frequencies: a term is rare on study pages, and not a word of everyday English.

The tables are fixed and part of the program. If they were computed from the pages of a build,
adding pages would make cards of other pages appear and disappear.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_RATES = "frequency.txt.gz"
_ENGLISH = "english.txt.gz"
_RARE = 100  # of 10,000 pages


def rate(root: str) -> int:
    """Return the number of pages in 10,000 that have a root of ``words.root``, 0 if unknown."""
    return _rates().get(root, 0)


def acronym_rate(acronym: str) -> int:
    """Return the number of pages in 10,000 that have *acronym* (``DNA``), 0 if unknown."""
    return _rates().get(acronym.upper(), 0)


def rarest(roots: Iterable[str]) -> int:
    """Return the rate of the rarest of *roots*; 10,000 for an empty set."""
    return min(map(rate, roots), default=10_000)


def rare_of(roots: frozenset[str], most: int = _RARE) -> frozenset[str]:
    """Return those of *roots* that are on fewer than *most* pages: by default, technical words."""
    return roots - _common(most)


def technical_of(roots: frozenset[str]) -> frozenset[str]:
    """Return those of *roots* that are rare, but not everyday English words (``teamwork``)."""
    return roots - _not_technical()[0]


def specialist_of(roots: frozenset[str]) -> frozenset[str]:
    """Return those of *roots* that are rare, but not English words at all (``pamphlet``)."""
    return roots - _not_technical()[1]


def is_english(root: str) -> bool:
    """Whether *root* is a general English word, and therefore not a name."""
    return any(root in words for words in _english())


@cache
def _rates() -> Mapping[str, int]:
    """Read the table: each line has a rate and all words with that rate."""
    rates: dict[str, int] = {}
    for line in _lines(_RATES):
        number, *words = line.split(" ")
        rates |= dict.fromkeys(words, int(number))
    return MappingProxyType(rates)


@cache
def _english() -> tuple[frozenset[str], frozenset[str]]:
    """Read the everyday roots, and the other roots of general English."""
    everyday, general = (frozenset(line.split(" ")) for line in _lines(_ENGLISH))
    return everyday, general


@cache
def _common(least: int) -> frozenset[str]:
    """Return the roots that are on *least* of 10,000 pages or more."""
    return frozenset(root for root, rate in _rates().items() if rate >= least)


@cache
def _not_technical() -> tuple[frozenset[str], frozenset[str]]:
    """Return the roots that are not technical, and those that are not words of specialists."""
    everyday, general = _english()
    return _common(_RARE) | everyday, _common(_RARE) | everyday | general


def _lines(table: str) -> list[str]:
    packed = files("qt2anki.notes").joinpath("data", table).read_bytes()
    return gzip.decompress(packed).decode("utf-8").splitlines()
