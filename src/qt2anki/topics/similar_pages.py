"""Find pages of one topic that ask nearly the same in other words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from qt2anki.model import Page, PageId, page_order
from qt2anki.notes.words import roots

_LEAST = 49  # hundredths of the squared cosine of two questions
_RAREST = 6


def similar_pages(
    pages: Iterable[Page], topics: Mapping[PageId, str]
) -> dict[PageId, frozenset[PageId]]:
    """Return the pages that are similar to each page that has any.

    The measure is the cosine of the words of both questions, rare words counting more. Its square
    is compared, in whole numbers, so that the result is the same everywhere.
    """
    words = {page.page_id: roots(page.question) for page in pages}
    frequency = Counter(word for found in words.values() for word in found)
    weights = {
        word: min((len(words) // count).bit_length(), _RAREST) for word, count in frequency.items()
    }
    lengths = {page_id: sum(weights[w] ** 2 for w in found) for page_id, found in words.items()}
    by_topic: dict[str, list[PageId]] = defaultdict(list)
    for page_id in sorted(words, key=page_order):
        by_topic[topics.get(page_id, "")].append(page_id)
    similar: dict[PageId, set[PageId]] = defaultdict(set)
    for group in by_topic.values():
        for one, other in combinations(group, 2):
            shared = sum(weights[word] ** 2 for word in words[one] & words[other])
            if shared and 100 * shared**2 >= _LEAST * lengths[one] * lengths[other]:
                similar[one].add(other)
                similar[other].add(one)
    return {page_id: frozenset(others) for page_id, others in similar.items()}
