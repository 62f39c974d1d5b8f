"""The files of corrections: ``corrections.toml``, and those in the folder ``corrections``."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from qt2anki.config import Settings
from qt2anki.config.load import TomlFile, parse_toml, toml_text
from qt2anki.config.values import InvalidValue, read_keys, table_of
from qt2anki.corrections.correction import (
    PAGELESS,
    TABLES,
    Correction,
    correction_of,
    key_order,
    table_name,
)
from qt2anki.errors import SettingsError
from qt2anki.messages import Problem, did_you_mean, make_problem, plural
from qt2anki.model import PageId

FILE: Final = "corrections.toml"
FOLDER: Final = "corrections"
# Skip strings and comments: a line in them may look like the header of a table.
_TOKEN = re.compile(
    r"""
    ^(?:[ \t]*+\#[^\n]*+\n)*+[ \t]*+(?P<header>\[[^\n]*)?  # with the comment above it
    | \"{3}(?:\\.|[^\\])*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' | \#[^\n]*
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_SIMPLE_HEADER = re.compile(r'\[(card|page)\."([^"\\]*)"\]')
_WRONG_TABLE: Final = {
    "card": ("not the key of a card", 'Write it as on the card: "PAGE/KEY", such as "170604/qa".'),
    "page": ("not the id of a page", 'Write cards as [card."PAGE/KEY"].'),
}
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?= |$)", re.MULTILINE)


@dataclass(frozen=True)
class Corrections:
    """All corrections; their files are parsed when first needed.

    *more* override those of the files.
    """

    texts: tuple[tuple[Path, str], ...] = ()
    more: tuple[Correction, ...] = ()

    @cached_property
    def digest(self) -> str:
        """A digest of the files, "" if there are none."""
        if not self.texts:
            return ""
        made = hashlib.blake2b(digest_size=16)
        for path, text in self.texts:
            for part in (path.as_posix(), text):
                data = part.encode("utf-8", "surrogatepass")
                made.update(len(data).to_bytes(8, "big") + data)
        return made.hexdigest()

    @cached_property
    def by_key(self) -> Mapping[str, Correction]:
        """The corrections by key, sorted; raises SettingsError that lists all mistakes."""
        found: dict[str, Correction] = {}
        errors: list[SettingsError] = []
        for path, text in self.texts:
            for correction in _read(path, text, errors):
                other = found.setdefault(correction.key, correction)
                if other is not correction:
                    errors.append(_twice(correction.key, other, path, correction.line))
        if errors:
            raise errors[0] if len(errors) == 1 else SettingsError("\n".join(map(str, errors)))
        found |= {one.key: one for one in self.more}
        return MappingProxyType({key: found[key] for key in sorted(found, key=key_order)})

    @cached_property
    def by_page(self) -> Mapping[str, tuple[Correction, ...]]:
        """The corrections by the id of their page as text."""
        found: dict[str, list[Correction]] = {}
        for correction in self.by_key.values():
            found.setdefault(correction.page, []).append(correction)
        return MappingProxyType({page: tuple(every) for page, every in found.items()})

    def of_page(self, page: object) -> tuple[Correction, ...]:
        """Return the corrections of the page with this id, or of abbreviations (PAGELESS)."""
        return self.by_page.get(str(page), ())

    def for_page(self, page: object, more: Iterable[Correction]) -> Corrections:
        """Return the corrections of one page, or of abbreviations; *more* replace some of them."""
        own = {one.key: one for one in (*self.of_page(page), *more)}
        return Corrections(more=tuple(own.values()))

    def state_of(self, page: object) -> str:
        """Return the state of a page's corrections, "" if there are none."""
        found = self.of_page(page)
        return repr(found) if found else ""

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Numbers of applied corrections and of dropped cards, and keys by file; {} without any."""
        applied = [one for one in self.by_key.values() if not one.proposed]
        dropped = sum(one.drop for one in applied)
        files: dict[str, list[str]] = {}
        for one in applied:
            files.setdefault(Path(one.source).name, []).append(one.key)
        return {"applied": len(applied), "dropped": dropped, "files": files} if applied else {}

    @cached_property
    def dropped(self) -> frozenset[str]:
        """The GUIDs of the notes that are dropped."""
        every = self.by_key.values()
        return frozenset(one.guid for one in every if one.drop and not one.proposed)


def places_of_corrections(
    start: Path, settings: Settings, source: TomlFile | None, given: Path | None = None
) -> tuple[Path, ...]:
    """Return the paths of corrections: *given*, in the settings, or next to the settings file.

    New ones go to the first; only *given* and the path in the settings need not exist.
    """
    beside = source.path.parent if source else start
    if given or settings.corrections:
        return (given or beside / settings.corrections,)
    found = (path for path in (beside / FILE, beside / FOLDER) if os.path.lexists(path))
    return tuple(found) or (beside / FILE,)


def read_corrections(paths: Sequence[Path]) -> Corrections:
    """Read the files in *paths* (files, and folders of ``*.toml``); SettingsError if one fails.

    A file that does not exist yet has no corrections, but a broken link is an error: the disk may
    be missing.
    """
    for path in paths:
        if path.is_symlink() and not os.path.exists(path):  # noqa: PTH110  # of any length
            text = f"a link to {path.readlink().as_posix()}, which does not exist"
            hint = "Restore that file, or remove the link."
            raise SettingsError(text, hint=hint, source=path.as_posix())
    files = correction_files(path for path in paths if os.path.exists(path))  # noqa: PTH110
    return Corrections(tuple((path, toml_text(path)) for path in files))


def correction_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files of corrections in *paths*, sorted in each folder."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return tuple(found)


def unread_corrections(corrections: Corrections, pages: Collection[PageId]) -> Iterator[Problem]:
    """Yield a problem for each file with corrections of pages that were not read."""
    read = {PAGELESS, *map(str, pages)}
    missing: dict[str, list[Correction]] = {}
    for page, found in corrections.by_page.items():
        if page not in read:
            missing.setdefault(found[0].source, []).append(found[0])
    for source, ones in missing.items():
        named = ", ".join(one.page for one in ones[:5]) + (", ..." if len(ones) > 5 else "")
        text = f"corrections to {plural(len(ones), 'unread page')}: {named}"
        yield make_problem("QT605", source, text, line=ones[0].line)


def unknown_abbreviations(corrections: Corrections, known: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each correction of an abbreviation whose key is not *known*."""
    for one in corrections.of_page(PAGELESS):
        if one.key not in known and not one.proposed:
            yield one.problem("QT601", "there is no such card", did_you_mean(one.key, known))


def _read(path: Path, text: str, errors: list[SettingsError]) -> Iterator[Correction]:
    """Yield the corrections of a file, and add its mistakes to *errors*."""
    source = path.as_posix()
    try:
        lines = _lines_of(path, text)
        file = parse_corrections(path, text)
        tables = read_keys(file.table, dict.fromkeys(TABLES, table_of), "table")
    except SettingsError as error:
        errors.append(error)
        return
    except InvalidValue as bad:
        hint = 'Begin each correction with [card."PAGE/KEY"] or [page."PAGE"].'
        errors.append(SettingsError(bad.text, hint=hint, source=source, line=1))
        return
    rows = [(name, key) for name, table in tables.items() for key in table]
    for name, key in rows:
        try:
            if name != table_name(key):
                raise InvalidValue(*_WRONG_TABLE[name])
            line = lines.get(key) or file.line_of((name, key))
            yield correction_of(key, tables[name][key], source, line)
        except InvalidValue as bad:
            errors.append(file.error(f"{key}: {bad.named}", bad.hint, (name, key, *bad.key)))


def _lines_of(path: Path, text: str) -> dict[str, int]:
    """Return the lines of the headers by key; raise SettingsError if a key has two."""
    lines: dict[str, int] = {}
    for table in split_tables(text):
        if table.key in lines:
            first = Correction(table.key, path.as_posix(), lines[table.key])
            raise _twice(table.key, first, path, table.line)
        if table.key:
            lines[table.key] = table.line
    return lines


@dataclass(frozen=True, slots=True)
class TableText:
    """A table and the comment above it, as a part of the text of its file."""

    key: str  # "" if it is not a correction
    line: int  # of its header, from 1
    start: int
    end: int
    text: str


def split_tables(text: str) -> list[TableText]:
    """Return the tables of a file, in order."""
    headers = [token for token in _TOKEN.finditer(text) if token["header"]]
    ends = [*(header.start() for header in headers), len(text)][1:]
    tables, line, place = [], 1, 0
    for header, end in zip(headers, ends, strict=True):
        start, at = header.start(), header.start("header")
        line += text.count("\n", place, at)
        place = at
        tables.append(TableText(_key_in(header["header"]), line, start, end, text[start:end]))
    return tables


def _key_in(header: str) -> str:
    if simple := _SIMPLE_HEADER.fullmatch(header):  # for speed
        return simple[2] if table_name(simple[2]) == simple[1] else ""
    try:
        table = tomllib.loads(header.rstrip())
    except tomllib.TOMLDecodeError:
        return ""
    found = ((name, table.get(name)) for name in TABLES)
    keys = ((name, key) for name, t in found if isinstance(t, dict) for key in t)
    return next((key for name, key in keys if table_name(key) == name), "")


def parse_corrections(path: Path, text: str) -> TomlFile:
    """Parse the text of a file of corrections; raise SettingsError if it is not TOML."""
    try:
        return parse_toml(path, text)
    except SettingsError:
        conflict = _CONFLICT.search(text)
        if conflict is None:
            raise
    hint = "Keep both tables, or one if both sides correct the same card; then remove the markers."
    line = text.count("\n", 0, conflict.start()) + 1
    said = "an unresolved merge conflict"
    raise SettingsError(said, hint=hint, source=path.as_posix(), line=line)


def _twice(key: str, other: Correction, path: Path, line: int | None) -> SettingsError:
    what = f"a second correction to the {table_name(key)} {key!r}"
    return SettingsError(
        f"{what}; the first is in {other.source}:{other.line}",
        hint="Keep one of them.",
        source=path.as_posix(),
        line=line,
    )
