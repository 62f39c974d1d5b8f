"""Order new cards: in lessons of a few pages, the best cards first, no card after its answer.

At twenty new cards a day, a page takes about three days. Only the position of new cards depends on
this order; no note does.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from qt2anki.anki.note_content import AnyNote, field, tiers_of
from qt2anki.anki.visible_text import visible_text
from qt2anki.model import Kind, LazySequence, Note, PageId
from qt2anki.notes.features import card_texts
from qt2anki.notes.ranker import LEAST_SCORES
from qt2anki.notes.words import roots

NEAR = 8  # positions; such near cards should not give each other away
_PAGES = 5  # of a lesson
_NEIGHBOURS = 24  # pages; nine of ten related pages are this close by id
_SPAN = 60  # notes from the first of a lesson to its last
_BITS = 32  # of the number of a note on its page, in its place
_OPEN = 45  # notes left in the lessons that cards are taken from
_TIERS = tuple(LEAST_SCORES)
Related = Mapping[PageId, Collection[PageId]]
_FIRST = frozenset((Kind.QA, Kind.TERM, Kind.GLOSS, Kind.ABBR))
_STEPS = frozenset((Kind.NEXT, Kind.EXPLAIN, Kind.NAME))


@dataclass(frozen=True, slots=True, eq=False)
class PlacedCard:
    """A note with its place in its lesson, and the roots that its cards ask for and show."""

    note: Note
    place: int
    rank: tuple[int, bool, int, int]  # tier, late in its tier, place in the page's group, page
    secrets: tuple[frozenset[str], ...]  # roots of each answer that are not in the context
    shown: frozenset[str]  # roots of all visible text of its cards

    def gives_away(self, other: PlacedCard) -> bool:
        """Whether either shows a whole answer of the other."""
        return any(map(self.shown.issuperset, other.secrets)) or any(
            map(other.shown.issuperset, self.secrets)
        )

    def is_like(self, other: PlacedCard) -> bool:
        """Whether both are cards of the same kind from the same page."""
        one = self.note
        return (one.page_id, one.kind) == (other.note.page_id, other.note.kind)


class LessonPage(NamedTuple):
    """The notes of a page that are in a lesson, each with its place; see new_card_order()."""

    page_id: PageId
    notes: Sequence[tuple[int, Note]]


@dataclass(slots=True, eq=False)
class _Lesson:
    """The remaining cards of a lesson, in order, and the position of its first card."""

    cards: list[PlacedCard]
    begun: int | None = None


def new_card_order(
    pages: Sequence[Sequence[Note]],
    related: Related = MappingProxyType({}),
    similar: Related = MappingProxyType({}),
) -> LazySequence[Note]:
    """Put the notes of *pages* into the order in which new cards are shown.

    A lesson has consecutive pages, or near ones that are *related*; *similar* pages are never in
    one lesson, or in consecutive ones. While a card of one lesson has to wait, a card of the next
    is shown. Extra cards come after all others.
    """
    return notes_at(pages, new_card_places(pages, range(len(pages)), related, similar))


def notes_at(pages: Sequence[Sequence[Note]], places: Iterable[int]) -> LazySequence[Note]:
    """Return the notes at some places, each of them the number of a page and that of a note."""

    def note_at(place: int) -> Note:
        return pages[place >> _BITS][place & ((1 << _BITS) - 1)]

    return LazySequence(note_at, array("Q", places))


def new_card_places(
    pages: Sequence[Sequence[Note]], numbers: Sequence[int], related: Related, similar: Related
) -> Iterator[int]:
    """Yield the places of the notes of the pages with these *numbers*; see new_card_order()."""
    recent: deque[PlacedCard] = deque(maxlen=NEAR)
    for are_extra in (False, True):
        part = (
            LessonPage(
                notes[0].page_id,
                [
                    (number << _BITS | at, note)
                    for at, note in enumerate(notes)
                    if is_extra(note) is are_extra
                ],
            )
            for number in numbers
            if (notes := pages[number])
        )
        for card in _in_lessons(lessons_of(part, related, similar), recent):
            yield card.place
            recent.appendleft(card)


def is_extra(note: Note) -> bool:
    """Whether a note is to be learned last."""
    return tier_rank(note) == len(_TIERS) - 1


def _in_lessons(
    found: Iterable[Sequence[LessonPage]], recent: Sequence[PlacedCard]
) -> Iterator[PlacedCard]:
    """Yield the cards of lessons, and add each to the front of *recent*."""
    upcoming = map(_lesson_of, found)  # one by one: cards take much memory
    lessons: list[_Lesson] = []
    place = 0
    while True:
        while sum(len(one.cards) for one in lessons) < _OPEN and (more := next(upcoming, None)):
            lessons.append(more)
        if not lessons:
            return
        oldest = lessons[0]
        begun = place if oldest.begun is None else oldest.begun
        is_late = place - begun + len(oldest.cards) >= _SPAN
        lesson, card = _next_card(lessons[:1] if is_late else lessons, recent)
        if lesson.begun is None:
            lesson.begun = place
        lesson.cards.remove(card)
        if not lesson.cards:
            lessons.remove(lesson)
        yield card
        place += 1


def lessons_of(
    pages: Iterable[LessonPage], related: Related, similar: Related = MappingProxyType({})
) -> Iterator[list[LessonPage]]:
    """Yield the pages of each lesson: the next page, and those near it, related ones first."""
    upcoming = (page for page in pages if page.notes)
    left = list(islice(upcoming, _NEIGHBOURS))
    before: set[PageId] = set()
    while left:
        lesson = [left.pop(next(_apart(left, before, similar), 0))]
        left += islice(upcoming, 1)
        size = len(lesson[0].notes)
        while left and len(lesson) < _PAGES:
            ids = {page.page_id for page in lesson}
            near = {
                at: _links(left[at].page_id, ids, related)
                for at in _apart(left, ids | before, similar)
            }
            if not near:
                break
            best = max(near, key=lambda at: (near[at], -at))
            size += len(left[best].notes)
            if size > _SPAN:
                break
            lesson.append(left.pop(best))
            left += islice(upcoming, 1)
        before = {page.page_id for page in lesson}
        yield lesson


def _apart(left: Iterable[LessonPage], others: set[PageId], similar: Related) -> Iterator[int]:
    """Yield the positions of the next pages that are not similar to any of *others*."""
    for at, page in enumerate(left):
        if others.isdisjoint(similar.get(page.page_id, ())):
            yield at


def _links(page_id: PageId, others: set[PageId], related: Related) -> int:
    named = len(others.intersection(related.get(page_id, ())))
    return named + sum(page_id in related.get(other, ()) for other in others)


def _lesson_of(pages: Sequence[LessonPage]) -> _Lesson:
    cards = []
    for at, page in enumerate(pages):
        numbers: Counter[tuple[int, bool]] = Counter()
        for place, note in page.notes:
            group = (tier_rank(note), note.kind not in _FIRST)
            cards.append(_card(note, place, (*group, numbers[group], at)))
            numbers[group] += 1
    return _Lesson(sorted(cards, key=lambda card: card.rank))


def tier_rank(note: AnyNote) -> int:
    """Return 0 for a core note, 1 for a standard one, 2 for an extra one."""
    tiers = tiers_of(note)
    return next((at for at, tier in enumerate(_TIERS) if tier in tiers), len(_TIERS) - 1)


def _card(note: Note, place: int, rank: tuple[int, bool, int, int]) -> PlacedCard:
    context, question, answer = card_texts(note)
    sides = [(question, answer)]
    if note.note_type == "qa" and field(note, "Reverse"):
        sides.append(
            (visible_text(field(note, "Reverse")), visible_text(field(note, "ReverseAnswer")))
        )
    told = roots(context)
    return PlacedCard(
        note,
        place,
        rank,
        tuple(filter(None, (roots(answer) - told for _, answer in sides))),
        told.union(*(roots(text) for side in sides for text in side)),
    )


def _next_card(
    lessons: Sequence[_Lesson], recent: Sequence[PlacedCard]
) -> tuple[_Lesson, PlacedCard]:
    """Return the first card that no *recent* one gives away, else the one given away longest ago.

    A card of the same kind and page as the last one waits if possible.
    """
    best, furthest = (lessons[0], lessons[0].cards[0]), 0
    for lesson in lessons:
        for card in _askable(lesson.cards):
            distances = (at for at, one in enumerate(recent, start=1) if card.gives_away(one))
            distance = next(distances, NEAR + 1)
            if distance > NEAR and not (recent and card.is_like(recent[0])):
                return lesson, card
            if distance > furthest:
                best, furthest = (lesson, card), distance
    return best


def _askable(lesson: Sequence[PlacedCard]) -> Iterator[PlacedCard]:
    """Yield the cards of the best remaining tier; for a process, only the next step."""
    begun = set()
    for card in lesson:
        if card.rank[0] != lesson[0].rank[0]:
            return
        process = (card.note.page_id, card.note.kind)
        if process not in begun:
            yield card
        if card.note.kind in _STEPS:
            begun.add(process)
