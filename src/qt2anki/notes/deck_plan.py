"""Plan a subject's deck: the pages whose notes are in it, and the order of new cards."""

from __future__ import annotations

import datetime
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from qt2anki.config import Settings
from qt2anki.html.anki_escape import escape_markdown
from qt2anki.messages import Problem, make_problem
from qt2anki.model import (
    OTHER_TOPICS,
    Deck,
    Kind,
    LazySequence,
    Note,
    Page,
    PageId,
    Subdeck,
    page_order,
)
from qt2anki.notes.frame import language_for
from qt2anki.notes.languages import language_of
from qt2anki.notes.make_notes import PageNotes
from qt2anki.notes.new_card_order import Related, new_card_places, notes_at
from qt2anki.notes.phrases import ENGLISH, counted, language_table, phrase
from qt2anki.source.read_file import fold_question

_WILDCARD = re.compile(r"[_*]")  # of Anki's searches

# What a deck's description needs of a page: the code of its language, whether it has a URL, its
# date.
_Asked = tuple[str, bool, datetime.date | None]


@dataclass(frozen=True, slots=True)
class _DeckPages:
    """The data of pages that a deck needs, by their numbers; notes are not kept in memory."""

    settings: Settings
    kinds: Counter[Kind]
    asked: Counter[_Asked] = field(default_factory=Counter)
    ids: list[PageId] = field(default_factory=list)
    have_notes: bytearray = field(default_factory=bytearray)
    questions: array[int] = field(default_factory=lambda: array("q"))
    related: dict[PageId, tuple[PageId, ...]] = field(default_factory=dict)

    def add(self, made: PageNotes) -> None:
        """Add the next page."""
        self.ids.append(made.page.page_id)
        self.have_notes.append(bool(made.notes))
        self.questions.append(hash(fold_question(made.page.question)))
        if made.page.related:
            self.related[made.page.page_id] = made.page.related
        self._count(made, 1)

    def leave_out(self, number: int, made: PageNotes) -> None:
        """Leave out the notes of a page."""
        self.have_notes[number] = False
        self._count(made, -1)

    def _count(self, made: PageNotes, by: int) -> None:
        if made.notes:
            code = language_code(made.page, self.settings)
            self.asked[code, bool(made.page.url), made.page.date] += by
        for note in made.notes:
            self.kinds[note.kind] += by


def plan_deck(
    subject: str,
    pages: Sequence[PageNotes],
    settings: Settings,
    published: Collection[PageId] = (),
    pageless: tuple[Note, ...] = (),
    topics: Mapping[PageId, str] = MappingProxyType({}),
    similar: Related = MappingProxyType({}),
) -> tuple[Deck, tuple[Problem, ...]]:
    """Put the notes of a subject's pages into one deck, in the order of new cards.

    *published* are the pages that were in the deck before: of pages that ask the same question, the
    published one stays. *pageless* are the notes of the subject itself; each is learned with the
    page that it was found on. *topics* name the subdecks of pages; without them the deck has no
    subdecks. New cards of *similar* pages are kept apart.
    """
    of_page: dict[PageId, list[Note]] = defaultdict(list)
    for note in pageless:
        of_page[note.page_id].append(note)
    own = _DeckPages(settings, Counter(note.kind for note in pageless))
    for made in pages:
        own.add(made)
    problems = []
    for number, winner in _twins(pages, own.questions, published):
        loser = pages[number]
        own.leave_out(number, loser)
        source = winner.source or "as published"
        text = f"asks the same as page {winner.page_id} ({source}) in {subject}"
        problems.append(make_problem("QT203", loser.page.source, text))
    more = of_page.keys() - own.ids
    ids = (*own.ids, *more)
    have_notes = (*own.have_notes, *more)

    def notes_of(number: int) -> Sequence[Note]:
        found = pages[number].notes if number < len(pages) and have_notes[number] else ()
        return (*found, *of_page[ids[number]]) if ids[number] in of_page else found

    groups = LazySequence(notes_of, range(len(ids)))
    by_topic: dict[str, array[int]] = defaultdict(lambda: array("L"))
    for number in sorted(range(len(ids)), key=lambda number: page_order(ids[number])):
        if ids[number] in of_page or have_notes[number]:
            by_topic[topics.get(ids[number], "")].append(number)
    places = array("Q")
    language = deck_language((code for code, *_ in own.asked.elements()), settings)
    find = phrase("topic_search", language)
    subdecks = []
    for topic in sorted(by_topic, key=lambda topic: (not topic, topic.casefold(), topic)):
        numbers, before = by_topic[topic], len(places)
        places.extend(new_card_places(groups, numbers, own.related, similar))
        search = page_search((ids[number] for number in numbers), settings.tag_root)
        size = len(places) - before
        subdecks.append(Subdeck(topic or OTHER_TOPICS, size, f"{find}\n\n`{search}`"))
    deck = Deck(
        subject,
        f"{settings.deck_root}::{_deck_part(subject)}",
        _description(subject, own, settings.base_url, language),
        notes_at(groups, places),
        language,
        tuple(subdecks) if any(by_topic) else (),
    )
    return deck, tuple(problems)


def page_search(pages: Iterable[PageId], tag_root: str) -> str:
    """Return the Anki search that finds all cards of some pages, in any deck."""
    root = _WILDCARD.sub(r"\\\g<0>", tag_root)
    names = (_WILDCARD.sub(r"\\\g<0>", str(one)) for one in sorted(pages, key=page_order))
    pages = " or ".join(f"tag:{root}::page::{name}" for name in names)
    return f"({pages}) -tag:{root}::retired"


def language_code(page: Page, settings: Settings) -> str:
    """Return the code of a page's language, "" if it is not supported."""
    language = language_for(page, settings)
    return language.code if language else ""


def deck_language(pages: Iterable[str], settings: Settings) -> str:
    """Return the code of the language that most of a deck's *pages* have; see language_code()."""
    codes = Counter(filter(None, pages))
    default = language_of(settings.language)
    return max(
        codes, key=lambda code: (codes[code], code), default=default.code if default else ENGLISH
    )


def _twins(
    pages: Sequence[PageNotes], questions: Sequence[int], published: Collection[PageId]
) -> Iterator[tuple[int, Page]]:
    """Yield pages whose question a published, better rated or older page asks.

    Equal *questions* may be the same.
    """
    in_order = sorted(questions)
    twice = {one for one, other in pairwise(in_order) if one == other}
    found: dict[str, list[int]] = defaultdict(list)
    for number, question in enumerate(questions):
        if question in twice and pages[number].notes:
            found[fold_question(pages[number].page.question)].append(number)
    losers = []
    for same in found.values():
        best = min(same, key=lambda number: _rating(pages[number].page, published))
        losers += [
            (number, pages[best].page)
            for number in same
            if number != best and pages[number].page.source  # else it stays as published
        ]
    yield from sorted(losers, key=lambda one: page_order(pages[one[0]].page.page_id))


def _rating(page: Page, published: Collection[PageId]) -> tuple[bool, float, tuple[bool, int, str]]:
    worst_last = -page.score if page.score is not None else float("inf")
    return (page.page_id not in published, worst_last, page_order(page.page_id))


def _deck_part(subject: str) -> str:
    """Write a subject as one level of a deck name: "::" would split it into levels."""
    return " ".join(subject.replace("::", ": ").split()).strip(":") or "Other"


def _description(subject: str, own: _DeckPages, base_url: str, language: str) -> str:
    kinds = ", ".join(
        phrase("kind_count", language, count=str(own.kinds[Kind(kind)]), kind=name)
        for kind, name in language_table(language)["kinds"].items()
        if own.kinds[Kind(kind)]
    )
    number = {
        "notes": counted("notes", own.kinds.total(), language),
        "pages": counted("pages", own.asked.total(), language),
    }
    pages = [page for page, count in own.asked.items() if count]
    origin = []
    if any(has_url for _, has_url, _ in pages):
        origin.append(phrase("deck_source", language, url=base_url))
    dates = [date for _, _, date in pages if date]
    if dates:
        origin.append(phrase("newest", language, date=max(dates).isoformat()))
    parts = (
        f"**{escape_markdown(subject)}**: {phrase('deck', language, kinds=kinds, **number)}",
        " ".join(origin),
        f"{phrase('points', language)} {phrase('update', language)}",
    )
    return "\n\n".join(filter(None, parts))
