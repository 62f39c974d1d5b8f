"""Find the topics of subjects: chosen by authors, published before, or new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qt2anki.build.page_table import PageTable, find_pages
from qt2anki.config import Settings
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Page, PageId
from qt2anki.notes.frame import tag_part
from qt2anki.release.previous_release import PreviousRelease, subject_key
from qt2anki.topics.find_topics import find_topics, topic_name
from qt2anki.topics.page_likeness import SimilarPages


class SubjectTopics:
    """The topics of subjects, found when needed."""

    def __init__(self, settings: Settings, pages: PageTable, previous: PreviousRelease) -> None:
        self._settings = settings
        self._pages = pages
        self._previous = previous
        self._found: dict[str, Mapping[PageId, str]] = {}
        self._chosen: dict[PageId, str] | None = None
        self.problems: tuple[Problem, ...] = ()

    def of(self, subject: str) -> Mapping[PageId, str]:
        """Return the topic of each page of a subject; published pages keep theirs."""
        if not self._settings.topics.is_on:
            return {}
        if subject not in self._found:
            self._found[subject] = self._find(subject)
        return self._found[subject]

    def similar(self, subject: str) -> Mapping[PageId, frozenset[PageId]]:
        """Return the pages of a subject whose questions resemble others of their topic."""
        if not self._settings.topics.is_on:
            return {}
        return SimilarPages(self._pages.of_subject(subject), self.of(subject))

    def tags(self, page: Page) -> tuple[str, ...]:
        """Return the tags of a page's topics."""
        root = f"{self._settings.tag_root}::topic"
        named = ((subject, self.of(subject).get(page.page_id)) for subject in page.subjects)
        return tuple(f"{root}::{tag_part(one)}::{tag_part(topic)}" for one, topic in named if topic)

    def _find(self, subject: str) -> Mapping[PageId, str]:
        names = dict(self._settings.topics.names)
        package = self._previous.live.get(subject_key(subject))
        kept: dict[PageId, str] = {}
        if package is not None and package.has_topics:
            for note in package.notes:
                if note.page_id is not None:
                    topic = package.topic_of(note)
                    kept[note.page_id] = names.get(topic, topic)
        # A large subject has many pages, so data that topics do not depend on is left out, and each
        # keyword is in memory once.
        known: dict[str, str] = {}
        pages = [
            replace(page, source="", answer="", subjects=(), url="", date=None, keywords=keywords)
            for page in self._pages.of_subject(subject)
            for keywords in (tuple(known.setdefault(one, one) for one in page.keywords),)
        ]
        given = {page.page_id: topic_name(page.topic) for page in pages if page.topic}
        given = {**self._by_settings(), **given}
        return {**kept, **find_topics(subject, pages, kept, given, names)}

    def _by_settings(self) -> Mapping[PageId, str]:
        """Return the topics of pages that match conditions in the settings; the first wins."""
        if self._chosen is None:
            self._chosen = {}
            if rules := self._settings.topics.pages:
                library = self._pages.library()
                for topic, condition in ((topic, one) for topic, some in rules for one in some):
                    pages = find_pages(condition, library)
                    self._chosen = {page.page_id: topic for page in pages} | self._chosen
                    if not pages:
                        text = f"{topic!r}: no page matches {condition.written}"
                        self.problems += (make_problem("QT407", "[topics.pages]", text),)
        return self._chosen
