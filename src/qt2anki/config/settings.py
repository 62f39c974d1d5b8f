"""The settings as one frozen value, and readers that check and convert their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qt2anki.config import values
from qt2anki.model import Kind, PageId, page_order

PROFILES: Final = ("core", "standard", "full")
PAGE_KEYS: Final = tuple("id question answer subject url date score keywords topic".split())
"""The names of page keys in the setting ``front_matter``."""


@dataclass(frozen=True, slots=True)
class PageFormat:
    """How pages are read."""

    # One of PAGE_KEYS -> the key that pages have for it, with dots for levels; sorted
    names: tuple[tuple[str, str], ...] = ()
    # The subject of pages that name none and are in no folder of their own
    default_subject: str = ""


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """Whether subjects have topics, and what the author decides about them."""

    is_on: bool = True
    # Topic as it would be named -> name of its deck; topics with the same name are merged; sorted
    names: tuple[tuple[str, str], ...] = ()
    # Topic -> conditions, one of which its pages match; as written
    pages: tuple[tuple[str, tuple[values.Condition, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; hashable and picklable for worker processes."""

    # The parent of all subject decks; ``::`` makes levels, as in Anki
    deck_root: str = "QuickTakes"
    tag_root: str = "QuickTakes"  # the first part of every tag
    # Prefix of page urls that start with "/"; without a final slash
    base_url: str = "https://quicktakes.io"
    # Target of the link "Report an error"; may contain ``{page}`` (the page id) and ``{url}``
    report_link: str = ""
    language: str = "en"  # the language of the pages, as in HTML's ``lang`` (BCP 47)
    # Points of evidence that make a numbered list a process; lower finds more
    sequence_threshold: float = 3.0
    # Page id -> whether its list is a process, overriding the evidence; sorted by id
    sequences: tuple[tuple[PageId, bool], ...] = ()
    profile: str = "standard"  # which kinds of cards are made: one of PROFILES
    # Minimum score of a card, 0 to 1000; None: that of the profile
    card_threshold: int | None = None
    # The kinds of notes to make, overriding the profile; empty: those of the profile
    kinds: tuple[str, ...] = ()
    # Subject as written in a page -> subject it belongs to; sorted
    subject_aliases: tuple[tuple[str, str], ...] = ()
    # Subjects in the order to build and list them; others follow by name
    subject_order: tuple[str, ...] = ()
    # One of PAGE_KEYS -> the key that pages have for it, with dots for levels; sorted
    front_matter: tuple[tuple[str, str], ...] = ()
    # The subject of pages that name none and are in no folder of their own; "": the folder's
    default_subject: str = ""
    # File of corrections, or folder of such files; relative to the settings file
    corrections: str = ""
    # Make only cards that someone has found good, reworded or written in a correction
    only_reviewed: bool = False
    topics: TopicSettings = TopicSettings()  # the topics of large subjects

    @property
    def page_format(self) -> PageFormat:
        """The settings that determine how pages are read."""
        return PageFormat(self.front_matter, self.default_subject)


_TAG_LEVELS: Final = ("kind", "page", "retired", "subject", "tier", "topic")
_PLACE = re.compile(r"\{([^{}]*)\}")


def _tag_root(value: object) -> str:
    text = values.text_of(value)
    levels = text.split("::")
    if text.split() != [text] or not all(levels):
        hint = "A tag has no spaces and no empty level between '::'."
        raise values.InvalidValue("not a valid tag", hint)
    if own := [level for level in levels if level.casefold() in _TAG_LEVELS]:
        names = ", ".join(f'"{name}"' for name in _TAG_LEVELS)
        said = f'has the level "{own[0]}", which qt2anki uses for its own tags'
        raise values.InvalidValue(said, f"Avoid the levels {names}.")
    return text


def _number(value: object, fits: Callable[[float], bool], fault: str, example: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not fits(value):
        hint = f"Use a number such as {example}."
        raise values.InvalidValue(f"{values.kind_of(value)}, not {fault}", hint)
    return float(value)


def profile_of(value: object) -> str:
    """Read the name of a profile."""
    return values.one_of(PROFILES, values.text_of(value))


def kinds_of(value: object) -> tuple[str, ...]:
    """Read kinds of notes, in the order of all kinds."""

    def kind_of(one: object) -> str:
        return values.one_of(tuple(Kind), values.text_of(one))

    kinds = values.list_of(value, kind_of, '["qa", "next"]')
    return tuple(kind.value for kind in Kind if kind.value in kinds)


def _subject(value: object) -> str:
    text = values.text_of(value)
    if not text.strip(": "):
        raise values.InvalidValue("not a subject: it contains only colons")
    return text


def _report_link(value: object) -> str:
    text = values.matching(
        value,
        r"(?:https?://[^\s/\"<>]|mailto:[^\s\"<>]+@)[^\s\"<>]*",
        "not a URL",
        'Write it in full, like "https://example.org/report?page={page}".',
    )
    if wrong := [name for name in _PLACE.findall(text) if name not in ("page", "url")]:
        raise values.InvalidValue(f"there is no {{{wrong[0]}}}", "Write {page} or {url}.")
    if {"{", "}"} & set(_PLACE.sub("", text)):
        raise values.InvalidValue("unmatched brace", "Write {page} or {url}.")
    return text


def topic_name_of(value: object) -> str:
    """Read the name of a topic."""
    text = " ".join(values.text_of(value).split())
    if "::" in text or not text.strip(": "):
        raise values.InvalidValue("not one level of a deck name", "Leave '::' out.")
    return text


def _pairs(
    value: object, read_key: Callable[[str], Any], read: Callable[[object], Any], table: str = ""
) -> dict[Any, Any]:
    """Read a table; a fault names its key, or the *table* inside a setting."""
    found = {}
    for key, each in values.table_of(value).items():
        with values.found_at(table or key, before=f"{key}: " if table else ""):
            found[read_key(key)] = read(each)
    return found


def _topics(value: object) -> TopicSettings:
    if value in ("on", "off"):
        return TopicSettings(is_on=value == "on")
    if not isinstance(value, Mapping):
        raise values.InvalidValue(
            f"{values.kind_of(value)}, not a table", 'Use a table, or "off" for flat decks.'
        )
    for key in value:
        values.check_key(key, ("names", "pages"), "key")
    names = _pairs(value.get("names", {}), str, topic_name_of, "names")
    pages = _pairs(value.get("pages", {}), topic_name_of, values.conditions_of, "pages")
    return TopicSettings(names=tuple(sorted(names.items())), pages=tuple(pages.items()))


READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "deck_root": values.deck_name_of,
    "tag_root": _tag_root,
    "base_url": lambda value: values.matching(
        value,
        r"https?://[^\s/\"<>]+(?:/[^\s\"<>]*)?",
        "not a URL",
        'Write it in full, like "https://example.org".',
    ).rstrip("/"),
    "report_link": _report_link,
    "language": lambda value: values.matching(
        value,
        r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*",
        "not a language tag",
        'Use a language tag such as "en" or "pt-BR".',
    ),
    "sequence_threshold": lambda value: _number(
        value, lambda points: abs(points) < 1000, "a number of points", "3 or 2.5"
    ),
    "sequences": lambda value: tuple(
        sorted(
            _pairs(value, values.id_of, values.flag_of).items(), key=lambda one: page_order(one[0])
        )
    ),
    "profile": profile_of,
    "card_threshold": lambda value: int(
        _number(value, lambda score: 0 <= score <= 1000, "a score from 0 to 1000", "650")
    ),
    "kinds": kinds_of,
    "subject_aliases": lambda value: tuple(sorted(_pairs(value, values.text_of, _subject).items())),
    "subject_order": values.texts_of,
    "front_matter": lambda value: tuple(
        sorted(_pairs(value, lambda key: values.one_of(PAGE_KEYS, key), values.text_of).items())
    ),
    "default_subject": values.text_of,
    "corrections": values.text_of,
    "only_reviewed": values.flag_of,
    "topics": _topics,
}
"""Setting -> function that converts its TOML value, or raises :class:`InvalidValue`."""
