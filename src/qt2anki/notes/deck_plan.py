"""A subject's deck: which pages' notes are in it, and in which order new cards are shown."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from qt2anki.config import Settings
from qt2anki.html.anki_escape import escape_markdown
from qt2anki.messages import Problem, make_problem
from qt2anki.model import OTHER_TOPICS, Deck, Kind, Note, Page, PageId, Subdeck, page_order
from qt2anki.notes.frame import language_for
from qt2anki.notes.languages import language_of
from qt2anki.notes.make_notes import PageNotes
from qt2anki.notes.new_card_order import Related, new_card_order
from qt2anki.notes.phrases import ENGLISH, counted, language_table, phrase
from qt2anki.source.read_file import fold_question

_WILDCARD = re.compile(r"[_*]")  # of Anki's searches


def plan_deck(
    subject: str,
    pages: Iterable[PageNotes],
    settings: Settings,
    published: Collection[PageId] = (),
    pageless: tuple[Note, ...] = (),
    topics: Mapping[PageId, str] = MappingProxyType({}),
    similar: Related = MappingProxyType({}),
) -> tuple[Deck, tuple[Problem, ...]]:
    """Put the notes of a subject's pages into one deck, in the order of new cards.

    *published* are the pages that were in the deck before: among pages that ask the same, the
    one whose history students have stays. *pageless* are the notes of the subject itself; each is
    learned with the page that it was found on. *topics* name the subdecks of pages; without any
    the deck has none. New cards of *similar* pages are kept apart.
    """
    in_order = sorted(pages, key=lambda made: page_order(made.page.page_id))
    kept, problems = _without_twins(in_order, subject, published)
    by_page: dict[PageId, list[Note]] = {made.page.page_id: list(made.notes) for made in kept}
    for note in pageless:
        by_page.setdefault(note.page_id, []).append(note)
    related = {made.page.page_id: made.page.related for made in in_order}
    by_topic: dict[str, list[Sequence[Note]]] = defaultdict(list)
    for page_id in sorted(by_page, key=page_order):
        if by_page[page_id]:
            by_topic[topics.get(page_id, "")].append(by_page[page_id])
    parts: list[tuple[str, tuple[Note, ...]]] = [
        (topic, new_card_order(by_topic[topic], related, similar))
        for topic in sorted(by_topic, key=lambda topic: (not topic, topic.casefold(), topic))
    ]
    notes = tuple(note for _, ordered in parts for note in ordered)
    name = f"{settings.deck_root}::{_deck_part(subject)}"
    asked = [made.page for made in kept if made.notes]
    language = deck_language(asked, settings)
    description = _description(subject, asked, notes, settings.base_url, language)
    find = phrase("topic_search", language)
    subdecks = tuple(
        Subdeck(
            topic or OTHER_TOPICS,
            len(ordered),
            f"{find}\n\n`{page_search(ordered, settings.tag_root)}`",
        )
        for topic, ordered in (parts if any(by_topic) else ())
    )
    return Deck(subject, name, description, notes, language, subdecks), problems


def page_search(notes: Iterable[Note], tag_root: str) -> str:
    """Return the search by which Anki finds all cards of the pages of *notes*, in any deck."""
    root = _WILDCARD.sub(r"\\\g<0>", tag_root)
    ids = sorted({note.page_id for note in notes}, key=page_order)
    names = (_WILDCARD.sub(r"\\\g<0>", str(page_id)) for page_id in ids)
    pages = " or ".join(f"tag:{root}::page::{name}" for name in names)
    return f"({pages}) -tag:{root}::retired"


def deck_language(pages: Iterable[Page], settings: Settings) -> str:
    """Return the code of the language that most of a deck's pages are in."""
    languages = (language_for(page, settings) for page in pages)
    codes = Counter(language.code for language in languages if language)
    default = language_of(settings.language)
    return max(
        codes, key=lambda code: (codes[code], code), default=default.code if default else ENGLISH
    )


def _without_twins(
    pages: Sequence[PageNotes], subject: str, published: Collection[PageId]
) -> tuple[list[PageNotes], tuple[Problem, ...]]:
    """Keep one page of those that ask the same question.

    One that is published already, else the best rated, else the oldest.
    """
    best: dict[str, PageNotes] = {}
    for made in sorted(pages, key=lambda made: _rating(made, published)):
        if made.notes:
            best.setdefault(fold_question(made.page.question), made)
    kept: list[PageNotes] = []
    problems: list[Problem] = []
    for made in pages:
        winner = best.get(fold_question(made.page.question), made)
        is_kept = not made.page.source  # its notes stay as they were published
        if not made.notes or winner is made or is_kept:
            kept.append(made)
            continue
        source = winner.page.source or "as published"
        text = f"asks the same as page {winner.page.page_id} ({source}) in {subject}"
        problems.append(make_problem("QT203", made.page.source, text))
    return kept, tuple(problems)


def _rating(
    made: PageNotes, published: Collection[PageId]
) -> tuple[bool, float, tuple[bool, int, str]]:
    score = made.page.score
    worst_last = -score if score is not None else float("inf")
    return (made.page.page_id not in published, worst_last, page_order(made.page.page_id))


def _deck_part(subject: str) -> str:
    """Write a subject as one level of a deck name: "::" would make levels of it."""
    return " ".join(subject.replace("::", ": ").split()).strip(":") or "Other"


def _description(
    subject: str, pages: Sequence[Page], notes: Sequence[Note], base_url: str, language: str
) -> str:
    counts = Counter(note.kind for note in notes)
    kinds = ", ".join(
        phrase("kind_count", language, count=str(counts[Kind(kind)]), kind=name)
        for kind, name in language_table(language)["kinds"].items()
        if counts[Kind(kind)]
    )
    number = {
        "notes": counted("notes", len(notes), language),
        "pages": counted("pages", len(pages), language),
    }
    origin = []
    if any(page.url for page in pages):
        origin.append(phrase("deck_source", language, url=base_url))
    dates = [page.date for page in pages if page.date]
    if dates:
        origin.append(phrase("newest", language, date=max(dates).isoformat()))
    parts = (
        f"**{escape_markdown(subject)}**: {phrase('deck', language, kinds=kinds, **number)}",
        " ".join(origin),
        f"{phrase('points', language)} {phrase('update', language)}",
    )
    return "\n\n".join(filter(None, parts))
