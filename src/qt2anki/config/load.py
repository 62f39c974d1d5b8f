"""Load settings: options override the environment, which overrides the file and the defaults."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qt2anki.config.settings import Settings
from qt2anki.config.toml_file import TomlFile, read_toml, toml_text
from qt2anki.config.values import READERS, InvalidValue, check_key
from qt2anki.errors import SettingsError
from qt2anki.messages import did_you_mean

OWN_FILE: Final = "qt2anki.toml"
PROJECT_FILE: Final = "pyproject.toml"
PROJECT_TABLE: Final = ("tool", "qt2anki")
COURSE_KEY: Final = "course"
"""Key next to the settings in their file; its tables are courses (qt2anki.courses)."""
VARIABLE_START: Final = "QT2ANKI_"
DEFAULT: Final = "default"
_NUMBERS = frozenset(("sequence_threshold", "card_threshold"))
_LISTS = frozenset(("kinds", "subject_order"))
_TABLES = frozenset(("sequences", "subject_aliases", "front_matter"))
_NEAR = 0.85  # QT2ANKI_PROFIL is a typo; less similar names may belong to other programs
_KNOWN_KEYS = (*READERS, COURSE_KEY)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The settings file, and the keys that lead to the table of settings in it."""

    file: TomlFile
    prefix: tuple[str, ...] = ()

    @property
    def table(self) -> Mapping[str, object]:
        """The settings as written; raises SettingsError if they are not a table."""
        table = _below(self.file.table, self.prefix)
        if not isinstance(table, Mapping):
            raise self.file.error(f"{'.'.join(self.prefix)} is not a table", "", self.prefix)
        return table


@dataclass(frozen=True, slots=True)
class Resolved:
    """The effective settings and their origins.

    *origins* has for each setting the option ("--profile"), the variable ("QT2ANKI_PROFILE"), the
    place in the file ("qt2anki.toml:3") or "default".
    """

    settings: Settings
    origins: Mapping[str, str] = field(default_factory=dict)
    source: SettingsFile | None = None


def load_settings(start: Path, explicit: Path | None = None) -> Settings:
    """Return the settings of the folder *start* from its file; see resolve_settings."""
    return resolve_settings(start, explicit).settings


def resolve_settings(
    start: Path,
    explicit: Path | None = None,
    *,
    environ: Mapping[str, str] = MappingProxyType({}),
    options: Mapping[str, object] = MappingProxyType({}),
) -> Resolved:
    """Return the effective settings of the folder *start*.

    *options* are checked values by setting. They override the variables ``QT2ANKI_*`` in
    *environ*, which override the file (see find_settings_file). Raises SettingsError, with its
    place, for anything invalid.
    """
    source = find_settings_file(start, explicit)
    values: dict[str, object] = {}
    origins = dict.fromkeys(READERS, DEFAULT)
    for found in (_from_file(source), _from_environment(environ)):
        for key, value, origin in found:
            values[key], origins[key] = value, origin
    for key, value in options.items():
        values[key], origins[key] = value, f"--{key.replace('_', '-')}"
    settings = Settings(**values)  # type: ignore[arg-type]  # each reader returns its field's type
    return Resolved(settings, origins, source)


def find_settings_file(start: Path, explicit: Path | None = None) -> SettingsFile | None:
    """Return the file *explicit*, or the first one found in *start* and its parents.

    That is qt2anki.toml, or pyproject.toml if it has a table [tool.qt2anki]. Raises SettingsError
    for a file that cannot be read or is not TOML.
    """
    if explicit is not None:
        found = _project_file(explicit) if explicit.name == PROJECT_FILE else None
        if explicit.name == PROJECT_FILE and found is None:
            hint = f"Add the table, or use a file that is not named {PROJECT_FILE}."
            text = f"there is no table [{'.'.join(PROJECT_TABLE)}]"
            raise SettingsError(text, hint=hint, source=explicit.as_posix())
        return found or SettingsFile(read_toml(explicit))
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / OWN_FILE).is_file():
            return SettingsFile(read_toml(folder / OWN_FILE))
        if (folder / PROJECT_FILE).is_file() and (found := _project_file(folder / PROJECT_FILE)):
            return found
    return None


def _project_file(path: Path) -> SettingsFile | None:
    """Return the file if it has our table; a file that does not name it is not parsed."""
    text = toml_text(path)
    if not all(part in text for part in PROJECT_TABLE):
        return None
    file = read_toml(path)
    return None if _below(file.table, PROJECT_TABLE) is None else SettingsFile(file, PROJECT_TABLE)


def _below(table: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _from_file(source: SettingsFile | None) -> Iterator[tuple[str, object, str]]:
    if source is None:
        return
    for key, value in source.table.items():
        path = (*source.prefix, key)
        try:
            check_key(key, _KNOWN_KEYS)
            if key != COURSE_KEY:
                line = source.file.line_of(path)
                yield key, READERS[key](value), f"{source.file.path.as_posix()}:{line}"
        except InvalidValue as bad:
            inner = () if bad.key is None else (bad.key,)
            name = ".".join((key, *inner))
            raise source.file.error(f"{name}: {bad.text}", bad.hint, (*path, *inner)) from bad


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, object, str]]:
    names = {f"{VARIABLE_START}{key.upper()}": key for key in READERS}
    for name, text in sorted(environ.items()):
        if not name.startswith(VARIABLE_START) or not text:
            continue
        if name in names:
            yield names[name], _of_variable(name, names[name], text), name
        elif hint := did_you_mean(name, names, cutoff=_NEAR):
            raise SettingsError("there is no such setting", hint=hint, source=name)


def _of_variable(name: str, key: str, text: str) -> object:
    try:
        return READERS[key](_plain_value(key, text))
    except InvalidValue as bad:
        inner = "" if bad.key is None else f"{bad.key}: "
        raise SettingsError(f"{inner}{bad.text}", hint=bad.hint, source=name) from bad


def _plain_value(key: str, text: str) -> object:
    """Convert a variable to its TOML value: lists are separated by commas, tables are TOML."""
    if key in _LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if key in _TABLES:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError as error:
            raise InvalidValue(
                "not a TOML table", "Write it like {42 = true, 7 = false}."
            ) from error
    if key in _NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text
    return text
