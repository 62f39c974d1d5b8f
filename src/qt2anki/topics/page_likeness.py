"""Measure the similarity of a page to topics, and find pages with nearly the same question."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
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


class SimilarPages(Mapping[PageId, frozenset[PageId]]):
    """The similar pages of each page that has any, found topic by topic when they are asked for.

    The measure is the cosine of the words of both questions; rare words count more. Its square is
    compared, in whole numbers, so that the result is the same everywhere.
    """

    def __init__(self, pages: Iterable[Page], topics: Mapping[PageId, str]) -> None:
        self._topics = topics
        self._ids: list[PageId] = []
        numbers: dict[str, int] = {}  # of words
        # The words of all pages, one page after the other: sets would take much memory.
        self._words, self._ends = array("L"), array("L", [0])
        for page in pages:
            self._ids.append(page.page_id)
            found = roots(page.question)
            self._words.extend(numbers.setdefault(word, len(numbers)) for word in found)
            self._ends.append(len(self._words))
        self._weights = array("L", bytes(self._words.itemsize * len(numbers)))
        for word in self._words:
            self._weights[word] += 1
        for word, count in enumerate(self._weights):
            rareness = min((len(self._ids) // count).bit_length(), _RAREST_WORD)
            self._weights[word] = rareness**2
        self._by_topic: dict[str, array[int]] = defaultdict(lambda: array("L"))
        for place in sorted(range(len(self._ids)), key=lambda place: page_order(self._ids[place])):
            self._by_topic[topics.get(self._ids[place], "")].append(place)
        self._of_topic = lru_cache(maxsize=1)(self._find)  # nearly all are asked for in turn

    def __getitem__(self, page_id: PageId) -> frozenset[PageId]:
        return self._of_topic(self._topics.get(page_id, ""))[page_id]

    def __iter__(self) -> Iterator[PageId]:
        for topic in self._by_topic:
            yield from self._of_topic(topic)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, topic: str) -> dict[PageId, frozenset[PageId]]:
        asked = [
            (self._ids[at], frozenset(self._words[self._ends[at] : self._ends[at + 1]]))
            for at in self._by_topic.get(topic, ())
        ]
        weights, similar = self._weights, defaultdict[PageId, set[PageId]](set)
        lengths = {page_id: sum(weights[word] for word in found) for page_id, found in asked}
        for (one, left), (other, right) in combinations(asked, 2):
            shared = sum(weights[word] for word in left & right)
            if shared and 100 * shared**2 >= _LEAST * lengths[one] * lengths[other]:
                similar[one].add(other)
                similar[other].add(one)
        return {page_id: frozenset(others) for page_id, others in similar.items()}
