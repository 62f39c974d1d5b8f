"""``qt2anki explain-card``: why a card was made or left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    config_option,
    default_paths,
    out_option,
    paths_argument,
    profile_option,
    settings_from,
)

if TYPE_CHECKING:
    from qt2anki.build.explain_card import ExplainedCard


@click.command("explain-card")
@click.argument("key")
@paths_argument
@out_option
@config_option
@profile_option
def explain_card_command(
    key: str, paths: tuple[str, ...], out: Path, config: Path | None, profile: str | None
) -> None:
    """Explain why a card was made or left out.

    KEY is the field Key of a note, or the id of a page for all its candidates. PATHS are as for
    build. A score is the chance, in thousandths, that a strict reader keeps the card.

    \b
    Examples:
      qt2anki explain-card 900001
      qt2anki explain-card 900001/step/prophase/next input
    """
    from qt2anki.build.explain_card import explain_cards, why_no_cards
    from qt2anki.messages import format_problem

    settings = settings_from(config, profile=profile)
    pages = paths or default_paths()
    found = explain_cards(key, pages, out, settings)
    if not found and (problems := why_no_cards(key, pages, settings)):
        click.echo("\n".join(map(format_problem, problems)))
        return
    if not found:
        page = key.partition("/")[0]
        raise click.ClickException(
            f"No candidate has the key '{key}'. 'qt2anki explain-card {page}' lists those of the"
            " page; 'qt2anki check' says whether the page can be read."
        )
    click.echo("\n\n".join(map(_in_full if len(found) == 1 else _in_short, found)))


def _in_short(card: ExplainedCard) -> str:
    fate = f"left out: {card.left_out}" if card.left_out else "made"
    return f"{card.key}\n  Score {card.score}, {fate}.\n  Q: {card.front}\n  A: {card.answer}"


def _in_full(card: ExplainedCard) -> str:
    lines = [_in_short(card)]
    lines += ["  What the score is made of (log-odds):"] if card.reasons else []
    for feature, weight in sorted(card.reasons, key=lambda reason: -abs(reason[1])):
        lines.append(f"    {weight / 100:+.2f}  {feature}")
    return "\n".join(lines)
