"""Options that several commands have, said once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qt2anki.model import PageId


def page_id(text: str) -> PageId:
    """Read the id of a page; UsageError for text that is none."""
    from qt2anki.model import page_id_of

    found = page_id_of(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not the id of a page.")
    return found


config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file; otherwise qt2anki.toml is looked for here and above.",
)
note_models_option = click.option(
    "--note-models",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder whose files replace those of the note types, one by one.",
)
sequence_threshold_option = click.option(
    "--sequence-threshold",
    type=click.FloatRange(min=0),
    help="Evidence needed to treat a list as steps in order (settings: 3).",
)
profile_option = click.option(
    "--profile",
    type=click.Choice(["core", "standard", "full"]),
    help="How many kinds of cards to make (settings: standard).",
)


def _kinds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Read ``--kinds qa,next``; UsageError names what there is."""
    from qt2anki.model import Kind

    names = [name.strip() for name in (value or "").split(",") if name.strip()]
    if wrong := [name for name in names if name not in tuple(Kind)]:
        raise click.BadParameter(f"there is no {wrong[0]!r}; there are {', '.join(Kind)}.")
    return tuple(kind.value for kind in Kind if kind.value in names)


kinds_option = click.option(
    "--kinds",
    callback=_kinds,
    metavar="KIND,...",
    help="Make these kinds of notes only, such as qa,next,explain (docs/cards.md).",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Most processes to use (otherwise: one for each processor, if there is enough to do).",
)
