"""What a build changed, told to students: ``CHANGES.md``, newest first, without internal names."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qt2anki.messages import visible
from qt2anki.package.changes import Change, ChangeKind

FILE_NAME = "CHANGES.md"
_TITLE = "# What is new in these decks"
_INTRO = (
    "Import the new package over the old deck: your review history stays. Cards that were removed"
    " stay in your collection until you delete them."
)
_MOST_QUESTIONS = 20  # named for one deck; a first release has thousands
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_WORDS = {
    ChangeKind.NEW: "new",
    ChangeKind.RETURNED: "new",
    ChangeKind.CHANGED: "changed",
    ChangeKind.RETIRED: "removed",
}


@dataclass(frozen=True, slots=True)
class DeckNews:
    """What is different in one deck; the counts are of notes, by word, in the order shown."""

    deck: str
    is_first: bool  # nothing of this deck was published before
    notes: int  # in the deck now
    pages: int  # that they are of
    counts: tuple[tuple[str, int], ...]
    questions: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  # a question and its counts


def deck_news(
    deck: str,
    changes: Iterable[Change],
    questions: Mapping[int, str],
    *,
    notes: int,
    pages: int,
    is_first: bool,
) -> DeckNews:
    """Gather what changed in one deck; *questions* are plain text, by page id."""
    told = [change for change in changes if change.kind in _WORDS]
    by_page: dict[str, list[Change]] = {}
    for change in sorted(told, key=lambda each: (each.page_id is None, each.page_id or 0)):
        by_page.setdefault(questions.get(change.page_id or 0, change.title), []).append(change)
    return DeckNews(
        deck=deck,
        is_first=is_first,
        notes=notes,
        pages=pages,
        counts=_counts(told),
        questions=tuple((question, _counts(found)) for question, found in by_page.items()),
    )


def summary_line(news: DeckNews) -> str:
    """Say in a few words what changed: "3 new, 1 removed", "first version"."""
    if news.is_first:
        return "first version"
    return _listed(news.counts) or "only the looks"


def version_of(stamp: int) -> str:
    """Return the version of a deck that changed at *stamp* (seconds since 1970), by UTC.

    It is made of the time of the change alone, so that a build that changes nothing makes none.
    """
    return _moment(stamp).strftime("%Y.%m.%d-%H%M")


def date_of(stamp: int) -> str:
    """Return the day of a change, as in 2026-11-23."""
    return _moment(stamp).date().isoformat()


def add_entry(earlier: str, decks: Sequence[DeckNews], stamp: int) -> str:
    """Return CHANGES.md with one more entry; *earlier* is what stands in it ("": no file yet)."""
    head, mark, older = earlier.partition("\n## ")
    top = head.strip() or f"{_TITLE}\n\n{_INTRO}"
    return "\n".join([top, "", *_entry(decks, stamp)]) + mark + older


def _entry(decks: Sequence[DeckNews], stamp: int) -> Iterator[str]:
    yield f"## {date_of(stamp)} (version {version_of(stamp)})"
    yield ""
    for news in sorted(decks, key=lambda each: each.deck):
        yield f"**{_escaped(news.deck)}**: {_sentence(news)}"
        yield ""
        yield from _questions(news)


def _sentence(news: DeckNews) -> str:
    if news.is_first:
        return f"first version, {_number(news.notes, 'note')} on {_number(news.pages, 'question')}."
    return f"{summary_line(news)}."


def _questions(news: DeckNews) -> Iterator[str]:
    if news.is_first:
        return
    for question, counts in news.questions[:_MOST_QUESTIONS]:
        yield f"- {_escaped(question)} ({_listed(counts)})"
    left = len(news.questions) - _MOST_QUESTIONS
    if left > 0:
        yield f"- and {_number(left, 'more question')}"
    if news.questions:
        yield ""


def _counts(changes: Sequence[Change]) -> tuple[tuple[str, int], ...]:
    found = Counter(_WORDS[change.kind] for change in changes)
    return tuple((word, found[word]) for word in dict.fromkeys(_WORDS.values()) if found[word])


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _moment(stamp: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC)


def _escaped(text: str) -> str:
    return _MARKDOWN_SIGNS.sub(r"\\\1", visible(text))
