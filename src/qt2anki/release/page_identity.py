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

Phrase = tuple[str, ...]
Phrases = frozenset[Phrase]


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


def former_ids(
    pages: Iterable[Page],
    published: Mapping[PageId, PublishedPage],
    counts: Callable[[PageId, PageId, bool, bool], bool],
) -> Iterator[tuple[Page, PageId]]:
    """Yield the pages whose question or answer was *published* under a different id.

    A short answer is compared as a whole, and counts only if one page had it and one has it now.
    For a page and an id, *counts* says whether an equal question, an equal answer, or both count.
    """
    if not published:
        return
    asked, said, whole = _index(published)
    short: dict[PageId, list[Page]] = defaultdict(list)
    for page in pages:
        phrases = _phrases([page.answer])
        shared = Counter(old for phrase in phrases for old in said.get(phrase, ()))
        same = asked.get(slug_of(page.question), [])
        copied = [
            old
            for old, number in shared.most_common()
            if number >= _COPIED * len(phrases) and (number >= _FEWEST or old in same)
        ]
        found = (
            old for old in (*same, *copied) if counts(page.page_id, old, old in same, old in copied)
        )
        if (former := next(found, None)) is not None:
            yield page, former
        elif (former := whole.get(_words(page.answer))) is not None:
            short[former].append(page)
    for old, (page, *others) in short.items():
        if not others and counts(page.page_id, old, False, True):  # noqa: FBT003
            yield page, old


def _index(
    published: Mapping[PageId, PublishedPage],
) -> tuple[dict[str, list[PageId]], dict[Phrase, list[PageId]], dict[Phrase, PageId]]:
    """Map questions, phrases, and answers that only one page has, to the published pages."""
    asked: dict[str, list[PageId]] = defaultdict(list)
    said: dict[Phrase, list[PageId]] = defaultdict(list)
    whole: dict[Phrase, list[PageId]] = defaultdict(list)
    for old, one in published.items():
        notes = [as_generated(note) for note in one.live]
        for slug in {slug_of(text) for note in notes for text in _asked(note)}:
            asked[slug].append(old)
        for phrase in _shown_phrases(notes):
            said[phrase].append(old)
        answers = (field(note, "Answer" if note.note_type == "qa" else "Text") for note in notes)
        for words in {_words(visible_text(answer)) for answer in answers}:
            whole[words].append(old)
    return asked, said, {words: old for words, (old, *more) in whole.items() if words and not more}


def _asked(note: AnyNote) -> Iterator[str]:
    """Yield possible questions of the page: that of a card, or a part of its context."""
    name = "Question" if note.note_type == "qa" else "Title"
    yield visible_text(SHAPE.sub("", field(note, name)))
    parts = visible_text(field(note, "Context")).split(PARTED)
    has_subject = sum("::subject::" in tag for tag in note.tags) == 1
    parts = parts[has_subject:]
    yield from (PARTED.join(parts[:end]) for end in range(1, len(parts) + 1))


def _words(text: str) -> Phrase:
    return tuple(_WORD.findall(text.casefold()))


def _phrases(texts: Iterable[str]) -> Phrases:
    words = map(_words, texts)
    return frozenset(
        said[at : at + _LENGTH]
        for said in words
        if said
        for at in range(max(1, len(said) - _LENGTH + 1))
    )
