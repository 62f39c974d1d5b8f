"""Options and arguments that several commands share, and what their values mean."""

from __future__ import annotations

import functools
import importlib.util
import os
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qt2anki.anki.note_types import load_note_types
from qt2anki.build import CACHE_FOLDER
from qt2anki.build.job import Job
from qt2anki.config import Resolved, Settings, resolve_settings
from qt2anki.corrections.corrections_file import (
    Corrections,
    places_of_corrections,
    read_corrections,
)
from qt2anki.errors import Qt2AnkiError, SettingsError
from qt2anki.messages import did_you_mean
from qt2anki.model import Kind, PageId, page_id_of

if TYPE_CHECKING:  # takes long to import
    from qt2anki.build.parallel import OpenPool, Pool

OUTPUT = "dist"
_INPUT = "input"
_DAY = 86_400  # seconds; clocks and time zones differ
_YEAR_10000 = 253_402_300_800


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The values of shared options, and what they mean. Settings are read once per instance."""

    given_paths: tuple[str, ...] = ()
    out: Path = Path(OUTPUT)  # the folder of the latest published packages
    previous: tuple[Path, ...] = ()
    config: Path | None = None
    given_corrections: Path | None = None
    note_models: Path | None = None
    subjects: tuple[str, ...] = ()
    profile: str | None = None
    kinds: tuple[str, ...] = ()
    sequence_threshold: float | None = None
    jobs: int | None = None
    executor: str = "processes"

    @property
    def paths(self) -> tuple[str, ...]:
        """The pages, or folders of pages."""
        if not self.given_paths and not Path(_INPUT).is_dir():
            text = f"There is no folder '{_INPUT}' here. Pass the pages or folders to read (PATHS)."
            raise click.UsageError(text)
        return self.given_paths or (_INPUT,)

    @functools.cached_property
    def resolved(self) -> Resolved:
        """The settings, overridden by options, and where they come from."""
        names = ("profile", "kinds", "sequence_threshold")
        given = {n: value for n in names if (value := getattr(self, n)) not in (None, ())}
        return resolve_settings(Path.cwd(), self.config, environ=os.environ, options=given)

    @property
    def settings(self) -> Settings:
        """The settings alone."""
        return self.resolved.settings

    @property
    def places(self) -> tuple[Path, ...]:
        """Where corrections are, or will be written."""
        source = self.resolved.source
        return places_of_corrections(Path(), self.settings, source, self.given_corrections)

    @property
    def corrections(self) -> Corrections:
        """The corrections of cards."""
        given, places = self.given_corrections, self.places
        if given is not None and not given.exists():
            raise click.BadParameter(f"There is no file or folder '{given.as_posix()}'.")
        if self.settings.corrections and not os.path.lexists(places[0]):
            raise SettingsError(
                f"corrections: there is no file or folder '{places[0].as_posix()}'",
                hint="Correct the name, restore the file, or remove the setting."
                " 'qt2anki corrections add' also creates the file.",
                source=self.resolved.origins["corrections"],
            )
        return read_corrections(places)

    @property
    def open_pool(self) -> OpenPool | None:
        """The function that starts the chosen pool, or None for local processes."""
        name, _, address = self.executor.partition("=")
        if name == "processes":
            return None
        if address and self.jobs:
            raise click.UsageError("--jobs cannot be used with a running cluster.")
        require_extra("--executor dask", "distributed", "dask")

        def open_dask() -> AbstractContextManager[Pool]:
            # Dask takes half a second to import, so that waits until there is work for it.
            from qt2anki.build.parallel import processors
            from qt2anki.integrations.dask_cluster import cluster_at, local_cluster

            return cluster_at(address) if address else local_cluster(self.jobs or processors())

        return open_dask

    def job(self, **changes: Any) -> Job:  # noqa: ANN401  # any field of a job
        """Return what to build, with *changes* to fields; stamp 0 is for jobs that only read."""
        if "corrections" not in changes:
            changes["corrections"] = self.corrections
        if "stamp" not in changes:
            changes["stamp"] = build_time()
        usual: dict[str, Any] = {
            "paths": self.paths,
            "out": self.out,
            "settings": self.settings,
            "note_types": load_note_types(self.note_models),
            "previous": self.previous,
            "subjects": tuple(map(str.casefold, self.subjects)),
            "processes": self.jobs,
            "open_pool": self.open_pool,
            "cache": self.out / CACHE_FOLDER,
        }
        return Job(**(usual | changes))


def require_extra(what: str, library: str, extra: str) -> None:
    """Raise Qt2AnkiError if the *library* that *what* needs is not installed."""
    if importlib.util.find_spec(library) is None:
        raise Qt2AnkiError(
            f"{what} needs the library {library}, which is not installed",
            hint=f"pip install 'qt2anki[{extra}]', or in a checkout: pip install -e '.[{extra}]'",
        )


def build_time() -> int:
    """Return the time of the build: SOURCE_DATE_EPOCH if it is set, else now.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return int(time.time())
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given) < _YEAR_10000:
        text = f"SOURCE_DATE_EPOCH is {given!r}, not a number of seconds since 1970."
        raise click.UsageError(text)
    if int(given) > time.time() + _DAY:
        day = time.strftime("%Y-%m-%d", time.gmtime(int(given)))
        click.echo(
            f"Warning: SOURCE_DATE_EPOCH is in the future ({day}).\n"
            "  hint: after an import of such packages, Anki considers students' edits older than"
            " any later build, and each update overwrites them; use the time of your last commit",
            err=True,
        )
    return int(given)


Command = Callable[..., object]

EXISTING = click.Path(exists=True, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
PORT = click.IntRange(0, 65535)


def page_id(text: str) -> PageId:
    """Read the id of a page; raise BadParameter for anything else."""
    found = page_id_of(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a page id.")
    return found


def _kinds(value: str) -> tuple[str, ...]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    if wrong := [name for name in names if name not in tuple(Kind)]:
        raise click.BadParameter(f"there is no kind {wrong[0]!r}; choose from {', '.join(Kind)}.")
    return tuple(kind.value for kind in Kind if kind.value in names)


def _executor(value: str) -> str:
    if value not in {"processes", "dask"} and not (value.startswith("dask=") and value[5:]):
        raise click.BadParameter(
            f"{value!r} is not an executor; use processes, dask or dask=ADDRESS,"
            " such as dask=tcp://127.0.0.1:8786."
        )
    return value


packages = click.argument("packages", nargs=-1, required=True, metavar="PACKAGES...", type=EXISTING)
_OPTIONS = {
    "paths": click.argument("given_paths", nargs=-1, metavar="[PATHS]..."),
    "out": click.option(
        "-o", "--out", type=FOLDER, default=OUTPUT, show_default=True, help="Package folder."
    ),
    "subjects": click.option(
        "--subject",
        "subjects",
        multiple=True,
        metavar="NAME",
        help="Only this subject; repeatable.",
    ),
    "previous": click.option(
        "--previous",
        type=EXISTING,
        multiple=True,
        metavar="PATH",
        help="The latest published packages, or their folder; repeatable."
        f"  [default: --out, or else {OUTPUT}]",
    ),
    "config": click.option(
        "--config",
        type=FILE,
        help="Settings file.  [default: the nearest qt2anki.toml, here or in a parent folder]",
    ),
    "corrections": click.option(
        "--corrections",
        "given_corrections",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="File or folder of corrections.  [default: corrections.toml next to the settings]",
    ),
    "note_models": click.option(
        "--note-models",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of files that replace those of the same name in the note types.",
    ),
    "profile": click.option(
        "--profile",
        type=click.Choice(["core", "standard", "full"]),
        help="Which cards to make: few, most or all.  [default: standard]",
    ),
    "kinds": click.option(
        "--kinds",
        type=_kinds,
        default="",
        metavar="KIND,...",
        help="Make only these kinds of notes, such as qa,next,explain (docs/cards.md).",
    ),
    "sequence_threshold": click.option(
        "--sequence-threshold",
        type=click.FloatRange(min=0),
        help="Evidence needed to treat a list as ordered steps.  [default: 3]",
    ),
    "jobs": click.option(
        "--jobs",
        type=click.IntRange(min=1),
        help="Maximum number of processes.  [default: one per processor]",
    ),
    "executor": click.option(
        "--executor",
        metavar="[processes|dask[=ADDRESS]]",
        type=_executor,
        default="processes",
        help="Where to run: local processes, a local Dask cluster, or a running one.",
    ),
}
_FIELDS = {"paths": "given_paths", "corrections": "given_corrections"}
"""Option -> its field in Inputs, if that has a different name."""
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
opened = click.option("--open", "is_opened", is_flag=True, help="Open the page in the web browser.")
no_audit = click.option("--no-audit", is_flag=True, help="Do not mark cards with audit findings.")
sources = click.option(
    "--sources",
    "source_paths",
    multiple=True,
    metavar="PATH",
    help="Pages the packages were built from; repeatable.",
)


def verbose(text: str) -> Callable[[Command], Command]:
    """Add ``--verbose``, which *text* describes."""
    return click.option("-v", "--verbose", is_flag=True, help=text)


def shared(names: str) -> Callable[[Command], Command]:
    """Add the shared options *names* to a command, and pass their values as one Inputs."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_inputs(**options: Any) -> object:  # noqa: ANN401  # those of any command
            fields = (_FIELDS.get(name, name) for name in names.split())
            inputs = Inputs(**{field: options.pop(field) for field in fields})
            return command(inputs=inputs, **options)

        for name in reversed(names.split()):
            _OPTIONS[name](with_inputs)
        return with_inputs

    return decorate


def refuse_both(names: str, one: object, other: object) -> None:
    """Raise UsageError if two options are given that are mutually exclusive."""
    if one and other:
        raise click.UsageError(f"{names} are mutually exclusive.")


def refuse_unknown_subjects(asked: Iterable[str], found: Iterable[str], nothing: str) -> None:
    """Raise UsageError for the first subject that *nothing* ("No page") has, whatever its case."""
    known = {subject.casefold(): subject for subject in found}
    for name in asked:
        if name.casefold() not in known:
            hint = did_you_mean(
                name, known.values(), f"The subjects are: {', '.join(known.values())}."
            )
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
