"""Where a build looks, and what has changed there.

What a system tells of changes differs from system to system, and may be lost; so it only says
that it is time to look. What has changed is found by comparing two looks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from qt2anki.config.load import OWN_FILE, PROJECT_FILE
from qt2anki.source.discover import is_page_name, left_by_a_build
from qt2anki.source.pictures import PICTURE_ENDINGS

Kind = Literal["page", "picture", "setting", "note model", "package"]
Fate = Literal["new", "changed", "gone"]
Stamp = tuple[int, int, int]
"""When a file was changed (nanoseconds), its size in bytes, and its number on the disk."""

_PACKAGE_END: Final = ".apkg"
_BACKUP_ENDS: Final = ("~", ".tmp", ".bak", ".orig", ".part")  # what editors leave for a moment


@dataclass(frozen=True, slots=True)
class Places:
    """All that a build depends on; *output* is the folder it writes into."""

    pages: tuple[Path, ...]  # folders and single pages, as they were named
    settings: tuple[Path, ...] = ()  # files that hold settings once they are there
    note_models: Path | None = None
    published: tuple[Path, ...] = ()  # packages, and folders of them, that somebody else writes
    output: Path | None = None
    pictures: tuple[Path, ...] = ()  # single ones that pages show, and no look would come across

    @property
    def roots(self) -> tuple[Path, ...]:
        """Everything that was named, whether it is there or not."""
        models = () if self.note_models is None else (self.note_models,)
        return (*self.pages, *self.settings, *models, *self.published)

    @property
    def own(self) -> str | None:
        """The true path of the output; packages in it are ours, not somebody else's."""
        return None if self.output is None else os.path.realpath(self.output)

    @property
    def unseen(self) -> str | None:
        """The same, where nothing is looked at; None when there are pages."""
        output = self.own
        if any(_is_below(os.path.realpath(root), output) for root in self.pages):
            return None
        return output


@dataclass(frozen=True, slots=True)
class Seen:
    """One file as it was at a look."""

    kind: Kind
    stamp: Stamp


Look = Mapping[Path, Seen]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not as it was at the look before."""

    kind: Kind
    path: Path
    fate: Fate = "changed"


def settings_files(start: Path, explicit: Path | None = None) -> tuple[Path, ...]:
    """Return the files of which one has the settings for the folder *start*.

    These are the ones :func:`qt2anki.config.load.find_settings_file` asks for.
    """
    if explicit is not None:
        return (explicit,)
    folders = (start.resolve(), *start.resolve().parents)
    return tuple(folder / name for folder in folders for name in (OWN_FILE, PROJECT_FILE))


def look(places: Places) -> dict[Path, Seen]:
    """Look at every file a build depends on; what cannot be read is as good as not there."""
    found: dict[Path, Seen] = {}
    output = places.unseen
    for path in places.settings:
        _add(found, path, "setting")
    for path in places.pages:
        _look_at(found, path, "page", output)
    for path in places.pictures:
        _add(found, path, "picture")
    if places.note_models is not None:
        _look_at(found, places.note_models, "note model", output)
    for path in places.published:
        _look_at(found, path, "package", places.own)
    return found


def out_of_sight(places: Places, pictures: Iterable[Path]) -> tuple[Path, ...]:
    """Return those of *pictures*, which are true paths, that no look comes across.

    These are in hidden folders, or beside a page that was named itself.
    """
    roots = [os.path.realpath(root) for root in places.pages if root.is_dir()]
    output = places.unseen

    def is_seen(path: str) -> bool:
        below = (path[len(root) :] for root in roots if _is_below(path, root))
        has_way = any(f"{os.sep}." not in way for way in below)
        return has_way and not _is_below(path, output)

    return tuple(path for path in pictures if not is_seen(str(path)))


def changes(before: Look, after: Look) -> tuple[FileChange, ...]:
    """Name the files that differ between two looks, sorted by path."""
    different = sorted(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )
    return tuple(_change(path, before.get(path), after.get(path)) for path in different)


def noticing(places: Places) -> Callable[[str], bool]:
    """Return what tells whether a change at a true path is worth a look.

    Hidden files are not, nor what an editor writes for a moment, nor our own output. A folder
    stands for everything in it, whatever it is called; those that are there now are remembered,
    for nothing but that tells one that has gone from any other file.
    """
    output = places.unseen
    models = None if places.note_models is None else os.path.realpath(places.note_models)
    roots = [os.path.realpath(root) for root in places.roots]
    folders = {folder for root in roots for folder, _ in _levels(root, output)}

    def may_matter(path: str) -> bool:
        if _is_below(path, output):
            return False
        root = max((root for root in roots if _is_below(path, root)), key=len, default="")
        parts = Path(path[len(root) :].lstrip(os.sep)).parts
        if not parts:
            return True  # what was named itself
        if any(part.startswith(".") for part in parts):
            return False
        if path in folders or os.path.isdir(path):  # noqa: PTH112  # which raises nothing
            folders.discard(path)
            folders.update(folder for folder, _ in _levels(path, output))
            return True
        name = parts[-1]
        is_known = bool(_kinds_of(name)) or "." not in name or _is_below(path, models)
        return is_known and not name.endswith(_BACKUP_ENDS)

    return may_matter


def stamp_of(path: Path) -> Stamp | None:
    """Return the state of a file or folder, None when it is not there or hidden from us."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return _stamp(status)


def file_stamp(path: Path) -> Stamp | None:
    """Return the same of a file; None of a folder, too."""
    stamp = stamp_of(path)
    return None if stamp is None or path.is_dir() else stamp


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino


def _is_below(path: str, folder: str | None) -> bool:
    return folder is not None and (path == folder or path.startswith(folder + os.sep))


def _change(path: Path, before: Seen | None, after: Seen | None) -> FileChange:
    if after is None:
        assert before is not None
        return FileChange(before.kind, path, "gone")
    return FileChange(after.kind, path, "new" if before is None else "changed")


def _kinds_of(name: str) -> tuple[Kind, ...]:
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122  # of a name, not of a path
    kinds: dict[Kind, bool] = {
        "page": is_page_name(name),
        "picture": ending in PICTURE_ENDINGS,
        "package": ending == _PACKAGE_END,
        "setting": name in (OWN_FILE, PROJECT_FILE),
    }
    return tuple(kind for kind, is_one in kinds.items() if is_one)


def _add(found: dict[Path, Seen], path: Path, kind: Kind) -> None:
    stamp = file_stamp(path)
    if stamp is not None:
        found[path] = Seen(kind, stamp)


def _look_at(found: dict[Path, Seen], root: Path, kind: Kind, output: str | None) -> None:
    """Look at a single file, whatever it is called, or at those in a folder that are of *kind*."""
    if not root.is_dir():
        _add(found, root, kind)
        return
    for entry in _walk(root, output):
        own = _kind_in(entry.name, kind)
        if own is not None:
            try:
                status = entry.stat()
            except OSError:  # gone meanwhile, or a link to nothing
                continue
            found[Path(entry.path)] = Seen(own, _stamp(status))


def _kind_in(name: str, kind: Kind) -> Kind | None:
    """Return what a file is in a folder that is looked through for *kind*."""
    if kind == "note model":
        return None if name.endswith(_BACKUP_ENDS) else kind
    kinds = _kinds_of(name)
    if kind == "page" and "picture" in kinds:
        return "picture"
    return kind if kind in kinds else None


def _walk(root: Path | str, output: str | None) -> Iterator[os.DirEntry[str]]:
    """Yield the files below *root* that are neither hidden nor left there by a build."""
    for _, files in _levels(root, output):
        yield from files


def _levels(root: Path | str, output: str | None) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Yield each folder from *root* down with its files; links to folders are not followed."""
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError:
            continue
        passed_over = left_by_a_build(entry.name for entry in entries)
        files = []
        for entry in entries:
            if entry.name.startswith(".") or entry.name in passed_over:
                continue
            if not entry.is_dir(follow_symlinks=False):
                files.append(entry)
            elif output is None or os.path.realpath(entry.path) != output:
                waiting.append(entry.path)
        yield folder, files
