"""The command line: thin commands that read options, call one function and print."""

from __future__ import annotations

import contextlib
import errno
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from qt2anki import __version__
from qt2anki.cli.endings import EndedError, OutputError, ended_by_signals, safe_streams
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
