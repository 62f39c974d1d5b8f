"""What a course may set once, in qt2anki.toml or under [tool.qt2anki] in pyproject.toml.

Settings are read in one place and passed on as a value; nothing below asks for a file or for the
environment. A key we do not know is refused: a misspelt key that does nothing is worse.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qt2anki.errors import SettingsError
from qt2anki.model import Kind

OWN_FILE: Final = "qt2anki.toml"
PROJECT_FILE: Final = "pyproject.toml"
PROJECT_TABLE: Final = ("tool", "qt2anki")
PROFILES: Final = ("core", "standard", "full")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; hashable and picklable, so that workers can have them."""

    deck_root: str = "QuickTakes"
    """The parent of all subject decks; ``::`` makes levels, as in Anki."""

    tag_root: str = "QuickTakes"
    """The first part of every tag."""

    base_url: str = "https://quicktakes.io"
    """What a page's url that starts with "/" is taken from; no slash at the end."""

    language: str = "en"
    """The language of the pages, as in HTML's ``lang`` (BCP 47)."""

    sequence_threshold: float = 3.0
    """How many points of evidence make a numbered list a process; lower finds more of them."""

    sequences: tuple[tuple[int, bool], ...] = ()
    """Page id -> its list is (not) a process, whatever the evidence; sorted by id."""

    profile: str = "standard"
    """How many kinds of cards are made: one of :data:`PROFILES`."""

    kinds: tuple[str, ...] = ()
    """The kinds of notes that are made, whatever the profile; empty: those of the profile."""

    subject_aliases: tuple[tuple[str, str], ...] = ()
    """Subject as written in a page -> subject it belongs to; sorted by the first."""


def load_settings(start: Path, explicit: Path | None = None) -> Settings:
    """Read the settings that hold in the folder *start*.

    They come from the file *explicit*, or else from the first file found in *start* and then its
    parents: qt2anki.toml, or pyproject.toml if it has a table [tool.qt2anki]. Without any, the
    defaults hold. Raises SettingsError, with file and line, for whatever cannot be used.
    """
    if explicit is not None:
        file = _read(explicit)
        if explicit.name == PROJECT_FILE and not file.has_table:
            hint = f"Add the table, or name a file that is not called {PROJECT_FILE}."
            raise file.error(f"there is no table [{'.'.join(PROJECT_TABLE)}]", hint)
        return _settings(file)
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / OWN_FILE).is_file():
            return _settings(_read(folder / OWN_FILE))
        if (folder / PROJECT_FILE).is_file():
            file = _read(folder / PROJECT_FILE)
            if file.has_table:
                return _settings(file)
    return Settings()


@dataclass(frozen=True, slots=True)
class _File:
    """A settings file: its text is kept to find the line of a key, which tomllib does not tell."""

    path: Path
    text: str
    prefix: tuple[str, ...]

    @property
    def has_table(self) -> bool:
        return all(part in self.text for part in self.prefix) and self._table() is not None

    def table(self) -> Mapping[str, object]:
        table = self._table()
        if not isinstance(table, Mapping):
            raise self.error(f"{'.'.join(self.prefix)} is not a table", "", self.prefix)
        return table

    def _table(self) -> object:
        try:
            table: object = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = _TOML_PLACE.search(str(error))
            said = str(error)[: found.start()] if found else str(error)
            line = int(found[1]) if found else self.text.count("\n") + 1  # "at end of document"
            raise SettingsError(f"not TOML: {said}", source=str(self.path), line=line) from error
        for part in self.prefix:
            table = table.get(part) if isinstance(table, Mapping) else None
        return table

    def error(self, text: str, hint: str, key: tuple[str, ...] = ()) -> SettingsError:
        line = _line_of(self.text, key) if key else None
        return SettingsError(text, hint=hint, source=str(self.path), line=line)


_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


def _read(path: Path) -> _File:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"cannot be read: {reason}", source=str(path)) from error
    except UnicodeDecodeError as error:
        raise SettingsError("not UTF-8 text", hint="Save it as UTF-8.", source=str(path)) from error
    return _File(path, text, PROJECT_TABLE if path.name == PROJECT_FILE else ())


def _line_of(text: str, key: tuple[str, ...]) -> int | None:
    """Find the line (from 1) that names *key*, or else the nearest table above it."""
    header: tuple[str, ...] = ()
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.split("\n"), start=1):
        found = _TOML_NAME.match(line)
        if not found:
            continue
        parts = tuple(part.strip("\"'") for part in _TOML_PART.findall(found[2]))
        if found[1]:
            header = parts
        path = parts if found[1] else header + parts
        if key[: len(path)] == path and len(path) > best[0]:
            best = (len(path), number)
    return best[1]


_TOML_NAME = re.compile(r"""\s*(\[?)\s*((?:"[^"]*"|'[^']*'|[\w. -])+)[\]=]""")
_TOML_PART = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")


class _Unfit(Exception):  # noqa: N818  # never leaves this module
    """A value is none we can use; *key* is the one inside a table, when it is one."""

    def __init__(self, text: str, hint: str = "", key: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.key = key


def _settings(file: _File) -> Settings:
    values: dict[str, object] = {}
    for key, value in file.table().items():
        try:
            values[key] = _reader(key)(value)
        except _Unfit as unfit:
            path = (*file.prefix, key, *([] if unfit.key is None else [unfit.key]))
            name = ".".join(path[len(file.prefix) :])
            raise file.error(f"{name}: {unfit.text}", unfit.hint, path) from unfit
    return Settings(**values)  # type: ignore[arg-type]  # each reader returns its field's type


def _reader(key: str) -> Callable[[object], object]:
    if key in _READERS:
        return _READERS[key]
    near = difflib.get_close_matches(key, _READERS, n=1)
    known = f"The settings are {', '.join(sorted(_READERS))}."
    raise _Unfit("there is no such setting", f"Did you mean {near[0]}?" if near else known)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit(f"{_kind(value)}, not text", "Put it in quotes.")
    if not value.strip():
        raise _Unfit("empty")
    if not value.isprintable():
        raise _Unfit("holds a character that cannot be shown")
    return value


def _deck_root(value: object) -> str:
    parts = [part.strip() for part in _text(value).split("::")]
    if not all(parts):
        raise _Unfit("a level of the deck name is empty", 'Write it as "Parent::Child".')
    return "::".join(parts)


def _tag_root(value: object) -> str:
    text = _text(value)
    if text.split() != [text] or not all(text.split("::")):
        raise _Unfit("no tag", "A tag has no blanks in it, and no empty level between '::'.")
    return text


def _base_url(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"https?://[^\s/\"<>]+(?:/[^\s\"<>]*)?", text):
        raise _Unfit("no address", 'Write it in full, like "https://example.org".')
    return text.rstrip("/")


def _language(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", text):
        raise _Unfit("no language tag", 'Write it like "en" or "pt-BR".')
    return text


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1000:
        raise _Unfit(f"{_kind(value)}, not a number of points", "Write it like 3 or 2.5.")
    return float(value)


def _profile(value: object) -> str:
    return _one_of(PROFILES, _text(value))


def _kinds(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Unfit(f"{_kind(value)}, not a list", 'Write it like ["qa", "next"].')
    kinds = [_one_of(tuple(Kind), _text(name)) for name in value]
    return tuple(kind.value for kind in Kind if kind.value in kinds)


def _one_of(known: tuple[str, ...], name: str) -> str:
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    raise _Unfit(f"there is no {name!r}", f"Did you mean {near[0]}?" if near else _either(known))


def _either(known: tuple[str, ...]) -> str:
    return f"There are {', '.join(known)}."


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _Unfit(f"{_kind(value)}, not a table")
    return value


def _sequences(value: object) -> tuple[tuple[int, bool], ...]:
    choices: dict[int, bool] = {}
    for key, choice in _table(value).items():
        if not re.fullmatch(r"-?(?:0|[1-9][0-9]{0,15})", key):
            raise _Unfit("no page id", "Write the number after 'id:' in the page.", key)
        if not isinstance(choice, bool):
            raise _Unfit(f"{_kind(choice)}, not true or false", "", key)
        choices[int(key)] = choice
    return tuple(sorted(choices.items()))


def _aliases(value: object) -> tuple[tuple[str, str], ...]:
    aliases: dict[str, str] = {}
    for key, subject in _table(value).items():
        try:
            aliases[_text(key)] = _text(subject)
        except _Unfit as unfit:
            raise _Unfit(unfit.text, unfit.hint, key) from unfit
    return tuple(sorted(aliases.items()))


def _kind(value: object) -> str:
    kinds = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        dict: "a table",
    }
    return kinds.get(type(value), "a list" if isinstance(value, list) else "a date or time")


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "deck_root": _deck_root,
    "tag_root": _tag_root,
    "base_url": _base_url,
    "language": _language,
    "sequence_threshold": _number,
    "sequences": _sequences,
    "profile": _profile,
    "kinds": _kinds,
    "subject_aliases": _aliases,
}
