"""Measure the similarity of a page to topics, and find pages with nearly the same question."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from qt2anki.model import Page, PageId, page_order
from qt2anki.notes.words import roots

_NEAR = 4  # ids; pages made from one document have consecutive ids
_RELATED, _NEIGHBOUR = 300, 100
_RAREST = 5  # the weight of a word is that of a word on one page in 32 at most


class Likeness:
    """Measures similarity to topics by shared words, related pages and nearby ids."""

    def __init__(self, pages: Mapping[PageId, Page], topics: Mapping[PageId, str]) -> None:
        self._topics = {page_id: topic for page_id, topic in topics.items() if topic}
        self._sizes = Counter(self._topics.values())
        self._frequency: Counter[str] = Counter()
        self._by_root: dict[str, Counter[str]] = defaultdict(Counter)
        self._number = len(pages)
        for page in pages.values():
            self._frequency.update(_page_roots(page))
        for page_id, topic in self._topics.items():
            for word in _page_roots(pages[page_id]):
                if self._frequency[word] > 1:  # other words do not make pages similar
                    self._by_root[word][topic] += 1

    def points(self, page: Page) -> Counter[str]:
        """Return the similarity of a page to each topic, in hundredths."""
        points: Counter[str] = Counter()
        total = 1
        for word in _page_roots(page):
            rareness = min((self._number // (self._frequency[word] or 1)).bit_length(), _RAREST)
            total += 100 * rareness
            for topic, count in self._by_root[word].items():
                points[topic] += 100 * rareness * count // self._sizes[topic]
        for other in page.related:
            if other in self._topics:
                points[self._topics[other]] += _RELATED
        if isinstance(page.page_id, int):
            for other in range(page.page_id - _NEAR, page.page_id + _NEAR + 1):
                if other in self._topics:
                    points[self._topics[other]] += _NEIGHBOUR
        return Counter({topic: 100 * found // total for topic, found in points.items()})


def _page_roots(page: Page) -> frozenset[str]:
    return roots(page.question).union(*map(roots, page.keywords))


_LEAST = 49  # hundredths of the squared cosine of two questions
_RAREST_WORD = 6


def similar_pages(
    pages: Iterable[Page], topics: Mapping[PageId, str]
) -> dict[PageId, frozenset[PageId]]:
    """Return the similar pages of each page that has any.

    The measure is the cosine of the words of both questions; rare words count more. Its square is
    compared, in whole numbers, so that the result is the same everywhere.
    """
    ids: list[PageId] = []
    numbers: dict[str, int] = {}  # of words
    words, ends = array("L"), array("L", [0])  # of all pages: sets would take much memory
    for page in pages:
        ids.append(page.page_id)
        words.extend(numbers.setdefault(word, len(numbers)) for word in roots(page.question))
        ends.append(len(words))
    weights = array("L", bytes(words.itemsize * len(numbers)))
    numbers.clear()
    for word in words:
        weights[word] += 1
    for word, count in enumerate(weights):
        weights[word] = min((len(ids) // count).bit_length(), _RAREST_WORD) ** 2
    by_topic: dict[str, list[int]] = defaultdict(list)
    for place in sorted(range(len(ids)), key=lambda place: page_order(ids[place])):
        by_topic[topics.get(ids[place], "")].append(place)
    similar: dict[PageId, set[PageId]] = defaultdict(set)
    for group in by_topic.values():
        asked = [(ids[n], frozenset(words[ends[n] : ends[n + 1]])) for n in group]
        lengths = {page_id: sum(weights[word] for word in found) for page_id, found in asked}
        for (one, left), (other, right) in combinations(asked, 2):
            shared = sum(weights[word] for word in left & right)
            if shared and 100 * shared**2 >= _LEAST * lengths[one] * lengths[other]:
                similar[one].add(other)
                similar[other].add(one)
    return {page_id: frozenset(others) for page_id, others in similar.items()}
