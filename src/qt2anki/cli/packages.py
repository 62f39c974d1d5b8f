"""Paths on the command line that name packages, or folders of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click


def package_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files named, and of each folder its packages by name.

    Raises UsageError for a folder that has none: a path that was meant otherwise.
    """
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.apkg")) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"There is no package (*.apkg) in '{path.as_posix()}'.")
        files += found
    return tuple(dict.fromkeys(files))
