"""Report possible changes: the system reports changes below existing folders.

To the system, a folder that goes and comes back is a different one, and so is a single file that an
editor replaces. Their states are polled, which costs next to nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from watchfiles import watch
from watchfiles.main import FileChange

from qt2anki.errors import Qt2AnkiError
from qt2anki.watch.watched_paths import Stamp, WatchedPaths, change_filter, file_stamp, stamp_of

_GLANCE: Final = 300  # milliseconds between two glances
_QUIET: Final = 50  # milliseconds without a change that end a save
_LONGEST: Final = 1000  # milliseconds; a stream of changes is cut into parts of this length
_PATIENCE: Final = 5.0  # seconds for the system to begin to watch a large folder
_SLICE: Final = 0.5  # seconds; Windows hears of Ctrl-C only between two of them


class Notifier:
    """Rings, while its block runs, when something in *paths* may have changed.

    *tell* prints a message for the user. Every start rings once, for what came before it.
    """

    def __init__(self, paths: WatchedPaths, tell: Callable[[str], None]) -> None:
        self._paths = paths
        self._pictures: Mapping[Path, Stamp | None] = {}
        self._tell = tell
        self._bell = threading.Event()
        self._end = threading.Event()
        self._error: Exception | None = None
        self._is_polling: bool | None = None  # None: as the system and its variables have it
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join(_PATIENCE)

    def glance_at(self, pictures: Mapping[Path, Stamp | None]) -> None:
        """Poll these, too, and ring while one does not have the stamp that was seen."""
        self._pictures = pictures

    def ring(self) -> None:
        """Ring, from any thread."""
        self._bell.set()

    @property
    def is_ringing(self) -> bool:
        """Whether something may have changed since the last :meth:`hush`."""
        return self._bell.is_set()

    def hush(self) -> None:
        """Forget what has rung so far."""
        self._bell.clear()

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the next ring, at most so long; Qt2AnkiError when nothing can be watched."""
        left = seconds
        while self._error is None and not self._bell.wait(min(left or _SLICE, _SLICE)):
            if left is not None:
                left -= _SLICE
                if left <= 0:
                    break
        if self._error is not None:
            raise Qt2AnkiError(
                f"changes cannot be watched for here: {self._error}",
                hint="build by hand, or look with: qt2anki preview --serve",
            ) from self._error

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self._follow()
            except FileNotFoundError:  # it went while we began to watch it
                self._end.wait(_GLANCE / 1000)
            except UnicodeEncodeError:
                self._error = ValueError("the folder's path is not UTF-8")
                return
            except (OSError, RuntimeError) as error:  # the second is how watchfiles says the first
                if self._is_polling:
                    self._error = error
                    return
                self._is_polling = True
                self._tell(f"the system cannot report changes ({error}); all files are looked at")

    def _follow(self) -> None:
        """Ring for changes until a folder appears or disappears."""
        glance = self._glance()  # first, so that a folder that appears meanwhile is noticed
        folders = self._folders()
        if not folders:
            self._bell.set()
            while self._ring_if_changed(glance) == glance and not self._end.wait(_GLANCE / 1000):
                pass
            return
        matters: Callable[[str], bool] | None = None
        for found in self._told(folders):
            if matters is None:  # from here on nothing is missed
                self._bell.set()
                matters = change_filter(self._paths)
            elif any([matters(path) for _, path in found]):  # noqa: C419  # it remembers each
                self._bell.set()
            # One that was made again may have the number that the one before it had.
            if self._folders() != folders or any(path in folders for _, path in found):
                return
            glance = self._ring_if_changed(glance)

    def _told(self, folders: Iterable[str]) -> Iterator[set[FileChange]]:
        """Yield the changes that the system reports, and every now and then an empty set."""
        return watch(
            *folders,
            watch_filter=None,
            debounce=_LONGEST,
            step=_QUIET,
            rust_timeout=_GLANCE,
            yield_on_timeout=True,
            stop_event=self._end,
            force_polling=self._is_polling,
            ignore_permission_denied=True,
        )

    def _ring_if_changed(self, before: Mapping[Path, object]) -> Mapping[Path, object]:
        now = self._glance()
        # What was seen may be what was there between two glances.
        if now != before or any(file_stamp(p) != seen for p, seen in self._pictures.items()):
            self._bell.set()
        return now

    def _folders(self) -> dict[str, int]:
        """Return the true paths of the existing folders, with their numbers on the disk."""
        found = {}
        for root in self._paths.roots:
            stamp = stamp_of(root)
            if stamp is not None and root.is_dir():
                found[os.path.realpath(root)] = stamp[2]
        return found

    def _glance(self) -> Mapping[Path, object]:
        """Return the states of named files, and which of the named folders exist."""
        return {root: root.is_dir() or stamp_of(root) for root in self._paths.roots}
