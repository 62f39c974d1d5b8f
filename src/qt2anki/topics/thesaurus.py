"""The thesaurus: headings, the words that point to them, and how well pages fit each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from qt2anki.model import Page, PageId
from qt2anki.notes.words import words

_FILE = Path(__file__).with_name("thesaurus.txt")
_LONGEST = 3  # words of a phrase
_FIRST_KEYWORDS = 4  # describe the page better than the others


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The broader heading of each heading, and the headings that each phrase points to."""

    broader: Mapping[str, str]  # "" for the broadest
    headings: Mapping[str, tuple[str, ...]]  # by phrase, without plurals
    words: Mapping[str, frozenset[str]]  # of each heading, without plurals
    paths: Mapping[str, tuple[str, ...]]  # each heading and all broader headings

    def path(self, heading: str) -> tuple[str, ...]:
        """Return a heading and all broader headings; any other name is a path by itself."""
        return self.paths.get(heading, (heading,))

    def broadest(self, heading: str) -> str:
        """Return the broadest heading above a heading."""
        return self.path(heading)[-1]


@cache
def load_thesaurus() -> Thesaurus:
    """Read the thesaurus."""
    broader: dict[str, str] = {}
    headings: dict[str, tuple[str, ...]] = {}
    paths: dict[str, tuple[str, ...]] = {}
    above: list[str] = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        heading, _, phrases = line.strip().partition(": ")
        del above[(len(line) - len(line.lstrip())) // 2 :]
        broader[heading] = above[-1] if above else ""
        above.append(heading)
        paths[heading] = tuple(reversed(above))
        for phrase in phrases.split():
            key = " ".join(without_plurals(phrase.replace("_", " ")))
            headings[key] = tuple(dict.fromkeys((*headings.get(key, ()), heading)))
    words_of = {heading: frozenset(without_plurals(heading)) for heading in broader}
    return Thesaurus(broader, headings, words_of, paths)


def phrases_of(page: Page, thesaurus: Thesaurus) -> Counter[str]:
    """Return the phrases of a page that point to headings, with their weights."""
    weights: Counter[str] = Counter()
    weight = 4 if page.keywords else 8  # without keywords, there is only the question
    for phrase, length in _phrases(page.question):
        if phrase in thesaurus.headings:
            weights[phrase] = weight * length
    for place, keyword in enumerate(page.keywords):
        for phrase, length in _phrases(keyword):
            if phrase in thesaurus.headings:
                weights[phrase] += length * (2 if place < _FIRST_KEYWORDS else 1)
    return weights


def _phrases(text: str) -> Iterator[tuple[str, int]]:
    found = without_plurals(text)
    for length in range(1, _LONGEST + 1):
        for start in range(len(found) - length + 1):
            yield " ".join(found[start : start + length]), length


@lru_cache(maxsize=4096)
def without_plurals(text: str) -> tuple[str, ...]:
    """Return the words of *text* in the singular; roots would conflate too many words here."""
    return tuple([_singular(word) if word[-1] == "s" else word for word in words(text)])


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and not word.endswith(("ss", "us", "is")) else word


_LEAST = 6  # minimum weight of phrases for a page to belong to a heading
_RAREST = 5  # the weight of a phrase is that of a phrase on one page in 32 at most


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """How much a page belongs to each of the narrowest headings."""

    points: Counter[str]
    evidence: Counter[str]  # the weights of the phrases alone


class HeadingScores:
    """The scores of pages, calculated when needed.

    A phrase counts less if many pages of the subject have it, or if it points to several headings;
    a heading counts more if much of the subject is under its broadest heading.
    """

    def __init__(self, pages: Sequence[Page], thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        self._number = len(pages)
        same: dict[tuple[str, int], tuple[str, int]] = {}
        self._phrases = {
            page.page_id: tuple(
                same.setdefault(one, one) for one in phrases_of(page, thesaurus).items()
            )
            for page in pages
        }
        self._frequency = Counter(name for found in self._phrases.values() for name, _ in found)
        self._share: Counter[str] = Counter()
        points = (self.of(page_id).points for page_id in self._phrases)
        broadest = Counter(thesaurus.broadest(best_heading(one)) for one in points if one)
        for name, count in broadest.items():
            self._share[name] = min(4, 16 * count // len(pages))

    def of(self, page_id: PageId) -> HeadingScore:
        """Return the score of a page."""
        score = HeadingScore(Counter(), Counter())
        for phrase, weight in self._phrases[page_id]:
            headings = self._thesaurus.headings[phrase]
            rareness = min((self._number // self._frequency[phrase]).bit_length(), _RAREST)
            for heading in headings:
                is_name = phrase in self._thesaurus.words[heading]
                points = weight * rareness * (6 if is_name else 4) // (3 + len(headings))
                score.points[heading] += points
                score.evidence[heading] += weight
        for heading in score.points:
            score.points[heading] *= 4 + self._share[self._thesaurus.broadest(heading)]
        return score


def best_heading(points: Counter[str]) -> str:
    """Return the heading with the most points."""
    return min(points, key=lambda one: (-points[one], one))


def fitting_headings(score: HeadingScore, thesaurus: Thesaurus) -> Iterator[str]:
    """Yield the headings that fit a page, the best first.

    A broader heading with all its evidence fits better than a narrow one with little.
    """
    levels: tuple[Counter[str], ...] = (Counter(), Counter())  # the broadest, and those below
    evidence = Counter(score.evidence)
    for heading, points in score.points.items():
        above = thesaurus.path(heading)[1:]
        for level, one in zip(levels, reversed(above), strict=False):
            level[one] += points
            evidence[one] += score.evidence[heading]
    broadest, broader = levels
    whole = score.points.total()
    likely = [one for one in _leading(broadest, 3) if 2 * broadest[one] >= whole]
    narrow = _leading(score.points, 3), _leading(broader, 3), _leading(score.points, 2)
    yield from (one for found in (*narrow, likely) for one in found if evidence[one] >= _LEAST)


def _leading(points: Counter[str], quarters: int) -> list[str]:
    """Return the headings with *quarters*/4 of the best one's points or more, the best first."""
    least = quarters * max(points.values(), default=0)
    near = [one for one, found in points.items() if 4 * found >= least]
    return sorted(near, key=lambda one: (-points[one], one))


def shares_of(score: HeadingScore, thesaurus: Thesaurus) -> dict[str, int]:
    """Return the share of a page's points that each heading has, in hundredths."""
    points: Counter[str] = Counter()
    for heading, found in score.points.items():
        for one in thesaurus.path(heading):
            points[one] += found
    whole = score.points.total()
    return {heading: 100 * found // whole for heading, found in points.items()}
