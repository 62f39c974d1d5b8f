"""A subject's deck: which pages' notes are in it, and in which order new cards are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from qt2anki.config import Settings
from qt2anki.html.anki_escape import escape_markdown
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Deck, Kind, Note, Page, PageId, page_order
from qt2anki.notes.make_notes import PageNotes
from qt2anki.notes.new_card_order import new_card_order
from qt2anki.source.catalog import fold_question

_KIND_NAMES = {
    Kind.QA: "main questions",
    Kind.NEXT: "next steps",
    Kind.EXPLAIN: "steps explained",
    Kind.NAME: "steps named",
    Kind.COMPARE: "comparisons",
    Kind.FORMULA: "formulas",
    Kind.VARIABLE: "signs of formulas",
    Kind.CODE: "listings",
    Kind.TABLE: "rows of tables",
    Kind.TERM: "terms",
    Kind.CLOZE: "key terms",
    Kind.NUMBER: "numbers",
    Kind.DOES: "what things do",
    Kind.WHY: "reasons",
    Kind.EFFECT: "effects",
    Kind.GLOSS: "meanings",
    Kind.ALIAS: "other names",
    Kind.MEMBER: "parts",
    Kind.CONTRAST: "contrasts",
    Kind.ABBR: "abbreviations",
    Kind.POINT: "points",
}


def plan_deck(
    subject: str,
    pages: Iterable[PageNotes],
    settings: Settings,
    published: Collection[PageId] = (),
    pageless: tuple[Note, ...] = (),
) -> tuple[Deck, tuple[Problem, ...]]:
    """Put the notes of a subject's pages into one deck, in the order of new cards.

    *published* are the pages that were in the deck before: among pages that ask the same, the
    one whose history students have stays. *pageless* are the notes of the subject itself; each is
    learned with the page that it was found on.
    """
    in_order = sorted(pages, key=lambda made: page_order(made.page.page_id))
    kept, problems = _without_twins(in_order, subject, published)
    by_page: dict[PageId, list[Note]] = {made.page.page_id: list(made.notes) for made in kept}
    for note in pageless:
        by_page.setdefault(note.page_id, []).append(note)
    ids = sorted(by_page, key=page_order)
    related = {made.page.page_id: made.page.related for made in in_order}
    notes = new_card_order([by_page[page_id] for page_id in ids], related)
    name = f"{settings.deck_root}::{_deck_part(subject)}"
    description = _description(subject, [m.page for m in kept if m.notes], notes, settings)
    return Deck(subject, name, description, notes), problems


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
        if not made.notes or winner is made:
            kept.append(made)
            continue
        text = f"asks the same as page {winner.page.page_id} ({winner.page.source}) in {subject}"
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
    subject: str, pages: Sequence[Page], notes: Sequence[Note], settings: Settings
) -> str:
    counts = [
        (name, sum(note.kind is kind for note in notes)) for kind, name in _KIND_NAMES.items()
    ]
    parts = ", ".join(f"{count} {name}" for name, count in counts if count)
    dates = [page.date for page in pages if page.date]
    newest = f" Newest page: {max(dates).isoformat()}." if dates else ""
    return (
        f"**{escape_markdown(subject)}**: {len(notes)} notes from {len(pages)} pages ({parts}).\n\n"
        f"Source: {settings.base_url}.{newest}\n\n"
        "When a card asks for several points, most of them is *Good*. To update, import the new"
        " package over this deck: your review history stays."
    )
