"""The files of the note types: found in the overlay or among ours, and read as text or TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from qt2anki.errors import NoteTypeError
from qt2anki.messages import did_you_mean


def shipped_folder() -> Path:
    """Return where our own files are: in an installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "note_models"
    return installed if installed.is_dir() else package.parents[1] / "note_models"


class ModelFiles:
    """Files by their path inside ``note_models``, those of the overlay first.

    Remembers what was read, so that a file of the overlay that replaces nothing can be reported.
    """

    def __init__(self, overlay: Path | None) -> None:
        if overlay is not None and not overlay.is_dir():
            raise NoteTypeError(
                "there is no such folder of note models",
                hint="name a folder with style.css, qa/ or cloze/ in it",
                source=overlay.as_posix(),
            )
        self._shipped = shipped_folder()
        self._overlay = overlay
        self._read: set[str] = set()

    def _path(self, name: str) -> Path:
        if self._overlay is not None and (self._overlay / name).is_file():
            return self._overlay / name
        return self._shipped / name

    def source(self, name: str) -> str:
        """Return the path of the file *name*, for an error."""
        return self._path(name).as_posix()

    def text(self, name: str) -> str:
        """Read a file; raises NoteTypeError when that cannot be done."""
        self._read.add(name)
        try:
            return self._path(name).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise NoteTypeError(
                "the file is not UTF-8 text", hint="save it as UTF-8", source=self.source(name)
            ) from error
        except OSError as error:
            raise NoteTypeError(
                f"the file cannot be read: {error.strerror}",
                hint="check that it is there and may be read",
                source=self.source(name),
            ) from error

    def toml(self, name: str, keys: Sequence[str]) -> TomlTable:
        """Read a TOML file whose top level has exactly *keys*."""
        text = self.text(name)
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:  # its text ends in "(at line 3, column 5)"
            raise NoteTypeError(
                f"this is not TOML: {error}",
                hint="put text in double quotes and lists in [ ]",
                source=self.source(name),
            ) from error
        return TomlTable(values, keys, self.source(name))

    def refuse_unread(self) -> None:
        """Raise NoteTypeError for a file of the overlay that was never asked for."""
        if self._overlay is None:
            return
        for path in sorted(self._overlay.rglob("*")):
            name = path.relative_to(self._overlay).as_posix()
            is_hidden = any(part.startswith(".") for part in name.split("/"))
            if path.is_dir() or is_hidden or name == "README.md" or name in self._read:
                continue
            raise NoteTypeError(
                "no note type has a file of this name",
                hint=did_you_mean(
                    name, self._read, f"The files are {', '.join(sorted(self._read))}."
                ),
                source=path.as_posix(),
            )


class TomlTable:
    """A TOML table with a fixed set of keys; every access checks the type."""

    def __init__(self, values: Mapping[str, object], keys: Sequence[str], source: str) -> None:
        self.source = source
        self._values = values
        for key in values:
            if key not in keys:
                raise NoteTypeError(
                    f"there is no key {key!r} here",
                    hint=did_you_mean(key, keys, f"The keys are {', '.join(keys)}."),
                    source=source,
                )
        for key in keys:
            if key not in values:
                raise NoteTypeError(
                    f"the key {key!r} is missing",
                    hint="start from a copy of the model.toml that comes with the program",
                    source=source,
                )

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self._values[key]
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, "a text in double quotes")
        return value

    def number(self, key: str) -> int:
        """Return a whole number that Anki can keep as an id or a time."""
        value = self._values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
            raise self._wrong(key, "a whole number above 0 and below 2 to the 53rd")
        return value

    def tables(self, key: str, keys: Sequence[str]) -> tuple[TomlTable, ...]:
        """Return the tables under ``[[key]]``, each with exactly *keys*."""
        value = self._values[key]
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self._wrong(key, f"one or more tables [[{key}]]")
        return tuple(TomlTable(each, keys, self.source) for each in value)

    def expect(self, what: str, found: str, wanted: str) -> None:
        """Raise NoteTypeError unless *found* is *wanted*: students' notes depend on it."""
        if found != wanted:
            raise NoteTypeError(
                f"{what} must stay {wanted!r}, not {found!r}",
                hint="Anki stops updating notes whose note type gets different fields or cards",
                source=self.source,
            )

    def _wrong(self, key: str, wanted: str) -> NoteTypeError:
        return NoteTypeError(
            f"{key!r} is {self._values[key]!r}", hint=f"write {wanted}", source=self.source
        )
