"""A previous release made of notes instead of files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from qt2anki.anki.package_reader import PublishedNote, PublishedPackage
from qt2anki.model import Note
from qt2anki.release.package_index import PackageCache, PackageEntry
from qt2anki.release.previous_release import PreviousRelease, read_previous_release


class _AtHand(PackageCache):
    def __init__(self, packages: dict[Path, PublishedPackage]) -> None:
        super().__init__()
        self._packages = packages

    def package(self, head: PackageEntry) -> PublishedPackage:
        return self._packages[head.path]


def previous_release(
    live: Collection[PublishedNote], retired: Collection[PublishedNote] = ()
) -> PreviousRelease:
    """Return the release of the subject A with these notes."""
    index = read_previous_release(()).index
    packages = {}
    for rank, (name, notes) in enumerate((("live", live), ("retired", retired))):
        path = Path(name)
        if notes:
            head = PackageEntry(0, path, "live" if notes is live else "retired", "A", "", 0, 0)
            index.add(head, notes, rank)
            packages[path] = PublishedPackage(path, ("Q::A",), "", tuple(notes), ())
    return PreviousRelease(index, _AtHand(packages))


def published(note: Note, *, ords: tuple[int, ...] = ()) -> PublishedNote:
    """Return a note of page 7 as a package has it."""
    return PublishedNote(
        note.guid,
        note.key,
        note.note_type,
        note.fields,
        note.tags,
        note.mod,
        1,
        7,
        ords=ords,
        natural_key=note.natural_key,
        text=note.text,
        is_kept=note.is_kept,
    )
