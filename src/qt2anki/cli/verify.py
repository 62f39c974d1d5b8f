"""``qt2anki verify``: test the import of packages with real Anki."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    exit_with_problems,
    json_option,
    package_files,
    packages_argument,
    print_json,
    require_extra,
    stdout_console,
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
def verify_command(
    packages: tuple[Path, ...], against: tuple[Path, ...], as_json: bool, verbose: bool
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
        old_student = verdict.old_student
        print_json(
            {
                "version": VERDICT_VERSION,
                "anki": verdict.anki,
                "kept": is_kept(verdict),
                "new_student": _as_json(verdict.new_student),
                "old_student": None if old_student is None else _as_json(old_student),
            }
        )
    else:
        _print(verdict, most=None if verbose else _FEW, is_kept=is_kept(verdict))
    exit_with_problems(not is_kept(verdict))


def _print(verdict: VerifyResult, *, most: int | None, is_kept: bool) -> None:
    from rich.text import Text

    console = stdout_console()
    students = {
        "A new student": verdict.new_student,
        "A student who has studied the old decks": verdict.old_student,
    }
    for title, rehearsal in students.items():
        if rehearsal is not None:
            console.print(Text(title, style="bold"))
            for line in _lines(rehearsal):
                console.print(Text(f"  {visible(line)}"))
            for line in _finding_lines(rehearsal, most):
                console.print(Text(f"  {visible(line)}", style="red"))
    word, style = ("kept", "green") if is_kept else ("broken", "bold red")
    console.print(Text(f"The promises to students are {word} (Anki {verdict.anki}).", style=style))


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


def _as_json(rehearsal: Rehearsal) -> dict[str, object]:
    return {
        "packages": [
            {
                "path": done.path,
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
        "findings": [asdict(each) for each in rehearsal.findings],
    }
