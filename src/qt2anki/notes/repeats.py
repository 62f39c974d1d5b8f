"""Find the pages and the notes of a deck that ask the same as others in it."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

from qt2anki.messages import Problem, make_problem
from qt2anki.model import Kind, Note, Page, PageId, page_order
from qt2anki.notes.features import card_texts
from qt2anki.notes.frame import has_full_answer, move_full_answer
from qt2anki.notes.frequency import rate
from qt2anki.notes.make_notes import PageNotes
from qt2anki.notes.new_card_order import tier_rank
from qt2anki.notes.words import roots
from qt2anki.source.read_file import fold_question

# Their questions name what they ask about, and formulas are compared as a whole. The others may
# need their page to be understood, such as "Initiation: what happens?", so only a similar answer
# shows that they ask the same.
_COMPLETE = frozenset((Kind.QA, Kind.GLOSS, Kind.DOES, Kind.FORMULA))
_NEVER = frozenset((Kind.OWN, Kind.ABBR))
_LEAST_SHARED = 0.5  # of the roots of the shorter answer
_PUNCTUATION = re.compile(r"[\s.,:;?!'\"‘’“”()…-]+")  # x > 0 and x < 0 are not the same
_DEFINITION = re.compile(
    r"what (?:is|are) (?:an? |the )?(?P<term>.+)\?|(?P<title>.+): what (?:is it|are they)\?"
)
_SPACE = re.compile(r"\s+")

Stays = Callable[[Note, Page], bool]
"""Whether a note of a page stays in the deck although another one asks the same."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a deck leaves out because something else in it asks the same.

    *pages* are places in the sequence of pages. *notes* are GUIDs of notes left out, and of those
    that the deck has instead. *heirs* are GUIDs of new notes that get the whole answer of their
    page, and of the notes left out that have it.
    """

    pages: frozenset[int] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)
    heirs: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def without(self, notes: tuple[Note, ...]) -> tuple[Note, ...]:
        """Return those of the *notes* of a page that are in the deck."""
        if not any(note.guid in self.notes for note in notes):
            return notes
        by_guid = {note.guid: note for note in notes}
        return tuple(
            move_full_answer(by_guid[self.heirs[guid]], note) if guid in self.heirs else note
            for guid, note in by_guid.items()
            if guid not in self.notes
        )


NO_REPEATS = Repeats()


def find_repeats(
    subject: str,
    pages: Sequence[PageNotes],
    published: Collection[PageId] = (),
    stays: Stays = lambda note, page: False,
) -> Repeats:
    """Find what the deck of *subject* leaves out.

    Of pages with the same question, one of those *published* in the deck is in it, or else the best
    rated or the oldest. Notes that students may have always stay. Of others that ask the same, the
    main question of a page is in the deck, or else the note with the best tier, or that of the best
    rated or oldest page.
    """
    questions, asked, places = array("q"), array("q"), array("L")
    for number, made in enumerate(pages):
        questions.append(hash(fold_question(made.page.question)))
        for note in made.notes:
            asked.append(hash(_asked(note)))
            places.append(number)
    losers, problems = _repeated_pages(subject, pages, _twice(questions), questions, published)
    twice = _twice(asked)
    found = (number for number, one in zip(places, asked, strict=True) if one in twice)
    numbers = [number for number in dict.fromkeys(found) if number not in losers]
    notes = dict(_repeated_notes(pages, numbers, twice, stays))
    heirs = dict(_heirs((pages[number] for number in numbers), notes, stays)) if notes else {}
    return Repeats(frozenset(losers), notes, heirs, problems)


def _twice(hashes: Iterable[int]) -> set[int]:
    """Return the values that occur more than once; equal hashes may be of equal texts."""
    return {one for one, other in pairwise(sorted(hashes)) if one == other}


def _repeated_pages(
    subject: str,
    pages: Sequence[PageNotes],
    twice: Collection[int],
    questions: Sequence[int],
    published: Collection[PageId],
) -> tuple[set[int], tuple[Problem, ...]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, question in enumerate(questions):
        if question in twice and pages[number].notes:
            groups[fold_question(pages[number].page.question)].append(number)
    found = {}
    for same in groups.values():
        winner = min(
            (pages[number].page for number in same),
            key=lambda page: (page.page_id not in published, *_rating(page)),
        )
        for number in same:
            page = pages[number].page
            if page.page_id != winner.page_id and page.source:  # else it stays as published
                source = winner.source or "as published"
                text = f"asks the same question as page {winner.page_id} ({source}) in {subject}"
                found[number] = page_order(page.page_id), make_problem("QT203", page.source, text)
    return set(found), tuple(one for _, one in sorted(found.values(), key=itemgetter(0)))


def _rating(page: Page) -> tuple[float, tuple[bool, int, str]]:
    worst_last = -page.score if page.score is not None else float("inf")
    return worst_last, page_order(page.page_id)


def _repeated_notes(
    pages: Sequence[PageNotes], numbers: Iterable[int], twice: Collection[int], stays: Stays
) -> Iterator[tuple[str, str]]:
    """Yield the GUIDs of notes to leave out, and of the notes that ask the same.

    The notes themselves are looked up when needed, because a large deck may have many.
    """
    groups: dict[str, list[tuple[bool, bool, int, int, int, int]]] = defaultdict(list)
    in_order = sorted(numbers, key=lambda number: _rating(pages[number].page))
    for place, number in enumerate(in_order):
        made = pages[number]
        for at, note in enumerate(made.notes):
            asked = _asked(note)
            if hash(asked) in twice:
                is_aside, is_new = note.kind is not Kind.QA, not stays(note, made.page)
                groups[asked].append((is_new, is_aside, tier_rank(note), place, at, number))
    for group in groups.values():
        if len(group) > 1:
            found = ((row[0], pages[row[-1]].notes[row[-2]]) for row in sorted(group))
            for guid, same in _repeated(found):
                yield guid, same.guid


def same_note(note: Note, others: Iterable[Note]) -> Note | None:
    """Return the first of *others* that asks the same as the new *note*, on a different page."""
    asked = _asked(note)
    group = [(False, one) for one in others if _asked(one) == asked]
    return dict(_repeated((*group, (True, note)))).get(note.guid)


def _repeated(group: Iterable[tuple[bool, Note]]) -> Iterator[tuple[str, Note]]:
    """Yield the GUIDs of the notes of a group to leave out, with the notes that ask the same.

    All notes of a group ask the same in words; each comes with whether it is new. Only answers with
    the same rarest word are compared, because the group may be large.
    """
    complete: list[Note] = []
    by_word: dict[str, list[tuple[Note, frozenset[str]]]] = defaultdict(list)
    for is_new, note in group:
        said = roots(card_texts(note)[2])
        alike = by_word[min(said, key=lambda word: (rate(word), word), default="")]
        others = [*complete[:2]] if note.kind in _COMPLETE else []
        others += (one for one, answer in alike if _are_similar(answer, said))
        same = next((one for one in others if one.page_id != note.page_id), None)
        if is_new and same is not None:
            yield note.guid, same
            continue
        alike.append((note, said))
        if note.kind in _COMPLETE and all(one.page_id != note.page_id for one in complete[:1]):
            complete.append(note)


def _are_similar(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return one == other or shared >= _LEAST_SHARED * min(len(one), len(other)) > 0


def _heirs(
    pages: Iterable[PageNotes], left_out: Mapping[str, str], stays: Stays
) -> Iterator[tuple[str, str]]:
    """Yield the first new note of each page, and the note left out that had the whole answer.

    A published note must not change, or an import would overwrite students' edits. A note in
    several decks must be the same in all of them.
    """
    for made in pages:
        if len(made.page.subjects) > 1:
            continue
        having = [note for note in made.notes if note.guid in left_out and has_full_answer(note)]
        new = (one for one in made.notes if one.guid not in left_out and not stays(one, made.page))
        heir = next(new, None) if having else None
        if heir is not None:
            yield heir.guid, having[0].guid


def _asked(note: Note) -> str:
    """Return what a note asks; for a note that no other one replaces, only its own GUID."""
    if note.kind in _NEVER or note.generated:
        return note.guid
    _, question, answer = card_texts(note)
    if note.kind is Kind.FORMULA:
        return _SPACE.sub("", answer)
    asked = question.casefold().strip()
    if found := _DEFINITION.fullmatch(asked):
        asked = f"what is {found['term'] or found['title']}"
    return _PUNCTUATION.sub(" ", asked).strip() or answer
