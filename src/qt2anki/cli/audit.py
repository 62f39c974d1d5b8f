"""``qt2anki audit``: measure the quality of packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    OUTPUT,
    corrections_from,
    json_option,
    plain_table,
    print_json,
    refuse_unknown_subjects,
    resolved_settings,
    sources_option,
    stdout_console,
    subject_option,
)
from qt2anki.messages import format_problem, plural, visible

if TYPE_CHECKING:
    from qt2anki.anki.package_reader import PublishedPackage
    from qt2anki.audit import AuditReport

AUDIT_VERSION = 1
_SHOWN = 5
_STYLES = {"failed": "bold red", "missed": "yellow", "met": "green"}
_FIGURES_SHOWN = 4
_WIDTH = 120  # width of the table in a file or a pipe


@click.command("audit")
@click.argument(
    "packages", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PACKAGES]..."
)
@sources_option
@subject_option
@click.option(
    "--max",
    "most",
    type=click.IntRange(min=0),
    help="Findings to show per metric.  [default: 5; with --json: all]",
)
@json_option
@click.pass_context
def audit_command(
    ctx: click.Context,
    packages: tuple[Path, ...],
    source_paths: tuple[str, ...],
    subjects: tuple[str, ...],
    most: int | None,
    as_json: bool,
) -> None:
    """Measure the quality of finished PACKAGES.

    PACKAGES are .apkg files or folders of them; the default is the folder "dist". Every card is
    rendered with the templates of its package and measured as students see it. With --sources,
    the cards are also compared with the pages.

    Exit status: 0 success, 1 a hard metric has findings, 2 wrong usage.

    \b
    Examples:
      qt2anki audit
      qt2anki audit --sources input --max 20
      qt2anki audit dist/nursing.apkg --json
    """
    from qt2anki.anki.package_reader import read_packages
    from qt2anki.audit import audit, read_sources
    from qt2anki.corrections.apply import is_reviewed

    if not packages and not Path(OUTPUT).is_dir():
        raise click.UsageError(
            f"There is no folder '{OUTPUT}' here. Build first (qt2anki build), or name the"
            " packages: qt2anki audit PACKAGES..."
        )
    found = _chosen(read_packages(packages or [Path(OUTPUT)]), subjects)
    resolved = resolved_settings(None)
    sources = None
    if source_paths:
        sources, problems = read_sources(source_paths, resolved.settings.page_format, found)
        for problem in problems:
            if problem.severity == "error":
                click.echo(format_problem(problem), err=True)
    report = audit(found, sources=sources)
    known = corrections_from(resolved)
    notes = {note.guid: note for package in found for note in package.notes}
    reviewed = sum(is_reviewed(note, known) for note in notes.values())
    if as_json:
        print_json(_as_json(report, most) | {"reviewed": reviewed})
    else:
        _print(report, _SHOWN if most is None else most)
        if reviewed:
            share = f"{reviewed / report.notes:.0%}"
            click.echo(f"People have found {plural(reviewed, 'note')} good ({share}).")
    ctx.exit(1 if report.has_failed else 0)


def _chosen(
    packages: Sequence[PublishedPackage], asked: Sequence[str]
) -> tuple[PublishedPackage, ...]:
    """Return the packages of the *asked* subjects; all packages if no subject is given."""
    from qt2anki.audit.rendered_cards import deck_part

    if not packages:
        raise click.UsageError("There are no packages (*.apkg) here. Build first: qt2anki build")
    refuse_unknown_subjects(asked, map(deck_part, packages), "No package")
    wanted = set(map(str.casefold, asked))
    return tuple(p for p in packages if not wanted or deck_part(p).casefold() in wanted)


def _print(report: AuditReport, most: int) -> None:
    from rich.text import Text

    console = stdout_console()
    if not console.is_terminal:
        console.width = _WIDTH
    table = plain_table()
    table.add_column("#", justify="right")
    for name in ("metric", "verdict", "target", "found"):
        table.add_column(name, overflow="fold")
    for metric in report.metrics:
        verdict = Text(metric.verdict, _STYLES.get(metric.verdict, "dim"))
        figures = ", ".join(
            f"{one.name} {one.value:.1%}" if one.is_share else f"{one.name} {one.value:g}"
            for one in metric.figures[:_FIGURES_SHOWN]
        )
        name = f"{metric.name} *" if metric.is_hard else metric.name
        table.add_row(str(metric.number), name, verdict, metric.target, Text(figures))
    console.print(table)
    for metric in report.metrics if most else ():
        if metric.findings:
            number = len(metric.findings)
            console.print()
            console.print(Text(f"{metric.number} {metric.name}: {number}", "bold"))
            for finding in metric.findings[:most]:
                words = f" ({', '.join(finding.words)})" if finding.words else ""
                kind = f"{finding.kind} {finding.guid}".strip()
                console.print(Text(visible(f"  {finding.key} [{kind}]: {finding.text}{words}")))
            if number > most:
                text = f"  and {number - most} more; --max {number} shows all"
                console.print(Text(text, "dim"))
    counts = {"page": report.pages, "note": report.notes, "card": report.cards}
    numbers = ", ".join(plural(count, noun) for noun, count in counts.items())
    console.print(f"\n{plural(len(report.packages), 'package')}: {numbers}")
    console.print("* hard metric: every finding is a fault of the deck")


def _as_json(report: AuditReport, most: int | None) -> dict[str, object]:
    return {
        "version": AUDIT_VERSION,
        "failed": report.has_failed,
        "packages": report.packages,
        "pages": report.pages,
        "notes": report.notes,
        "cards": report.cards,
        "metrics": [
            {
                "number": metric.number,
                "name": metric.name,
                "hard": metric.is_hard,
                "target": metric.target,
                "verdict": metric.verdict,
                "checked": metric.checked,
                "figures": {figure.name: round(figure.value, 4) for figure in metric.figures},
                "found": len(metric.findings),
                "findings": [asdict(finding) for finding in metric.findings[:most]],
            }
            for metric in report.metrics
        ],
    }
