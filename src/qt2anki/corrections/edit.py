"""Write corrections to their files, one table at a time, in order, keeping comments."""

from __future__ import annotations

import contextlib
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import KeyType, SingleKey

from qt2anki.anki.files import digest_of, package_file_name, write_atomically
from qt2anki.config.load import unreadable_refused
from qt2anki.corrections.correction import (
    READERS,
    TABLES,
    WORDING,
    Correction,
    correction_of,
    key_order,
    table_name,
)
from qt2anki.corrections.corrections_file import Corrections, parse_corrections, split_tables
from qt2anki.errors import Qt2AnkiError, SettingsError

_TOP = """\
# Corrections to cards. See docs/corrections.md; qt2anki check reports mistakes.
"""


class CorrectionsChangedError(Qt2AnkiError):
    """A corrections file has changed since it was read."""


@dataclass(frozen=True, slots=True)
class CorrectionsText:
    """A file of corrections as it was read; its lines end with *newline* only in the file.

    *digest* is "" for a file that does not exist yet.
    """

    path: Path
    text: str
    digest: str
    newline: str = "\n"


def read_text(path: Path) -> CorrectionsText:
    """Read a file of corrections, to write it later; raises SettingsError if that fails."""
    with unreadable_refused(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return CorrectionsText(path, "", "")
        text = data.decode("utf-8-sig")
    newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    return CorrectionsText(path, text.replace("\r\n", "\n"), digest_of(data), newline)


def set_correction(file: CorrectionsText, key: str, values: Mapping[str, object] | None) -> None:
    """Write the correction of *key* (None: remove it); see :func:`set_corrections`."""
    set_corrections([(file, {key: values})])


def set_corrections(
    edits: Sequence[tuple[CorrectionsText, Mapping[str, Mapping[str, object] | None]]],
) -> None:
    """Write corrections into their files.

    Raises CorrectionsChangedError if a file is not as it was read, InvalidValue for invalid values,
    SettingsError for a file that cannot be edited, and PackageError if the disk fails. In these
    cases nothing is written.
    """
    edited = [replace(file, text=_with_tables(file, tables)) for file, tables in edits]
    with contextlib.ExitStack() as locks:
        for folder in sorted({file.path.parent for file in edited}):
            locks.enter_context(_locked(folder))
        for file in edited:
            if read_text(file.path).digest != file.digest:
                raise CorrectionsChangedError(
                    "the file has changed since it was read",
                    hint="read it again; nothing was written",
                    source=file.path.as_posix(),
                )
        for file in edited:
            write_text(file)


def write_text(file: CorrectionsText) -> None:
    """Write the text of a file, with its newlines."""
    write_atomically(file.path, file.text.replace("\n", file.newline).encode("utf-8"))


def _with_tables(file: CorrectionsText, tables: Mapping[str, Mapping[str, object] | None]) -> str:
    """Return the text with new tables; raise SettingsError if it cannot be edited."""
    for key, values in tables.items():
        if values is not None:
            correction_of(key, values, file.path.as_posix(), None)
    meant = _corrections_of(file)
    text = file.text
    try:
        for key, values in tables.items():
            text = with_correction(text, key, values)
            meant.pop(key, None)
            meant |= {} if values is None else {key: values}
        is_meant = _by_table({}) | tomllib.loads(text) == _by_table(meant)
    except (TOMLKitError, tomllib.TOMLDecodeError, RecursionError):
        is_meant = False
    if not is_meant:
        raise _not_editable(file, next(iter(tables)))
    return text


def _corrections_of(file: CorrectionsText) -> dict[str, object]:
    """Return the corrections of a file; raise SettingsError unless each is a separate table."""
    whole = _by_table({}) | dict(parse_corrections(file.path, file.text).table)
    try:
        found = dict(_corrections_in(file.text))
    except (tomllib.TOMLDecodeError, RecursionError):  # text that is not a header looks like one
        found = {}
    if whole == _by_table(found):
        return found
    tables = (whole[name] for name in TABLES)
    each = (pair for table in tables if isinstance(table, dict) for pair in table.items())
    raise _not_editable(file, next((key for key, values in each if values != found.get(key)), ""))


def _by_table(corrections: Mapping[str, object]) -> dict[str, object]:
    """Return the content of a file with these corrections."""
    return {
        name: {key: values for key, values in corrections.items() if table_name(key) == name}
        for name in TABLES
    }


def _corrections_in(text: str) -> list[tuple[str, object]]:
    """Return the corrections in a text, one by one."""
    keyed = ((table.key, table.text) for table in split_tables(text) if table.key)
    return [(key, tomllib.loads(text)[table_name(key)][key]) for key, text in keyed]


def _not_editable(file: CorrectionsText, key: str) -> SettingsError:
    toml = parse_corrections(file.path, file.text)
    name = table_name(key or "/")
    tables = toml.table.get(name)
    values = tables.get(key) if isinstance(tables, dict) else None
    inner = tuple(values)[:1] if isinstance(values, dict) else ()
    return toml.error(
        f"{key and f'{key}: '}the file cannot be edited in its current form; nothing was changed",
        f'Begin each correction with a line of its own, such as [{name}."{key or "PAGE/KEY"}"].',
        (name, key, *inner),
    )


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
    quoted = SingleKey(key, t=KeyType.Basic).as_string()
    made = _edited(f"[{table_name(key)}.{quoted}]\n", key, values)
    return before + gap + made + ("\n" if after else "") + text[place:]


def _edited(text: str, key: str, values: Mapping[str, object]) -> str:
    """Change a table in place, so that comments in it and the order of its keys stay."""
    document = tomlkit.parse(text)
    table = document[table_name(key)][key]
    for name in [name for name in table if name not in values]:
        table.remove(name)
    for name in READERS:
        value = values.get(name)
        if name in values and table.get(name) != value:
            is_long = isinstance(value, str) and "\n" in value
            table[name] = tomlkit.string(str(value), multiline=True) if is_long else value
    return tomlkit.dumps(document)


def with_table_text(text: str, key: str, table: str | None) -> str:
    """Insert the text of a table where with_correction() would put it."""
    if table is None:
        return with_correction(text, key, None)
    place = with_correction(with_correction(text, key, None), key, {"keep": True})
    found = next(one for one in split_tables(place) if one.key == key)
    return f"{place[: found.start]}{table}{place[found.end :]}".rstrip("\n") + "\n"


Decision = Literal["drop", "keep"]


def decided(
    old: Correction | None,
    verdict: Decision | None,
    texts: Mapping[str, object],
    made_from: str,
) -> dict[str, object]:
    """Return the table of a card after a decision; *old* is its current correction.

    *texts* are the new wording and the reason. New wording undoes a drop, and a drop removes the
    wording. Any decision confirms a proposal.
    """
    kept = {"reason"} if verdict == "drop" else READERS.keys() - {"proposed", "made_from"}
    values = {name: value for name, value in (old.values if old else {}).items() if name in kept}
    if verdict == "keep" or any(name in WORDING for name in texts):
        values.pop("drop", None)
    values |= texts
    if verdict:
        values[verdict] = True
    return values | ({"made_from": made_from} if made_from else {})


def file_for(key: str, corrections: Corrections, paths: Sequence[Path], subject: str) -> Path:
    """Return the file that has, or will get, the correction of *key*.

    In a folder each subject has a file, with the name of its package; a path without ".toml" that
    does not exist yet will be a folder. *paths* are those of places_of_corrections().
    """
    known = corrections.by_key.get(key)
    if known is not None:
        return Path(known.source)
    target = paths[0]
    if target.is_dir() or (target.suffix != ".toml" and not target.exists()):
        return target / Path(package_file_name(subject)).with_suffix(".toml")
    return target


def merged(
    base: CorrectionsText, ours: CorrectionsText, theirs: CorrectionsText
) -> tuple[CorrectionsText, tuple[str, ...]]:
    """Merge two edits of a file of corrections into *ours*, table by table.

    Return the merged file, and the keys that both sides have changed differently. For these, the
    text has the tables of both sides, so it is refused until one is removed. Raises SettingsError
    for a file that cannot be edited.
    """
    known = [_corrections_of(file) for file in (base, ours, theirs)]
    old, own, other = (
        {table.key: f"{table.text.strip()}\n\n" for table in split_tables(file.text) if table.key}
        for file in (base, ours, theirs)
    )
    text, conflicts = ours.text, []
    meant: list[tuple[str, object]] = []
    for key in sorted({*old, *own, *other}, key=key_order):
        mine, new = own.get(key), other.get(key)
        sides = known[1:]
        if new in (old.get(key), mine):
            sides = known[1:2]
        elif mine == old.get(key):
            sides = known[2:]
            text = with_table_text(text, key, new)
        else:
            conflicts.append(key)
            text = with_table_text(text, key, f"{mine or ''}{new or ''}")
        meant += [(key, side[key]) for side in sides if key in side]
    if sorted(_corrections_in(text), key=itemgetter(0)) != sorted(meant, key=itemgetter(0)):
        raise _not_editable(ours, next(iter(conflicts), ""))
    return replace(ours, text=text), tuple(conflicts)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make other writers of corrections in *folder* wait; Windows cannot lock folders."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415  # Windows has none

    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # writing to it also fails, with a message
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
