"""Tell a page that was rewritten from a different page under its id.

Keys such as "qa" name the page and not its words, so a different page would take over the review
histories of the published one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qt2anki.anki.note_content import as_generated
from qt2anki.anki.visible_text import visible_text
from qt2anki.html.anki_escape import text_html
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Page
from qt2anki.release.diff import questions_of
from qt2anki.release.previous_release import PublishedPage

# A character of Chinese, Japanese or Korean is a word; they are written without spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_LENGTH = 3  # words in a phrase: shorter ones are on any page of a subject
# Measured on 1,131 pages: a page whose question and answer are half rewritten keeps 0.22 of its
# phrases; of 1,000 pairs of different pages of a subject, two share 0.15.
_SAME_QUESTION = 0.7
_SAME_ANSWER = 0.15

Phrases = frozenset[tuple[str, ...]]


def other_page(page: Page, published: PublishedPage) -> Problem | None:
    """Return a problem if neither question nor answer of *page* is like what is *published*."""
    notes = [as_generated(note) for note in published.live or published.retired]
    question = text_html(page.question)
    if not notes or any(question in html for note in notes for html in note.fields):
        return None
    known = _phrases(visible_text(html) for note in notes for html in note.fields)
    asked, said = _phrases([page.question]), _phrases([page.answer])
    if len(asked & known) >= _SAME_QUESTION * len(asked):
        return None
    if len(said & known) >= _SAME_ANSWER * min(len(said), len(known)):
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


def _phrases(texts: Iterable[str]) -> Phrases:
    words = (tuple(_WORD.findall(text.casefold())) for text in texts)
    return frozenset(
        said[at : at + _LENGTH]
        for said in words
        if said
        for at in range(max(1, len(said) - _LENGTH + 1))
    )
