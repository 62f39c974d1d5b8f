"""``qt2anki push``: import packages into a running Anki."""

from __future__ import annotations

import urllib.parse
from pathlib import Path

import click

from qt2anki.cli.options import package_files, packages_argument, quiet_option
from qt2anki.messages import plural, visible


def _check_url(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    try:
        parts = urllib.parse.urlsplit(value)
        is_fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fit = False
    if not is_fit or not value.isascii() or not value.isprintable() or " " in value:
        raise click.BadParameter(f"{value!r} is not a URL such as http://127.0.0.1:8765.")
    return value


@click.command("push")
@packages_argument
@click.option(
    "--url",
    default="http://127.0.0.1:8765",
    show_default=True,
    callback=_check_url,
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
    help="How long to wait for each answer.",
)
@click.option(
    "--upload/--no-upload",
    "by_upload",
    default=None,
    help="Send the file or only its path.  [default: the path if Anki is on this machine]",
)
@quiet_option
def push_command(
    packages: tuple[Path, ...],
    url: str,
    key: str | None,
    timeout: float,
    by_upload: bool | None,
    quiet: bool,
) -> None:
    """Import PACKAGES into a running Anki.

    PACKAGES are .apkg files or folders of them. Anki must be open and have the add-on AnkiConnect
    (Tools > Add-ons > Get Add-ons, code 2055492159). The import works like File > Import:
    unchanged notes and review histories are kept.

    Exit status: 0 all packages are imported, 1 Anki cannot be reached or has refused.

    \b
    Examples:
      qt2anki push dist/nursing.apkg
      qt2anki push dist --url http://192.168.1.7:8765 --key secret
    """
    from qt2anki.anki.package_reader import read_packages
    from qt2anki.integrations.push import Address, push

    files = package_files(packages)
    # Reading all of them first refuses an invalid file before any import.
    notes = {found.path: len(found.notes) for found in read_packages(files)}
    address = Address(url, key or None, timeout)
    if by_upload is None:
        by_upload = not address.is_this_machine
    for done in push(files, address, by_upload=by_upload):
        if not quiet:
            click.echo(
                visible(f"{done.as_posix()}: {plural(notes[done], 'note')} imported"), err=True
            )
