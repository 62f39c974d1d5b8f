"""Load settings: options override the environment, which overrides the file and the defaults.

tomllib reports no line numbers, so the text of a file is kept and searched for an invalid key.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qt2anki.config.settings import READERS, Settings
from qt2anki.config.values import InvalidValue, KeyPath, check_key, found_at
from qt2anki.errors import SettingsError
from qt2anki.messages import did_you_mean

_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_NAME = re.compile(r"""\s*+(\[{0,2})\s*+((?:"[^"]*+"|'[^']*+'|[\w. -])++)[\]=]""")
_PART = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The text of a file, and its table or the one that is at the keys *prefix* in it."""

    path: Path
    text: str
    table: Mapping[str, object]
    prefix: tuple[str, ...] = ()

    def error(
        self, text: str, hint: str = "", key: KeyPath = (), value: str | None = None
    ) -> SettingsError:
        """Make an error about *key*, and about one of its values, *value*."""
        line = self.line_of(key, value) if key else None
        return SettingsError(text, hint=hint, source=self.path.as_posix(), line=line)

    def line_of(self, key: KeyPath, value: str | None = None) -> int | None:
        """Return the line (from 1) of *key*, or else of the nearest table above it.

        With *value*, return the first line from there on that has it as a separate word.
        """
        whole = (*self.prefix, *key)
        best: tuple[int, int | None] = (0, None)
        for number, path in _named(self.text):
            if whole[: len(path)] == path and len(path) > best[0]:
                best = (len(path), number)
        line = best[1]
        if value is None or line is None:
            return line
        word = re.compile(rf"(?<![\w.-]){re.escape(value)}(?![\w.-])")
        lines = enumerate(self.text.split("\n")[line - 1 :], start=line)
        return next((number for number, text in lines if word.search(text)), line)


def read_toml(path: Path) -> TomlFile:
    """Read a file; raise SettingsError if it is unreadable or not TOML."""
    return parse_toml(path, toml_text(path))


def parse_toml(path: Path, text: str) -> TomlFile:
    """Parse the text of a file; raise SettingsError if it is not TOML."""
    try:
        return TomlFile(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        said = str(error)[: found.start()] if found else str(error)
        line = int(found[1]) if found else text.count("\n") + 1  # "at end of document"
        raise SettingsError(f"not TOML: {said}", source=path.as_posix(), line=line) from error
    except RecursionError as error:
        raise SettingsError("not TOML: nested too deeply", source=path.as_posix()) from error


def toml_text(path: Path) -> str:
    """Read the text of a file; raise SettingsError if it is unreadable or not UTF-8."""
    with unreadable_refused(path):
        return path.read_text(encoding="utf-8-sig")


@contextlib.contextmanager
def unreadable_refused(path: Path) -> Iterator[None]:
    """Raise SettingsError if the file, which is read in this block, is unreadable or not UTF-8."""
    if path.is_fifo():  # reading it would never end
        raise SettingsError("a pipe, not a file", source=path.as_posix())
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"cannot be read: {reason}", source=path.as_posix()) from error
    except UnicodeDecodeError as error:
        hint = "Save it as UTF-8."
        raise SettingsError("not UTF-8 text", hint=hint, source=path.as_posix()) from error


def _named(text: str) -> Iterator[tuple[int, KeyPath]]:
    """Yield each line that names a key or opens a table, with its full path."""
    header: KeyPath = ()
    tables: Counter[KeyPath] = Counter()
    for number, line in enumerate(text.split("\n"), start=1):
        found = _NAME.match(line)
        if not found:
            continue
        parts = tuple(part.strip("\"'") for part in _PART.findall(found[2]))
        if found[1]:
            header = _with_numbers(parts, tables, is_array=found[1] == "[[")
        yield number, (header if found[1] else (*header, *parts))


def _with_numbers(parts: tuple[str, ...], tables: Counter[KeyPath], *, is_array: bool) -> KeyPath:
    """Add the number of the array's table that a header is in, or opens."""
    path: KeyPath = ()
    for part in parts:
        path = (*path, part)
        if is_array and len([each for each in path if isinstance(each, str)]) == len(parts):
            tables[path] += 1
        if tables[path]:
            path = (*path, tables[path] - 1)
    return path


OWN_FILE: Final = "qt2anki.toml"
PROJECT_FILE: Final = "pyproject.toml"
_PROJECT_TABLE: Final = ("tool", "qt2anki")
COURSE_KEY: Final = "course"
"""Key next to the settings in their file; its tables are courses (qt2anki.courses)."""
_VARIABLE = "QT2ANKI_"
_LISTS = frozenset(("kinds", "subject_order"))
_TABLES = frozenset(("sequences", "subject_aliases", "front_matter", "topics"))
_NEAR = 0.85  # QT2ANKI_PROFIL is a typo; less similar names may belong to other programs


@dataclass(frozen=True, slots=True)
class Resolved:
    """The effective settings and their origins.

    For each setting, *origins* has the option ("--profile"), the variable ("QT2ANKI_PROFILE"), the
    place in the file ("qt2anki.toml:3") or "default".
    """

    settings: Settings
    origins: Mapping[str, str]
    source: TomlFile | None


def resolve_settings(
    start: Path,
    explicit: Path | None = None,
    *,
    environ: Mapping[str, str] = MappingProxyType({}),
    options: Mapping[str, object] = MappingProxyType({}),
) -> Resolved:
    """Return the effective settings of the folder *start*.

    *options* are checked values by setting. They override the variables ``QT2ANKI_*`` in *environ*,
    which override the file (see find_settings_file).
    """
    source = find_settings_file(start, explicit)
    values: dict[str, object] = {}
    origins = dict.fromkeys(READERS, "default")
    in_file = _from_file(source) if source else ()
    for key, value, origin in chain(in_file, _from_environment(environ)):
        values[key], origins[key] = value, origin
    for key, value in options.items():
        values[key], origins[key] = value, f"--{key.replace('_', '-')}"
    settings = Settings(**values)  # type: ignore[arg-type]  # each reader returns its field's type
    return Resolved(settings, origins, source)


def find_settings_file(start: Path, explicit: Path | None = None) -> TomlFile | None:
    """Return the file *explicit*, or the first one found in *start* and its parents.

    That is qt2anki.toml, or pyproject.toml if it has a table [tool.qt2anki].
    """
    if explicit is not None:
        if explicit.name != PROJECT_FILE:
            return read_toml(explicit)
        if found := _project_file(explicit):
            return found
        hint = f"Add the table, or use a file that is not named {PROJECT_FILE}."
        text = f"there is no table [{'.'.join(_PROJECT_TABLE)}]"
        raise SettingsError(text, hint=hint, source=explicit.as_posix())
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / OWN_FILE).is_file():
            return read_toml(folder / OWN_FILE)
        if (folder / PROJECT_FILE).is_file() and (found := _project_file(folder / PROJECT_FILE)):
            return found
    return None


def _project_file(path: Path) -> TomlFile | None:
    """Return the file if it has our table; a file that does not name it is not parsed."""
    text = toml_text(path)
    if not all(part in text for part in _PROJECT_TABLE):
        return None
    file = parse_toml(path, text)
    table: object = file.table
    for key in _PROJECT_TABLE:
        table = table.get(key) if isinstance(table, Mapping) else None
    if table is None:
        return None
    if not isinstance(table, Mapping):
        raise file.error(f"{'.'.join(_PROJECT_TABLE)} is not a table", "", _PROJECT_TABLE)
    return replace(file, table=table, prefix=_PROJECT_TABLE)


def _from_file(file: TomlFile) -> Iterator[tuple[str, object, str]]:
    try:
        for key, value in file.table.items():
            with found_at(key):
                check_key(key, (*READERS, COURSE_KEY))
                if key != COURSE_KEY:
                    yield key, READERS[key](value), f"{file.path.as_posix()}:{file.line_of((key,))}"
    except InvalidValue as bad:
        text = f"{'.'.join(map(str, bad.key))}: {bad.text}"
        raise file.error(text, bad.hint, bad.key) from bad


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, object, str]]:
    names = {f"{_VARIABLE}{key.upper()}": key for key in READERS}
    for name, text in sorted(environ.items()):
        if not name.startswith(_VARIABLE) or not text:
            continue
        if key := names.get(name):
            try:
                yield key, READERS[key](_plain_value(key, text)), name
            except InvalidValue as bad:
                raise SettingsError(bad.named, hint=bad.hint, source=name) from bad
        elif hint := did_you_mean(name, names, cutoff=_NEAR):
            raise SettingsError("there is no such setting", hint=hint, source=name)


def _plain_value(key: str, text: str) -> object:
    """Convert a variable to its TOML value: lists are separated by commas, the rest is TOML."""
    if key in _LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(getattr(Settings(), key), str) or text in ("on", "off"):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        if key not in _TABLES:
            with contextlib.suppress(ValueError):
                return float(text)  # such as .5
            return text
        hint = "Use a table such as {42 = true, 7 = false}."
        raise InvalidValue("not a TOML table", hint) from error
