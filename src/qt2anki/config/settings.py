"""The settings as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from qt2anki.model import PageId

PROFILES: Final = ("core", "standard", "full")
PAGE_KEYS: Final = ("id", "question", "answer", "subject", "url", "date", "score", "keywords")
"""The names of page keys in the setting ``front_matter``."""


@dataclass(frozen=True, slots=True)
class PageFormat:
    """How pages are read."""

    names: tuple[tuple[str, str], ...] = ()
    """One of :data:`PAGE_KEYS` -> the key that pages have for it, with dots for levels; sorted."""

    default_subject: str = ""
    """The subject of pages that name none and are in no folder of their own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; hashable and picklable for worker processes."""

    deck_root: str = "QuickTakes"
    """The parent of all subject decks; ``::`` makes levels, as in Anki."""

    tag_root: str = "QuickTakes"
    """The first part of every tag."""

    base_url: str = "https://quicktakes.io"
    """Prefix of page urls that start with "/"; without a final slash."""

    report_link: str = ""
    """Target of the link "Report an error"; may contain ``{page}`` (the page id) and ``{url}``."""

    language: str = "en"
    """The language of the pages, as in HTML's ``lang`` (BCP 47)."""

    sequence_threshold: float = 3.0
    """Points of evidence that make a numbered list a process; lower finds more."""

    sequences: tuple[tuple[PageId, bool], ...] = ()
    """Page id -> whether its list is a process, overriding the evidence; sorted by id."""

    profile: str = "standard"
    """Which kinds of cards are made: one of :data:`PROFILES`."""

    card_threshold: int | None = None
    """Minimum score of a card, 0 to 1000; None: that of the profile."""

    kinds: tuple[str, ...] = ()
    """The kinds of notes to make, overriding the profile; empty: those of the profile."""

    subject_aliases: tuple[tuple[str, str], ...] = ()
    """Subject as written in a page -> subject it belongs to; sorted."""

    subject_order: tuple[str, ...] = ()
    """Subjects in the order to build and list them; others follow by name."""

    front_matter: tuple[tuple[str, str], ...] = ()
    """One of :data:`PAGE_KEYS` -> the key that pages have for it, with dots for levels; sorted."""

    default_subject: str = ""
    """The subject of pages that name none and are in no folder of their own; "": the folder's."""

    @property
    def page_format(self) -> PageFormat:
        """The settings that determine how pages are read."""
        return PageFormat(self.front_matter, self.default_subject)
