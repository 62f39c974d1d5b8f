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
    print_json,
    resolved_settings,
    settings_from,
    sources_option,
    subject_option,
)
from qt2anki.messages import did_you_mean, format_problem, plural, visible

if TYPE_CHECKING:
    from rich.console import Console

    from qt2anki.anki.package_reader import PublishedPackage
    from qt2anki.audit import AuditReport, Figure, Finding, Metric
    from qt2anki.audit.rendered_cards import Sources

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
    from qt2anki.audit import audit

    found = _chosen(read_packages(packages or _default_packages()), subjects)
    report = audit(found, sources=_sources(source_paths, found))
    reviewed = _reviewed(found)
    if as_json:
        print_json(_as_json(report, most) | {"reviewed": reviewed})
    else:
        _print(report, _SHOWN if most is None else most)
        if reviewed:
            share = f"{reviewed / report.notes:.0%}"
            click.echo(f"People have found {plural(reviewed, 'note')} good ({share}).")
    ctx.exit(1 if report.has_failed else 0)


def _default_packages() -> tuple[Path, ...]:
    if not Path(OUTPUT).is_dir():
        raise click.UsageError(
            f"There is no folder '{OUTPUT}' here. Build first (qt2anki build), or name the"
            " packages: qt2anki audit PACKAGES..."
        )
    return (Path(OUTPUT),)


def _chosen(
    packages: Sequence[PublishedPackage], asked: Sequence[str]
) -> tuple[PublishedPackage, ...]:
    """Return the packages of the *asked* subjects; all packages if no subject is given."""
    from qt2anki.audit.rendered_cards import deck_part

    if not packages:
        raise click.UsageError("There are no packages (*.apkg) here. Build first: qt2anki build")
    by_name = {deck_part(package).casefold(): package for package in packages}
    for name in asked:
        if name.casefold() in by_name:
            continue
        names = [deck_part(package) for package in packages]
        hint = did_you_mean(name, names, f"There are: {', '.join(names)}.")
        raise click.UsageError(f"No package has the subject {name!r}. {hint}")
    wanted = {name.casefold() for name in asked}
    return tuple(p for p in packages if not wanted or deck_part(p).casefold() in wanted)


def _sources(paths: Sequence[str], packages: Sequence[PublishedPackage]) -> Sources | None:
    from qt2anki.audit import read_sources

    if not paths:
        return None
    pages, problems = read_sources(paths, settings_from(None).page_format, packages)
    for problem in problems:
        if problem.severity == "error":
            click.echo(format_problem(problem), err=True)
    return pages


def _reviewed(packages: Sequence[PublishedPackage]) -> int:
    """Return the number of notes that somebody has found good, reworded or written."""
    from qt2anki.corrections.apply import is_reviewed

    known = corrections_from(resolved_settings(None))
    notes = {note.guid: note for package in packages for note in package.notes}
    return sum(is_reviewed(note, known) for note in notes.values())


def _print(report: AuditReport, most: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _WIDTH
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    for name in ("metric", "verdict", "target", "found"):
        table.add_column(name, overflow="fold")
    for metric in report.metrics:
        name = f"{metric.name} *" if metric.is_hard else metric.name
        style = _STYLES.get(metric.verdict, "dim")
        figures = ", ".join(map(_figure, metric.figures[:_FIGURES_SHOWN]))
        table.add_row(
            str(metric.number), name, Text(metric.verdict, style), metric.target, Text(figures)
        )
    console.print(table)
    for metric in report.metrics:
        _print_findings(console, metric, most)
    counts = {"page": report.pages, "note": report.notes, "card": report.cards}
    numbers = ", ".join(plural(count, noun) for noun, count in counts.items())
    console.print(f"\n{plural(len(report.packages), 'package')}: {numbers}")
    console.print("* hard metric: every finding is a fault of the deck")


def _print_findings(console: Console, metric: Metric, most: int) -> None:
    if not metric.findings or not most:
        return
    from rich.text import Text

    console.print()
    console.print(Text(f"{metric.number} {metric.name}: {len(metric.findings)}", "bold"))
    for finding in metric.findings[:most]:
        console.print(Text(f"  {_line(finding)}"))
    left = len(metric.findings) - most
    if left > 0:
        console.print(Text(f"  and {left} more; --max {len(metric.findings)} shows all", "dim"))


def _line(finding: Finding) -> str:
    words = f" ({', '.join(finding.words)})" if finding.words else ""
    guid = f" {finding.guid}" if finding.guid else ""
    return visible(f"{finding.key} [{finding.kind}{guid}]: {finding.text}{words}")


def _figure(figure: Figure) -> str:
    value = f"{figure.value:.1%}" if figure.is_share else f"{figure.value:g}"
    return f"{figure.name} {value}"


def _as_json(report: AuditReport, most: int | None) -> dict[str, object]:
    return {
        "version": AUDIT_VERSION,
        "failed": report.has_failed,
        "packages": [path.as_posix() for path in report.packages],
        "pages": report.pages,
        "notes": report.notes,
        "cards": report.cards,
        "metrics": [_metric_as_json(metric, most) for metric in report.metrics],
    }


def _metric_as_json(metric: Metric, most: int | None) -> dict[str, object]:
    return {
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
