"""Notice changes of pages, settings and pictures, as the system reports them or by polling.

To the system, a folder that disappears and returns is a new one, and so is a single file that an
editor replaces; so folders and single files are also polled.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from watchfiles import watch
from watchfiles.main import FileChange

from qt2anki.build.signals import end_if_asked
from qt2anki.config.load import OWN_FILE, PROJECT_FILE
from qt2anki.corrections.corrections_file import correction_files
from qt2anki.errors import Qt2AnkiError
from qt2anki.release.previous_release import COURSES_FOLDER, RETIRED_FOLDER
from qt2anki.source.discover import is_page_name

Stamp = tuple[int, int, int]
"""When a file was changed (nanoseconds), its size in bytes, and its number on the disk."""
PolledFiles = Mapping[Path, tuple[str, Stamp]]
"""Existing files, each with its kind and stamp."""

PAGE: Final = "page"
_BACKUP_ENDS: Final = ("~", ".tmp", ".bak", ".orig", ".part")  # temporary files of editors


@dataclass(frozen=True, slots=True)
class WatchedPaths:
    """The files and folders that a build depends on; *output* is its output folder."""

    pages: tuple[Path, ...]  # folders and single pages, as they were named
    settings: tuple[Path, ...] = ()  # files, and folders of corrections, which may not exist
    note_models: Path | None = None
    published: tuple[Path, ...] = ()  # packages, and folders of them, written by others
    output: Path | None = None


def settings_files(start: Path, explicit: Path | None = None) -> tuple[Path, ...]:
    """Return the files of which one has the settings for the folder *start*."""
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
    """Return a function that checks whether a change at a resolved path may affect pages.

    Hidden files, backups of editors and our own output do not. A folder stands for all files in it;
    a deleted path may have been a folder.
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


_POLL: Final = 300  # milliseconds between two polls
_QUIET: Final = 50  # milliseconds without a change that end a save
_LONGEST: Final = 1000  # milliseconds; a stream of changes is cut into parts of this length
_PATIENCE: Final = 5.0  # seconds for the system to begin to watch a large folder
_SLICE: Final = 0.5  # seconds; Windows notices Ctrl-C only between two of them


class Notifier:
    """Rings, while its block runs, when something in *paths* may have changed.

    *tell* prints a message for the user. Every start rings once, for changes before it.
    """

    def __init__(self, paths: WatchedPaths, tell: Callable[[str], None]) -> None:
        self._paths = paths
        self._tell = tell
        self._seen: tuple[PolledFiles, Sequence[Path]] | None = None
        self._bell = threading.Event()
        self._end = threading.Event()
        self._error: Exception | None = None
        self._is_polling: bool | None = None  # None: as the system and the environment decide
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(_PATIENCE)

    def expect(self, files: PolledFiles, pictures: Sequence[Path]) -> None:
        """Ring when the polled files, with these *pictures*, differ from *files*."""
        self._seen = files, pictures

    def ring(self) -> None:
        """Ring, from any thread."""
        self._bell.set()

    @property
    def is_ringing(self) -> bool:
        """Whether something may have changed since the last :meth:`hush`."""
        return self._bell.is_set()

    def hush(self) -> None:
        """Forget what has rung so far, and do not poll before the next :meth:`expect`."""
        self._seen = None
        self._bell.clear()

    def wait(self, seconds: float | None = None) -> None:
        """Wait at most *seconds* for the next ring; Qt2AnkiError if nothing can be watched."""
        left = seconds
        end_if_asked()
        while self._error is None and not self._bell.wait(min(left or _SLICE, _SLICE)):
            end_if_asked()
            if left is not None:
                left -= _SLICE
                if left <= 0:
                    break
        if self._error is not None:
            raise Qt2AnkiError(
                f"changes cannot be watched for here: {self._error}",
                hint="build by hand, or use: qt2anki preview --serve",
            ) from self._error

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self._follow()
            except FileNotFoundError:  # deleted while we started to watch it
                self._end.wait(_POLL / 1000)
            except UnicodeEncodeError:
                self._error = ValueError("the folder's path is not UTF-8")
                return
            except (OSError, RuntimeError) as error:  # watchfiles turns some into RuntimeError
                if self._is_polling:
                    self._error = error
                    return
                self._is_polling = True
                self._tell(f"the system cannot report changes ({error}); polling all files instead")

    def _follow(self) -> None:
        """Ring for changes until a folder appears or disappears."""
        folders = self._folders()
        matters: Callable[[str], bool] | None = None
        for found in self._reported(folders):
            if matters is None:  # from here on nothing is missed
                self._bell.set()
                matters = change_filter(self._paths)
            elif any(matters(path) for _, path in found):
                self._bell.set()
            if (seen := self._seen) and polled_files(self._paths, seen[1]) != seen[0]:
                self._bell.set()
            # A new folder may have the number of the one that it replaces.
            if self._folders() != folders or any(path in folders for _, path in found):
                return

    def _reported(self, folders: Iterable[str]) -> Iterator[set[FileChange]]:
        """Yield the changes that the system reports, and every now and then an empty set."""
        while not folders and not self._end.is_set():
            yield set()
            self._end.wait(_POLL / 1000)
        yield from watch(
            *folders,
            watch_filter=None,
            debounce=_LONGEST,
            step=_QUIET,
            rust_timeout=_POLL,
            yield_on_timeout=True,
            stop_event=self._end,
            force_polling=self._is_polling,
            ignore_permission_denied=True,
        )

    def _folders(self) -> dict[str, int]:
        """Return the true paths of the folders of pages, with their numbers on the disk."""
        stamps = {root: stamp_of(root) for root in self._paths.pages}
        return {os.path.realpath(r): s[2] for r, s in stamps.items() if s and r.is_dir()}
