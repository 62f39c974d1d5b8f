"""Options and arguments that several commands share, and what their values mean."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from qt2anki.build import CACHE_FOLDER
from qt2anki.errors import Qt2AnkiError, SettingsError
from qt2anki.messages import did_you_mean

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.console import Console
    from rich.table import Table

    from qt2anki.build.job import Job
    from qt2anki.build.parallel import OpenPool, Pool
    from qt2anki.config import Resolved
    from qt2anki.corrections.corrections_file import Corrections
    from qt2anki.model import PageId

C = TypeVar("C", bound=Callable[..., object])

OUTPUT = "dist"
_INPUT = "input"
_DAY = 86_400  # seconds; clocks and time zones differ
_YEAR_10000 = 253_402_300_800
_PROCESSES = "processes"
_DASK = "dask"
_FOLDER = click.Path(file_okay=False, path_type=Path)
_EXISTING = click.Path(exists=True, path_type=Path)


def page_id(text: str) -> PageId:
    """Read the id of a page; raise BadParameter for anything else."""
    from qt2anki.model import page_id_of

    found = page_id_of(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a page id.")
    return found


def page_ids(
    _ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]
) -> tuple[PageId, ...]:
    """Read the ids of pages that an option names; raise BadParameter for anything else."""
    return tuple(map(page_id, value))


def _kinds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    from qt2anki.model import Kind

    names = [name.strip() for name in (value or "").split(",") if name.strip()]
    if wrong := [name for name in names if name not in tuple(Kind)]:
        raise click.BadParameter(f"there is no kind {wrong[0]!r}; choose from {', '.join(Kind)}.")
    return tuple(kind.value for kind in Kind if kind.value in names)


class Inputs:
    """The pages, settings and corrections that a command works with."""

    def __init__(
        self,
        paths: tuple[str, ...],
        out: Path,
        config: Path | None,
        corrections: Path | None = None,
    ) -> None:
        self._paths = paths
        self.out = out  # the folder of the packages published last
        self._resolved = resolved_settings(config)
        self.settings = self._resolved.settings
        self._corrections = corrections

    @property
    def paths(self) -> tuple[str, ...]:
        """The pages, or folders of pages."""
        return self._paths or default_paths()

    @property
    def corrections(self) -> Corrections:
        """The corrections of cards."""
        return corrections_from(self._resolved, self._corrections)

    @property
    def places(self) -> tuple[Path, ...]:
        """Where corrections are, or will be written."""
        from qt2anki.corrections.corrections_file import places_of_corrections

        source = self._resolved.source
        return places_of_corrections(Path(), self.settings, source, self._corrections)

    def listing_job(self) -> Job:
        """Return what to build to say what a build would make, without writing it."""
        from qt2anki.anki.note_types import load_note_types
        from qt2anki.build.job import Job

        return Job(
            paths=self.paths,
            out=self.out,
            settings=self.settings,
            corrections=self.corrections,
            note_types=load_note_types(),
            stamp=build_time(),
            may_retire=True,  # nothing is retired, and part of the pages may be listed
            cache=self.out / CACHE_FOLDER,
        )


def inputs_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add PATHS, ``--out``, ``--config`` and ``--corrections``, and pass them as one value."""

    @functools.wraps(command)
    def with_inputs(
        paths: tuple[str, ...],
        out: Path,
        config: Path | None,
        corrections: Path | None,
        **options: object,
    ) -> object:
        return command(inputs=Inputs(paths, out, config, corrections), **options)

    return paths_argument(out_option(config_option(corrections_option(with_inputs))))


paths_argument = click.argument("paths", nargs=-1, metavar="[PATHS]...")
packages_argument = click.argument(
    "packages", nargs=-1, required=True, metavar="PACKAGES...", type=_EXISTING
)
out_option = click.option(
    "-o", "--out", type=_FOLDER, default=OUTPUT, show_default=True, help="Folder of the packages."
)
config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file.  [default: the nearest qt2anki.toml, here or in a parent folder]",
)
corrections_option = click.option(
    "--corrections",
    "corrections",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="File or folder of corrections.  [default: corrections.toml next to the settings]",
)
note_models_option = click.option(
    "--note-models",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of files that override those of the note types.",
)
sequence_threshold_option = click.option(
    "--sequence-threshold",
    type=click.FloatRange(min=0),
    help="Evidence needed to treat a list as ordered steps.  [default: 3]",
)
profile_option = click.option(
    "--profile",
    type=click.Choice(["core", "standard", "full"]),
    help="Which cards to make: few, most or all.  [default: standard]",
)
kinds_option = click.option(
    "--kinds",
    callback=_kinds,
    metavar="KIND,...",
    help="Make only these kinds of notes, such as qa,next,explain (docs/cards.md).",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Maximum number of processes.  [default: one per processor]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
open_option = click.option(
    "--open", "is_opened", is_flag=True, help="Open the page in the web browser."
)
no_audit_option = click.option(
    "--no-audit", is_flag=True, help="Do not mark cards with audit findings."
)
sources_option = click.option(
    "--sources",
    "source_paths",
    multiple=True,
    metavar="PATH",
    help="Pages the packages were built from; repeatable.",
)
subject_option = click.option(
    "--subject", "subjects", multiple=True, metavar="NAME", help="Only this subject; repeatable."
)


def previous_option(default: str) -> Callable[[C], C]:
    """Add ``--previous``; *default* describes where the packages are without it."""
    return click.option(
        "--previous",
        type=_EXISTING,
        multiple=True,
        metavar="PATH",
        help=f"Packages published last, or their folder; repeatable.  [default: {default}]",
    )


def executor_options(command: C) -> C:
    """Add ``--jobs`` and ``--executor`` to a command; see :func:`chosen_pool`."""
    executor = click.option(
        "--executor",
        metavar="[processes|dask[=ADDRESS]]",
        default=_PROCESSES,
        callback=_check_executor,
        help="Where to run: local processes, a local Dask cluster, or a running one.",
    )
    return jobs_option(executor(command))


def _check_executor(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    name, sign, address = value.partition("=")
    if name not in {_PROCESSES, _DASK} or (sign and (name == _PROCESSES or not address)):
        raise click.BadParameter(
            f"{value!r} is not an executor; use {_PROCESSES}, {_DASK} or {_DASK}=ADDRESS,"
            f" such as {_DASK}=tcp://127.0.0.1:8786."
        )
    return value


def chosen_pool(executor: str, jobs: int | None) -> OpenPool | None:
    """Return what starts the chosen pool, or None for local processes."""
    name, _, address = executor.partition("=")
    if name == _PROCESSES:
        return None
    if address and jobs:
        raise click.UsageError("--jobs cannot be used with a running cluster.")
    require_extra("--executor dask", "distributed", "dask")

    def open_pool() -> AbstractContextManager[Pool]:
        # Dask takes half a second to import, so that waits until there is work for it.
        from qt2anki.build.parallel import processors
        from qt2anki.integrations.dask_cluster import cluster_at, local_cluster

        return cluster_at(address) if address else local_cluster(jobs or processors())

    return open_pool


def require_extra(what: str, library: str, extra: str) -> None:
    """Raise Qt2AnkiError if the *library* that *what* needs is not installed."""
    if importlib.util.find_spec(library) is None:
        raise Qt2AnkiError(
            f"{what} needs the library {library}, which is not installed",
            hint=f"pip install 'qt2anki[{extra}]', or in a checkout: pip install -e '.[{extra}]'",
        )


def default_paths() -> tuple[str, ...]:
    """Return what a command reads if no path is given; UsageError if it does not exist."""
    if not Path(_INPUT).is_dir():
        text = f"There is no folder '{_INPUT}' here. Name the pages or folders to read (PATHS)."
        raise click.UsageError(text)
    return (_INPUT,)


def refuse_unknown_subjects(asked: Iterable[str], found: Iterable[str], nothing: str) -> None:
    """Raise UsageError for the first subject that *nothing* ("No page") has, whatever its case."""
    known = {subject.casefold(): subject for subject in found}
    for name in asked:
        if name.casefold() not in known:
            hint = did_you_mean(name, known.values(), f"There are: {', '.join(known.values())}.")
            raise click.UsageError(f"{nothing} has the subject {name!r}. {hint}")


def package_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the named files, and the packages in named folders, sorted by name."""
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.apkg")) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"There is no package (*.apkg) in '{path.as_posix()}'.")
        files += found
    return tuple(dict.fromkeys(files))


def resolved_settings(config: Path | None, **options: object) -> Resolved:
    """Return the settings of the current folder, or of a file, overridden by *options*."""
    from qt2anki.config import resolve_settings

    given = {name: value for name, value in options.items() if value not in (None, ())}
    return resolve_settings(Path.cwd(), config, environ=os.environ, options=given)


def corrections_from(resolved: Resolved, given: Path | None = None) -> Corrections:
    """Return the corrections *given*, or those that belong to the settings."""
    from qt2anki.corrections.corrections_file import places_of_corrections, read_corrections

    if given is not None and not given.exists():
        raise click.BadParameter(f"There is no file or folder '{given.as_posix()}'.")
    places = places_of_corrections(Path(), resolved.settings, resolved.source, given)
    if resolved.settings.corrections and not os.path.lexists(places[0]):
        raise SettingsError(
            f"corrections: there is no file or folder '{places[0].as_posix()}'",
            hint="Correct the name, restore the file, or remove the setting."
            " The first qt2anki corrections add makes the file.",
            source=resolved.origins["corrections"],
        )
    return read_corrections(places)


def build_time() -> int:
    """Return the time of the build: SOURCE_DATE_EPOCH if it is set, else now.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return int(time.time())
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given) < _YEAR_10000:
        raise click.UsageError(
            f"SOURCE_DATE_EPOCH is {given!r}, not a number of seconds since 1970."
        )
    stamp = int(given)
    if stamp > time.time() + _DAY:
        day = time.strftime("%Y-%m-%d", time.gmtime(stamp))
        click.echo(
            f"Warning: SOURCE_DATE_EPOCH is in the future ({day}).\n"
            "  hint: after an import of such packages, Anki considers students' edits older than"
            " any later build, and each update overwrites them; use the time of your last commit",
            err=True,
        )
    return stamp


def print_json(value: object) -> None:
    """Print *value* as JSON on stdout; paths and dates become text."""

    def as_text(one: object) -> str:
        return one.as_posix() if isinstance(one, Path) else str(one)

    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=as_text))


def exit_with_problems(problems: object) -> NoReturn:
    """Exit with status 1 if there are problems, else with 0."""
    click.get_current_context().exit(1 if problems else 0)


def stdout_console() -> Console:
    """Return a console for stdout that colours only what it is told to."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def plain_table() -> Table:
    """Return a table without lines."""
    from rich.table import Table

    return Table(box=None, pad_edge=False, header_style="bold")
