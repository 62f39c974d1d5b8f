"""``qt2anki export``: packages as text that Anki and spreadsheets read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.packages import package_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qt2anki.integrations.export import TextFormat

_STDOUT = "-"


@click.command("export")
@click.argument(
    "packages",
    nargs=-1,
    required=True,
    metavar="PACKAGES...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["csv", "tsv"]),
    default="tsv",
    show_default=True,
    help="Commas or tabs between the columns.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, allow_dash=True),
    metavar="DIRECTORY",
    help='Folder for the text files, "-" for one text on stdout. [default: beside the packages]',
)
@click.option("-q", "--quiet", is_flag=True, help="Do not name the files written.")
def export_command(
    packages: tuple[Path, ...], format_name: str, out: str | None, quiet: bool
) -> None:
    """Write the notes of PACKAGES as text, one file per package.

    PACKAGES are .apkg files or folders of them. The files begin with Anki's own headers, so File >
    Import takes them as they are: GUID, note type, deck and tags have a column each, then come the
    fields as HTML.

    Anki must know the note types: import any one of the packages once. A text file has no time of
    the last change, so a text import overwrites what a learner wrote on the notes; a package does
    not.

    \b
    Examples:
      qt2anki export dist
      qt2anki export dist/nursing.apkg --format csv -o -
    """
    from qt2anki.integrations.export import TextFormat

    files = package_files(packages)
    text_format = TextFormat(format_name)
    if out == _STDOUT:
        _print(files, text_format)
    else:
        _write(files, text_format, Path(out) if out is not None else None, quiet=quiet)


def _print(files: Sequence[Path], text_format: TextFormat) -> None:
    from qt2anki.anki.package_reader import read_packages
    from qt2anki.integrations.export import export_text

    data = export_text(read_packages(files), text_format).text.encode("utf-8")
    click.echo(data, nl=False)  # bytes: UTF-8 and "\n", whatever the terminal speaks


def _write(
    files: Sequence[Path], text_format: TextFormat, out: Path | None, *, quiet: bool
) -> None:
    from qt2anki.anki.files import write_atomically
    from qt2anki.anki.package_reader import read_package
    from qt2anki.integrations.export import export_text
    from qt2anki.messages import visible

    targets: dict[Path, Path] = {}
    for file in files:
        target = (out or file.parent) / f"{file.stem}.{text_format}"
        if target in targets:
            raise click.UsageError(
                f"'{targets[target].as_posix()}' and '{file.as_posix()}' would both be written to"
                f" '{target.as_posix()}'. Export them one after the other, with another --out."
            )
        targets[target] = file
    for target, file in targets.items():
        exported = export_text([read_package(file)], text_format)
        write_atomically(target, exported.text.encode("utf-8"))
        if not quiet:
            click.echo(visible(f"{target.as_posix()}: {exported.notes} notes"), err=True)
