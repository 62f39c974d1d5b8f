"""``qt2anki diff``: compare two releases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.options import (
    OUTPUT,
    build_time,
    config_option,
    corrections_from,
    default_paths,
    json_option,
    package_files,
    print_json,
    resolved_settings,
)

if TYPE_CHECKING:
    from qt2anki.release.changes import SubjectDiff
    from qt2anki.release.diff import Release

_PATH = click.Path(exists=True, path_type=Path)


@click.command("diff")
@click.argument("old", required=False, type=_PATH)
@click.argument("new", required=False, type=_PATH)
@config_option
@json_option
@click.option("--markdown", is_flag=True, help="Print Markdown for release notes.")
@click.pass_context
def diff_command(
    ctx: click.Context,
    old: Path | None,
    new: Path | None,
    config: Path | None,
    as_json: bool,
    markdown: bool,
) -> None:
    """Compare the notes of two releases, OLD and NEW.

    Shows which notes are new, changed, moved or retired. OLD and NEW are packages or folders of
    packages. Without NEW, OLD is compared with a build of
    the folder "input"; without OLD, the folder "dist" is. Nothing is written. To compare with a
    build of different pages, use: qt2anki build PATHS --dry-run.

    Exit status: 0 no differences, 1 differences.

    \b
    Examples:
      qt2anki diff
      qt2anki diff last-year/nursing.apkg dist/nursing.apkg
      qt2anki diff last-year dist --markdown > release-notes.md
    """
    if as_json and markdown:
        raise click.UsageError("--json and --markdown are mutually exclusive.")
    if new is None:
        differences = _against_build(old or Path(OUTPUT), config)
    else:
        from qt2anki.release.diff import diff_releases

        differences = diff_releases(_release(old or Path(OUTPUT)), _release(new))
    print_differences(differences, as_json=as_json, markdown=markdown)
    ctx.exit(1 if differences else 0)


def print_differences(
    differences: tuple[SubjectDiff, ...], *, as_json: bool, markdown: bool = False
) -> None:
    """Print a comparison on stdout, in colour on a terminal."""
    from rich.console import Console

    from qt2anki.cli.diff_output import as_json as json_of
    from qt2anki.cli.diff_output import as_markdown, as_text

    if as_json:
        print_json(json_of(differences))
    elif markdown:
        click.echo("\n".join(as_markdown(differences)))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for line in as_text(differences):
            console.print(line)


def _release(path: Path) -> Release:
    from qt2anki.release.diff import release_of
    from qt2anki.release.previous_release import read_previous_release

    return release_of(read_previous_release(package_files([path])))


def _against_build(old: Path, config: Path | None) -> tuple[SubjectDiff, ...]:
    from qt2anki.anki.note_types import load_note_types
    from qt2anki.build.job import Job
    from qt2anki.build.pipeline import would_change
    from qt2anki.cli.output import print_report, progress_shown

    resolved = resolved_settings(config)
    job = Job(
        paths=default_paths(),
        out=old,
        settings=resolved.settings,
        corrections=corrections_from(resolved),
        note_types=load_note_types(None),
        stamp=build_time(),
        previous=(old,),
        subjects=tuple(subject.casefold() for subject in _release(old)) if old.is_file() else (),
        may_retire=True,  # nothing is written
    )
    with progress_shown(is_wanted=True) as progress:
        found = would_change(job, progress)
    if found.report.is_first:
        click.echo(f"There is no package in {old.as_posix()}, so every note is new.", err=True)
    print_report(found.report, job, 0.0, quiet=True, verbose=False)
    return found.differences
