"""What a watch depends on: pages, pictures, settings, note models and published packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qt2anki.config.load import OWN_FILE, PROJECT_FILE
from qt2anki.corrections.corrections_file import correction_files
from qt2anki.release.previous_release import COURSES_FOLDER, RETIRED_FOLDER
from qt2anki.source.discover import is_page_name

Stamp = tuple[int, int, int]
"""When a file was changed (nanoseconds), its size in bytes, and its number on the disk."""
PolledFiles = Mapping[Path, tuple[str, Stamp]]
"""Existing files, each with its kind and stamp."""

PAGE: Final = "page"
_BACKUP_ENDS: Final = ("~", ".tmp", ".bak", ".orig", ".part")  # what editors leave for a moment


@dataclass(frozen=True, slots=True)
class WatchedPaths:
    """The files and folders that a build depends on; *output* is the folder it writes into."""

    pages: tuple[Path, ...]  # folders and single pages, as they were named
    settings: tuple[Path, ...] = ()  # files, and folders of corrections, that may exist or not
    note_models: Path | None = None
    published: tuple[Path, ...] = ()  # packages, and folders of them, written by others
    output: Path | None = None


def settings_files(start: Path, explicit: Path | None = None) -> tuple[Path, ...]:
    """Return the files of which one has the settings for the folder *start*.

    These are the ones :func:`qt2anki.config.load.find_settings_file` asks for.
    """
    if explicit is not None:
        return (explicit,)
    folders = (start.resolve(), *start.resolve().parents)
    return tuple(folder / name for folder in folders for name in (OWN_FILE, PROJECT_FILE))


def polled_files(paths: WatchedPaths, pictures: Iterable[Path]) -> PolledFiles:
    """Return the existing files that are not in a folder of pages, and the *pictures*.

    Pictures may be in hidden folders, or beside a page that was named itself.
    """
    found: dict[Path, str] = dict.fromkeys(correction_files(paths.settings), "setting")
    found |= dict.fromkeys(pictures, "picture")
    found |= dict.fromkeys(paths.pages, PAGE)
    if paths.note_models is not None:
        models = (path for path in paths.note_models.rglob("*") if not path.name.startswith("."))
        found |= {path: "note model" for path in models if not path.name.endswith(_BACKUP_ENDS)}
    for path in paths.published:
        found |= dict.fromkeys(packages_of(path), "package")
    stamps = ((path, kind, stamp_of(path)) for path, kind in found.items() if not path.is_dir())
    return {path: (kind, stamp) for path, kind, stamp in stamps if stamp is not None}


def packages_of(path: Path) -> Iterator[Path]:
    """Yield a package, or those in a folder with its retired and course packages."""
    if path.is_file():
        yield path
    for part in ("", RETIRED_FOLDER, COURSES_FOLDER):
        yield from sorted((path / part).glob("*.apkg"))


def change_filter(paths: WatchedPaths) -> Callable[[str], bool]:
    """Return a function that tells whether a change at a true path may concern pages.

    Hidden files, backups of editors and our own output do not. A folder stands for all files in it;
    what is gone may have been one.
    """
    roots = [os.path.realpath(root) for root in paths.pages]
    output = None if paths.output is None else os.path.realpath(paths.output)
    ignored = None if any(_is_below(root, output) for root in roots) else output

    def may_matter(path: str) -> bool:
        root = max((root for root in roots if _is_below(path, root)), key=len, default="")
        parts = Path(path[len(root) :].lstrip(os.sep)).parts
        if _is_below(path, ignored) or any(part.startswith(".") for part in parts):
            return False
        is_folder = os.path.isdir(path) or not os.path.lexists(path)  # noqa: PTH112  # raises nothing
        return (is_folder or is_page_name(Path(path).name)) and not path.endswith(_BACKUP_ENDS)

    return may_matter


def stamp_of(path: Path) -> Stamp | None:
    """Return the state of a file or folder, None if it does not exist or cannot be read."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _is_below(path: str, folder: str | None) -> bool:
    return folder is not None and (path == folder or path.startswith(folder + os.sep))
