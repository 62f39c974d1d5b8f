"""Where settings come from: options, then the environment, then a file, then the defaults."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qt2anki.config.settings import Settings
from qt2anki.config.toml_file import TomlFile, read_toml, toml_text
from qt2anki.config.values import READERS, Unfit, check_key
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
_NEAR = 0.85  # QT2ANKI_PROFIL is a slip; what is farther away belongs to somebody else
_KNOWN_KEYS = (*READERS, COURSE_KEY)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The file with the settings, and the keys that lead to their table in it."""

    file: TomlFile
    prefix: tuple[str, ...] = ()

    @property
    def table(self) -> Mapping[str, object]:
        """The settings as written; SettingsError when there is something else in their place."""
        table = _below(self.file.table, self.prefix)
        if not isinstance(table, Mapping):
            raise self.file.error(f"{'.'.join(self.prefix)} is not a table", "", self.prefix)
        return table


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings that hold, and of each where it was said.

    *origins* has for each setting the option ("--profile"), the variable ("QT2ANKI_PROFILE"), the
    place in the file ("qt2anki.toml:3") or "default".
    """

    settings: Settings
    origins: Mapping[str, str] = field(default_factory=dict)
    source: SettingsFile | None = None


def load_settings(start: Path, explicit: Path | None = None) -> Settings:
    """Return the settings that a file says hold in the folder *start*; see resolve_settings."""
    return resolve_settings(start, explicit).settings


def resolve_settings(
    start: Path,
    explicit: Path | None = None,
    *,
    environ: Mapping[str, str] = MappingProxyType({}),
    options: Mapping[str, object] = MappingProxyType({}),
) -> Resolved:
    """Find out which settings hold in the folder *start*.

    *options* are values that are checked already, by setting; they go before the variables
    ``QT2ANKI_*`` in *environ*, those before the file (see find_settings_file). Raises
    SettingsError, with its place, for whatever cannot be used.
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
    """Return the file *explicit*, else the first one found in *start* and then its parents.

    That is qt2anki.toml, or pyproject.toml if it has a table [tool.qt2anki]. Raises SettingsError
    for a file that cannot be read or is not TOML.
    """
    if explicit is not None:
        found = _project_file(explicit) if explicit.name == PROJECT_FILE else None
        if explicit.name == PROJECT_FILE and found is None:
            hint = f"Add the table, or name a file that is not called {PROJECT_FILE}."
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
    """Return the file if it has our table; one that does not speak of us is not parsed."""
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
        except Unfit as unfit:
            inner = () if unfit.key is None else (unfit.key,)
            name = ".".join((key, *inner))
            raise source.file.error(f"{name}: {unfit.text}", unfit.hint, (*path, *inner)) from unfit


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
    except Unfit as unfit:
        inner = "" if unfit.key is None else f"{unfit.key}: "
        raise SettingsError(f"{inner}{unfit.text}", hint=unfit.hint, source=name) from unfit


def _plain_value(key: str, text: str) -> object:
    """Read a variable as TOML would give it: lists by commas, tables as TOML writes them."""
    if key in _LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if key in _TABLES:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError as error:
            raise Unfit("not a table of TOML", "Write it like {42 = true, 7 = false}.") from error
    if key in _NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text
    return text
