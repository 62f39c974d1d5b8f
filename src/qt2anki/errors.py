"""Exceptions for errors that stop the program; faults in pages are values (qt2anki.messages).

Each one is caused by the user or the environment, so it says how to fix the problem. The command
line shows them as one message; any other exception is a bug and keeps its traceback.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


class Qt2AnkiError(Exception):
    """Base of everything the command line shows without a traceback.

    *text* says what is wrong, *hint* what to do about it; *source* and *line* (from 1) say where.
    """

    def __init__(
        self, text: str, *, hint: str = "", source: str = "", line: int | None = None
    ) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.source = source
        self.line = line

    def __str__(self) -> str:
        """Read as ``source:line: text`` with the hint on a line of its own."""
        place = f"{self.source}:" if self.source else ""
        if self.source and self.line is not None:
            place += f"{self.line}:"
        tail = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place} {self.text}{tail}".lstrip()


class SettingsError(Qt2AnkiError):
    """A settings file cannot be read, or a value in it is invalid."""


class NoteTypeError(Qt2AnkiError):
    """The files of a note type do not fit together, or name a field that does not exist."""


class PackageError(Qt2AnkiError):
    """A package cannot be read, or notes cannot be put into one as they are."""


class BusyError(PackageError):
    """Another build is running in the folder; try again when it has finished."""


class PushError(Qt2AnkiError):
    """A running Anki does not answer, or does not accept a package."""


@contextlib.contextmanager
def refused(
    what: str,
    path: Path | None = None,
    *,
    hint: str = "",
    kinds: tuple[type[Exception], ...] = (OSError,),
) -> Iterator[None]:
    """Raise PackageError, "*what*: why", for what the system refuses in this block."""
    try:
        yield
    except kinds as error:
        why, source = getattr(error, "strerror", None) or error, path.as_posix() if path else ""
        raise PackageError(f"{what}: {why}", hint=hint, source=source) from error
