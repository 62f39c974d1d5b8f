"""Packages opened when something in them is needed, and only a few of them at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from qt2anki.anki.package_reader import PublishedPackage, read_package
from qt2anki.release.index import Head

_MOST_NOTES = 12_000  # held; a note with its page's answer has some ten kilobytes


class Shelf:
    """The packages used last; equal bytes are read once as long as they are held."""

    def __init__(self, held: Iterable[PublishedPackage] = ()) -> None:
        """Hold the packages in *held* for good: they need not have files."""
        self._held = {package.path: package for package in held}
        self._open: OrderedDict[Path, PublishedPackage] = OrderedDict()

    def package(self, head: Head) -> PublishedPackage:
        """Return a package; PackageError when it cannot be read any more, or is another one."""
        if head.path in self._held:
            return self._held[head.path]
        if head.path not in self._open:
            self._make_room(head.notes)
            self._open[head.path] = read_package(head.path, digest=head.digest)
        self._open.move_to_end(head.path)
        return self._open[head.path]

    def holds(self, head: Head) -> bool:
        """Whether a package can be had without reading it."""
        return head.path in self._open or head.path in self._held

    def _make_room(self, notes: int) -> None:
        held = sum(len(package.notes) for package in self._open.values())
        while self._open and held + notes > _MOST_NOTES:
            _, package = self._open.popitem(last=False)
            held -= len(package.notes)


class Packages(Mapping[str, PublishedPackage]):
    """Packages by name, each read when it is asked for."""

    def __init__(self, heads: Mapping[str, Head], shelf: Shelf) -> None:
        self._heads = heads
        self._shelf = shelf

    def __getitem__(self, key: str) -> PublishedPackage:
        return self._shelf.package(self._heads[key])

    def __contains__(self, key: object) -> bool:
        return key in self._heads

    def __iter__(self) -> Iterator[str]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)
