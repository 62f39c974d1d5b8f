"""What a watch depends on: pages, pictures, settings, note models and published packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qt2anki.config.load import OWN_FILE, PROJECT_FILE
from qt2anki.release.previous_release import COURSES_FOLDER, RETIRED_FOLDER
from qt2anki.source.discover import is_page_name
from qt2anki.source.pictures import PICTURE_ENDINGS

Stamp = tuple[int, int, int]
"""When a file was changed (nanoseconds), its size in bytes, and its number on the disk."""

_PACKAGE_END: Final = ".apkg"
_BACKUP_ENDS: Final = ("~", ".tmp", ".bak", ".orig", ".part")  # what editors leave for a moment


@dataclass(frozen=True, slots=True)
class WatchedPaths:
    """The files and folders that a build depends on; *output* is the folder it writes into."""

    pages: tuple[Path, ...]  # folders and single pages, as they were named
    settings: tuple[Path, ...] = ()  # files that hold settings once they exist
    note_models: Path | None = None
    published: tuple[Path, ...] = ()  # packages, and folders of them, written by others
    output: Path | None = None

    @property
    def roots(self) -> tuple[Path, ...]:
        """Everything that was named, whether it exists or not."""
        models = () if self.note_models is None else (self.note_models,)
        return (*self.pages, *self.settings, *models, *self.published)

    @property
    def ignored(self) -> str | None:
        """The true path of the output; None if there are pages in it."""
        output = None if self.output is None else os.path.realpath(self.output)
        if any(_is_below(os.path.realpath(root), output) for root in self.pages):
            return None
        return output


def settings_files(start: Path, explicit: Path | None = None) -> tuple[Path, ...]:
    """Return the files of which one has the settings for the folder *start*.

    These are the ones :func:`qt2anki.config.load.find_settings_file` asks for.
    """
    if explicit is not None:
        return (explicit,)
    folders = (start.resolve(), *start.resolve().parents)
    return tuple(folder / name for folder in folders for name in (OWN_FILE, PROJECT_FILE))


def other_files(paths: WatchedPaths, pictures: Iterable[Path]) -> dict[Path, tuple[str, Stamp]]:
    """Return the existing files that are not pages, each with its kind and stamp."""
    found: dict[Path, str] = dict.fromkeys(paths.settings, "setting")
    found |= dict.fromkeys(pictures, "picture")
    if paths.note_models is not None:
        models = (path for path in paths.note_models.rglob("*") if not path.name.startswith("."))
        found |= {path: "note model" for path in models if not path.name.endswith(_BACKUP_ENDS)}
    for path in paths.published:
        found |= dict.fromkeys(packages_of(path), "package")
    stamps = ((path, kind, file_stamp(path)) for path, kind in found.items())
    return {path: (kind, stamp) for path, kind, stamp in stamps if stamp is not None}


def hidden_pictures(paths: WatchedPaths, pictures: Iterable[Path]) -> tuple[Path, ...]:
    """Return those of *pictures*, which are true paths, whose changes :func:`change_filter` drops.

    They are in hidden folders, in our own output, or beside a page that was named itself.
    """
    roots = [os.path.realpath(root) for root in paths.pages if root.is_dir()]
    ignored = paths.ignored

    def is_reported(path: str) -> bool:
        below = (path[len(root) :] for root in roots if _is_below(path, root))
        return any(f"{os.sep}." not in way for way in below) and not _is_below(path, ignored)

    return tuple(path for path in pictures if not is_reported(str(path)))


def packages_of(path: Path) -> Iterator[Path]:
    """Yield a package, or those in a folder with its retired and course packages."""
    if path.is_file():
        yield path
    for part in ("", RETIRED_FOLDER, COURSES_FOLDER):
        yield from sorted((path / part).glob(f"*{_PACKAGE_END}"))


def change_filter(paths: WatchedPaths) -> Callable[[str], bool]:
    """Return what tells whether a change at a true path may concern a build.

    Hidden files, backups of editors and our own output do not. A folder stands for all files in it,
    whatever it is called; the folders that exist now are remembered, for a removed one looks like
    any other file.
    """
    ignored = paths.ignored
    models = None if paths.note_models is None else os.path.realpath(paths.note_models)
    roots = [os.path.realpath(root) for root in paths.roots]
    folders = {folder for root in roots for folder in _folders(root, ignored)}

    def may_matter(path: str) -> bool:
        if _is_below(path, ignored):
            return False
        root = max((root for root in roots if _is_below(path, root)), key=len, default="")
        parts = Path(path[len(root) :].lstrip(os.sep)).parts
        if not parts:
            return True  # a root itself
        if any(part.startswith(".") for part in parts):
            return False
        if path in folders or os.path.isdir(path):  # noqa: PTH112  # which raises nothing
            folders.discard(path)
            folders.update(_folders(path, ignored))
            return True
        name = parts[-1]
        is_known = _is_known(name) or "." not in name or _is_below(path, models)
        return is_known and not name.endswith(_BACKUP_ENDS)

    return may_matter


def _is_known(name: str) -> bool:
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122  # of a name, not of a path
    is_known = ending in PICTURE_ENDINGS or ending == _PACKAGE_END
    return is_known or is_page_name(name) or name in (OWN_FILE, PROJECT_FILE)


def _folders(root: str, ignored: str | None) -> Iterator[str]:
    """Yield the folders from *root* down that are not hidden; links are not followed."""
    for folder, below, _ in os.walk(root):
        yield folder
        below[:] = (
            name
            for name in below
            if not name.startswith(".") and not _is_below(os.path.join(folder, name), ignored)  # noqa: PTH118
        )


def stamp_of(path: Path) -> Stamp | None:
    """Return the state of a file or folder, None if it does not exist or cannot be read."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def file_stamp(path: Path) -> Stamp | None:
    """Return the state of a file, None also for a folder."""
    stamp = stamp_of(path)
    return None if stamp is None or path.is_dir() else stamp


def _is_below(path: str, folder: str | None) -> bool:
    return folder is not None and (path == folder or path.startswith(folder + os.sep))
