"""Options and arguments that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from qt2anki.cli.inputs import OUTPUT, Inputs
from qt2anki.messages import did_you_mean
from qt2anki.model import Kind, PageId, page_id_of

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
        "-o",
        "--out",
        type=FOLDER,
        default=OUTPUT,
        show_default=True,
        help="Package folder.",
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
