"""Conditions that choose pages: of the units of courses, and of topics."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qt2anki.config.values import InvalidValue, check_key, kind_of, table_of, text_of
from qt2anki.model import PageId, page_id_of


@dataclass(frozen=True, slots=True)
class Condition:
    """What a page must be to be taken: one of the values under each heading that has any."""

    ids: tuple[PageId, ...] = ()
    slugs: tuple[str, ...] = ()  # the end of the address, or the file's name without ".md"
    paths: tuple[str, ...] = ()  # patterns for the end of a path: "nursing/*.md"
    subjects: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # in the question or the answer
    related_to: tuple[PageId, ...] = ()  # recommended by these pages
    since: datetime.date | None = None
    until: datetime.date | None = None
    questions: tuple[str, ...] = ()  # words that begin words of the question, all of one text
    keyword_words: tuple[str, ...] = ()  # the same of a keyword; only to list pages
    written: str = ""  # as in the file, for messages
    word: str = ""  # by which its line is found


_MANY: Final[Mapping[str, str]] = {
    "id": "ids",
    "slug": "slugs",
    "path": "paths",
    "subject": "subjects",
    "keyword": "keywords",
    "question": "questions",
    "text": "texts",
    "related_to": "related_to",
}
_DAYS: Final[Mapping[str, str]] = {"from": "since", "until": "until"}
CONDITION_KEYS: Final = (*_MANY, *_DAYS)


def conditions_of(value: object) -> tuple[Condition, ...]:
    """Read a list of ids, slugs, paths and tables; raise InvalidValue for anything else."""
    if not isinstance(value, list):
        raise InvalidValue(
            f"{kind_of(value)}, not a list", 'Write it like [900001, "biology/*.md"].'
        )
    return tuple(map(condition_of, value))


def condition_of(value: object) -> Condition:
    """Read one element: 900001, "slug-of-a-page", "folder/*.md", or a table of conditions."""
    if isinstance(value, Mapping):
        return _of_table(value)
    if isinstance(value, str):
        text = text_of(value)
        key = "paths" if text.endswith(".md") or set(text) & set("/*?[") else "slugs"
        return _condition({key: (text,)}, repr(text), text)
    number = _id(value)
    return _condition({"ids": (number,)}, str(number), str(number))


def _of_table(table: Mapping[str, object]) -> Condition:
    values: dict[str, Any] = {}
    for key, value in table_of(table).items():
        reader: Callable[[object], object] = _id if key in ("id", "related_to") else text_of
        try:
            check_key(key, CONDITION_KEYS, "condition")
            if key in _DAYS:
                values[_DAYS[key]] = _day(value)
            else:
                values[_MANY[key]] = tuple(
                    map(reader, value if isinstance(value, list) else [value])
                )
        except InvalidValue as invalid:
            raise InvalidValue(f"{key}: {invalid.text}", invalid.hint) from invalid
    if not any(values.values()):
        raise InvalidValue("an empty condition", f"The conditions are {', '.join(CONDITION_KEYS)}.")
    written = ", ".join(f"{key} = {_shown(value)}" for key, value in table.items())
    first = next(iter(table.values()))
    word = first[0] if isinstance(first, list) and first else first
    return _condition(values, f"{{{written}}}", str(word))


def _condition(values: Mapping[str, Any], written: str, word: str) -> Condition:
    return Condition(**values, written=written, word=word)


def _id(value: object) -> PageId:
    page_id = None if isinstance(value, bool | float) else page_id_of(str(value))
    if page_id is None or not isinstance(value, int | str):
        raise InvalidValue(f"{kind_of(value)}, not the id of a page", "Write what follows 'id:'.")
    return page_id


def _day(value: object) -> datetime.date:
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        raise InvalidValue(
            f"{kind_of(value)}, not a day", "Write it like 2026-02-06, without quotes."
        )
    return value


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
