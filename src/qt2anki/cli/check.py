"""``qt2anki check``: report all problems in pages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

import click

from qt2anki import __version__
from qt2anki.cli.options import (
    chosen_pool,
    config_option,
    corrections_from,
    corrections_option,
    default_paths,
    executor_options,
    out_option,
    paths_argument,
    resolved_settings,
)
from qt2anki.messages import (
    Problem,
    Severity,
    did_you_mean,
    message_codes,
    plural,
    sort_problems,
    visible,
)

if TYPE_CHECKING:
    from qt2anki.checks.check_pages import Findings

Style = Literal["text", "json", "github", "sarif"]
JSON_VERSION: Final = 1
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")

_GITHUB_NAMES: Final[dict[Severity, str]] = {
    "error": "error",
    "warning": "warning",
    "note": "notice",
}
_SARIF_VERSION = "2.1.0"
_ABSENT_PLACE = "<"  # starts the name of a source that is not a file: "<stdin>"


def json_report(problems: Sequence[Problem], files: int) -> str:
    """Return one JSON object with the number of files and all problems."""
    report = {
        "version": JSON_VERSION,
        "files": files,
        "counts": counts(problems),
        "problems": [asdict(problem) for problem in problems],
    }
    return json.dumps(report, ensure_ascii=False, indent=1)


def counts(problems: Iterable[Problem]) -> dict[Severity, int]:
    """Count problems by severity, the most severe first, including zeros."""
    found = Counter(problem.severity for problem in problems)
    return {severity: found[severity] for severity in SEVERITIES}


def github_report(problems: Iterable[Problem]) -> str:
    """Return one workflow command per line; GitHub shows each next to its line.

    The form is that of GitHub's documentation, "Workflow commands for GitHub Actions"; what to
    escape is told by actions/toolkit, packages/core/src/command.ts.
    """
    return "\n".join(_github_line(problem) for problem in problems)


def _github_line(problem: Problem) -> str:
    place = {"file": problem.source, "line": problem.line, "col": problem.column}
    title = f"{problem.code} {message_codes()[problem.code].title}"
    properties = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in (*place.items(), ("title", title))
        if value is not None
    )
    text = "\n".join(filter(None, (visible(problem.text), visible(problem.hint))))
    return f"::{_GITHUB_NAMES[problem.severity]} {properties}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def sarif_report(problems: Sequence[Problem]) -> str:
    """Return a SARIF log: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ ."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "qt2anki",
        "semanticVersion": __version__,
        "rules": [_sarif_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(problem, codes.index(problem.code)) for problem in problems],
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
        "sarif-schema-2.1.0.json",
        "version": _SARIF_VERSION,
        "runs": [run],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def _sarif_rule(code: str) -> dict[str, object]:
    meaning = message_codes()[code]
    return {
        "id": code,
        "shortDescription": {"text": meaning.title},
        "fullDescription": {"text": meaning.explanation},
        "defaultConfiguration": {"level": meaning.severity},
    }


def _sarif_result(problem: Problem, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": " — ".join(filter(None, (problem.text, problem.hint)))},
    }
    if not problem.source.startswith(_ABSENT_PLACE):
        result["locations"] = [{"physicalLocation": _sarif_place(problem)}]
    return result


def _sarif_place(problem: Problem) -> dict[str, object]:
    uri = quote(problem.source)
    is_absolute = uri.startswith("/")
    place: dict[str, object] = {
        "artifactLocation": {"uri": f"file://{uri}" if is_absolute else uri}
    }
    if problem.line is not None:
        region = {"startLine": problem.line}
        if problem.column is not None:
            region["startColumn"] = problem.column
        place["region"] = region
    return place


_COLORS = {"error": "bold red", "warning": "yellow", "note": "dim"}


def _prefixes(
    _ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    """Split lists at commas; refuse prefixes that no code has."""
    prefixes = tuple(
        part.strip().upper() for text in value for part in text.split(",") if part.strip()
    )
    for prefix in prefixes:
        if any(code.startswith(prefix) for code in message_codes()):
            continue
        hint = did_you_mean(
            prefix, message_codes(), "Codes look like QT101; QT1 is every code of a stage."
        )
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
@corrections_option
@out_option
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
    corrections: Path | None,
    out: Path,
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
    from qt2anki.build.card_candidates import correction_problems
    from qt2anki.checks.check_pages import check
    from qt2anki.cli.output import progress_shown

    resolved = resolved_settings(config)
    settings, known = resolved.settings, corrections_from(resolved, corrections)
    pages = paths or default_paths("check")
    with progress_shown(is_wanted=not quiet) as progress:
        found = check(
            pages,
            settings,
            lambda done, total: progress.pages("read", done, total),
            processes=jobs,
            open_pool=chosen_pool(executor, jobs),
        )
    files = tuple(path for path in pages if path != "-")  # which can be read only once
    problems = (*found.problems, *correction_problems(files, out, settings, known))
    kept = tuple(_chosen(sort_problems(problems), select, ignore, quiet=quiet))
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
    from qt2anki.messages import without_repeats

    match style:
        case "text":
            _print_text(tuple(without_repeats(found.problems)))
        case "json":
            click.echo(json_report(found.problems, found.files))
        case "sarif":
            click.echo(sarif_report(found.problems))
        case "github" if found.problems:
            click.echo(github_report(found.problems))
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
