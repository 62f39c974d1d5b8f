"""Plan a subject's deck: the pages whose notes are in it, and the order of new cards."""

from __future__ import annotations

import datetime
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from qt2anki.config import Settings
from qt2anki.html.anki_escape import escape_markdown
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
from qt2anki.notes.repeats import NO_REPEATS, Repeats

_WILDCARD = re.compile(r"[_*]")  # of Anki's searches

# What a deck's description needs of a page: the code of its language, whether it has a URL, its
# date.
_Asked = tuple[str, bool, datetime.date | None]


def plan_deck(
    subject: str,
    pages: Sequence[PageNotes],
    settings: Settings,
    repeats: Repeats = NO_REPEATS,
    pageless: tuple[Note, ...] = (),
    topics: Mapping[PageId, str] = MappingProxyType({}),
    similar: Related = MappingProxyType({}),
) -> Deck:
    """Put the notes of a subject's pages into one deck, in the order of new cards.

    *repeats* are left out. *pageless* are the notes of the subject itself; each is learned with the
    page that it was found on. *topics* name the subdecks of pages; without them the deck has no
    subdecks. New cards of *similar* pages are kept apart.
    """
    of_page: dict[PageId, list[Note]] = defaultdict(list)
    for note in pageless:
        of_page[note.page_id].append(note)
    asked, kinds = Counter[_Asked](), Counter(note.kind for note in pageless)
    ids, having = list[PageId](), bytearray()
    related: dict[PageId, tuple[PageId, ...]] = {}
    for number, made in enumerate(pages):
        ids.append(made.page.page_id)
        notes = () if number in repeats.pages else repeats.without(made.notes)
        having.append(bool(notes))
        related[ids[-1]] = made.page.related
        if having[-1]:
            asked[language_code(made.page, settings), bool(made.page.url), made.page.date] += 1
            kinds.update(note.kind for note in notes)
    more = of_page.keys() - ids
    ids += more
    having += bytes(len(more))

    def notes_of(number: int) -> Sequence[Note]:
        found = repeats.without(pages[number].notes) if having[number] else ()
        return (*found, *of_page[ids[number]]) if ids[number] in of_page else found

    groups = LazySequence(notes_of, range(len(ids)))
    by_topic: dict[str, array[int]] = defaultdict(lambda: array("L"))
    for number in sorted(range(len(ids)), key=lambda number: page_order(ids[number])):
        if ids[number] in of_page or having[number]:
            by_topic[topics.get(ids[number], "")].append(number)
    places = array("Q")
    language = deck_language((code for code, *_ in asked.elements()), settings)
    find = phrase("topic_search", language)
    subdecks = []
    for topic in sorted(by_topic, key=lambda topic: (not topic, topic.casefold(), topic)):
        numbers, before = by_topic[topic], len(places)
        places.extend(new_card_places(groups, numbers, related, similar))
        search = page_search((ids[number] for number in numbers), settings.tag_root)
        size = len(places) - before
        subdecks.append(Subdeck(topic or OTHER_TOPICS, size, f"{find}\n\n`{search}`"))
    return Deck(
        subject,
        f"{settings.deck_root}::{deck_level(subject)}",
        _description(subject, asked, kinds, settings.base_url, language),
        notes_at(groups, places),
        language,
        tuple(subdecks) if any(by_topic) else (),
    )


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


def deck_level(subject: str) -> str:
    """Write a subject as one level of a deck name: "::" would split it into levels."""
    return " ".join(subject.replace("::", ": ").split()).strip(":") or "Other"


def _description(
    subject: str, asked: Counter[_Asked], counts: Counter[Kind], base_url: str, language: str
) -> str:
    kinds = ", ".join(
        phrase("kind_count", language, count=str(counts[Kind(kind)]), kind=name)
        for kind, name in language_table(language)["kinds"].items()
        if counts[Kind(kind)]
    )
    number = {
        "notes": counted("notes", counts.total(), language),
        "pages": counted("pages", asked.total(), language),
    }
    origin = []
    if any(has_url for _, has_url, _ in asked):
        origin.append(phrase("deck_source", language, url=base_url))
    dates = [date for _, _, date in asked if date]
    if dates:
        origin.append(phrase("newest", language, date=max(dates).isoformat()))
    parts = (
        f"**{escape_markdown(subject)}**: {phrase('deck', language, kinds=kinds, **number)}",
        " ".join(origin),
        f"{phrase('points', language)} {phrase('update', language)}",
    )
    return "\n\n".join(filter(None, parts))
