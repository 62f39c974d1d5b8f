"""``qt2anki review``: read cards in the browser, and write what was decided."""

from __future__ import annotations

from pathlib import Path

import click

from qt2anki.cli.options import (
    Inputs,
    inputs_options,
    note_models_option,
    open_option,
    subject_option,
)
from qt2anki.cli.preview import serve_until_stopped

_PORT = 8766


@click.command("review")
@inputs_options
@subject_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="Port."
)
@open_option
@note_models_option
def review_command(
    inputs: Inputs,
    subjects: tuple[str, ...],
    port: int,
    is_opened: bool,
    note_models: Path | None,
) -> None:
    """Review cards in the browser, one at a time: keep, drop, reword or add.

    PATHS are the same as for build. Every verdict is written to corrections.toml at once
    (docs/corrections.md). Only a browser on this machine can open the address that is printed.

    \b
    Examples:
      qt2anki review --open
      qt2anki review pages/ --subject Nursing
    """
    from qt2anki.anki.note_types import load_note_types
    from qt2anki.review.review_server import ReviewServer
    from qt2anki.review.session import ReviewSession

    session = ReviewSession(
        inputs.paths,
        inputs.out,
        inputs.settings,
        inputs.places,
        load_note_types(note_models),
        tuple(subject.casefold() for subject in subjects),
    )
    title = f"Review of {', '.join(subjects)}" if subjects else "Review of all cards"
    with ReviewServer(session, port, title=title) as server:
        server.page()  # errors appear in the terminal, before the browser opens
        said = f"The review is at {server.url}. Stop with Ctrl-C."
        serve_until_stopped(server, said, is_opened=is_opened)
