"""``qt2anki check``: every problem of the pages at once, nothing written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.executor import chosen_pool, executor_options
from qt2anki.cli.job import settings_from
from qt2anki.cli.options import config_option
from qt2anki.messages import CODES, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qt2anki.checks.check_pages import Findings
    from qt2anki.cli.problem_formats import Style
    from qt2anki.messages import Problem

_INPUT = "input"
_COLORS = {"error": "bold red", "warning": "yellow", "note": "dim"}


def _prefixes(
    _ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    """Split lists at commas; refuse what no code begins with, as it would do nothing."""
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
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="Form of the problems on stdout.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail the check, too.")
@click.option(
    "--select",
    multiple=True,
    metavar="CODE[,CODE]",
    callback=_prefixes,
    help="Report these codes only; QT2 stands for all that begin so.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE[,CODE]",
    callback=_prefixes,
    help="Leave these codes out; stronger than --select.",
)
@config_option
@executor_options
@click.option("-q", "--quiet", is_flag=True, help="Print errors and warnings only.")
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
    """Report everything that is wrong with PATHS, and write nothing.

    PATHS are Markdown pages, folders of them, or "-" for standard input; without any, the folder
    "input" is read. Every problem has a code, which "qt2anki explain" tells more about.

    Exit status: 0 when there is no error (with --strict, no warning either), 1 when there is,
    2 for wrong use.

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
            paths or _default_paths(),
            settings,
            lambda done, total: progress.pages("read", done, total),
            processes=jobs,
            open_pool=chosen_pool(executor, jobs),
        )
    kept = tuple(_chosen(found.problems, select, ignore, quiet=quiet))
    _print(replace(found, problems=kept), style, quiet=quiet)
    failing = ("error", "warning") if strict else ("error",)
    ctx.exit(1 if any(problem.severity in failing for problem in kept) else 0)


def _default_paths() -> tuple[str, ...]:
    if not Path(_INPUT).is_dir():
        raise click.UsageError(
            f"There is no folder '{_INPUT}' here. Name the pages or folders to check:"
            " qt2anki check PATHS..."
        )
    return (_INPUT,)


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
        number = ", ".join(
            f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts(found.problems).items()
        )
        files = "1 file" if found.files == 1 else f"{found.files} files"
        click.echo(f"{number} in {files}", err=True)


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
