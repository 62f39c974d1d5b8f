"""``qt2anki build``: build one package per subject or course."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.build import CACHE_FOLDER
from qt2anki.build.job import Built, BuiltRetired, Job, Progress, Report
from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs
from qt2anki.messages import plural
from qt2anki.model import PageId

if TYPE_CHECKING:
    from collections.abc import Callable

    from qt2anki.build.pipeline import DryRun


@click.command("build")
@options.shared(
    "paths out subjects previous config corrections note_models sequence_threshold profile kinds"
    " jobs executor"
)
@click.option(
    "--course",
    "courses",
    multiple=True,
    metavar="NAME",
    help="Build this course instead of subjects (docs/courses.md); repeatable.",
)
@click.option("--first-release", is_flag=True, help="Confirm that there is no earlier release.")
@click.option(
    "--allow-retire",
    is_flag=True,
    help="Allow retiring a large part of a deck or a whole --subject, and undoing all corrections.",
)
@click.option(
    "--partial",
    "is_partial",
    is_flag=True,
    help="PATHS are only some of the pages: keep the published notes of all others.",
)
@click.option(
    "--rewritten",
    multiple=True,
    metavar="ID",
    type=options.page_id,
    help="Confirm that the page with this id is the published one, rewritten; repeatable.",
)
@click.option(
    "--cache",
    type=options.FOLDER,
    metavar="DIR",
    help=f"Cache directory; safe to delete.  [default: {CACHE_FOLDER} in --out]",
)
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--check", is_flag=True, help="List the packages that would change; write nothing.")
@options.as_json
@options.quiet
@options.verbose("Also list notes and pages without cards.")
def build_command(
    inputs: Inputs,
    courses: tuple[str, ...],
    first_release: bool,
    allow_retire: bool,
    is_partial: bool,
    rewritten: tuple[PageId, ...],
    cache: Path | None,
    no_cache: bool,
    dry_run: bool,
    check: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Build one Anki package per subject from PATHS.

    PATHS are Markdown pages, folders of pages, or "-" for standard input; the default is the
    folder "input". Packages can be imported into Anki again and again: an import never duplicates
    a card or resets a review history.

    Each build compares the pages with the latest published packages. Unchanged notes stay exactly
    as they were, so an import never overwrites students' edits. Notes whose facts are no longer on
    the pages go to the folder "retired" next to the packages.

    Exit status: 0 success; 1 a page has an error (the others are built), the build was refused,
    or --check found a package that would change.

    \b
    Examples:
      qt2anki build
      qt2anki build pages/biology pages/physics -o decks
      qt2anki build --subject Nursing --json
      qt2anki build --course physiology-1
      qt2anki build pages/biology --dry-run
      qt2anki build --check
    """
    options.refuse_both("--quiet and --verbose", quiet, verbose)
    options.refuse_both("--cache and --no-cache", cache, no_cache)
    options.refuse_both("--subject and --course", inputs.subjects, courses)
    options.refuse_both("--partial and --allow-retire", is_partial, allow_retire)
    if cache and cache.resolve() == inputs.out.resolve():
        raise click.UsageError("--cache and --out must be different folders.")
    from qt2anki.build.pipeline import would_change

    started = time.monotonic()
    build = _function(courses, inputs)
    job = inputs.job(
        cache=None if no_cache else cache or inputs.out / CACHE_FOLDER,
        may_retire=allow_retire,
        rewritten=rewritten,
        is_partial=is_partial,
    )
    is_aside = dry_run or check
    is_wanted = not quiet and not as_json
    with output.progress_shown(is_wanted=is_wanted, with_packages=not is_aside) as progress:
        aside = would_change(job, progress, build) if is_aside else None
        report = aside.report if aside else build(job, progress)
    found = (*report.found, *(built.subject for built in report.packages))
    options.refuse_unknown_subjects(inputs.subjects, found, "No page")
    if aside is not None:
        _print_aside(aside, with_differences=dry_run, as_json=as_json)
    seconds = time.monotonic() - started
    if as_json and aside is None:
        _print_summary(report, job, seconds)
    if report.is_first and not first_release:
        _print_first_release(job)
    is_short = quiet or as_json or aside is not None
    output.print_report(report, job, seconds, quiet=is_short, verbose=verbose)
    stale = aside.files if aside is not None and check else ()
    if check:
        click.echo(f"A build would change {plural(len(stale), 'package')}.", err=True)
    output.exit_with(stale or any(p.severity == "error" for p in report.problems))


def _function(names: tuple[str, ...], inputs: Inputs) -> Callable[[Job, Progress], Report]:
    """Return the function that builds subjects, or the courses *names*."""
    if not names:
        from qt2anki.build.pipeline import build

        return build
    from qt2anki.courses.build_courses import build_courses
    from qt2anki.courses.course_files import choose_courses

    courses = choose_courses(names, Path(), inputs.resolved.source)
    return lambda job, progress: build_courses(job, courses, progress)


def _print_aside(aside: DryRun, *, with_differences: bool, as_json: bool) -> None:
    from qt2anki.cli.diff import print_differences

    if with_differences:
        has_errors = any(problem.severity == "error" for problem in aside.report.problems)
        if has_errors and not aside.differences and not as_json:
            return  # pages with errors are not compared
        print_differences(aside.differences, as_json=as_json)
        if aside.differences and not as_json:
            output.print_changes(aside.report)
    elif as_json:
        files = [change._asdict() for change in aside.files]
        output.print_object(is_current=not files, files=files)
    else:
        for name, fate in aside.files:
            click.echo(f"would {fate} {name}")


def _print_first_release(job: Job) -> None:
    """Warn that no earlier release was found."""
    where = " or ".join(path.as_posix() for path in job.previous or (job.out,))
    output.say(
        f"There are no earlier packages in {where}, so this is treated as a first release.\n"
        "  If students already have these decks, an import would overwrite their edits, and"
        " renamed steps would lose their histories. In that case, put the latest published"
        " packages into that folder, or pass them with --previous, and build again.\n"
        "  Otherwise, --first-release confirms that there are none.",
        "yellow",
    )


def _print_summary(report: Report, job: Job, seconds: float) -> None:
    """Print the report as one JSON object on stdout."""
    packages = [
        _package_json(
            built,
            "deck pages pages_without_cards",
            notes=dict(built.notes),
            cards=dict(built.cards),
        )
        for built in report.packages
    ]
    if report.is_first:  # every note is new; the list would only be long
        packages = [package | {"changes": []} for package in packages]
    output.print_object(
        stamp=job.stamp,
        seconds=round(seconds, 3),
        pages=report.pages,
        first_release=report.is_first,
        packages=packages,
        retired=[_package_json(one, "notes") for one in report.retired],
        problems=[asdict(problem) for problem in report.problems],
    )


def _package_json(package: Built | BuiltRetired, names: str, **more: object) -> dict[str, object]:
    changes = [
        output.to_json(change, "kind guid key title parts", page=change.page_id)
        for change in package.changes
    ]
    more |= {"bytes": package.size, "written": package.is_written, "changes": changes}
    return output.to_json(package, f"subject path {names}", **more)
