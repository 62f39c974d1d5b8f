"""``qt2anki build``: build one package per subject or course."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.build import CACHE_FOLDER
from qt2anki.cli.options import (
    OUTPUT,
    build_time,
    chosen_pool,
    config_option,
    corrections_from,
    corrections_option,
    default_paths,
    executor_options,
    exit_with_problems,
    json_option,
    kinds_option,
    note_models_option,
    page_ids,
    paths_argument,
    previous_option,
    print_json,
    profile_option,
    quiet_option,
    refuse_unknown_subjects,
    resolved_settings,
    sequence_threshold_option,
    subject_option,
)
from qt2anki.messages import plural

if TYPE_CHECKING:
    from qt2anki.build.job import Job, Progress, Report
    from qt2anki.build.pipeline import DryRun
    from qt2anki.config import Resolved
    from qt2anki.courses.course import Course
    from qt2anki.model import PageId

CHECK_VERSION = 1


@click.command("build")
@paths_argument
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=OUTPUT,
    show_default=True,
    help="Output folder.",
)
@subject_option
@click.option(
    "--course",
    "courses",
    multiple=True,
    metavar="NAME",
    help="Build this course instead of subjects (docs/courses.md); repeatable.",
)
@previous_option("--out")
@click.option("--first-release", is_flag=True, help="Confirm that there is no earlier release.")
@click.option(
    "--allow-retire",
    is_flag=True,
    help="Allow retiring a large part of a deck or a whole --subject, and undoing all corrections.",
)
@click.option(
    "--partial",
    is_flag=True,
    help="PATHS are only some of the pages: keep the published notes of all others.",
)
@click.option(
    "--rewritten",
    multiple=True,
    metavar="ID",
    callback=page_ids,
    help="Confirm that the page with this id is the published one, rewritten; repeatable.",
)
@config_option
@corrections_option
@note_models_option
@sequence_threshold_option
@profile_option
@kinds_option
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=f"Cache directory; safe to delete.  [default: {CACHE_FOLDER} in --out]",
)
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@executor_options
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--check", is_flag=True, help="List the packages that would change; write nothing.")
@json_option
@quiet_option
@click.option("-v", "--verbose", is_flag=True, help="Also list notes and pages without cards.")
def build_command(
    paths: tuple[str, ...],
    out: Path,
    subjects: tuple[str, ...],
    courses: tuple[str, ...],
    previous: tuple[Path, ...],
    first_release: bool,
    allow_retire: bool,
    partial: bool,
    rewritten: tuple[PageId, ...],
    config: Path | None,
    corrections: Path | None,
    note_models: Path | None,
    sequence_threshold: float | None,
    profile: str | None,
    kinds: tuple[str, ...],
    cache: Path | None,
    no_cache: bool,
    jobs: int | None,
    executor: str,
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

    Each build compares the pages with the packages published last. Unchanged notes stay exactly
    as they were, so an import never overwrites students' edits. Notes that are no longer in the
    pages go to the folder "retired" next to the packages.

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
    _refuse_both("--quiet and --verbose", quiet, verbose)
    _refuse_both("--cache and --no-cache", cache, no_cache)
    _refuse_both("--subject and --course", subjects, courses)
    _refuse_both("--partial and --allow-retire", partial, allow_retire)
    if cache and cache.resolve() == out.resolve():
        raise click.UsageError("--cache and --out must be different folders.")
    from qt2anki.anki.note_types import load_note_types
    from qt2anki.build.pipeline import Job
    from qt2anki.cli.output import progress_shown

    started = time.monotonic()
    resolved = resolved_settings(
        config, sequence_threshold=sequence_threshold, profile=profile, kinds=kinds
    )
    chosen = _chosen(courses, resolved) if courses else ()
    job = Job(
        paths=paths or default_paths(),
        out=out,
        settings=resolved.settings,
        note_types=load_note_types(note_models),
        stamp=build_time(),
        subjects=tuple(subject.casefold() for subject in subjects),
        previous=previous,
        processes=jobs,
        open_pool=chosen_pool(executor, jobs),
        cache=None if no_cache else cache or out / CACHE_FOLDER,
        may_retire=allow_retire,
        rewritten=rewritten,
        is_partial=partial,
        corrections=corrections_from(resolved, corrections),
    )
    is_aside = dry_run or check
    is_wanted = not quiet and not as_json
    with progress_shown(is_wanted=is_wanted, with_packages=not is_aside) as progress:
        report, aside = _run(job, chosen, progress, is_aside=is_aside)
    found = (*report.found, *(built.subject for built in report.packages))
    refuse_unknown_subjects(subjects, found, "No page")
    if aside is not None:
        _print_aside(aside, with_differences=dry_run, as_json=as_json)
    is_first = report.is_first and not first_release
    is_fine = all(problem.severity == "note" for problem in report.problems)
    if as_json or not quiet or is_first or not is_fine:  # what prints takes long to import
        from qt2anki.cli.output import print_first_release, print_report, print_summary
        from qt2anki.release.previous_release import COURSES_FOLDER

        seconds = time.monotonic() - started
        if as_json and aside is None:
            print_summary(report, job, seconds)
        if is_first:
            print_first_release(job)
        if chosen:
            job = replace(job, out=out / COURSES_FOLDER)
        is_short = quiet or as_json or aside is not None
        print_report(report, job, seconds, quiet=is_short, verbose=verbose)
    has_errors = any(problem.severity == "error" for problem in report.problems)
    stale = aside.files if aside is not None and check else ()
    if check:
        click.echo(f"A build would change {plural(len(stale), 'package')}.", err=True)
    exit_with_problems(has_errors or stale)


def _chosen(names: tuple[str, ...], resolved: Resolved) -> tuple[Course, ...]:
    from qt2anki.courses.course_files import choose_courses

    return choose_courses(names, Path(), resolved.source)


def _refuse_both(names: str, one: object, other: object) -> None:
    if one and other:
        raise click.UsageError(f"{names} are mutually exclusive.")


def _run(
    job: Job, courses: tuple[Course, ...], progress: Progress, *, is_aside: bool
) -> tuple[Report, DryRun | None]:
    """Build subjects, or *courses* if there are any; with *is_aside*, write nothing."""
    if courses:
        from qt2anki.courses.build_courses import build_courses, courses_would_change

        if not is_aside:
            return build_courses(job, courses, progress), None
        aside = courses_would_change(job, courses, progress)
    else:
        from qt2anki.build.pipeline import build

        if not is_aside:
            return build(job, progress), None
        from qt2anki.build.pipeline import would_change

        aside = would_change(job, progress)
    return aside.report, aside


def _print_aside(aside: DryRun, *, with_differences: bool, as_json: bool) -> None:
    from qt2anki.cli.diff import print_differences
    from qt2anki.cli.output import print_changes

    if with_differences:
        has_errors = any(problem.severity == "error" for problem in aside.report.problems)
        if has_errors and not aside.differences and not as_json:
            return  # what has an error is not compared
        print_differences(aside.differences, as_json=as_json)
        if aside.differences and not as_json:
            print_changes(aside.report)
    elif as_json:
        files = [change._asdict() for change in aside.files]
        print_json({"version": CHECK_VERSION, "is_current": not files, "files": files})
    else:
        for name, fate in aside.files:
            click.echo(f"would {fate} {name}")
