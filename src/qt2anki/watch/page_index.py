"""Which file each page is in, for links to it and for audits of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from qt2anki.model import PageId
from qt2anki.source.discover import Source, read_source
from qt2anki.source.key_mapping import KeyNames
from qt2anki.source.recover_id import read_file, salvage_id
from qt2anki.watch.watched_paths import Look, Stamp


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The ids in the files of pages; *names* are what the keys of the pages are called."""

    ids: Mapping[Path, tuple[Stamp, PageId | None]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    names: KeyNames = ()

    def after(self, look: Look, names: KeyNames) -> PageFiles:
        """Return what is in the files of *look*; one that is as it was is not read again."""
        known = self.ids if names == self.names else {}
        ids = {
            path: known[path]
            if path in known and known[path][0] == seen.stamp
            else (seen.stamp, _id_in(path, names))
            for path, seen in look.items()
            if seen.kind == "page"
        }
        return PageFiles(ids, names)

    def of(self, page_ids: Iterable[PageId | None]) -> tuple[str, ...]:
        """Return all files of some pages."""
        wanted = set(page_ids) - {None}
        return tuple(str(path) for path, (_, page_id) in self.ids.items() if page_id in wanted)

    def first_paths(self) -> dict[PageId, Path]:
        """Return of each page its file, the first one by name where there are several."""
        found: dict[PageId, list[Path]] = defaultdict(list)
        for path, (_, page_id) in self.ids.items():
            if page_id is not None:
                found[page_id].append(path)
        return {page_id: min(paths) for page_id, paths in found.items()}


def _id_in(path: Path, names: KeyNames) -> PageId | None:
    """Look for the line with the id, which is quick; else read the whole page."""
    source = Source(path.as_posix(), path)
    text = read_source(source).text
    found = None if text is None else salvage_id(text, names)
    return read_file(source, names).page_id if found is None else found
