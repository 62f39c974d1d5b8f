"""``qt2anki outline``: print what an author of cards needs to know of pages."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import Inputs, inputs_options, json_option, page_id, print_json

if TYPE_CHECKING:
    from qt2anki.build.card_candidates import PageCandidates
    from qt2anki.model import PageId

_VERSION = 1


@click.command("outline")
@inputs_options
@click.option("--id", "ids", type=page_id, multiple=True, help="Only this page; repeatable.")
@json_option
def outline_command(inputs: Inputs, ids: tuple[PageId, ...], as_json: bool) -> None:
    """Print the outlines of PATHS, their cards, and the keys in use.

    This is what somebody needs to write cards for "qt2anki corrections import". PATHS are the same
    as for build.

    \b
    Examples:
      qt2anki outline --id 900001
      qt2anki outline input/biology --json
    """
    from qt2anki.anki.visible_text import visible_text
    from qt2anki.build.card_candidates import page_candidates
    from qt2anki.notes.frame import frame_for

    pages = page_candidates(
        inputs.paths,
        inputs.out,
        inputs.settings,
        inputs.corrections,
        lambda page: not ids or page.page_id in ids,
    )
    found = [(one, visible_text(frame_for(one.page, inputs.settings).context())) for one in pages]
    if as_json:
        print_json({"version": _VERSION, "pages": [_as_json(*one) for one in found]})
    elif found:
        click.echo("\n\n".join(_as_text(*one) for one in found))
    absent = [str(one) for one in ids if one not in {each.page.page_id for each, _ in found}]
    if absent:
        raise click.ClickException(f"There is no page {', '.join(absent)} in PATHS.")


def _as_json(one: PageCandidates, line: str) -> dict[str, object]:
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
        "subjects": one.page.subjects,
        "keywords": one.page.keywords,
        "file": one.page.source,
        "line": line,
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


def _as_text(one: PageCandidates, line: str) -> str:
    from qt2anki.corrections.wording import said_by

    lines = [f"{one.page.page_id} {one.page.question}", one.page.answer, ""]
    lines.append(f"Line above cards of your own: {line}")
    return "\n".join((*lines, *(f"{note.fields[0]}: {said_by(note)}" for note in one.notes)))
