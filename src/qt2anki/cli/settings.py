"""``qt2anki settings``: what holds here, and where it was said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.job import resolved_settings
from qt2anki.cli.options import (
    config_option,
    kinds_option,
    profile_option,
    sequence_threshold_option,
)

if TYPE_CHECKING:
    from qt2anki.config import Resolved

_VERSION = 1
_TABLES = frozenset(("sequences", "subject_aliases", "front_matter"))


@click.command("settings")
@config_option
@profile_option
@kinds_option
@sequence_threshold_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def settings_command(
    config: Path | None,
    profile: str | None,
    kinds: tuple[str, ...],
    sequence_threshold: float | None,
    as_json: bool,
) -> None:
    """Print every setting that holds here, and where its value comes from.

    An option goes before a variable QT2ANKI_..., that before qt2anki.toml (or [tool.qt2anki] in
    pyproject.toml), and that before the default. docs/settings.md says what each of them means.

    \b
    Examples:
      qt2anki settings
      QT2ANKI_PROFILE=core qt2anki settings --json
    """
    found = resolved_settings(
        config, profile=profile, kinds=kinds, sequence_threshold=sequence_threshold
    )
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=1))
        return
    width = max(map(len, found.origins))
    for name, origin in found.origins.items():
        shown = json.dumps(_value(found, name), ensure_ascii=False)
        click.echo(f"{name:{width}}  {shown}  [{origin}]")


def _as_json(found: Resolved) -> dict[str, object]:
    return {
        "version": _VERSION,
        "file": found.source.file.path.as_posix() if found.source else None,
        "settings": {
            name: {"value": _value(found, name), "origin": origin}
            for name, origin in found.origins.items()
        },
    }


def _value(found: Resolved, name: str) -> object:
    """Return a setting as TOML or JSON would write it: tables as mappings, the rest as it is."""
    value = getattr(found.settings, name)
    return dict(value) if name in _TABLES else value
