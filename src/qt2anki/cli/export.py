"""``qt2anki export``: packages as text files for Anki and spreadsheets."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qt2anki.cli.options import package_files, packages_argument, quiet_option
from qt2anki.messages import plural, visible, visible_lines


@click.command("export")
@packages_argument
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["csv", "tsv"]),
    default="tsv",
    show_default=True,
    help="Comma- or tab-separated columns.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, allow_dash=True),
    metavar="DIRECTORY",
    help='Output folder, or "-" for stdout.  [default: next to the packages]',
)
@quiet_option
def export_command(
    packages: tuple[Path, ...], format_name: str, out: str | None, quiet: bool
) -> None:
    """Export the notes of PACKAGES as text, one file per package.

    PACKAGES are .apkg files or folders of them. The files start with Anki's own headers, so File >
    Import reads them directly: GUID, note type, deck and tags have one column each, followed by
    the fields as HTML.

    Anki must know the note types: import any one of the packages first. Text files have no
    modification times, so importing one overwrites students' edits; importing a package does not.

    \b
    Examples:
      qt2anki export dist
      qt2anki export dist/nursing.apkg --format csv -o -
    """
    from qt2anki.anki.files import write_atomically
    from qt2anki.anki.package_reader import read_package, read_packages
    from qt2anki.integrations.export import TextFormat, export_text

    files, text_format = package_files(packages), TextFormat(format_name)
    if out == "-":
        text = export_text(read_packages(files), text_format).text
        if sys.stdout.isatty():
            text = visible_lines(text)
        click.echo(text.encode("utf-8"), nl=False)  # bytes: UTF-8 and "\n" on every platform
        return
    targets: dict[Path, Path] = {}
    for file in files:
        folder = Path(out) if out is not None else file.parent
        target = folder / f"{file.stem}.{text_format}"
        if target in targets:
            raise click.UsageError(
                f"'{targets[target].as_posix()}' and '{file.as_posix()}' would both be written to"
                f" '{target.as_posix()}'. Export them separately, each with its own --out."
            )
        targets[target] = file
    for target, file in targets.items():
        exported = export_text([read_package(file)], text_format)
        write_atomically(target, exported.text.encode("utf-8"))
        if not quiet:
            click.echo(visible(f"{target.as_posix()}: {plural(exported.notes, 'note')}"), err=True)
