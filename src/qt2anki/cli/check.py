"""``qt2anki check``: report all problems in pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    chosen_pool,
    config_option,
    default_paths,
    executor_options,
    paths_argument,
    settings_from,
)
from qt2anki.messages import CODES, did_you_mean, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qt2anki.checks.check_pages import Findings
    from qt2anki.cli.problem_formats import Style
    from qt2anki.messages import Problem

_COLORS = {"error": "bold red", "warning": "yellow", "note": "dim"}


def _prefixes(
    _ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    """Split lists at commas; refuse prefixes that no code has."""
    prefixes = tuple(
        part.strip().upper() for text in value for part in text.split(",") if part.strip()
    )
    for prefix in prefixes:
        if any(code.startswith(prefix) for code in CODES):
            continue
        hint = did_you_mean(prefix, CODES, "Codes look like QT101; QT1 is every code of a stage.")
        raise click.BadParameter(f"no code starts with {prefix!r}. {hint}")
    return prefixes


@click.command("check")
@paths_argument
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--select",
    multiple=True,
    metavar="CODE[,CODE]",
    callback=_prefixes,
    help="Report only these codes; QT2 selects all codes that start with it.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE[,CODE]",
    callback=_prefixes,
    help="Leave out these codes; overrides --select.",
)
@config_option
@executor_options
@click.option("-q", "--quiet", is_flag=True, help="Print only errors and warnings.")
@click.pass_context
def check_command(
    ctx: click.Context,
    paths: tuple[str, ...],
    style: Style,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    config: Path | None,
    jobs: int | None,
    executor: str,
    quiet: bool,
) -> None:
    """Check PATHS and report every problem; write nothing.

    PATHS are Markdown pages, folders of pages, or "-" for standard input; the default is the
    folder "input". Every problem has a code; "qt2anki explain CODE" explains it.

    Exit status: 0 no errors (with --strict, no warnings either), 1 problems, 2 wrong usage.

    \b
    Examples:
      qt2anki check
      qt2anki check pages --strict --ignore QT204
      qt2anki check pages --format sarif > problems.sarif
    """
    from dataclasses import replace

    from qt2anki.checks.check_pages import check
    from qt2anki.cli.progress import progress_shown

    settings = settings_from(config)
    with progress_shown(is_wanted=not quiet) as progress:
        found = check(
            paths or default_paths("check"),
            settings,
            lambda done, total: progress.pages("read", done, total),
            processes=jobs,
            open_pool=chosen_pool(executor, jobs),
        )
    kept = tuple(_chosen(found.problems, select, ignore, quiet=quiet))
    _print(replace(found, problems=kept), style, quiet=quiet)
    failing = ("error", "warning") if strict else ("error",)
    ctx.exit(1 if any(problem.severity in failing for problem in kept) else 0)


def _chosen(
    problems: Iterable[Problem], select: tuple[str, ...], ignore: tuple[str, ...], *, quiet: bool
) -> Iterable[Problem]:
    for problem in problems:
        is_selected = not select or problem.code.startswith(select)
        is_ignored = ignore and problem.code.startswith(ignore)
        is_hushed = quiet and problem.severity == "note"
        if is_selected and not is_ignored and not is_hushed:
            yield problem


def _print(found: Findings, style: Style, *, quiet: bool) -> None:
    from qt2anki.cli.problem_formats import counts, github_report, json_report, sarif_report
    from qt2anki.messages import without_repeats

    match style:
        case "text":
            _print_text(tuple(without_repeats(found.problems)))
        case "json":
            click.echo(json_report(found.problems, found.files))
        case "github" if not found.problems:
            pass
        case "github":
            click.echo(github_report(found.problems))
        case "sarif":
            click.echo(sarif_report(found.problems))
    if not quiet:
        numbers = ", ".join(plural(n, name) for name, n in counts(found.problems).items())
        click.echo(f"{numbers} in {plural(found.files, 'file')}", err=True)


def _print_text(problems: Sequence[Problem]) -> None:
    from rich.console import Console
    from rich.text import Text

    from qt2anki.messages import format_problem

    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        for problem in problems:
            click.echo(format_problem(problem))
        return
    for problem in problems:
        first, _, hint = format_problem(problem).partition("\n")
        text = Text(first)
        text.highlight_words([f"{problem.severity} {problem.code}"], _COLORS[problem.severity])
        console.print(text.append(f"\n{hint}", "dim") if hint else text)
