"""``qt2anki preview`` and ``review``: all cards in one HTML file, and one by one in a browser."""

from __future__ import annotations

import functools
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.anki.files import write_atomically
from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.errors import PackageError
from qt2anki.messages import format_problem, plural

if TYPE_CHECKING:
    from qt2anki.preview.make_preview import Material
    from qt2anki.preview.server import LocalServer, Served

_FILE = Path("dist/preview.html")
_PORT = 8765
_REVIEW_PORT = 8766


@click.command("preview")
@options.shared("paths subjects config note_models")
@click.option("-o", "--out", type=options.FILE, help=f"Output file.  [default: {_FILE.as_posix()}]")
@options.opened
@click.option(
    "--serve", "is_served", is_flag=True, help="Serve the preview; each reload rebuilds it."
)
@click.option("--port", type=options.PORT, help=f"Port for --serve.  [default: {_PORT}]")
@click.option(
    "--topic", "topics", multiple=True, metavar="NAME", help="Only this topic; repeatable."
)
@options.sources
@options.no_audit
@options.quiet
def preview_command(
    inputs: Inputs,
    out: Path | None,
    is_opened: bool,
    is_served: bool,
    port: int | None,
    topics: tuple[str, ...],
    source_paths: tuple[str, ...],
    no_audit: bool,
    quiet: bool,
) -> None:
    """Show every card as Anki shows it, in one HTML file.

    PATHS are pages, packages (.apkg), or folders of either; the default is the folder "input".
    The file works offline and can be sent to others. Published packages are not changed.

    \b
    Examples:
      qt2anki preview --open
      qt2anki preview pages/nursing --serve
      qt2anki preview dist/nursing.apkg --sources input -o nursing.html
    """
    if is_served and out is not None:
        raise click.UsageError("--serve writes no file, so --out cannot be used with it.")
    if port is not None and not is_served:
        raise click.UsageError("--port needs --serve.")
    if len({path.endswith(".apkg") for path in inputs.given_paths}) > 1:
        raise click.UsageError("Pass either pages or packages: both may have the same cards.")

    gather = functools.partial(_gather, inputs, source_paths, topics)
    if is_served:
        from qt2anki.preview.server import PreviewServer

        def make(_subject: str) -> Served:
            return _served(gather(quiet=True), with_audit=not no_audit)

        with PreviewServer(make, _PORT if port is None else port) as server:
            server.preview()  # errors appear in the terminal, before the browser opens
            said = f"The cards are at {server.url}; reload to see changes. Stop with Ctrl-C."
            _serve(server, said, is_opened=is_opened)
        return
    material, file = gather(quiet=quiet), out or _FILE
    _write(material, file, with_audit=not no_audit, quiet=quiet)
    if is_opened:
        webbrowser.open(file.resolve().as_uri())
    output.exit_with(any(problem.severity == "error" for problem in material.problems))


def _gather(
    inputs: Inputs, source_paths: tuple[str, ...], topics: tuple[str, ...], *, quiet: bool
) -> Material:
    """Read the cards, settings and note types, so that a reload shows all changes."""
    from qt2anki.preview.make_preview import STAMP, gather

    job, folded = replace(inputs).job(stamp=STAMP), tuple(map(str.casefold, topics))
    with output.progress_shown(is_wanted=not quiet) as progress:
        material = gather(job, progress, source_paths=source_paths, topics=folded)
    for problem in material.problems:
        if problem.severity != "note":
            click.echo(format_problem(problem), err=True)
    if not material.packages:
        what = f" of the subject {job.subjects[0]!r}" if job.subjects else ""
        what += f" of the topic {folded[0]!r}" if folded else ""
        raise PackageError(
            f"there are no cards{what} in {', '.join(job.paths)}",
            hint="pass packages, or pages that produce cards",
        )
    return material


def _write(material: Material, out: Path, *, with_audit: bool, quiet: bool) -> None:
    from qt2anki.preview.make_preview import links_from, make_preview

    link = links_from(out.parent, material.sources)
    preview = make_preview(material, link=link, with_audit=with_audit)
    data = preview.html.encode("utf-8", "replace")
    write_atomically(out, data)
    if not quiet:
        twice = preview.cards_in_decks - preview.cards
        counts = plural(preview.cards, "card")
        counts += f" and {twice} more in several decks" if twice else ""
        counts += f", {preview.marked} with findings" if preview.marked else ""
        click.echo(f"{counts} in {out.as_posix()}, {len(data) / 1000:,.0f} kB", err=True)


def _served(material: Material, *, with_audit: bool) -> Served:
    from qt2anki.preview.make_preview import make_preview
    from qt2anki.preview.server import Served, page_link

    sources = material.sources
    preview = make_preview(
        material,
        link=lambda page_id: page_link(page_id) if page_id and page_id in sources else None,
        with_audit=with_audit,
    )
    pages = {page_id: Path(source.page.source) for page_id, source in sources.items()}
    return Served(preview.html, pages)


def _serve(server: LocalServer, said: str, *, is_opened: bool) -> None:
    """Print the server's address, open it in a browser if wanted, and serve until Ctrl-C."""
    click.echo(said, err=True)
    if is_opened:
        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Ended.", err=True)


@click.command("review")
@options.shared("paths out config corrections subjects note_models")
@click.option("--port", type=options.PORT, default=_REVIEW_PORT, show_default=True, help="Port.")
@options.opened
def review_command(inputs: Inputs, port: int, is_opened: bool) -> None:
    """Review cards in the browser, one at a time: keep, drop, reword or add.

    PATHS are the same as for build. Every verdict is written to corrections.toml at once
    (docs/corrections.md). The printed URL works only in a browser on this machine.

    \b
    Examples:
      qt2anki review --open
      qt2anki review pages/ --subject Nursing
    """
    from qt2anki.review.review_server import ReviewServer
    from qt2anki.review.session import ReviewSession

    session = ReviewSession(inputs.job(corrections=Corrections(), stamp=0), inputs.places)
    subjects = ", ".join(inputs.subjects)
    title = f"Review of {subjects}" if subjects else "Review of all cards"
    with ReviewServer(session, port, title=title) as server:
        server.page()  # errors appear in the terminal, before the browser opens
        said = f"The review is at {server.url}. Stop with Ctrl-C."
        _serve(server, said, is_opened=is_opened)
