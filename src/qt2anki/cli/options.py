"""Options and arguments that several commands share, and what their values mean."""

from __future__ import annotations

import importlib.util
import json
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from qt2anki.errors import Qt2AnkiError, SettingsError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from qt2anki.build.parallel import OpenPool, Pool
    from qt2anki.config import Resolved, Settings
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
    """Return what starts the chosen pool, or None for local processes.

    Raises UsageError for ``--jobs`` with a running cluster, and Qt2AnkiError if Dask is not
    installed.
    """
    name, _, address = executor.partition("=")
    if name == _PROCESSES:
        return None
    if address and jobs:
        raise click.UsageError("--jobs cannot be used with a running cluster.")
    require_extra("--executor dask", "distributed", "dask")
    return partial(_open_address, address) if address else partial(_open_local, jobs)


# Dask takes half a second to import, so that waits until there is work for it.
def _open_address(address: str) -> AbstractContextManager[Pool]:
    from qt2anki.integrations.dask_cluster import cluster_at

    return cluster_at(address)


def _open_local(jobs: int | None) -> AbstractContextManager[Pool]:
    from qt2anki.build.parallel import processors
    from qt2anki.integrations.dask_cluster import local_cluster

    return local_cluster(jobs or processors())


def require_extra(what: str, library: str, extra: str) -> None:
    """Raise Qt2AnkiError if the *library* that *what* needs is not installed."""
    if importlib.util.find_spec(library) is None:
        raise Qt2AnkiError(
            f"{what} needs the library {library}, which is not installed",
            hint=f"pip install 'qt2anki[{extra}]', or in a checkout: pip install -e '.[{extra}]'",
        )


def default_paths(command: str = "build") -> tuple[str, ...]:
    """Return what *command* reads if no path is given; UsageError if it does not exist."""
    if not Path(_INPUT).is_dir():
        raise click.UsageError(
            f"There is no folder '{_INPUT}' here. Name the pages or folders to read:"
            f" qt2anki {command} PATHS..."
        )
    return (_INPUT,)


def package_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the named files, and the packages in named folders, sorted by name.

    Raises UsageError for a folder without packages.
    """
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.apkg")) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"There is no package (*.apkg) in '{path.as_posix()}'.")
        files += found
    return tuple(dict.fromkeys(files))


def settings_from(config: Path | None, **options: object) -> Settings:
    """Return the current settings; see :func:`resolved_settings`."""
    return resolved_settings(config, **options).settings


def resolved_settings(config: Path | None, **options: object) -> Resolved:
    """Return the settings of the current folder, or of a file, overridden by *options*.

    *options* are settings by name; None and empty values are ignored.
    """
    from qt2anki.config import resolve_settings

    given = {name: value for name, value in options.items() if value not in (None, ())}
    return resolve_settings(Path.cwd(), config, environ=os.environ, options=given)


def corrections_from(resolved: Resolved, given: Path | None = None) -> Corrections:
    """Return the corrections *given*, or those that belong to the settings.

    Raises SettingsError if the setting names a file that does not exist.
    """
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
    """Print *value* as JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
