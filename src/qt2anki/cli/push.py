"""``qt2anki push`` and ``export``: packages into a running Anki, and as text files."""

from __future__ import annotations

import sys
import urllib.parse
from pathlib import Path

import click

from qt2anki.anki.files import write_atomically
from qt2anki.cli import options
from qt2anki.messages import plural, visible, visible_lines


def _url(value: str) -> str:
    try:
        parts = urllib.parse.urlsplit(value)
        is_fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fit = False
    if not is_fit or not value.isascii() or not value.isprintable() or " " in value:
        raise click.BadParameter(f"{value!r} is not a URL such as http://127.0.0.1:8765.")
    return value


@click.command("push")
@options.packages
@click.option(
    "--url",
    default="http://127.0.0.1:8765",
    show_default=True,
    type=_url,
    metavar="URL",
    help="URL of AnkiConnect.",
)
@click.option(
    "--key",
    envvar="ANKICONNECT_KEY",
    help="apiKey from AnkiConnect's settings, if set.  [env var: ANKICONNECT_KEY]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True, max=86_400),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for each response.",
)
@click.option(
    "--upload/--no-upload",
    "by_upload",
    default=None,
    help="Send the file or only its path.  [default: the path if Anki is on this machine]",
)
@options.quiet
def push_command(
    packages: tuple[Path, ...],
    url: str,
    key: str | None,
    timeout: float,
    by_upload: bool | None,
    quiet: bool,
) -> None:
    """Import PACKAGES into Anki while it is running.

    PACKAGES are .apkg files or folders of them. Anki must be open and have the add-on AnkiConnect
    (Tools > Add-ons > Get Add-ons, code 2055492159). The import works like File > Import:
    unchanged notes and review histories are kept.

    Exit status: 0 all packages were imported, 1 Anki cannot be reached or refuses a package.

    \b
    Examples:
      qt2anki push dist/nursing.apkg
      qt2anki push dist --url http://192.168.1.7:8765 --key secret
    """
    from qt2anki.anki.package_reader import read_packages
    from qt2anki.integrations.push import Address, push

    files = options.package_files(packages)
    # Reading all of them first refuses an invalid file before any import.
    notes = {found.path: len(found.notes) for found in read_packages(files)}
    address = Address(url, key or None, timeout)
    if by_upload is None:
        by_upload = not address.is_this_machine
    for done in push(files, address, by_upload=by_upload):
        if not quiet:
            # AnkiConnect does not say which notes Anki has left out.
            contents = f"{plural(notes[done], 'note')} in the package"
            click.echo(visible(f"{done.as_posix()}: imported ({contents})"), err=True)


@click.command("export")
@options.packages
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
@options.quiet
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
    from qt2anki.anki.package_reader import read_package, read_packages
    from qt2anki.integrations.export import TextFormat, export_text

    files, text_format = options.package_files(packages), TextFormat(format_name)
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
