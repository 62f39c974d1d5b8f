"""A TOML file whose values can be located by line, for messages.

tomllib reports no lines, so the text is kept and searched for the key once something is wrong.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qt2anki.errors import SettingsError

KeyPath = tuple[str | int, ...]
"""Keys from the top down; a number (from 0) chooses one table of an array of tables."""

_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_NAME = re.compile(r"""\s*+(\[{0,2})\s*+((?:"[^"]*+"|'[^']*+'|[\w. -])++)[\]=]""")
_PART = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The text of a file and its table."""

    path: Path
    text: str
    table: Mapping[str, object]

    def error(
        self, text: str, hint: str = "", key: KeyPath = (), value: str | None = None
    ) -> SettingsError:
        """Make an error about *key*, and about one *value* of several it has."""
        line = self.line_of(key, value) if key else None
        return SettingsError(text, hint=hint, source=self.path.as_posix(), line=line)

    def line_of(self, key: KeyPath, value: str | None = None) -> int | None:
        """Return the line (from 1) of *key*, or else of the nearest table above it.

        With *value*, return the first line from there on that has it as a separate word.
        """
        best: tuple[int, int | None] = (0, None)
        for number, path in _named(self.text):
            if key[: len(path)] == path and len(path) > best[0]:
                best = (len(path), number)
        line = best[1]
        if value is None or line is None:
            return line
        word = re.compile(rf"(?<![\w.-]){re.escape(value)}(?![\w.-])")
        lines = enumerate(self.text.split("\n")[line - 1 :], start=line)
        return next((number for number, text in lines if word.search(text)), line)


def read_toml(path: Path) -> TomlFile:
    """Read a file; raise SettingsError if it is unreadable or not TOML."""
    text = toml_text(path)
    try:
        return TomlFile(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        said = str(error)[: found.start()] if found else str(error)
        line = int(found[1]) if found else text.count("\n") + 1  # "at end of document"
        raise SettingsError(f"not TOML: {said}", source=path.as_posix(), line=line) from error
    except RecursionError as error:
        raise SettingsError("not TOML: nested too deep", source=path.as_posix()) from error


def toml_text(path: Path) -> str:
    """Read the text of a file; raise SettingsError if it is unreadable or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
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
    """Add to a header the number of the array's table that it is in, or opens."""
    path: KeyPath = ()
    for part in parts:
        path = (*path, part)
        if is_array and len([each for each in path if isinstance(each, str)]) == len(parts):
            tables[path] += 1
        if tables[path]:
            path = (*path, tables[path] - 1)
    return path
