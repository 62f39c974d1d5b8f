"""Find the topic of each page of a subject; a page keeps its topic once published.

A page goes to the narrowest heading of the thesaurus that its question and keywords point to and
that has enough pages. If there is no heading, frequent keywords name the topics. All numbers are
integers, and all ties are broken by name or id, so equal pages get equal topics everywhere.
"""

from __future__ import annotations

import heapq
import sys
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from types import MappingProxyType

from qt2anki.model import OTHER_TOPICS, Page, PageId, page_order
from qt2anki.notes.words import roots
from qt2anki.topics.page_likeness import Likeness
from qt2anki.topics.thesaurus import (
    HeadingScores,
    Thesaurus,
    best_heading,
    fitting_headings,
    load_thesaurus,
    shares_of,
    without_plurals,
)

FEWEST, MOST = 8, 60  # pages of a topic
_LARGE = 200  # pages of a subject; its rest must be small
_LARGEST_REST = 8  # percent
_CLOSE = 14  # similarity, in hundredths, at which a page joins a topic
_FEWEST_KEYWORDS = 4  # pages with a keyword, so that it can name a topic
_BUCKETS = 1 << 20  # for counting keywords
_KNOWN = 8  # most similar topics of a page that are known at a time
_GENERIC = roots("studies study science sciences introduction general basic")

# The most similar topic of a page: points (negative), order of the page, topic, page.
_Near = tuple[int, tuple[bool, int, str], str, PageId, Sequence[tuple[int, str]]]


def find_topics(
    subject: str,
    pages: Sequence[Page],
    kept: Mapping[PageId, str] = MappingProxyType({}),
    given: Mapping[PageId, str] = MappingProxyType({}),
    names: Mapping[str, str] = MappingProxyType({}),
) -> dict[PageId, str]:
    """Return the topic of each page, "" for those in none."""
    is_large = any(kept.values()) or len(pages) > MOST
    spelling = _spelling(
        kept.values(), given.values(), names.values(), load_thesaurus().broader if is_large else ()
    )
    kept = {page_id: spelling[_folded(topic)] for page_id, topic in kept.items()}
    given = {page_id: spelling[_folded(topic)] for page_id, topic in given.items()}
    fixed = {page.page_id: kept[page.page_id] for page in pages if page.page_id in kept}
    fixed |= {page.page_id: given[page.page_id] for page in pages if page.page_id in given}
    existing = {topic for topic in kept.values() if topic}
    if existing:  # unpublished pages also stay where they were
        sizes = Counter(fixed.values())
        for page_id, topic in find_topics(subject, pages, given=given, names=names).items():
            if page_id not in fixed and topic in existing and sizes[topic] < MOST:
                fixed[page_id] = topic
                sizes[topic] += 1
    existing |= {topic for topic in fixed.values() if topic}
    search = TopicSearch(subject, pages, fixed, existing, names, spelling)
    if is_large:
        search.by_heading()
        search.by_keyword()
        search.by_neighbours()
    return search.topics


def _spelling(*written: Iterable[str]) -> dict[str, str]:
    """Return one name for all spellings of a topic, which are one deck to Anki.

    If names are *written* in several ways, the first is used. The name of the deck of pages without
    a topic is included.
    """
    spelling = {_folded(OTHER_TOPICS): ""}
    for topic in chain(*map(sorted, map(frozenset, written))):
        spelling.setdefault(_folded(topic), topic)
    return spelling


def _folded(topic: str) -> str:
    return unicodedata.normalize("NFC", topic).casefold()


class TopicSearch:
    """The pages of a subject and the topics found so far.

    Only pages without a *fixed* topic are assigned one; *existing* topics are kept whatever their
    size.
    """

    def __init__(
        self,
        subject: str,
        pages: Sequence[Page],
        fixed: Mapping[PageId, str],
        existing: Collection[str],
        names: Mapping[str, str],
        spelling: Mapping[str, str],
    ) -> None:
        in_order = sorted(pages, key=lambda page: page_order(page.page_id))
        self._pages = {page.page_id: page for page in in_order}
        self._new = [page_id for page_id in self._pages if page_id not in fixed]
        self._existing = frozenset(existing)
        self._spelling = spelling
        self._names = names
        self._subject = roots(subject) - _GENERIC
        self.topics = {page_id: fixed.get(page_id, "") for page_id in self._pages}

    @cached_property
    def _scores(self) -> HeadingScores:
        # Small subjects do not need them.
        return HeadingScores(list(self._pages.values()), load_thesaurus())

    def by_heading(self) -> None:
        """Assign pages to headings of the thesaurus that have enough pages."""
        thesaurus = load_thesaurus()
        usable = self._usable(thesaurus)
        choices: dict[PageId, tuple[str, ...]] = {}
        same: dict[tuple[str, ...], tuple[str, ...]] = {}  # many pages have the same
        for page_id in self._new:
            found = fitting_headings(self._scores.of(page_id), thesaurus)
            names = tuple(map(self._name, found))
            choices[page_id] = same.setdefault(names, names)
        while True:
            for page_id, headings in choices.items():
                self.topics[page_id] = next((one for one in headings if one in usable), "")
            sizes = self._sizes()
            small = [one for one in sizes if sizes[one] < FEWEST and one not in self._existing]
            if not small:
                break
            depth = {heading: len(thesaurus.path(heading)) for heading in small}
            least = min(small, key=lambda one: (-depth[one], sizes[one], one))
            # A broader heading with too few pages takes those of a narrower one, if they are few.
            below = [
                (size, one)
                for one, size in sizes.items()
                if thesaurus.broader.get(one) == least
                and size < 2 * FEWEST
                and one not in self._existing
            ]
            usable.discard(min(below, default=(0, least))[1])

    def _usable(self, thesaurus: Thesaurus) -> set[str]:
        """Return the headings that are more specific than the subject."""
        every = (self._scores.of(page_id).points for page_id in self._pages)
        pages = Counter(thesaurus.broadest(best_heading(points)) for points in every if points)

        def is_as_broad(heading: str) -> bool:
            return 2 * pages[heading] >= len(self._pages) or bool(roots(heading) & self._subject)

        return set(self._existing) | {
            self._name(heading)
            for heading, broader in thesaurus.broader.items()
            if self._is_name(heading) and (broader or not is_as_broad(heading))
        }

    def by_keyword(self) -> None:
        """Name topics after keywords, for pages without a topic and topics with too many pages."""
        having = self._by_keyword()
        sizes = self._sizes()
        for topic in ("", *sorted(one for one in sizes if sizes[one] > MOST)):
            members = {page_id for page_id in self._new if self.topics[page_id] == topic}
            kept = self._sizes()[topic] - len(members)
            while not topic or kept + len(members) > MOST:
                most = max(len(members) - max(FEWEST - kept, 0), 0) if topic else MOST
                counts = {name: len(ids & members) for name, ids in having.items()}
                names = [
                    one
                    for one, count in counts.items()
                    if FEWEST <= count <= min(most, MOST - sizes[one])
                ]
                if not names:
                    break
                bits = {one: (len(self._pages) // len(having[one])).bit_length() for one in names}
                name = min(names, key=lambda one: (-counts[one] * bits[one], one))
                for page_id in having.pop(name) & members:
                    self.topics[page_id] = name
                    members.discard(page_id)
            if topic:
                self._number(topic, sorted(members, key=page_order), kept)

    def by_neighbours(self) -> None:
        """Assign pages without a topic to the most similar topic."""
        left = [page_id for page_id in self._new if not self.topics[page_id]]
        likeness = Likeness(self._pages, self.topics)
        nearest = [near for page_id in left if (near := self._nearest(page_id, likeness))]
        heapq.heapify(nearest)
        sizes, rest = self._sizes(), len(left)
        while nearest:
            minus, _, topic, page_id, more = nearest[0]
            is_small = len(self._pages) <= _LARGE or 100 * rest <= _LARGEST_REST * len(self._pages)
            if minus > -_CLOSE and is_small:
                break
            if sizes[topic] < MOST:
                self.topics[page_id] = topic
                sizes[topic] += 1
                rest -= 1
                heapq.heappop(nearest)
            elif following := self._nearest(page_id, likeness, (minus, topic), more):
                heapq.heapreplace(nearest, following)
            else:
                heapq.heappop(nearest)

    def _nearest(
        self,
        page_id: PageId,
        likeness: Likeness,
        after: tuple[int, str] = (-sys.maxsize, ""),
        known: Sequence[tuple[int, str]] = (),
    ) -> _Near | None:
        """Return the topic whose pages are most similar to a page, skipping those up to *after*.

        Only a few topics of each page are *known*, because all would take too much memory.
        """
        if not known:
            found_shares = shares_of(self._scores.of(page_id), load_thesaurus())
            shares = {self._name(heading): share for heading, share in found_shares.items()}
            points = likeness.points(self._pages[page_id]).items()
            every = ((-found - shares.get(topic, 0) // 4, topic) for topic, found in points)
            known = heapq.nsmallest(_KNOWN, (one for one in every if one > after))
        if not known:
            return None
        (minus, topic), *more = known
        return minus, page_order(page_id), topic, page_id, more

    def _name(self, topic: str) -> str:
        """Return the name of a topic in this subject."""
        name = self._names.get(topic, topic)
        return self._spelling.get(_folded(name), name)

    def _sizes(self) -> Counter[str]:
        return Counter(topic for topic in self.topics.values() if topic)

    def _is_name(self, text: str) -> bool:
        """Whether a text is more specific than the subject."""
        return bool(roots(text) - self._subject - _GENERIC)

    def _by_keyword(self) -> dict[str, set[PageId]]:
        """Return the new pages by their keywords, each in its most frequent spelling.

        A page also has a keyword of several words if they are in its question or other keywords.
        """
        every = [self._pages[page_id] for page_id in self._new]
        pages: dict[frozenset[str], set[PageId]] = defaultdict(set)
        spellings: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
        for page_id, keyword, key in _frequent_keywords(every):
            pages[key].add(page_id)
            spellings[key][self._name(topic_name(keyword))] += 1
        for key in [one for one in spellings if spellings[one].total() < _FEWEST_KEYWORDS]:
            del spellings[key]
        several = [k for k in spellings if len(k) > 1 and len(pages[k]) >= _FEWEST_KEYWORDS]
        for key, page_id in _having_words(several, every):
            pages[key].add(page_id)
        having: dict[str, set[PageId]] = {}
        for key, found in spellings.items():
            if len(pages[key]) >= FEWEST and self._is_name(" ".join(key)):
                having[min(found, key=lambda one: (-found[one], one))] = pages[key]
        return having

    def _number(self, topic: str, members: Sequence[PageId], kept: int) -> None:
        """Split a topic that is too large into parts of neighbors: "Name", "Name 2" ..."""
        left, part, name = list(members), 1, topic
        while left:
            room = MOST - (kept if part == 1 else self._sizes()[name])
            here = max(0, min(room, len(left)))
            if 0 < len(left) - here < FEWEST < here:
                here = len(left) - FEWEST
            if here < FEWEST and name not in self._existing:
                name = ""
                here = len(left)
            for page_id in left[:here]:
                self.topics[page_id] = name
            left = left[here:]
            part += 1
            name = f"{topic} {part}"


def _frequent_keywords(pages: Sequence[Page]) -> Iterator[tuple[PageId, str, frozenset[str]]]:
    """Yield the keywords that several pages have, and few others, to save memory."""
    counts = bytearray(_BUCKETS)
    buckets = array("L")
    for page in pages:
        for keyword in page.keywords:
            bucket = hash(_key(keyword)) % _BUCKETS
            buckets.append(bucket)
            counts[bucket] = min(counts[bucket] + 1, _FEWEST_KEYWORDS)
    left = iter(buckets)
    for page in pages:
        for keyword in page.keywords:
            if counts[next(left)] == _FEWEST_KEYWORDS:
                yield page.page_id, keyword, _key(keyword)


def _having_words(
    keys: Iterable[frozenset[str]], pages: Iterable[Page]
) -> Iterator[tuple[frozenset[str], PageId]]:
    """Yield each key with the pages whose question and keywords have all its words."""
    by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
    for key in keys:
        by_word[min(key)].append(key)
    for page in pages:
        words = frozenset(without_plurals(" ".join((page.question, *page.keywords))))
        for word in words & by_word.keys():
            yield from ((key, page.page_id) for key in by_word[word] if key <= words)


def _key(keyword: str) -> frozenset[str]:
    return frozenset(without_plurals(keyword))


def topic_name(text: str) -> str:
    """Return a keyword as the name of a topic, which is one level of a deck name."""
    name = " ".join(text.replace("::", ": ").split()).strip(": ")
    return name[:1].upper() + name[1:]
