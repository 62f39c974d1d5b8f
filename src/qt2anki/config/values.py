"""Single values of settings and course files, checked, and conditions that choose pages."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from qt2anki.messages import did_you_mean
from qt2anki.model import PageId, page_id_of

T = TypeVar("T")

KeyPath = tuple[str | int, ...]
"""Keys from the top down; a number (from 0) chooses one table of an array of tables."""


class InvalidValue(Exception):  # noqa: N818  # never leaves the readers of files
    """A value is invalid; *key* leads to it in the table that is read."""

    def __init__(self, text: str, hint: str = "", key: KeyPath = ()) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.key = key

    @property
    def named(self) -> str:
        """The text after the name of the innermost key, if it has one."""
        name = self.key[-1] if self.key else 0
        return f"{name}: {self.text}" if isinstance(name, str) else self.text


@contextlib.contextmanager
def found_at(*key: str | int, before: str = "") -> Iterator[None]:
    """Add *key* to an invalid value in this block, and put *before* before its message."""
    try:
        yield
    except InvalidValue as bad:
        raise InvalidValue(f"{before}{bad.text}", bad.hint, (*key, *bad.key)) from bad


def read_keys(
    table: object,
    readers: Mapping[str, Callable[[Any], object]],
    what: str = "key",
    required: Collection[str] = (),
) -> dict[str, Any]:
    """Read the values of a table; refuse unknown keys, and missing ones that are *required*."""
    found = {}
    for key, value in table_of(table).items():
        with found_at(key):
            check_key(key, readers, what)
            found[key] = readers[key](value)
    if missing := [key for key in required if key not in found]:
        raise InvalidValue(f"there is no {missing[0]}", f"Add a line '{missing[0]} = ...'.")
    return found


def flag_of(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidValue(f"{kind_of(value)}, not true or false")
    return value


def text_of(value: object) -> str:
    """Read visible text; raise InvalidValue if it is empty or not text."""
    if not isinstance(value, str):
        raise InvalidValue(f"{kind_of(value)}, not text", "Put it in quotes.")
    if not value.strip():
        raise InvalidValue("empty")
    if not value.isprintable():
        raise InvalidValue("contains a character that cannot be shown")
    return value


def matching(value: object, pattern: str, fault: str, hint: str) -> str:
    """Read text that matches a pattern."""
    text = text_of(value)
    if not re.fullmatch(pattern, text):
        raise InvalidValue(fault, hint)
    return text


def deck_name_of(value: object) -> str:
    """Read the name of a deck, without spaces around its levels."""
    parts = [part.strip() for part in text_of(value).split("::")]
    if not all(parts):
        raise InvalidValue("a level of the deck name is empty", 'Write it as "Parent::Child".')
    return "::".join(parts)


def one_of(known: tuple[str, ...], name: str) -> str:
    """Return a *known* name; refuse any other, suggesting the most similar one."""
    if name in known:
        return name
    hint = did_you_mean(name, known, f"The choices are {', '.join(known)}.")
    raise InvalidValue(f"there is no {name!r}", hint)


def table_of(value: object) -> Mapping[str, object]:
    """Read a table without its values."""
    if not isinstance(value, Mapping):
        raise InvalidValue(f"{kind_of(value)}, not a table")
    return value


def kind_of(value: object) -> str:
    """Return the kind of a value, for a message."""
    kinds = {str: "text", bool: "true or false", int: "a number", float: "a number"}
    kinds |= {dict: "a table", list: "a list"}
    return kinds.get(type(value), "a date or time")


def list_of(value: object, read: Callable[[object], T], example: str) -> tuple[T, ...]:
    """Read a list, each element with *read*."""
    if not isinstance(value, list):
        raise InvalidValue(f"{kind_of(value)}, not a list", f"Use a list such as {example}.")
    return tuple(map(read, value))


def texts_of(value: object) -> tuple[str, ...]:
    """Read a list of texts without duplicates."""
    return tuple(dict.fromkeys(list_of(value, text_of, '["one", "two"]')))


def check_key(key: str, known: Collection[str], what: str = "setting") -> None:
    """Refuse an unknown key, suggesting the most similar *known* one."""
    if key in known:
        return
    every = f"The {what}s are {', '.join(sorted(known))}."
    raise InvalidValue(f"there is no such {what}", did_you_mean(key, known, every))


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition for pages: they must match one of the values of each field that has any."""

    ids: tuple[PageId, ...] = ()
    slugs: tuple[str, ...] = ()  # the end of the address, or the file's name without ".md"
    paths: tuple[str, ...] = ()  # patterns for the end of a path: "nursing/*.md"
    subjects: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # in the question or the answer
    related_to: tuple[PageId, ...] = ()  # recommended by these pages
    since: datetime.date | None = None
    until: datetime.date | None = None
    questions: tuple[str, ...] = ()  # prefixes of words; all of one text must be in the question
    keyword_words: tuple[str, ...] = ()  # the same for keywords; only to list pages
    written: str = ""  # as in the file, for messages
    word: str = ""  # used to find its line


_FIELDS: Final[Mapping[str, str]] = {
    "id": "ids",
    "slug": "slugs",
    "path": "paths",
    "subject": "subjects",
    "keyword": "keywords",
    "question": "questions",
    "text": "texts",
    "related_to": "related_to",
    "from": "since",
    "until": "until",
}
"""Key of a condition -> the field of Condition that it sets."""


def conditions_of(value: object) -> tuple[Condition, ...]:
    """Read a list of ids, slugs, paths and tables; raise InvalidValue for anything else."""
    return list_of(value, _condition, '[900001, "biology/*.md"]')


def _condition(value: object) -> Condition:
    """Read one element: 900001, "slug-of-a-page", "folder/*.md", or a table of conditions."""
    if isinstance(value, Mapping):
        return _of_table(value)
    if isinstance(value, str):
        text = text_of(value)
        if text.endswith(".md") or set(text) & set("/*?["):
            return Condition(paths=(text,), written=repr(text), word=text)
        return Condition(slugs=(text,), written=repr(text), word=text)
    number = id_of(value)
    return Condition(ids=(number,), written=str(number), word=str(number))


def _of_table(table: Mapping[str, object]) -> Condition:
    values: dict[str, Any] = {}
    for key, value in table.items():
        with found_at(before=f"{key}: "):
            check_key(key, _FIELDS, "condition")
            if key in ("from", "until"):
                values[_FIELDS[key]] = _day(value)
            else:
                read: Callable[[object], object] = id_of if key in ("id", "related_to") else text_of
                values[_FIELDS[key]] = tuple(
                    map(read, value if isinstance(value, list) else [value])
                )
    if not any(values.values()):
        raise InvalidValue("an empty condition", f"The conditions are {', '.join(_FIELDS)}.")
    written = ", ".join(f"{key} = {_shown(value)}" for key, value in table.items())
    first = next(iter(table.values()))
    word = first[0] if isinstance(first, list) and first else first
    return Condition(**values, written=f"{{{written}}}", word=str(word))


def id_of(value: object) -> PageId:
    """Read the id of a page."""
    is_usable = isinstance(value, int | str) and not isinstance(value, bool)
    page_id = page_id_of(str(value)) if is_usable else None
    if page_id is None:
        what = "" if isinstance(value, str) else f"{kind_of(value)}, "
        hint = "Write what follows 'id:' in the page."
        raise InvalidValue(f"{what}not the id of a page", hint)
    return page_id


def _day(value: object) -> datetime.date:
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        hint = "Use a date such as 2026-02-06, without quotes."
        raise InvalidValue(f"{kind_of(value)}, not a day", hint)
    return value


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
