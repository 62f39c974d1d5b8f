"""``qt2anki verify``: test the import of packages with real Anki."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    json_option,
    package_files,
    packages_argument,
    print_json,
    require_extra,
)
from qt2anki.messages import plural, visible

if TYPE_CHECKING:
    from qt2anki.verify.rehearsal import Rehearsal, VerifyResult

VERDICT_VERSION = 1
_PATH = click.Path(exists=True, path_type=Path)
_FEW = 10


@click.command("verify")
@packages_argument
@click.option(
    "--against",
    multiple=True,
    metavar="OLD",
    type=_PATH,
    help="Package, or folder of packages, that students already have; repeatable.",
)
@json_option
@click.option("-v", "--verbose", is_flag=True, help="List all findings, not only the first ten.")
@click.pass_context
def verify_command(
    ctx: click.Context,
    packages: tuple[Path, ...],
    against: tuple[Path, ...],
    as_json: bool,
    verbose: bool,
) -> None:
    """Test the import of PACKAGES with real Anki.

    PACKAGES are .apkg files or folders of them. They are imported into an empty collection, and
    every card is rendered. With --against, they are also imported over the old packages, after a
    simulated student has studied, edited, tagged, moved and suspended cards.

    Exit status: 0 every promise is kept, 1 a promise is broken: a note conflicts, is duplicated or
    loses its review history; an unchanged note loses a student's edits; a change does not arrive;
    or a card is empty or shows an error.

    \b
    Examples:
      qt2anki verify dist
      qt2anki verify dist/nursing.apkg --against last-year/nursing.apkg
    """
    new, old = package_files(packages), package_files(against)
    require_extra("verify", "anki", "verify")
    from qt2anki.verify.rehearsal import is_kept, rehearse

    verdict = rehearse(new, old)
    if as_json:
        print_json(_as_json(verdict))
    else:
        _print(verdict, most=None if verbose else _FEW)
    ctx.exit(0 if is_kept(verdict) else 1)


def _print(verdict: VerifyResult, *, most: int | None) -> None:
    from rich.console import Console
    from rich.text import Text

    from qt2anki.verify.rehearsal import is_kept

    console = Console(highlight=False, soft_wrap=True)
    for title, rehearsal in _rehearsals(verdict):
        console.print(Text(title, style="bold"))
        for line in _lines(rehearsal):
            console.print(Text(f"  {visible(line)}"))
        for line in _finding_lines(rehearsal, most):
            console.print(Text(f"  {visible(line)}", style="red"))
    word, style = ("kept", "green") if is_kept(verdict) else ("broken", "bold red")
    console.print(Text(f"The promises to students are {word} (Anki {verdict.anki}).", style=style))


def _rehearsals(verdict: VerifyResult) -> Iterator[tuple[str, Rehearsal]]:
    yield "A new student", verdict.new_student
    if verdict.old_student is not None:
        yield "A student who has studied the old decks", verdict.old_student


def _lines(rehearsal: Rehearsal) -> Iterator[str]:
    names = Counter(done.path.name for done in rehearsal.imports)
    for done in rehearsal.imports:
        name = done.path.name if names[done.path.name] == 1 else done.path.as_posix()
        yield (
            f"{name}: {done.new} new, {done.updated} updated,"
            f" {done.untouched} untouched, {len(done.conflicting)} conflicting"
        )
    notes, cards = plural(rehearsal.notes, "note"), plural(rehearsal.cards, "card")
    yield f"{notes} and {cards} in the collection"
    if rehearsal.gone:
        yield f"{plural(rehearsal.gone, 'note')} only in the old decks; kept unchanged"
    if rehearsal.lost:
        yield f"{plural(rehearsal.lost, 'note')} of these not retired either: lost by this release"
    for each in rehearsal.kept:
        yield f"{each.what}: {each.kept} of {each.of} kept"


def _finding_lines(rehearsal: Rehearsal, most: int | None) -> Iterator[str]:
    for finding in rehearsal.findings[:most]:
        place = f" {finding.place}:" if finding.place else ""
        yield f"{finding.fault}:{place} {finding.text}"
    left = len(rehearsal.findings) - (most or len(rehearsal.findings))
    if left > 0:
        yield f"and {left} more; -v lists them"


def _as_json(verdict: VerifyResult) -> dict[str, object]:
    from qt2anki.verify.rehearsal import is_kept

    old = verdict.old_student
    return {
        "version": VERDICT_VERSION,
        "anki": verdict.anki,
        "kept": is_kept(verdict),
        "new_student": _rehearsal_as_json(verdict.new_student),
        "old_student": None if old is None else _rehearsal_as_json(old),
    }


def _rehearsal_as_json(rehearsal: Rehearsal) -> dict[str, object]:
    return {
        "packages": [
            {
                "path": done.path.as_posix(),
                "new": done.new,
                "updated": done.updated,
                "untouched": done.untouched,
                "conflicting": len(done.conflicting),
            }
            for done in rehearsal.imports
        ],
        "notes": rehearsal.notes,
        "cards": rehearsal.cards,
        "gone": rehearsal.gone,
        "lost": rehearsal.lost,
        "kept": {each.what: {"kept": each.kept, "of": each.of} for each in rehearsal.kept},
        "faults": dict(sorted(Counter(f.fault.value for f in rehearsal.findings).items())),
        "findings": [
            {"fault": each.fault.value, "place": each.place, "text": each.text}
            for each in rehearsal.findings
        ],
    }
