"""The text of a file of corrections, table by table: comments and order stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

import tomlkit
from tomlkit.items import Item, KeyType, SingleKey

from qt2anki.corrections.correction import READERS, TABLES, key_order, table_name

# Skip strings and comments: a line in them may look like the header of a table.
_TOKEN = re.compile(
    r"""
    ^(?:[ \t]*+\#[^\n]*+\n)*+[ \t]*+(?P<header>\[[^\n]*)?  # with the comment above it
    | \"{3}(?:\\.|[^\\])*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' | \#[^\n]*
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_TOP = """\
# Corrections of cards. See docs/corrections.md; qt2anki check reports mistakes.
"""


def with_correction(text: str, key: str, values: Mapping[str, object] | None) -> str:
    """Return the text of a file with the table *values* for *key*; None removes it."""
    tables = split_tables(text)
    at = next((at for at, table in enumerate(tables) if table.key == key), None)
    if at is not None:
        old = tables[at]
        new = "" if values is None else _edited(old.text, key, values)
        return text[: old.start] + new + text[old.end :]
    if values is None:
        return text
    order = key_order(key)
    after = [table for table in tables if table.key and key_order(table.key) > order]
    place = after[0].start if after else len(text)
    before = text[:place] or _TOP
    gap = "" if before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
    made = _table(key, values) + ("\n" if after else "")
    return before + gap + made + text[place:]


@dataclass(frozen=True, slots=True)
class TableText:
    """A table and the comment above it, as a part of the text of its file."""

    key: str  # "" for one that is not the correction of a card
    start: int
    end: int
    text: str


def split_tables(text: str) -> list[TableText]:
    """Return the tables of a file, in order."""
    headers = [token for token in _TOKEN.finditer(text) if token["header"]]
    starts = [header.start() for header in headers]
    ends = [*starts, len(text)][1:]
    return [
        TableText(_key_in(header["header"]), start, end, text[start:end])
        for header, start, end in zip(headers, starts, ends, strict=True)
    ]


def _key_in(header: str) -> str:
    try:
        table = tomllib.loads(header.rstrip())
    except tomllib.TOMLDecodeError:
        return ""
    found = ((name, table.get(name)) for name in TABLES)
    keys = ((name, key) for name, t in found if isinstance(t, dict) for key in t)
    return next((key for name, key in keys if table_name(key) == name), "")


def _table(key: str, values: Mapping[str, object]) -> str:
    document, cards, table = tomlkit.document(), tomlkit.table(is_super_table=True), tomlkit.table()
    for name in READERS:
        if name in values:
            table.add(name, _item(values[name]))
    cards.add(SingleKey(key, t=KeyType.Basic), table)
    document.add(table_name(key), cards)
    return tomlkit.dumps(document)


def _item(value: object) -> Item:
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    return tomlkit.item(value)


def _edited(text: str, key: str, values: Mapping[str, object]) -> str:
    """Change a table in place, so that comments in it and the order of its keys stay."""
    document = tomlkit.parse(text)
    table = document[table_name(key)][key]
    for name in [name for name in table if name not in values]:
        table.remove(name)
    for name in READERS:
        if name in values and table.get(name) != values[name]:
            table[name] = _item(values[name])
    return tomlkit.dumps(document)


def with_table_text(text: str, key: str, table: str | None) -> str:
    """Insert the text of a table where with_correction() would put it."""
    if table is None:
        return with_correction(text, key, None)
    place = with_correction(with_correction(text, key, None), key, {"keep": True})
    found = next(one for one in split_tables(place) if one.key == key)
    return f"{place[: found.start]}{table}{place[found.end :]}".rstrip("\n") + "\n"
