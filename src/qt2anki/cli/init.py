"""``qt2anki init``, ``stamp`` and ``course``: settings, ids of pages, and course files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.anki.files import write_atomically
from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs
from qt2anki.config.settings import PageFormat, Settings
from qt2anki.config.values import InvalidValue, deck_name_of
from qt2anki.messages import format_problem, plural, visible
from qt2anki.model import PageId
from qt2anki.source.discover import discover, load_source

if TYPE_CHECKING:
    from qt2anki.source.adopt import Survey

_CARDS = 5
_LOOKED_AT = 200  # pages at most, for five cards
_SOME = 6
_WIDTH = 300


@click.command("init")
@click.argument(
    "folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--yes", is_flag=True, help="Write the settings file without asking.")
def init_command(folder: Path, yes: bool) -> None:
    """Propose a settings file for the pages in FOLDER.

    This describes the pages, proposes settings and shows five cards. After confirmation, it
    writes qt2anki.toml to the current folder. An existing file is never changed.

    \b
    Examples:
      qt2anki init vault
      qt2anki init vault --yes
    """
    from qt2anki.notes.features import card_texts
    from qt2anki.notes.languages import guess_language
    from qt2anki.notes.make_notes import make_notes
    from qt2anki.source.adopt import proposed_keys, proposed_settings, survey

    sources = discover((str(folder),)).sources
    found = survey(sources, PageFormat())
    if mapped := proposed_keys(found):
        found = survey(sources, PageFormat(tuple(mapped.items())))
    # Only pages that do not name their language count.
    unnamed = [page for page in found.pages if not page.language]
    guesses = (guess_language(f"{page.question}\n{page.answer}") for page in unnamed)
    languages = Counter(filter(None, guesses))
    language = max(languages, key=lambda code: languages[code], default="en")
    text = proposed_settings(found, folder, mapped, language)
    click.echo("\n".join(_description(found, mapped, languages)))
    if not found.pages:
        raise click.ClickException("There are no pages to make cards from.")
    click.echo("\nqt2anki.toml:\n")
    click.echo("".join(f"    {line}\n" for line in text.splitlines()))
    settings = Settings(front_matter=tuple(sorted(mapped.items())), language=language)
    made = (make_notes(page, settings).notes for page in found.pages[:_LOOKED_AT])
    for note in islice((notes[0] for notes in made if notes), _CARDS):
        _, question, answer = card_texts(note)
        click.echo(f"  {note.page_id}\n    Q: {question[:_WIDTH]}\n    A: {answer[:_WIDTH]}\n")
    target = Path("qt2anki.toml")
    if target.exists():
        click.echo("qt2anki.toml already exists and was not changed.")
    elif yes or click.confirm("Write qt2anki.toml?", default=False):
        target.write_text(text, encoding="utf-8")
        click.echo(f"Next: qt2anki build {folder.as_posix()} --first-release")


def _description(
    found: Survey, mapped: Mapping[str, str], languages: Counter[str]
) -> Iterator[str]:
    several = f" ({found.several:,} of them with several questions)" if found.several else ""
    yield f"{plural(len(found.pages), 'page')} in {plural(found.files, 'file')}{several}"
    forms = {"answers": found.answers, "ids": found.ids, "subjects": found.subjects}
    for name, count in (forms | {"languages": languages}).items():
        if count:
            yield f"  {name}: " + ", ".join(f"{kind} ({n:,})" for kind, n in count.most_common())
    subjects = sorted({subject for page in found.pages for subject in page.subjects})
    if subjects:
        more = f", and {len(subjects) - _SOME} more" if len(subjects) > _SOME else ""
        yield f"  decks: {', '.join(subjects[:_SOME])}{more}"
    for ours, theirs in mapped.items():
        yield f"  the key {theirs!r} is used as the {ours}"
    for text, number in found.lacking.most_common(_SOME):
        yield f"  not read: {plural(number, 'page')}: {text}"
    if len(languages) > 1:
        yield "  The pages are in several languages; declare each page's, as in 'lang: es'."
    if found.ids["none"]:
        yield "  Pages without an id are identified by their paths; qt2anki stamp adds ids to them."
        yield "  If students may have decks from other publishers, write ids that nobody else uses."


@click.command("stamp")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@options.shared("out config")
@click.option("--dry-run", is_flag=True, help="List the ids without writing them.")
def stamp_command(inputs: Inputs, paths: tuple[str, ...], dry_run: bool) -> None:
    """Write an id into each page under PATHS that has none.

    The id is the one that the page already gets from its path, which the packages in --out use, so
    its cards keep their review histories. After that, the file can be renamed or moved.

    \b
    Examples:
      qt2anki stamp vault --dry-run
      qt2anki stamp vault
    """
    from qt2anki.release.previous_release import read_previous_release
    from qt2anki.source.adopt import stamped_bytes
    from qt2anki.source.entry import with_published_roots

    page_format = inputs.settings.page_format
    found = discover(paths)
    for problem in found.problems:
        click.echo(format_problem(problem), err=True)
    count = failed = 0
    published = read_previous_release((inputs.out,)).pages
    for source in with_published_roots(found.sources, published):
        data = load_source(source)
        new = stamped_bytes(data, source, page_format) if isinstance(data, bytes) else None
        if new is None or source.path is None:
            continue
        if new.data is None:
            failed += 1
            click.echo(f"{source.name}: write an id into its front matter: {new.page_id}", err=True)
            continue
        count += 1
        click.echo(f"{source.name}: {new.page_id}")
        if not dry_run:
            write_atomically(source.path, new.data)
    click.echo(f"{plural(count, 'file')} {'would get' if dry_run else 'got'} an id", err=True)
    failed += sum(problem.severity == "error" for problem in found.problems)
    output.exit_with(failed > 0)


@click.group("course")
def course_command() -> None:
    """Create and list course files.

    A course is a deck made from pages of any subjects, divided into units. "qt2anki build
    --course NAME" builds it; docs/courses.md describes its file.
    """


@course_command.command("new")
@click.argument("name")
@click.option("--title", help="Title of the deck.  [default: NAME with spaces instead of hyphens]")
@click.option(
    "--take",
    type=options.page_id,
    multiple=True,
    metavar="ID",
    help="Include this page; repeatable.",
)
@options.shared("config")
def new_command(inputs: Inputs, name: str, title: str | None, take: tuple[PageId, ...]) -> None:
    """Create a commented course file NAME.toml in the folder "courses".

    The folder is next to qt2anki.toml, or in the current folder. An existing file is never
    overwritten.

    \b
    Examples:
      qt2anki course new physiology-1
      qt2anki course new week-plan --title "Pharmacology for Nurses" --take 900001
    """
    from qt2anki.courses.course_files import course_folder, course_template

    stem = name.removesuffix(".toml")
    if not stem or stem.startswith(".") or set(stem) & set('/\\:*?"<>|') or not stem.isprintable():
        raise click.BadParameter("the name must be a plain file name, such as physiology-1.")
    try:
        words = stem.replace("-", " ").replace("_", " ").split()
        default = " ".join(word[:1].upper() + word[1:] for word in words) or stem
        deck = deck_name_of(default if title is None else title)
    except InvalidValue as bad:
        raise click.BadParameter(f"{bad.text}. {bad.hint}", param_hint="'--title'") from bad
    path = course_folder(Path(), inputs.resolved.source) / f"{stem}.toml"
    if path.exists():
        raise click.UsageError(f"{_shown(path)} already exists; edit it or choose a new name.")
    text = course_template(stem, deck, take)
    write_atomically(path, text.encode("utf-8"))
    click.echo(visible(_shown(path)))
    click.echo(f"Edit the file, then run: qt2anki build --course {stem}", err=True)


@course_command.command("list")
@options.shared("config")
def list_courses_command(inputs: Inputs) -> None:
    """List every course with its name, title, number of units and file."""
    from qt2anki.courses.course_files import all_courses, course_folder

    source = inputs.resolved.source
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
