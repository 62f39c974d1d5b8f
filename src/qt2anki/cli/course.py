"""``qt2anki course``: create and list course files."""

from __future__ import annotations

from pathlib import Path

import click

from qt2anki.cli.options import config_option, page_id, resolved_settings
from qt2anki.messages import plural, visible
from qt2anki.model import PageId

_ENDING = ".toml"


@click.group("course")
def course_command() -> None:
    """Create and list course files.

    A course is a deck of pages from any subjects, in units. "qt2anki build --course NAME" builds
    it; docs/courses.md describes its file.
    """


@course_command.command("new")
@click.argument("name")
@click.option("--title", help="Name of the deck.  [default: NAME in words]")
@click.option(
    "--take", type=page_id, multiple=True, metavar="ID", help="Include this page; repeatable."
)
@config_option
def new_command(
    name: str, title: str | None, take: tuple[PageId, ...], config: Path | None
) -> None:
    """Create a commented course file NAME.toml in the folder "courses".

    The folder is next to qt2anki.toml, or in the current folder. An existing file is never
    overwritten.

    \b
    Examples:
      qt2anki course new physiology-1
      qt2anki course new week-plan --title "Pharmacology for Nurses" --take 900001
    """
    from qt2anki.anki.files import write_atomically
    from qt2anki.config.values import InvalidValue, deck_name_of
    from qt2anki.courses.course_files import course_folder, course_template

    stem = name.removesuffix(_ENDING)
    if not stem or stem.startswith(".") or set(stem) & set('/\\:*?"<>|') or not stem.isprintable():
        raise click.BadParameter("the name must be a plain file name, such as physiology-1.")
    try:
        words = stem.replace("-", " ").replace("_", " ").split()
        default = " ".join(word[:1].upper() + word[1:] for word in words) or stem
        deck = deck_name_of(default if title is None else title)
    except InvalidValue as bad:
        raise click.BadParameter(f"{bad.text}. {bad.hint}", param_hint="'--title'") from bad
    path = course_folder(Path(), resolved_settings(config).source) / f"{stem}{_ENDING}"
    if path.exists():
        raise click.UsageError(f"{_shown(path)} already exists; edit it or choose a new name.")
    text = course_template(stem, deck, take)
    write_atomically(path, text.encode("utf-8"))
    click.echo(visible(_shown(path)))
    click.echo(f"Edit the file, then run: qt2anki build --course {stem}", err=True)


@course_command.command("list")
@config_option
def list_courses_command(config: Path | None) -> None:
    """List every course with its name, title, number of units and file."""
    from qt2anki.courses.course_files import all_courses, course_folder

    source = resolved_settings(config).source
    courses = all_courses(Path(), source)
    for name, course in courses.items():
        units = plural(len(course.units), "unit")
        click.echo("\t".join(map(visible, (name, course.title, units, _shown(course.file.path)))))
    if not courses:
        where = visible(_shown(course_folder(Path(), source)))
        click.echo(
            f"There are no courses in {where}; create one with: qt2anki course new NAME", err=True
        )


def _shown(path: Path) -> str:
    """Return a path relative to the current folder if it is below it."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
