"""``qt2anki stamp``: write an id into each page that has none."""

from __future__ import annotations

from pathlib import Path

import click

from qt2anki.cli.options import config_option


@click.command("stamp")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@config_option
@click.option("--dry-run", is_flag=True, help="List the ids without writing them.")
def stamp_command(paths: tuple[str, ...], config: Path | None, dry_run: bool) -> None:
    """Write an id into each page under PATHS that has none.

    The id is the one that the page already has because of its path, so its cards keep
    their review histories. From then on, the file can be renamed or moved.

    \b
    Examples:
      qt2anki stamp vault --dry-run
      qt2anki stamp vault
    """
    from qt2anki.anki.files import write_atomically
    from qt2anki.cli.options import settings_from
    from qt2anki.messages import format_problem
    from qt2anki.source.adopt import stamped_bytes
    from qt2anki.source.discover import discover, load_source

    page_format = settings_from(config).page_format
    found = discover(paths)
    for problem in found.problems:
        click.echo(format_problem(problem), err=True)
    count = 0
    for source in found.sources:
        data = load_source(source)
        new = stamped_bytes(data, source, page_format) if isinstance(data, bytes) else None
        if new is None or source.path is None:
            continue
        count += 1
        click.echo(f"{source.name}: {new.page_id}")
        if not dry_run:
            write_atomically(source.path, new.data)
    pages = "1 file" if count == 1 else f"{count:,} files"
    click.echo(f"{pages} {'would get' if dry_run else 'got'} an id", err=True)
    click.get_current_context().exit(1 if any(p.severity == "error" for p in found.problems) else 0)
