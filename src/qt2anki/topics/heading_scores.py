"""How much pages belong to the headings of the thesaurus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qt2anki.model import Page, PageId
from qt2anki.topics.thesaurus import Thesaurus, phrases_of

_LEAST = 6  # weight of the phrases that make a page belong to a heading
_RAREST = 5  # no phrase counts more than one that is on a page in 32


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """How much a page belongs to each of the narrowest headings."""

    points: Counter[str]
    evidence: Counter[str]  # the weights of the phrases alone


def heading_scores(pages: Sequence[Page], thesaurus: Thesaurus) -> dict[PageId, HeadingScore]:
    """Return the scores of each page.

    A phrase counts less that many pages of the subject have, or that points to several headings;
    a heading counts more where much of the subject is under its broadest heading.
    """
    phrases = {page.page_id: phrases_of(page, thesaurus) for page in pages}
    frequency = Counter(phrase for found in phrases.values() for phrase in found)
    scores: dict[PageId, HeadingScore] = {}
    for page_id, found in phrases.items():
        score = scores[page_id] = HeadingScore(Counter(), Counter())
        for phrase, weight in found.items():
            headings = thesaurus.headings[phrase]
            rareness = min((len(pages) // frequency[phrase]).bit_length(), _RAREST)
            for heading in headings:
                is_name = phrase in thesaurus.words[heading]
                points = weight * rareness * (6 if is_name else 4) // (3 + len(headings))
                score.points[heading] += points
                score.evidence[heading] += weight
    best = (best_heading(score.points) for score in scores.values() if score.points)
    broadest = Counter(map(thesaurus.broadest, best))
    share = Counter({name: min(4, 16 * count // len(pages)) for name, count in broadest.items()})
    for score in scores.values():
        for heading in score.points:
            score.points[heading] *= 4 + share[thesaurus.broadest(heading)]
    return scores


def best_heading(points: Counter[str]) -> str:
    """Return the heading with most points."""
    return min(points, key=lambda one: (-points[one], one))


def fitting_headings(score: HeadingScore, thesaurus: Thesaurus) -> Iterator[str]:
    """Yield the headings that fit a page, the best first.

    A broader heading with all its evidence fits better than a narrow one with little.
    """
    levels: tuple[Counter[str], ...] = (Counter(), Counter())  # the broadest, and those below
    evidence = Counter(score.evidence)
    for heading, points in score.points.items():
        above = list(thesaurus.path(heading))[1:]
        for level, one in zip(levels, reversed(above), strict=False):
            level[one] += points
            evidence[one] += score.evidence[heading]
    broadest, broader = levels
    whole = score.points.total()
    likely = [one for one in _leading(broadest, 3) if 2 * broadest[one] >= whole]
    narrow = _leading(score.points, 3), _leading(broader, 3), _leading(score.points, 2)
    yield from (one for found in (*narrow, likely) for one in found if evidence[one] >= _LEAST)


def _leading(points: Counter[str], quarters: int) -> list[str]:
    """Return the headings that have so many quarters of the points of the best, the best first."""
    ranked = sorted(points, key=lambda one: (-points[one], one))
    return [one for one in ranked if 4 * points[one] >= quarters * points[ranked[0]]]


def shares_of(score: HeadingScore, thesaurus: Thesaurus) -> dict[str, int]:
    """Return the share of a page's points that each heading has, in hundredths."""
    points: Counter[str] = Counter()
    for heading, found in score.points.items():
        for one in thesaurus.path(heading):
            points[one] += found
    whole = score.points.total()
    return {heading: 100 * found // whole for heading, found in points.items()}
