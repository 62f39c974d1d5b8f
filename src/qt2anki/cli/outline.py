"""``qt2anki outline``: print what an author of cards needs to know of pages."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    config_option,
    corrections_from,
    corrections_option,
    default_paths,
    json_option,
    out_option,
    page_id,
    paths_argument,
    print_json,
    resolved_settings,
)

if TYPE_CHECKING:
    from qt2anki.build.card_candidates import PageCandidates
    from qt2anki.model import PageId

_VERSION = 1


@click.command("outline")
@paths_argument
@click.option("--id", "ids", type=page_id, multiple=True, help="Only this page; repeatable.")
@out_option
@config_option
@corrections_option
@json_option
def outline_command(
    paths: tuple[str, ...],
    ids: tuple[PageId, ...],
    out: Path,
    config: Path | None,
    corrections: Path | None,
    as_json: bool,
) -> None:
    """Print the outlines of PATHS, their cards, and the keys in use.

    This is what somebody needs to write cards for "qt2anki corrections import". PATHS are the same
    as for build.

    \b
    Examples:
      qt2anki outline --id 900001
      qt2anki outline input/biology --json
    """
    from qt2anki.build.card_candidates import page_candidates

    resolved = resolved_settings(config)
    found = page_candidates(
        paths or default_paths("outline"),
        out,
        resolved.settings,
        corrections_from(resolved, corrections),
        lambda page: not ids or page.page_id in ids,
    )
    if as_json:
        print_json({"version": _VERSION, "pages": [_as_json(one) for one in found]})
    else:
        click.echo("\n\n".join(map(_as_text, found)))


def _as_json(one: PageCandidates) -> dict[str, object]:
    from qt2anki.corrections.apply import page_digest
    from qt2anki.corrections.wording import question_and_answer
    from qt2anki.outline.read_outline import read_outline

    cards = []
    for note in one.notes:
        question, answer = question_and_answer(note)
        cards.append({"key": note.fields[0], "kind": note.kind, "front": question, "back": answer})
    return {
        "id": one.page.page_id,
        "question": one.page.question,
        "subjects": list(one.page.subjects),
        "keywords": list(one.page.keywords),
        "file": one.page.source,
        "made_from": page_digest(one.page),
        "outline": [_block(block) for block in read_outline(one.page.answer).blocks],
        "cards": cards,
        "keys": sorted({*one.generated, *(card["key"] for card in cards)}),
    }


def _block(value: object) -> object:
    """Write a block of an outline as JSON; what is empty is left out."""
    if isinstance(value, tuple):
        return [_block(one) for one in value]
    if not is_dataclass(value):
        return value
    found = {each.name: _block(getattr(value, each.name)) for each in fields(value)}
    kept = {name: inner for name, inner in found.items() if inner not in ("", [])}
    return {"type": type(value).__name__.lower(), **kept}


def _as_text(one: PageCandidates) -> str:
    from qt2anki.corrections.wording import said_by

    lines = [f"{one.page.page_id} {one.page.question}", one.page.answer, ""]
    return "\n".join((*lines, *(f"{note.fields[0]}: {said_by(note)}" for note in one.notes)))
