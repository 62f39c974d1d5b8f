"""``qt2anki watch``: rebuild after every change, with a live preview."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import webbrowser
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.build import CACHE_FOLDER
from qt2anki.build.job import Job
from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs, build_time, require_extra
from qt2anki.config import Settings
from qt2anki.corrections.corrections_file import places_of_corrections
from qt2anki.errors import PackageError, SettingsError, refused
from qt2anki.messages import Problem, format_problem, visible_lines

if TYPE_CHECKING:
    from qt2anki.preview.server import News, PreviewServer
    from qt2anki.watch.live_preview import LivePreview
    from qt2anki.watch.loop import Outcome, Task

_PORT = 8766  # AnkiConnect and the preview use 8765


@click.command("watch")
@options.shared("paths subjects previous config note_models profile kinds jobs")
@click.option(
    "-o",
    "--out",
    type=options.FOLDER,
    help="Also write the packages to this folder, after every change.",
)
@click.option(
    "--allow-retire", is_flag=True, help="With --out: allow retiring a large part of a deck."
)
@options.opened
@click.option(
    "--port", type=options.PORT, help=f"Port for the preview.  [default: {_PORT}, or any free port]"
)
@options.no_audit
@options.quiet
@options.verbose("Also print notes about pages.")
def watch_command(
    inputs: Inputs,
    out: Path | None,
    allow_retire: bool,
    is_opened: bool,
    port: int | None,
    no_audit: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Rebuild after every change, with a live preview.

    PATHS are pages or folders of pages; the default is the folder "input". The preview is
    served to this machine only and reloads after each save. Without --out nothing is written, so
    that half-finished sentences are never published. Press Ctrl-C to stop.

    \b
    Examples:
      qt2anki watch --open
      qt2anki watch pages/nursing --previous last-release
      qt2anki watch pages -o drafts --previous last-release
    """
    require_extra("watch", "watchfiles", "watch")
    if "-" in inputs.given_paths:
        raise click.UsageError("Standard input cannot be watched; pass files or folders.")
    if allow_retire and out is None:
        raise click.UsageError("--allow-retire needs --out; without it nothing is retired.")
    from qt2anki.preview.server import News
    from qt2anki.watch.live_preview import LivePreview
    from qt2anki.watch.loop import Watch
    from qt2anki.watch.notifier import Notifier

    with _output(out) as folder:
        task = _task(inputs, folder, is_draft=out is None, allow_retire=allow_retire)
        news, notifier = News(), Notifier(task.paths, output.say)
        live = LivePreview(with_audit=not no_audit, asked=notifier.ring)
        watch = Watch(task, live, news, partial(_tell, is_quiet=quiet, is_verbose=verbose))
        try:
            with _serving(live, port, news) as server, notifier:
                said = f"The cards are at {server.url} and update after every change."
                output.say(f"{said} Press Ctrl-C to stop.")
                if is_opened:
                    webbrowser.open(server.url)
                watch.run(notifier, partial(output.progress_shown, is_wanted=not quiet))
        except KeyboardInterrupt:
            output.say("Ended.")


def _task(inputs: Inputs, folder: Path, *, is_draft: bool, allow_retire: bool) -> Task:
    """Return what to build into *folder*, and what to watch."""
    from qt2anki.watch.draft import Draft
    from qt2anki.watch.loop import Task
    from qt2anki.watch.notifier import WatchedPaths, settings_files

    published = inputs.previous or ((inputs.out,) if is_draft else ())
    previous = Draft(folder, published).previous if is_draft else lambda: published
    # With one time for all, drafts with the same notes have the same bytes.
    stamp = build_time() if is_draft else None

    def make_job() -> Job:
        return replace(inputs).job(  # settings and note types may have changed
            out=folder,
            stamp=stamp or build_time(),
            previous=previous(),
            may_retire=allow_retire or is_draft,
            rewritten=None if is_draft else (),  # nobody gets a draft
            cache=folder / CACHE_FOLDER,
        )

    try:
        resolved = replace(inputs).resolved
        places = places_of_corrections(Path.cwd(), resolved.settings, resolved.source)
    except SettingsError:  # each build reports it until it is corrected
        places = places_of_corrections(Path.cwd(), Settings(), None)
    watched = WatchedPaths(
        pages=tuple(map(Path, inputs.paths)),
        settings=(*settings_files(Path.cwd(), inputs.config), *places),
        note_models=inputs.note_models,
        published=tuple(path for path in published if path.resolve() != folder.resolve()),
        output=folder,
    )
    names = " and ".join(path.as_posix() for path in published) if is_draft else ""
    return Task(make_job, watched, names)


def _tell(
    line: str,
    outcome: Outcome,
    new_problems: Sequence[Problem],
    *,
    is_quiet: bool,
    is_verbose: bool,
) -> None:
    """Print the result of a build, and problems that the previous build did not have."""
    shown = [p for p in new_problems if is_verbose or p.severity != "note"]
    if not is_quiet or outcome.error is not None or shown:
        output.say(line)
    if outcome.error is not None:
        output.say(visible_lines(str(outcome.error)), "red")
    for problem in shown:
        output.say(format_problem(problem), output.STYLES[problem.severity])


@contextlib.contextmanager
def _output(out: Path | None) -> Iterator[Path]:
    """Yield the output folder, a temporary one by default."""
    if out is not None:
        yield out
        return
    hint = "free some disk space, or set TMPDIR to a different folder"
    with refused("no draft can be written", hint=hint):
        folder = tempfile.TemporaryDirectory(prefix="qt2anki-watch-")
    with folder as name:
        yield Path(name)


@contextlib.contextmanager
def _serving(live: LivePreview, port: int | None, news: News) -> Iterator[PreviewServer]:
    """Run the preview server in its own thread; at the end, disconnect all browsers."""
    from qt2anki.preview.server import PreviewServer

    try:
        server = PreviewServer(live.serve, _PORT if port is None else port, news=news)
    except PackageError:  # the default port may be taken
        if port is not None:
            raise
        server = PreviewServer(live.serve, 0, news=news)
    with server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="serve", daemon=True
        )
        thread.start()
        try:
            yield server
        finally:
            news.end()
            server.shutdown()
            thread.join()
