"""``qt2anki settings``: print the current settings and their origins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    config_option,
    json_option,
    kinds_option,
    print_json,
    profile_option,
    resolved_settings,
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
@json_option
def settings_command(
    config: Path | None,
    profile: str | None,
    kinds: tuple[str, ...],
    sequence_threshold: float | None,
    as_json: bool,
) -> None:
    """Print every setting with its value and where it comes from.

    Options override variables QT2ANKI_..., which override qt2anki.toml (or [tool.qt2anki] in
    pyproject.toml). docs/settings.md describes each setting.

    \b
    Examples:
      qt2anki settings
      QT2ANKI_PROFILE=core qt2anki settings --json
    """
    found = resolved_settings(
        config, profile=profile, kinds=kinds, sequence_threshold=sequence_threshold
    )
    if as_json:
        print_json(
            {
                "version": _VERSION,
                "file": found.source.file.path if found.source else None,
                "settings": {
                    name: {"value": _value(found, name), "origin": origin}
                    for name, origin in found.origins.items()
                },
            }
        )
        return
    width = max(map(len, found.origins))
    for name, origin in found.origins.items():
        shown = json.dumps(_value(found, name), ensure_ascii=False)
        click.echo(f"{name:{width}}  {shown}  [{origin}]")


def _value(found: Resolved, name: str) -> object:
    """Return a setting as JSON would write it, tables as mappings."""
    value = getattr(found.settings, name)
    if name == "topics":
        topics = found.settings.topics
        pages = {topic: [one.written for one in conditions] for topic, conditions in topics.pages}
        return {"names": dict(topics.names), "pages": pages} if topics.is_on else "off"
    return dict(value) if name in _TABLES else value
