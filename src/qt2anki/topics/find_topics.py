"""The topics of a subject: which page belongs to which, found once and then kept.

A page goes to the narrowest heading of the thesaurus that its question and keywords point to and
that has enough pages. Where the thesaurus has no heading, frequent keywords name the topics. All
numbers are integers, and all ties are broken by name or id, so equal pages get equal topics
everywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from qt2anki.model import Page, PageId, page_order
from qt2anki.notes.words import roots
from qt2anki.topics.thesaurus import Thesaurus, load_thesaurus, phrases_of

FEWEST, MOST = 8, 60  # pages of a topic
_LARGE = 200  # pages of a subject whose rest is small
_LARGEST_REST = 8  # percent
_WEAKEST = 60  # points that make a page belong to a heading
_CLOSE = 1000  # points that make a page belong to its neighbours' topic
_NEAR = 4  # ids
_RELATED, _NEIGHBOUR = 150, 50
_RAREST = 5  # no word counts more than one that is on a page in 32
_GENERIC = roots("studies study science sciences introduction general basic")


def find_topics(
    subject: str,
    pages: Sequence[Page],
    kept: Mapping[PageId, str] = MappingProxyType({}),
    given: Mapping[PageId, str] = MappingProxyType({}),
    names: Mapping[str, str] = MappingProxyType({}),
) -> dict[PageId, str]:
    """Return the topic of each page, "" for those in none.

    *kept* are the topics that pages were published with; *given* are those that authors chose.
    Topics in *names* are called so.
    """
    fixed = {page.page_id: kept[page.page_id] for page in pages if page.page_id in kept}
    fixed |= {page.page_id: given[page.page_id] for page in pages if page.page_id in given}
    existing = {topic for topic in kept.values() if topic}
    existing |= {topic for topic in fixed.values() if topic}
    search = TopicSearch(subject, pages, fixed, existing, names)
    if any(kept.values()) or len(pages) > MOST:
        search.by_heading()
        search.by_keyword()
        search.by_neighbours()
    return search.topics


class TopicSearch:
    """The pages of a subject and the topics found so far.

    Only pages without a *fixed* topic are given one; *existing* topics are there whatever their
    size.
    """

    def __init__(
        self,
        subject: str,
        pages: Sequence[Page],
        fixed: Mapping[PageId, str],
        existing: Collection[str],
        names: Mapping[str, str],
    ) -> None:
        in_order = sorted(pages, key=lambda page: page_order(page.page_id))
        self._pages = {page.page_id: page for page in in_order}
        self._new = [page_id for page_id in self._pages if page_id not in fixed]
        self._existing = frozenset(existing)
        self._spelling = {name.casefold(): name for name in sorted(existing)}
        self._names = names
        self._subject = roots(subject) - _GENERIC
        self.topics = {page_id: fixed.get(page_id, "") for page_id in self._pages}

    def by_heading(self) -> None:
        """Give pages the headings of the thesaurus that have enough pages."""
        thesaurus = load_thesaurus()
        scores = heading_scores(list(self._pages.values()), thesaurus)
        # A heading as broad as the subject tells students nothing.
        broadest = Counter(thesaurus.broadest(_best(score)) for score in scores.values() if score)
        usable = {
            self._name(heading)
            for heading, broader in thesaurus.broader.items()
            if self._is_name(heading) and (broader or 2 * broadest[heading] < len(self._pages))
        } | self._existing
        choices = {
            page_id: [self._name(heading) for heading in _choices(scores[page_id], thesaurus)]
            for page_id in self._new
        }
        while True:
            for page_id, headings in choices.items():
                self.topics[page_id] = next((one for one in headings if one in usable), "")
            sizes = self._sizes()
            small = [one for one in sizes if sizes[one] < FEWEST and one not in self._existing]
            if not small:
                break
            depth = {heading: len(list(thesaurus.path(heading))) for heading in sizes}
            least = min(small, key=lambda one: (-depth[one], sizes[one], one))
            # A broader heading with too few pages takes those of a narrower one, if they are few.
            below = [
                one
                for one in sizes
                if thesaurus.broader.get(one) == least
                and sizes[one] < 2 * FEWEST
                and one not in self._existing
            ]
            usable.discard(min(below, key=lambda one: (sizes[one], one), default=least))

    def by_keyword(self) -> None:
        """Name topics after keywords: of pages without a topic, and of topics with too many."""
        having = self._by_keyword()
        sizes = self._sizes()
        for topic in ("", *sorted(one for one in sizes if sizes[one] > MOST)):
            members = {page_id for page_id in self._new if self.topics[page_id] == topic}
            kept = self._sizes()[topic] - len(members)
            while not topic or kept + len(members) > MOST:
                most = max(len(members) - max(FEWEST - kept, 0), 0) if topic else MOST
                counts = {name: len(ids & members) for name, ids in having.items()}
                names = [one for one in counts if FEWEST <= counts[one] <= min(most, MOST)]
                if not names:
                    break
                name = min(names, key=lambda one: (-counts[one], one))
                for page_id in having.pop(name) & members:
                    self.topics[page_id] = name
                    members.discard(page_id)
            if topic:
                self._number(topic, sorted(members, key=page_order), kept)

    def by_neighbours(self) -> None:
        """Let pages without a topic join the one whose pages are most like them."""
        left = [page_id for page_id in self._new if not self.topics[page_id]]
        likeness = Likeness(self._pages, self.topics)
        near = [
            (-points, page_order(page_id), topic, page_id)
            for page_id in left
            for topic, points in likeness.points(self._pages[page_id]).items()
        ]
        sizes, rest = self._sizes(), len(left)
        for minus, _, topic, page_id in sorted(near):
            is_small = len(self._pages) <= _LARGE or 100 * rest <= _LARGEST_REST * len(self._pages)
            if minus > -_CLOSE and is_small:
                break
            if not self.topics[page_id] and sizes[topic] < MOST:
                self.topics[page_id] = topic
                sizes[topic] += 1
                rest -= 1

    def _name(self, topic: str) -> str:
        """Return the name that a topic has here."""
        name = self._names.get(topic, topic)
        return self._spelling.get(name.casefold(), name)

    def _sizes(self) -> Counter[str]:
        return Counter(topic for topic in self.topics.values() if topic)

    def _is_name(self, text: str) -> bool:
        """Whether a text names more than the subject as a whole."""
        return bool(roots(text) - self._subject - _GENERIC)

    def _by_keyword(self) -> dict[str, set[PageId]]:
        """Return the new pages by their keywords, each spelt as it mostly is."""
        pages: dict[frozenset[str], set[PageId]] = defaultdict(set)
        spellings: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
        for page_id in self._new:
            for keyword in self._pages[page_id].keywords:
                pages[roots(keyword)].add(page_id)
                spellings[roots(keyword)][self._name(topic_name(keyword))] += 1
        return {
            min(spellings[key], key=lambda one: (-spellings[key][one], one)): ids
            for key, ids in pages.items()
            if len(ids) >= FEWEST and key and self._is_name(" ".join(key))
        }

    def _number(self, topic: str, members: Sequence[PageId], kept: int) -> None:
        """Divide a topic that is too large into parts of neighbours, "Name", "Name 2", ..."""
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


class Likeness:
    """How much pages are like those of each topic: words they share, relations, near ids."""

    def __init__(self, pages: Mapping[PageId, Page], topics: Mapping[PageId, str]) -> None:
        self._topics = {page_id: topic for page_id, topic in topics.items() if topic}
        self._sizes = Counter(self._topics.values())
        self._frequency: Counter[str] = Counter()
        self._by_root: dict[str, Counter[str]] = defaultdict(Counter)
        self._number = len(pages)
        for page_id, page in pages.items():
            for word in _page_roots(page):
                self._frequency[word] += 1
                if page_id in self._topics:
                    self._by_root[word][self._topics[page_id]] += 1

    def points(self, page: Page) -> Counter[str]:
        """Return the points of each topic that the page has anything in common with."""
        points: Counter[str] = Counter()
        for word in _page_roots(page):
            rareness = min((self._number // (self._frequency[word] or 1)).bit_length(), _RAREST)
            for topic, count in self._by_root[word].items():
                points[topic] += 100 * rareness * count // self._sizes[topic]
        for other in page.related:
            if other in self._topics:
                points[self._topics[other]] += _RELATED
        if isinstance(page.page_id, int):
            for other in range(page.page_id - _NEAR, page.page_id + _NEAR + 1):
                if other in self._topics:
                    points[self._topics[other]] += _NEIGHBOUR
        return points


def heading_scores(pages: Sequence[Page], thesaurus: Thesaurus) -> dict[PageId, Counter[str]]:
    """Return for each page how much it belongs to each of the narrowest headings.

    A phrase counts less that many pages of the subject have, or that points to several headings;
    a heading counts more where much of the subject is under its broadest heading.
    """
    phrases = {page.page_id: phrases_of(page, thesaurus) for page in pages}
    frequency = Counter(phrase for found in phrases.values() for phrase in found)
    scores: dict[PageId, Counter[str]] = {}
    for page_id, found in phrases.items():
        scores[page_id] = Counter()
        for phrase, weight in found.items():
            headings = thesaurus.headings[phrase]
            rareness = min((len(pages) // frequency[phrase]).bit_length(), _RAREST)
            for heading in headings:
                scores[page_id][heading] += weight * rareness * 4 // (3 + len(headings))
    broadest = Counter(thesaurus.broadest(_best(one)) for one in scores.values() if one)
    share = Counter({name: min(4, 16 * count // len(pages)) for name, count in broadest.items()})
    for one in scores.values():
        for heading in one:
            one[heading] *= 4 + share[thesaurus.broadest(heading)]
    return scores


def _best(score: Counter[str]) -> str:
    return min(score, key=lambda one: (-score[one], one))


def _choices(score: Counter[str], thesaurus: Thesaurus) -> Iterator[str]:
    """Yield the headings that fit a page, the best first.

    A broader heading with all its evidence fits better than a narrow one with little.
    """
    if not score or score[_best(score)] < _WEAKEST:
        return
    levels: tuple[Counter[str], ...] = (Counter(), Counter())  # the broadest, and those below
    for heading, points in score.items():
        for level, one in zip(levels, reversed(list(thesaurus.path(heading))[1:]), strict=False):
            level[one] += points
    broadest, broader = levels
    yield from _leading(score, 3)
    yield from _leading(broader, 3)
    yield from _leading(score, 2)
    whole = sum(score.values())
    yield from (heading for heading in _leading(broadest, 3) if 2 * broadest[heading] >= whole)


def _leading(score: Counter[str], quarters: int) -> list[str]:
    """Return the headings that have so many quarters of the points of the best, the best first."""
    ranked = sorted(score, key=lambda one: (-score[one], one))
    return [one for one in ranked if 4 * score[one] >= quarters * score[ranked[0]]]


def _page_roots(page: Page) -> frozenset[str]:
    return roots(page.question).union(*map(roots, page.keywords))


def topic_name(text: str) -> str:
    """Write a keyword as the name of a topic, which is one level of a deck name."""
    name = " ".join(text.replace("::", ": ").split()).strip(": ")
    return name[:1].upper() + name[1:]
