"""A draft: packages that nobody gets, begun as a copy of those published last.

The copy is the memory of the draft's builds, so that each does only what a save has changed, and a
page that cannot be read for a moment keeps the cards of the moment before. Students have nothing
to do with it: what is published next is compared with what was published, not with drafts.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from qt2anki.cache import CACHE_FOLDER
from qt2anki.package.memory import COURSES_FOLDER, RETIRED_FOLDER
from qt2anki.watch.places import Stamp, stamp_of

_PARTS: Final = ("", RETIRED_FOLDER, COURSES_FOLDER)


class Draft:
    """The folder of a draft; *published* are the packages published last, or folders of them."""

    def __init__(self, folder: Path, published: tuple[Path, ...]) -> None:
        self.folder = folder
        self._published = published
        self._copied: dict[Path, Stamp | None] | None = None

    def previous(self) -> tuple[Path, ...]:
        """Return what the next build is to be compared with; nothing is the draft itself.

        A single folder is copied, and again when its packages have changed; all else is read as
        it is, every time.
        """
        if not any(map(_has_packages, self._published)):
            return ()
        if len(self._published) > 1 or not self._published[0].is_dir():
            return self._published
        self._copy(self._published[0])
        return ()

    def _copy(self, source: Path) -> None:
        now = {path: stamp_of(path) for path in _packages(source)}
        if now == self._copied:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in now:
            target = self.folder / path.relative_to(source)
            target.parent.mkdir(exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # replaced now; the next look sees it
                shutil.copy2(path, target)
        # A cache that is not whole is noticed and made anew.
        with contextlib.suppress(OSError, shutil.Error):
            shutil.copytree(source / CACHE_FOLDER, self.folder / CACHE_FOLDER)
        self._copied = now


def _has_packages(path: Path) -> bool:
    return path.is_file() or any(_packages(path))


def _packages(folder: Path) -> Iterator[Path]:
    for part in _PARTS:
        yield from sorted((folder / part).glob("*.apkg"))
