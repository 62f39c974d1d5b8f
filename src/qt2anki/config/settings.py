"""The settings as one frozen value, with what each of them means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from qt2anki.model import PageId

PROFILES: Final = ("core", "standard", "full")
PAGE_KEYS: Final = ("id", "question", "answer", "subject", "url", "date", "score", "keywords")
"""What a page tells, by the names that the setting ``front_matter`` has for it."""


@dataclass(frozen=True, slots=True)
class PageFormat:
    """How pages are read."""

    names: tuple[tuple[str, str], ...] = ()
    """One of :data:`PAGE_KEYS` -> the key that pages have for it, with dots for levels; sorted."""

    default_subject: str = ""
    """The subject of pages that name none and are in no folder of their own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; hashable and picklable, so that workers can have them."""

    deck_root: str = "QuickTakes"
    """The parent of all subject decks; ``::`` makes levels, as in Anki."""

    tag_root: str = "QuickTakes"
    """The first part of every tag."""

    base_url: str = "https://quicktakes.io"
    """What a page's url that starts with "/" is taken from; no slash at the end."""

    report_link: str = ""
    """Where a card's link "Report an error" leads; may hold ``{page}`` (its id) and ``{url}``."""

    language: str = "en"
    """The language of the pages, as in HTML's ``lang`` (BCP 47)."""

    sequence_threshold: float = 3.0
    """How many points of evidence make a numbered list a process; lower finds more of them."""

    sequences: tuple[tuple[PageId, bool], ...] = ()
    """Page id -> its list is (not) a process, whatever the evidence; sorted by id."""

    profile: str = "standard"
    """How many kinds of cards are made: one of :data:`PROFILES`."""

    card_threshold: int | None = None
    """The score a card needs, 0 to 1000; None: that of the profile."""

    kinds: tuple[str, ...] = ()
    """The kinds of notes that are made, whatever the profile; empty: those of the profile."""

    subject_aliases: tuple[tuple[str, str], ...] = ()
    """Subject as written in a page -> subject it belongs to; sorted by the first."""

    subject_order: tuple[str, ...] = ()
    """Subjects in the order in which they are built and listed; the others follow by name."""

    front_matter: tuple[tuple[str, str], ...] = ()
    """One of :data:`PAGE_KEYS` -> the key that pages have for it, with dots for levels; sorted."""

    default_subject: str = ""
    """The subject of pages that name none and are in no folder of their own; "": the folder's."""

    @property
    def page_format(self) -> PageFormat:
        """What of the settings says how pages are read."""
        return PageFormat(self.front_matter, self.default_subject)
