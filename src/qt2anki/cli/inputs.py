"""What the values of shared options mean: pages, settings, corrections, and the job."""

from __future__ import annotations

import functools
import importlib.util
import os
import time
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
    def folded_subjects(self) -> tuple[str, ...]:
        """The subjects, case-folded."""
        return tuple(subject.casefold() for subject in self.subjects)

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
            "subjects": self.folded_subjects,
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
