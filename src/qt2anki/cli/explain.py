"""``qt2anki explain``, ``explain-card`` and ``settings``: explain messages, cards and settings."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs
from qt2anki.config import Settings
from qt2anki.messages import (
    did_you_mean,
    format_problem,
    message_codes,
    message_stages,
    messages_introduction,
)

if TYPE_CHECKING:
    from qt2anki.build.card_candidates import ExplainedCard

_TEXT_WIDTH = 80
_PAGE_WIDTH = 100
_TABLES = frozenset(("sequences", "subject_aliases", "front_matter"))


@click.command("explain")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "want_all", is_flag=True, help="Explain every code.")
@click.option("--markdown", is_flag=True, help="Print Markdown sections.")
def explain_command(codes: tuple[str, ...], want_all: bool, markdown: bool) -> None:
    """Explain each message CODE and how to fix its cause.

    A prefix such as QT2 explains all codes that start with it.

    \b
    Examples:
      qt2anki explain QT113
      qt2anki explain QT2
    """
    if bool(codes) == want_all:
        raise click.UsageError("Pass the codes to explain, such as QT113, or --all.")
    if want_all and markdown:
        click.echo(messages_page())
        return
    as_text = code_as_markdown if markdown else code_as_text
    click.echo("\n\n".join(map(as_text, message_codes() if want_all else _named(codes))))


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    chosen: dict[str, None] = {}
    for name in names:
        matching = [code for code in message_codes() if name and code.startswith(name.upper())]
        if not matching:
            hint = did_you_mean(name, message_codes(), "--all lists them.")
            raise click.UsageError(f"There is no code {name!r}. {hint}")
        chosen |= dict.fromkeys(matching)
    return tuple(chosen)


def code_as_text(code: str) -> str:
    """Return the explanation of *code* for a terminal."""
    meaning = message_codes()[code]
    text = textwrap.fill(meaning.explanation, _TEXT_WIDTH, break_long_words=False)
    return f"{code} ({meaning.severity}): {meaning.title}\n\n{text}"


def code_as_markdown(code: str) -> str:
    """Return a section about *code*."""
    meaning = message_codes()[code]
    text = f"*{meaning.severity.capitalize()}.* {_as_markdown(meaning.explanation)}"
    filled = textwrap.fill(text, _PAGE_WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"### {code}: {_as_markdown(meaning.title)}\n\n{filled}"


def messages_page() -> str:
    """Return the page that explains every code: docs/messages.md."""
    parts = ["# Messages", messages_introduction()]
    for digit, title in message_stages().items():
        parts.append(f"## {title}")
        parts += [code_as_markdown(code) for code in message_codes() if code[2] == digit]
    return "\n\n".join(parts)


def _as_markdown(text: str) -> str:
    return re.sub(r"[\\`*_<>\[\]$#]", r"\\\g<0>", text)


@click.command("explain-card")
@click.argument("key")
@options.shared("paths out config profile")
def explain_card_command(inputs: Inputs, key: str) -> None:
    """Explain why a card was made or left out.

    KEY is a note's "Key" field. The id of a page, or the path of its file, shows all of its
    possible cards. PATHS are the same as for build. A score is the estimated probability, in
    thousandths, that a strict reader would keep the card.

    \b
    Examples:
      qt2anki explain-card 900001
      qt2anki explain-card 900001/step/prophase/next input
      qt2anki explain-card notes/osmosis.md notes
    """
    from qt2anki.build.card_candidates import explain_cards, why_no_cards

    is_file = Path(key).is_file()
    paths = inputs.given_paths or ((key,) if is_file else ())
    job = replace(inputs, given_paths=paths).job(stamp=0)
    found = explain_cards(key, job)
    if not found and (problems := why_no_cards(key, job)):
        click.echo("\n".join(map(format_problem, problems)))
        return
    if not found:
        if is_file:
            raise click.ClickException(f"There are no possible cards in {key}.")
        page = key.partition("/")[0]
        raise click.ClickException(
            f"No candidate has the key '{key}'. 'qt2anki explain-card {page}' lists those of the"
            " page; 'qt2anki check' says whether the page can be read."
        )
    click.echo("\n\n".join(_explanation(card, is_full=len(found) == 1) for card in found))


def _explanation(card: ExplainedCard, *, is_full: bool) -> str:
    fate = f"left out: {card.left_out}" if card.left_out else "made"
    lines = [
        card.key,
        f"  Score {card.score}, {fate}.",
        f"  Q: {card.front}",
        f"  A: {card.answer}",
    ]
    if is_full and card.reasons:
        lines.append("  What the score is made of (log-odds):")
        for feature, weight in sorted(card.reasons, key=lambda reason: -abs(reason[1])):
            lines.append(f"    {weight / 100:+.2f}  {feature}")
    return "\n".join(lines)


@click.command("settings")
@options.shared("config profile kinds sequence_threshold")
@options.as_json
def settings_command(inputs: Inputs, as_json: bool) -> None:
    """Print every setting with its value and where it comes from.

    Options override QT2ANKI_... environment variables, which override qt2anki.toml (or
    [tool.qt2anki] in pyproject.toml). docs/settings.md describes each setting.

    \b
    Examples:
      qt2anki settings
      QT2ANKI_PROFILE=core qt2anki settings --json
    """
    found = inputs.resolved
    values = {name: _setting_json(found.settings, name) for name in found.origins}
    if as_json:
        settings = {
            name: {"value": value, "origin": found.origins[name]} for name, value in values.items()
        }
        file = found.source.path if found.source else None
        output.print_object(file=file, settings=settings)
        return
    width = max(map(len, values))
    for name, value in values.items():
        shown = json.dumps(value, ensure_ascii=False)
        click.echo(f"{name:{width}}  {shown}  [{found.origins[name]}]")


def _setting_json(settings: Settings, name: str) -> object:
    value = getattr(settings, name)
    if name == "topics":
        topics = settings.topics
        pages = {topic: [one.written for one in conditions] for topic, conditions in topics.pages}
        return {"names": dict(topics.names), "pages": pages} if topics.is_on else "off"
    return dict(value) if name in _TABLES else value
