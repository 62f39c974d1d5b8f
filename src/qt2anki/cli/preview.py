"""``qt2anki preview`` and ``review``: all cards in one HTML file, and one by one in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.build import CACHE_FOLDER
from qt2anki.cli.options import (
    Inputs,
    config_option,
    corrections_from,
    default_paths,
    exit_with_problems,
    inputs_options,
    no_audit_option,
    note_models_option,
    open_option,
    paths_argument,
    quiet_option,
    resolved_settings,
    sources_option,
    subject_option,
)
from qt2anki.errors import PackageError
from qt2anki.messages import plural

if TYPE_CHECKING:
    from qt2anki.preview.local_server import LocalServer
    from qt2anki.preview.make_preview import Material, Request
    from qt2anki.preview.server import Served

_PUBLISHED = Path("dist")
_FILE = _PUBLISHED / "preview.html"
_PORT = 8765


@click.command("preview")
@paths_argument
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Output file.  [default: {_FILE.as_posix()}]",
)
@open_option
@click.option("--serve", "is_served", is_flag=True, help="Serve it; each reload builds it again.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"Port of --serve.  [default: {_PORT}]")
@subject_option
@click.option(
    "--topic", "topics", multiple=True, metavar="NAME", help="Only this topic; repeatable."
)
@sources_option
@no_audit_option
@config_option
@note_models_option
@quiet_option
def preview_command(
    paths: tuple[str, ...],
    out: Path | None,
    is_opened: bool,
    is_served: bool,
    port: int | None,
    subjects: tuple[str, ...],
    topics: tuple[str, ...],
    source_paths: tuple[str, ...],
    no_audit: bool,
    config: Path | None,
    note_models: Path | None,
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
    if paths and len({path.endswith(".apkg") for path in paths}) > 1:
        raise click.UsageError("Name either pages or packages: both may have the same cards.")
    from qt2anki.anki.note_types import load_note_types
    from qt2anki.preview.make_preview import Request

    def make_request() -> Request:
        """Read settings and note types too, so that a server shows changes to them on reload."""
        resolved = resolved_settings(config)
        return Request(
            paths=paths or default_paths(),
            settings=resolved.settings,
            corrections=corrections_from(resolved),
            note_types=load_note_types(note_models),
            source_paths=source_paths,
            published=_PUBLISHED if (_PUBLISHED / CACHE_FOLDER).is_dir() else None,
            subjects=tuple(subject.casefold() for subject in subjects),
            topics=tuple(topic.casefold() for topic in topics),
            with_audit=not no_audit,
        )

    if is_served:
        _serve(make_request, _PORT if port is None else port, is_opened=is_opened)
    else:
        exit_with_problems(_write(make_request(), out or _FILE, is_opened=is_opened, quiet=quiet))


def _write(request: Request, out: Path, *, is_opened: bool, quiet: bool) -> bool:
    """Write the file and return whether a page has an error."""
    from qt2anki.anki.files import write_atomically
    from qt2anki.preview.make_preview import links_from, make_preview

    material = _gather(request, quiet=quiet)
    link = links_from(out.parent, material.sources)
    preview = make_preview(material, link=link, with_audit=request.with_audit)
    data = preview.html.encode("utf-8", "replace")
    write_atomically(out, data)
    if not quiet:
        twice = preview.cards_in_decks - preview.cards
        counts = plural(preview.cards, "card")
        counts += f" and {twice} more in further decks" if twice else ""
        counts += f", {preview.marked} with findings" if preview.marked else ""
        click.echo(f"{counts} in {out.as_posix()}, {len(data) / 1000:,.0f} kB", err=True)
    if is_opened:
        import webbrowser

        webbrowser.open(out.resolve().as_uri())
    return any(problem.severity == "error" for problem in material.problems)


def _gather(request: Request, *, quiet: bool) -> Material:
    from qt2anki.cli.output import progress_shown
    from qt2anki.messages import format_problem
    from qt2anki.preview.make_preview import gather

    with progress_shown(is_wanted=not quiet) as progress:
        material = gather(request, progress)
    for problem in material.problems:
        if problem.severity != "note":
            click.echo(format_problem(problem), err=True)
    if not material.packages:
        what = f" of the subject {request.subjects[0]!r}" if request.subjects else ""
        what += f" of the topic {request.topics[0]!r}" if request.topics else ""
        raise PackageError(
            f"there are no cards{what} in {', '.join(request.paths)}",
            hint="name packages, or pages that make cards",
        )
    return material


def _serve(make_request: Callable[[], Request], port: int, *, is_opened: bool) -> None:
    from qt2anki.preview.server import PreviewServer

    with PreviewServer(lambda _subject: _served(make_request()), port) as server:
        server.preview()  # errors appear in the terminal, before the browser opens
        said = f"The cards are at {server.url}; reload to see changes. Stop with Ctrl-C."
        serve_until_stopped(server, said, is_opened=is_opened)


def serve_until_stopped(server: LocalServer, said: str, *, is_opened: bool) -> None:
    """Say where the server is, open it in a browser if wanted, and serve until Ctrl-C."""
    click.echo(said, err=True)
    if is_opened:
        import webbrowser

        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Ended.", err=True)


def _served(request: Request) -> Served:
    from qt2anki.preview.make_preview import make_preview
    from qt2anki.preview.server import Served, page_link

    material = _gather(request, quiet=True)
    sources = material.sources
    preview = make_preview(
        material,
        link=lambda page_id: page_link(page_id) if page_id and page_id in sources else None,
        with_audit=request.with_audit,
    )
    pages = {page_id: Path(source.page.source) for page_id, source in sources.items()}
    return Served(preview.html, pages)


_REVIEW_PORT = 8766


@click.command("review")
@inputs_options
@subject_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=_REVIEW_PORT, show_default=True, help="Port."
)
@open_option
@note_models_option
def review_command(
    inputs: Inputs, subjects: tuple[str, ...], port: int, is_opened: bool, note_models: Path | None
) -> None:
    """Review cards in the browser, one at a time: keep, drop, reword or add.

    PATHS are the same as for build. Every verdict is written to corrections.toml at once
    (docs/corrections.md). Only a browser on this machine can open the address that is printed.

    \b
    Examples:
      qt2anki review --open
      qt2anki review pages/ --subject Nursing
    """
    from qt2anki.anki.note_types import load_note_types
    from qt2anki.review.review_server import ReviewServer
    from qt2anki.review.session import ReviewSession

    session = ReviewSession(
        inputs.paths,
        inputs.out,
        inputs.settings,
        inputs.places,
        load_note_types(note_models),
        tuple(subject.casefold() for subject in subjects),
    )
    title = f"Review of {', '.join(subjects)}" if subjects else "Review of all cards"
    with ReviewServer(session, port, title=title) as server:
        server.page()  # errors appear in the terminal, before the browser opens
        said = f"The review is at {server.url}. Stop with Ctrl-C."
        serve_until_stopped(server, said, is_opened=is_opened)
