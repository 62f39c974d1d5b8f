"""The command line: thin commands that read options, call one function and print.

This module finds the commands, reports what stops them, and protects the output streams.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from qt2anki import __version__
from qt2anki.build.signals import EndedError, ended_by_signals, signals_held
from qt2anki.errors import Qt2AnkiError, SettingsError
from qt2anki.messages import shown_path, visible_lines

_COMMANDS = {
    "build": "build",
    "check": "check",
    "corrections": "corrections",
    "diff": "diff",
    "explain": "explain explain-card settings",
    "init": "course init stamp",
    "list": "list outline topics",
    "preview": "preview review",
    "push": "export push",
    "verify": "audit verify",
    "watch": "watch",
}
"""Modules, and the commands in them."""
_MODULES = {name: module for module, names in _COMMANDS.items() for name in names.split()}
_EXHAUSTED = frozenset((errno.ENOMEM, errno.EMFILE, errno.ENFILE))
_EXIT_FAILED = 1
_EXIT_WRONG_USE = 2
_EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count


class OutputError(Exception):
    """Standard output cannot be written, other than because its reader has gone."""


@contextlib.contextmanager
def safe_streams() -> Iterator[None]:
    """Write messages as long as someone can read them, and report lost data once.

    A closed, full or vanished standard error loses messages and fails nothing. A closed or full
    standard output raises OutputError; a terminal that has gone does not. Nothing else may get the
    number of a closed stream: a message would be written into a package.
    """
    before = sys.stdout, sys.stderr
    ours: list[TextIO] = []
    if sys.platform != "win32":
        _open_closed()
        if sys.stdout is sys.__stdout__:
            sys.stdout = _text_stream(sys.stdout, 1)
            ours.append(sys.stdout)
        if sys.stderr is sys.__stderr__:
            sys.stderr = _text_stream(sys.stderr, 2)
            ours.append(sys.stderr)
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        sys.stdout, sys.stderr = before
        for stream in ours:  # Python would do it too late to hold back signals
            stream.close()


def _open_closed() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # open() takes the lowest free number; one that is only read refuses data
            mode = os.O_WRONLY if number == 2 else os.O_RDONLY
            os.set_inheritable(os.open(os.devnull, mode), True)  # noqa: FBT003


def _text_stream(stream: TextIO | None, number: int) -> TextIO:
    descriptor = number if stream is None else stream.fileno()
    raw = _Stream(descriptor, is_for_messages=number == 2)
    return _Text(
        io.BufferedWriter(raw),
        encoding="utf-8" if stream is None else stream.encoding,
        errors="backslashreplace",  # a file name may not be valid text
        line_buffering=number == 2 or raw.isatty(),
    )


class _Text(io.TextIOWrapper):
    """Holds back signals while writing: an interrupted write would be repeated."""

    def write(self, text: str, /) -> int:
        with signals_held():
            return super().write(text)

    def flush(self) -> None:
        with signals_held():
            super().flush()


class _Stream(io.FileIO):
    def __init__(self, descriptor: int, *, is_for_messages: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._is_for_messages = is_for_messages
        self._is_terminal = super().isatty()
        self._has_failed = False

    def isatty(self) -> bool:
        return self._is_terminal  # as at the start, so that a drawing is completed

    def write(self, data: Any, /) -> int:  # noqa: ANN401  # any buffer
        try:
            if not self._has_failed:
                return super().write(data)
        except OSError as error:
            self._has_failed = True  # the rest of the buffer is dropped
            if isinstance(error, BrokenPipeError):
                raise
            if not self._is_for_messages and error.errno != errno.EIO:
                raise OutputError(error.strerror) from error
        return memoryview(data).nbytes


class _Commands(click.Group):
    """The group of commands; imports each command only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's own
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's own
        if cmd_name not in _MODULES:
            return None
        module = importlib.import_module(f"qt2anki.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # click's own
        try:
            with safe_streams():
                return super().main(*args, **kwargs)
        except BrokenPipeError:  # the reader of our output (head, less) has gone
            sys.exit(_EXIT_FAILED)
        except OutputError as error:
            with safe_streams():
                click.echo(f"Error: cannot write to standard output: {error}", err=True)
            sys.exit(_EXIT_FAILED)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _visible_errors():
            for value in args:
                if (shown := shown_path(value)) != value:
                    raise click.UsageError(f"The name {shown} is not UTF-8; rename the file.")
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            _check_working_folder()
            with ended_by_signals(), _visible_errors():
                return super().invoke(ctx)
        except Qt2AnkiError as error:
            click.echo(f"Error: {visible_lines(str(error))}", err=True)
            ctx.exit(_EXIT_WRONG_USE if isinstance(error, SettingsError) else _EXIT_FAILED)
        except MemoryError:
            _fail(ctx, "not enough memory", "allow more memory, or use --jobs 1")
        except OSError as error:
            if error.errno not in _EXHAUSTED:
                raise
            hint = "raise the limits on open files and memory (ulimit), or use --jobs 1"
            _fail(ctx, f"system limit reached: {error.strerror}", hint)
        except KeyboardInterrupt:
            click.echo("Interrupted; unfinished files are not written.", err=True)
            ctx.exit(_EXIT_INTERRUPTED)
        except EndedError as error:
            click.echo(f"{error.word}; unfinished files are not written.", err=True)
            ctx.exit(error.status)


@contextlib.contextmanager
def _visible_errors() -> Iterator[None]:
    """Spell out control characters in click's own messages, which quote arguments."""
    try:
        yield
    except click.ClickException as error:
        if isinstance(error, click.UsageError):
            raise click.UsageError(visible_lines(error.format_message()), error.ctx) from error
        raise click.ClickException(visible_lines(error.format_message())) from error


def _fail(ctx: click.Context, text: str, hint: str) -> NoReturn:
    click.echo(f"Error: {text}\n  hint: {hint}", err=True)
    ctx.exit(_EXIT_FAILED)


def _check_working_folder() -> None:
    try:
        Path.cwd()
    except OSError as error:
        raise Qt2AnkiError(
            "the current folder no longer exists", hint="change to a folder that exists"
        ) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="%(prog)s %(version)s")
def main() -> None:
    """Turn question-and-answer pages into Anki decks that students keep for years.

    Exit status: 0 success, 1 problems, 2 wrong usage, 129 terminal closed, 130 interrupted,
    143 terminated.
    """
