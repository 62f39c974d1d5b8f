"""Find the files that notes show, next to the pages or in the latest published packages."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from qt2anki.anki.note_content import AnyNote
from qt2anki.anki.package_file import open_archive, open_file
from qt2anki.errors import PackageError, refused
from qt2anki.source.pictures import MEDIA_NAME, media_name

_SHOWN = re.compile(rf'<img src="({MEDIA_NAME.pattern})" alt="([^"]*)">')


@dataclass(frozen=True, slots=True)
class MediaSource:
    """The sources of files, by name; a page that cannot be read keeps its pictures."""

    files: Mapping[str, Path] = field(default_factory=dict)
    packages: tuple[Path, ...] = ()
    held: Mapping[str, bytes] = field(default_factory=dict)

    def named(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the files with these *names* by name; a card without its file shows its text."""
        found = ((name, self._read(name)) for name in sorted(names))
        return ((name, data) for name, data in found if data is not None)

    def holding(self, notes: Iterable[AnyNote]) -> MediaSource:
        """Return a source that has read the files of *notes*, so packages may be replaced."""
        names = {name for note in notes for text in note.fields for name in shown_in(text)}
        return replace(self, held=dict(self.named(names)))

    def _read(self, name: str) -> bytes | None:
        if name in self.held:
            return self.held[name]
        if path := self.files.get(name):
            with refused("the picture cannot be read", path):
                data = path.read_bytes()
            if media_name(data, path.suffix) == name:
                return data
            text, hint = "the picture was changed while the pages were being read", "build again"
            raise PackageError(text, hint=hint, source=path.as_posix())
        found = (data for package in self.packages for _, data in files_in(package, [name]))
        return next(found, None)


def shown_in(html: str) -> list[str]:
    """Return the names of the files that a field shows."""
    return [name for name, _ in _SHOWN.findall(html)] if "<img" in html else []


def without_pictures(html: str, but: Collection[str]) -> str:
    """Replace pictures *but* some by their texts, as if their files were missing."""
    return _SHOWN.sub(lambda shown: shown[0] if shown[1] in but else shown[2], html)


def files_in(
    path: Path, names: Iterable[str], *, most_bytes: float = math.inf
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of these *names* in a package, except those that are too large."""
    wanted = tuple(names)
    if not wanted:
        return
    with open_file(path) as file, open_archive(file, path) as archive:
        members = {said: member for member, said in json.loads(archive.read("media")).items()}
        for name in wanted:
            if name in members and archive.getinfo(members[name]).file_size <= most_bytes:
                yield name, archive.read(members[name])
