"""The thesaurus: headings of topics, from broad to narrow, and the words that point to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qt2anki.model import Page
from qt2anki.notes.words import words

_FILE = Path(__file__).with_name("thesaurus.txt")
_LONGEST = 3  # words of a phrase
_FIRST_KEYWORDS = 4  # name the page better than the others


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The broader heading of each heading, and the headings that each phrase points to."""

    broader: Mapping[str, str]  # "" for the broadest
    headings: Mapping[str, tuple[str, ...]]  # by phrase, without plurals
    words: Mapping[str, frozenset[str]]  # of each heading, without plurals

    def path(self, heading: str) -> Iterator[str]:
        """Yield a heading and all that are broader than it."""
        while heading:
            yield heading
            heading = self.broader.get(heading, "")

    def broadest(self, heading: str) -> str:
        """Return the broadest heading above a heading."""
        return list(self.path(heading))[-1]


@cache
def load_thesaurus() -> Thesaurus:
    """Read the thesaurus."""
    broader: dict[str, str] = {}
    headings: dict[str, tuple[str, ...]] = {}
    above: list[str] = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        heading, _, phrases = line.strip().partition(": ")
        del above[(len(line) - len(line.lstrip())) // 2 :]
        broader[heading] = above[-1] if above else ""
        above.append(heading)
        for phrase in phrases.split():
            key = without_plurals(phrase.replace("_", " "))
            headings[key] = tuple(dict.fromkeys((*headings.get(key, ()), heading)))
    words_of = {heading: frozenset(without_plurals(heading).split()) for heading in broader}
    return Thesaurus(broader, headings, words_of)


def phrases_of(page: Page, thesaurus: Thesaurus) -> Counter[str]:
    """Return the phrases of a page that point to headings, with their weights."""
    weights: Counter[str] = Counter()
    weight = 4 if page.keywords else 8  # without keywords the question says all there is
    for phrase, length in _phrases(page.question):
        if phrase in thesaurus.headings:
            weights[phrase] = weight * length
    for place, keyword in enumerate(page.keywords):
        for phrase, length in _phrases(keyword):
            if phrase in thesaurus.headings:
                weights[phrase] += length * (2 if place < _FIRST_KEYWORDS else 1)
    return weights


def _phrases(text: str) -> Iterator[tuple[str, int]]:
    found = without_plurals(text).split()
    for length in range(1, _LONGEST + 1):
        for start in range(len(found) - length + 1):
            yield " ".join(found[start : start + length]), length


def without_plurals(text: str) -> str:
    """Return the words of *text* in the singular; roots would join too many words here."""
    return " ".join(map(_singular, words(text)))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plural and len(word) > 3 else word
