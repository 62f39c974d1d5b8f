"""``qt2anki verify`` and ``audit``: test packages with real Anki, and measure their quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli import options, output
from qt2anki.cli.options import OUTPUT, Inputs, require_extra
from qt2anki.messages import format_problem, plural, visible

if TYPE_CHECKING:
    from qt2anki.anki.package_reader import PublishedPackage
    from qt2anki.audit.findings import AuditReport
    from qt2anki.verify.rehearsal import Rehearsal, VerifyResult

_FEW = 10
_SHOWN = 5
_FIGURES_SHOWN = 4
_WIDTH = 120  # width of the table in a file or a pipe
_say = partial(output.say, err=False)
_VERDICT_STYLES = {"failed": "bold red", "missed": "yellow", "met": "green"}


@click.command("verify")
@options.packages
@click.option(
    "--against",
    multiple=True,
    metavar="OLD",
    type=options.EXISTING,
    help="Package, or folder of packages, that students already have; repeatable.",
)
@options.as_json
@options.verbose("List all findings, not only the first ten.")
def verify_command(
    packages: tuple[Path, ...], against: tuple[Path, ...], as_json: bool, verbose: bool
) -> None:
    """Test the import of PACKAGES with real Anki.

    PACKAGES are .apkg files or folders of them. They are imported into an empty collection, and
    every card is rendered. With --against, they are also imported over the old packages, after a
    simulated student has studied, edited, tagged, moved and suspended cards.

    Exit status: 0 no findings, 1 findings: a note conflicts, is duplicated or
    loses its review history; an unchanged note loses a student's edits; an update
    does not reach the student; or a card is empty or shows an error.

    \b
    Examples:
      qt2anki verify dist
      qt2anki verify dist/nursing.apkg --against last-year/nursing.apkg
    """
    new, old = options.package_files(packages), options.package_files(against)
    require_extra("verify", "anki", "verify")
    from qt2anki.verify.rehearsal import is_kept, rehearse

    verdict = rehearse(new, old)
    if as_json:
        students = {"new_student": verdict.new_student, "old_student": verdict.old_student}
        found = {name: one and _rehearsal_json(one) for name, one in students.items()}
        output.print_object(anki=verdict.anki, kept=is_kept(verdict), **found)
    else:
        _print_verdict(verdict, most=None if verbose else _FEW, is_kept=is_kept(verdict))
    output.exit_with(not is_kept(verdict))


def _print_verdict(verdict: VerifyResult, *, most: int | None, is_kept: bool) -> None:
    students = {
        "A new student": verdict.new_student,
        "A student who has studied the old decks": verdict.old_student,
    }
    for title, rehearsal in students.items():
        if rehearsal is None:
            continue
        _say(title, "bold")
        for line in _lines(rehearsal):
            _say(f"  {visible(line)}")
        for finding in rehearsal.findings[:most]:
            place = f" {finding.place}:" if finding.place else ""
            _say(visible(f"  {finding.fault}:{place} {finding.text}"), "red")
        if most and (left := len(rehearsal.findings) - most) > 0:
            _say(f"  and {left} more; -v lists them", "red")
    word, style = ("passed", "green") if is_kept else ("failed", "bold red")
    _say(f"Import test {word} (Anki {verdict.anki}).", style)


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
        count = plural(rehearsal.lost, "note")
        yield f"{count} of these are in no retired package: this release loses them"
    for each in rehearsal.kept:
        yield f"{each.what}: {each.kept} of {each.of} kept"


def _rehearsal_json(one: Rehearsal) -> dict[str, object]:
    return output.to_json(
        one,
        "notes cards gone lost",
        packages=[asdict(done) | {"conflicting": len(done.conflicting)} for done in one.imports],
        kept={each.what: {"kept": each.kept, "of": each.of} for each in one.kept},
        faults=Counter(sorted(finding.fault.value for finding in one.findings)),
        findings=[asdict(each) for each in one.findings],
    )


@click.command("audit")
@click.argument("packages", nargs=-1, type=options.EXISTING, metavar="[PACKAGES]...")
@options.shared("subjects")
@options.sources
@click.option(
    "--max",
    "most",
    type=click.IntRange(min=0),
    help="Findings to show per metric.  [default: 5; with --json: all]",
)
@options.as_json
def audit_command(
    inputs: Inputs,
    packages: tuple[Path, ...],
    source_paths: tuple[str, ...],
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
    from qt2anki.audit.audit_packages import audit
    from qt2anki.audit.rendered_cards import read_sources
    from qt2anki.corrections.apply import is_reviewed

    found = _chosen(packages, inputs)
    sources = None
    if source_paths:
        sources, problems = read_sources(source_paths, inputs.settings.page_format, found)
        for problem in problems:
            if problem.severity == "error":
                click.echo(format_problem(problem), err=True)
    report, known = audit(found, sources=sources), inputs.corrections
    notes = {note.guid: note for package in found for note in package.notes}
    reviewed = sum(is_reviewed(note, known) for note in notes.values())
    if as_json:
        output.print_object(**_audit_json(report, most), reviewed=reviewed)
    else:
        _print_audit(report, _SHOWN if most is None else most)
        if reviewed:
            share = f"{reviewed / report.notes:.0%}"
            click.echo(f"Reviewers have approved {plural(reviewed, 'note')} ({share}).")
    output.exit_with(report.has_failed)


def _chosen(packages: tuple[Path, ...], inputs: Inputs) -> tuple[PublishedPackage, ...]:
    """Read the packages of the subjects that are asked for, or all."""
    from qt2anki.anki.package_reader import read_packages
    from qt2anki.audit.rendered_cards import deck_part

    if not packages and not inputs.out.is_dir():
        raise click.UsageError(
            f"There is no folder '{OUTPUT}' here. Build first (qt2anki build), or pass the"
            " packages: qt2anki audit PACKAGES..."
        )
    found = read_packages(packages or [inputs.out])
    if not found:
        raise click.UsageError("There are no packages (*.apkg) here. Build first: qt2anki build")
    options.refuse_unknown_subjects(inputs.subjects, map(deck_part, found), "No package")
    wanted = set(map(str.casefold, inputs.subjects))
    return tuple(p for p in found if not wanted or deck_part(p).casefold() in wanted)


def _print_audit(report: AuditReport, most: int) -> None:
    from rich.text import Text

    console = output.stdout_console()
    if not console.is_terminal:
        console.width = _WIDTH
    table = output.plain_table()
    table.add_column("#", justify="right")
    for name in ("metric", "verdict", "target", "found"):
        table.add_column(name, overflow="fold")
    for metric in report.metrics:
        verdict = Text(metric.verdict, _VERDICT_STYLES.get(metric.verdict, "dim"))
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
            _say(f"\n{metric.number} {metric.name}: {number}", "bold")
            for finding in metric.findings[:most]:
                words = f" ({', '.join(finding.words)})" if finding.words else ""
                kind = f"{finding.kind} {finding.guid}".strip()
                _say(visible(f"  {finding.key} [{kind}]: {finding.text}{words}"))
            if number > most:
                _say(f"  and {number - most} more; --max {number} shows all", "dim")
    counts = {"page": report.pages, "note": report.notes, "card": report.cards}
    numbers = ", ".join(plural(count, noun) for noun, count in counts.items())
    _say(f"\n{plural(len(report.packages), 'package')}: {numbers}")
    _say("* hard metric: every finding is a fault in the deck")


def _audit_json(report: AuditReport, most: int | None) -> dict[str, object]:
    metrics = [
        output.to_json(
            metric,
            "number name target verdict checked",
            hard=metric.is_hard,
            figures={figure.name: round(figure.value, 4) for figure in metric.figures},
            found=len(metric.findings),
            findings=[asdict(finding) for finding in metric.findings[:most]],
        )
        for metric in report.metrics
    ]
    names = "packages pages notes cards"
    return output.to_json(report, names, failed=report.has_failed, metrics=metrics)
