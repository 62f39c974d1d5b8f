"""Which file each page is in, for links to it and for audits of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from qt2anki.config.settings import PageFormat
from qt2anki.model import PageId
from qt2anki.source.discover import Source, read_source
from qt2anki.source.read_file import pages_in, salvage_id
from qt2anki.watch.watched_paths import Look, Stamp


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The ids of the pages in each file; *roots* are the folders that were named."""

    ids: Mapping[Path, tuple[Stamp, tuple[PageId, ...]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    page_format: PageFormat = field(default_factory=PageFormat)
    roots: tuple[Path, ...] = ()

    def after(self, look: Look, page_format: PageFormat, roots: Sequence[Path]) -> PageFiles:
        """Return what is in the files of *look*; an unchanged one is not read again."""
        files = PageFiles({}, page_format, tuple(roots))
        is_same = (page_format, files.roots) == (self.page_format, self.roots)
        known = self.ids if is_same else {}
        ids = {
            path: known[path]
            if path in known and known[path][0] == seen.stamp
            else (seen.stamp, files._ids_in(path))
            for path, seen in look.items()
            if seen.kind == "page"
        }
        return PageFiles(ids, page_format, files.roots)

    def of(self, page_ids: Iterable[PageId | None]) -> tuple[Source, ...]:
        """Return all files of some pages."""
        wanted = set(page_ids) - {None}
        found = (path for path, (_, ids) in self.ids.items() if not wanted.isdisjoint(ids))
        return tuple(map(self._source, found))

    def first_paths(self) -> dict[PageId, Path]:
        """Return of each page its file, the first one by name where there are several."""
        found: dict[PageId, list[Path]] = defaultdict(list)
        for path, (_, ids) in self.ids.items():
            for page_id in ids:
                found[page_id].append(path)
        return {page_id: min(paths) for page_id, paths in found.items()}

    def _source(self, path: Path) -> Source:
        root = next((root for root in self.roots if root in path.parents), path.parent)
        return Source(path.as_posix(), path, root)

    def _ids_in(self, path: Path) -> tuple[PageId, ...]:
        source = self._source(path)
        read = read_source(source)
        if read.text is not None and "\nanswer:" in read.text and not self.page_format.names:
            # A page of the usual shape is named by one line, which is quicker to find.
            usual = salvage_id(read.text)
            if usual is not None:
                return (usual,)
        found = (one.page_id for one in pages_in(read, source, self.page_format))
        return tuple(page_id for page_id in found if page_id is not None)
