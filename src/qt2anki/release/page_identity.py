"""Distinguish a rewritten page from a different page under its id, and find a page's former id.

Keys such as "qa" do not depend on the page's words, so a different page would take over the review
histories of the published one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from qt2anki.anki.note_content import AnyNote, as_generated, field
from qt2anki.anki.visible_text import visible_text
from qt2anki.html.anki_escape import text_html
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Page, PageId
from qt2anki.release.diff import PARTED, SHAPE, questions_of
from qt2anki.release.previous_release import PublishedPage
from qt2anki.source.entry import slug_of

# A character of Chinese, Japanese or Korean is a word; they are written without spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_LENGTH = 3  # words in a phrase: shorter ones are on any page of a subject
# Measured on 1,131 pages: a page whose question and answer are half rewritten keeps 0.22 of its
# phrases; of 1,000 pairs of different pages of a subject, two share 0.15.
_SAME_QUESTION = 0.7
_SAME_ANSWER = 0.15
# Each of 72 pages was published with at least 0.89 of its phrases.
_COPIED = 0.8
_FEWEST = 10  # phrases; shorter answers are given by many pages
_FEWEST_OF_SHORT = 3  # phrases

Phrases = frozenset[tuple[str, ...]]


def other_page(page: Page, published: PublishedPage) -> Problem | None:
    """Return a problem if neither question nor answer of *page* resembles what is *published*."""
    notes = [as_generated(note) for note in published.live or published.retired]
    question = text_html(page.question)
    if not notes or any(question in html for note in notes for html in note.fields):
        return None
    known, asked = _shown_phrases(notes), _phrases([page.question])
    if len(asked & known) >= _SAME_QUESTION * len(asked) or _is_answer(page, known):
        return None
    was = questions_of(notes)[page.page_id]
    return make_problem(
        "QT408",
        page.source,
        f"page {page.page_id} has been published with a different question and answer; it asked"
        f" {was!r} and now asks {page.question!r}",
        hint="give the new page an id of its own; or, if it is the old page rewritten, confirm"
        f" that its cards keep their review histories: --rewritten {page.page_id}",
    )


def has_other_answer(page: Page, published: PublishedPage) -> bool:
    """Whether the answer of *page* has other phrases than the published one."""
    notes = [as_generated(note) for note in published.live or published.retired]
    said = _phrases([page.answer])
    return bool(notes) and len(said & _shown_phrases(notes)) < _COPIED * len(said)


def moved_page(page: Page, old: PageId) -> Problem:
    """Return the problem of a page that was published as *old*, or whose answer moved away."""
    text = f"page {page.page_id} has the question or answer that was published as page {old}"
    if page.page_id == old:
        text = f"the answer published as page {old} is now on a different page"
    return make_problem(
        "QT408",
        page.source,
        text,
        hint="if pages were renumbered or renamed, give each the id it was published under, and new"
        " pages new ids; or, if the page is meant to replace the published one, confirm that:"
        f" --rewritten {page.page_id}",
    )


def _is_answer(page: Page, known: Phrases) -> bool:
    said = _phrases([page.answer])
    return len(said & known) >= _SAME_ANSWER * min(len(said), len(known))


def _shown_phrases(notes: Iterable[AnyNote]) -> Phrases:
    return _phrases(visible_text(html) for note in notes for html in note.fields)


def _short_fields(published: Mapping[PageId, PublishedPage]) -> dict[Phrases, set[PageId]]:
    """Return the phrases of each field that has few of them, with its pages."""
    found: dict[Phrases, set[PageId]] = defaultdict(set)
    for old, one in published.items():
        for html in {html for note in one.live for html in as_generated(note).fields}:
            phrases = _phrases([visible_text(html)])
            if _FEWEST_OF_SHORT <= len(phrases) < _FEWEST:
                found[phrases].add(old)
    return found


def former_ids(
    pages: Iterable[Page],
    published: Mapping[PageId, PublishedPage],
    counts: Callable[[PageId, PageId, bool, bool], bool],
) -> Iterator[tuple[Page, PageId]]:
    """Yield the pages whose question or answer was *published* under a different id.

    For a page and an id, *counts* says whether an equal question, an equal answer, or both count. A
    short answer counts if it is a whole field of only one published page.
    """
    if not published:
        return
    asked: dict[str, list[PageId]] = defaultdict(list)
    said: dict[tuple[str, ...], list[PageId]] = defaultdict(list)
    for old, one in published.items():
        notes = [as_generated(note) for note in one.live]
        for slug in {slug_of(text) for note in notes for text in _asked(note)}:
            asked[slug].append(old)
        for phrase in _shown_phrases(notes):
            said[phrase].append(old)
    short = _short_fields(published)
    for page in pages:
        phrases = _phrases([page.answer])
        shared = Counter(old for phrase in phrases for old in said.get(phrase, ()))
        same = asked.get(slug_of(page.question), [])
        copied = [
            old
            for old, number in shared.most_common()
            if number >= _COPIED * len(phrases)
            and (number >= _FEWEST or old in same or short.get(phrases) == {old})
        ]
        for old in dict.fromkeys((*same, *copied)):
            if counts(page.page_id, old, old in same, old in copied):
                yield page, old
                break


def _asked(note: AnyNote) -> Iterator[str]:
    """Yield possible questions of the page: that of a card, or a part of its context."""
    name = "Question" if note.note_type == "qa" else "Title"
    yield visible_text(SHAPE.sub("", field(note, name)))
    parts = visible_text(field(note, "Context")).split(PARTED)
    has_subject = sum("::subject::" in tag for tag in note.tags) == 1
    parts = parts[has_subject:]
    yield from (PARTED.join(parts[:end]) for end in range(1, len(parts) + 1))


def _phrases(texts: Iterable[str]) -> Phrases:
    words = (tuple(_WORD.findall(text.casefold())) for text in texts)
    return frozenset(
        said[at : at + _LENGTH]
        for said in words
        if said
        for at in range(max(1, len(said) - _LENGTH + 1))
    )
