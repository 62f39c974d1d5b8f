"""``qt2anki check``: report all problems in pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from urllib.parse import quote

import click

from qt2anki import __version__
from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs
from qt2anki.messages import (
    Problem,
    Severity,
    did_you_mean,
    format_problem,
    message_codes,
    plural,
    sort_problems,
    visible,
    without_repeats,
)

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


def json_report(problems: Sequence[Problem], files: int) -> dict[str, object]:
    """Return the number of files and all problems as an object of JSON."""
    found = [asdict(problem) for problem in problems]
    return {"files": files, "counts": _counts(problems), "problems": found}


def _counts(problems: Iterable[Problem]) -> dict[Severity, int]:
    found = Counter(problem.severity for problem in problems)
    return {severity: found[severity] for severity in _SEVERITIES}


def github_report(problems: Iterable[Problem]) -> str:
    """Return one workflow command per line; GitHub shows each next to its line.

    The form is that of GitHub's documentation, "Workflow commands for GitHub Actions"; the
    characters to escape are those in actions/toolkit, packages/core/src/command.ts.
    """
    lines = []
    for problem in problems:
        properties = {
            "file": problem.source,
            "line": problem.line,
            "col": problem.column,
            "title": f"{problem.code} {message_codes()[problem.code].title}",
        }
        said = ",".join(
            f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
            for name, value in properties.items()
            if value is not None
        )
        text = "\n".join(filter(None, (visible(problem.text), visible(problem.hint))))
        name = "notice" if problem.severity == "note" else problem.severity
        lines.append(f"::{name} {said}::{_escaped(text)}")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def sarif_report(problems: Sequence[Problem]) -> dict[str, object]:
    """Return a SARIF log: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ ."""
    codes = sorted({problem.code for problem in problems})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": meaning.title},
            "fullDescription": {"text": meaning.explanation},
            "defaultConfiguration": {"level": meaning.severity},
        }
        for code in codes
        for meaning in (message_codes()[code],)
    ]
    run = {
        "tool": {"driver": {"name": "qt2anki", "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(problem, codes.index(problem.code)) for problem in problems],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    return {"$schema": f"{schema}sarif-schema-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _sarif_result(problem: Problem, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": " — ".join(filter(None, (problem.text, problem.hint)))},
    }
    if not problem.source.startswith("<"):  # not a file: "<stdin>"
        uri = quote(problem.source)
        uri = f"file://{uri}" if uri.startswith("/") else uri
        place: dict[str, object] = {"artifactLocation": {"uri": uri}}
        if problem.line is not None:
            region = {"startLine": problem.line, "startColumn": problem.column}
            place["region"] = {name: value for name, value in region.items() if value is not None}
        result["locations"] = [{"physicalLocation": place}]
    return result


def _prefixes(_ctx: object, _param: object, value: tuple[str, ...]) -> tuple[str, ...]:
    """Split lists at commas; refuse prefixes that no code has."""
    parts = (part.strip().upper() for text in value for part in text.split(","))
    prefixes = tuple(filter(None, parts))
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code in message_codes()):
            usual = "Codes look like QT101; QT1 means all codes that start with it."
            hint = did_you_mean(prefix, message_codes(), usual)
            raise click.BadParameter(f"no code starts with {prefix!r}. {hint}")
    return prefixes


@click.command("check")
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
@options.shared("paths out config corrections jobs executor")
@click.option("-q", "--quiet", is_flag=True, help="Print only errors and warnings.")
def check_command(
    inputs: Inputs,
    style: str,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
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
    from qt2anki.build.correction_reports import correction_problems
    from qt2anki.checks.check_pages import check

    settings, known = inputs.settings, inputs.corrections
    with output.progress_shown(is_wanted=not quiet) as progress:
        found = check(
            inputs.paths,
            settings,
            lambda done, total: progress.pages("read", done, total),
            processes=inputs.jobs,
            open_pool=inputs.open_pool,
        )
    files = tuple(path for path in inputs.paths if path != "-")  # which can be read only once
    job = inputs.job(paths=files, corrections=known, stamp=0)
    problems = (*found.problems, *correction_problems(job))
    kept = tuple(
        problem
        for problem in sort_problems(problems)
        if (not select or problem.code.startswith(select))
        and not (ignore and problem.code.startswith(ignore))
        and not (quiet and problem.severity == "note")
    )
    match style:
        case "text":
            _print_text(without_repeats(kept))
        case "json":
            output.print_object(**json_report(kept, found.files))
        case "sarif":
            output.print_json(sarif_report(kept))
        case "github" if kept:
            click.echo(github_report(kept))
    if not quiet:
        numbers = ", ".join(plural(n, name) for name, n in _counts(kept).items())
        click.echo(f"{numbers} in {plural(found.files, 'file')}", err=True)
        if waiting := sum(one.proposed for one in known.by_key.values()):
            said = f"{plural(waiting, 'proposal')} to confirm (qt2anki corrections proposals)"
            click.echo(said, err=True)
    failing = ("error", "warning") if strict else ("error",)
    output.exit_with(any(problem.severity in failing for problem in kept))


def _print_text(problems: Iterable[Problem]) -> None:
    from rich.text import Text

    console = output.stdout_console()
    for problem in problems:
        if not console.is_terminal:
            click.echo(format_problem(problem))
            continue
        first, _, hint = format_problem(problem).partition("\n")
        text = Text(first)
        text.highlight_words(
            [f"{problem.severity} {problem.code}"], output.STYLES[problem.severity]
        )
        console.print(text.append(f"\n{hint}", "dim") if hint else text)
