"""What commands that build have in common: what to read, with which settings, at which time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qt2anki.config import Resolved, Settings

_INPUT = "input"
_DAY = 86_400  # seconds; clocks and time zones differ
_YEAR_10000 = 253_402_300_800


def default_paths() -> tuple[str, ...]:
    """Return what is read when no path is named; UsageError when it is not there."""
    if not Path(_INPUT).is_dir():
        raise click.UsageError(
            f"There is no folder '{_INPUT}' here. Name the pages or folders to read:"
            " qt2anki build PATHS..."
        )
    return (_INPUT,)


def settings_from(config: Path | None, **options: object) -> Settings:
    """Return the settings that hold here; see :func:`resolved_settings`."""
    return resolved_settings(config, **options).settings


def resolved_settings(config: Path | None, **options: object) -> Resolved:
    """Find the settings of the folder we are in, or of a file, with what the options say.

    *options* are settings by name; one that was not given (None or empty) changes nothing.
    """
    from qt2anki.config import resolve_settings

    given = {name: value for name, value in options.items() if value not in (None, ())}
    return resolve_settings(Path.cwd(), config, environ=os.environ, options=given)


def build_time() -> int:
    """Return the time of the build: SOURCE_DATE_EPOCH where it is set, else now.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return int(time.time())
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given) < _YEAR_10000:
        raise click.UsageError(
            f"SOURCE_DATE_EPOCH is {given!r}, not a number of seconds since 1970."
        )
    stamp = int(given)
    if stamp > time.time() + _DAY:
        day = time.strftime("%Y-%m-%d", time.gmtime(stamp))
        click.echo(
            f"Warning: SOURCE_DATE_EPOCH is in the future ({day}).\n"
            "  hint: after an import of such packages, Anki takes students' edits for older than"
            " any later build, and each update overwrites them; use the time of your last commit",
            err=True,
        )
    return stamp
