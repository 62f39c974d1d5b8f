"""A draft: temporary packages, which start as a copy of the last release.

Each build compares with the draft, so it reports only what the last save changed, and a page that
is temporarily invalid keeps its last cards. Drafts never affect students: the next release is
compared with the last release, not with drafts.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from qt2anki.build import CACHE_FOLDER
from qt2anki.build.cache import copy_cache
from qt2anki.build.manifest import files_left
from qt2anki.errors import PackageError, Qt2AnkiError, refused
from qt2anki.messages import Problem
from qt2anki.release.previous_release import read_previous_release
from qt2anki.watch.notifier import Stamp, packages_of, stamp_of


class Draft:
    """The folder of a draft; *published* are the latest published packages, or folders of them."""

    def __init__(self, folder: Path, published: tuple[Path, ...]) -> None:
        self.folder = folder
        self._published = published
        self._copied: dict[Path, Stamp | None] | None = None

    def previous(self) -> tuple[Path, ...]:
        """Return the packages to compare the next build with; () is the last draft.

        A single folder is copied, and copied again if its packages have changed or copies are
        missing. The next build is compared with these copies. Anything else is not copied: every
        build is compared with the published packages themselves.
        """
        with _refusing(self._published[0]):
            if not any(any(packages_of(path)) for path in self._published):
                self._copied = None
                return ()
            if len(self._published) > 1 or not self._published[0].is_dir():
                return self._published
            self._copy(self._published[0])
        return () if files_left(self.folder) else (self.folder,)

    def _copy(self, source: Path) -> None:
        now = {path: stamp_of(path) for path in packages_of(source)}
        if now == self._copied and self._is_whole(source):
            return
        self._copied = None
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in now:
            target = self.folder / path.relative_to(source)
            with _refusing(path):
                target.parent.mkdir(exist_ok=True)
                with contextlib.suppress(FileNotFoundError):  # will be seen by the next check
                    shutil.copy2(path, target)
        copy_cache(source / CACHE_FOLDER, self.folder / CACHE_FOLDER)
        self._copied = now

    def _is_whole(self, source: Path) -> bool:
        """Whether no file was deleted here, other than by a build."""
        copies = [self.folder / path.relative_to(source) for path in self._copied or ()]
        return all(path.exists() for path in files_left(self.folder) or copies)


def as_published(error: Qt2AnkiError, draft: Path, published: tuple[Path, ...]) -> Qt2AnkiError:
    """Return an error about a copy in *draft* as one about its original package."""
    if draft not in Path(error.source).parents:
        return error
    with contextlib.suppress(sqlite3.Error):  # the disk is full, as *error* says
        try:
            read_previous_release(published)
        except PackageError as own:
            return own
    return error


def of_published(problem: Problem, draft: Path, published: tuple[Path, ...]) -> Problem:
    """Return a problem of a copy in *draft* as one of its original package."""
    if draft not in Path(problem.source).parents:
        return problem
    own = (folder / Path(problem.source).relative_to(draft) for folder in published)
    found = next((path for path in own if path.exists()), None)
    return replace(problem, source=found.as_posix()) if found else problem


def _refusing(path: Path) -> AbstractContextManager[None]:
    hint = "check that it is readable and the disk for temporary files has room;"
    hint += " TMPDIR can name a different folder"
    return refused("this cannot be copied into a draft", path, hint=hint)
