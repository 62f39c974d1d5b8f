"""Find the folder that the ids of pages without ids count from.

That is the folder of the build that published them, so that a later build of one folder or file
in it gives them the same ids. No file records it: the ids that were published show it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath

from qt2anki.model import PageId
from qt2anki.source.discover import Source
from qt2anki.source.entry import path_id, read_id

_SOME = 500  # published ids are enough to recognize a folder
_FEW = 20  # files, too


def path_in_root(source: Source) -> PurePosixPath:
    """Return the path of a file below the folder that its id counts from."""
    path = source.path or Path(source.name)
    root = source.root or path.parent
    if not path.is_relative_to(root):  # one of them is named from the current folder
        path, root = _absolute(path), _absolute(root)
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return PurePosixPath(inside)


def file_id(source: Source) -> PageId:
    """Return the id of a file whose page has none."""
    return path_id(path_in_root(source).with_suffix("").as_posix())


def with_published_roots(
    sources: Sequence[Source], published: Iterable[PageId | None]
) -> tuple[Source, ...]:
    """Return the files with the folders that their *published* ids count from.

    Of a folder that was named and those above it, the one that gives most files a published id
    counts; of equals, the one in which most published pages are found, or else the one named. So
    does a folder above that has files of the same names.
    """
    names = {name for name in published if isinstance(name, str)}
    names |= {name.rpartition("#")[0] for name in names if "#" in name}
    files: dict[Path | None, list[Path]] = {}
    for source in sources if names else ():
        files.setdefault(source.root, []).append(source.path or Path())
    roots = {root: root and _published_root(root, files[root], names) for root in files}
    return tuple(replace(source, root=roots.get(source.root, source.root)) for source in sources)


def _published_root(root: Path, files: Sequence[Path], names: Collection[str]) -> Path:
    here, some = _absolute(root), sorted(names)[:_SOME]
    inside = [file.relative_to(root) for file in files]
    hits: dict[Path, list[PurePath]] = {}
    for folder in (here, *here.parents):
        above = here.relative_to(folder)
        start = f"{read_id(above.as_posix()) or ''}".lstrip("-")
        # Most folders above are in no id; those of long paths begin anywhere.
        if any(name.startswith(start) or "~" in name for name in names):
            paths = ((file, (above / file).with_suffix("").as_posix()) for file in inside)
            hits[folder] = [file for file, path in paths if path_id(path) in names]
    most = max(map(len, hits.values()))
    best = [folder for folder in hits if len(hits[folder]) == most]
    # Without a hit, files are new. Hits may also be of published files of the same names above.
    best += [folder for folder in here.parents if not most or _has_all(folder, hits[here][:_FEW])]
    if len(best) > 1:
        best.sort(key=lambda folder: -_pages_in(folder, some))
    return root if best[0] == here else best[0]


def _has_all(folder: Path, files: Sequence[PurePath]) -> bool:
    return bool(files) and all((folder / file).is_file() for file in files)


def _absolute(path: Path) -> Path:
    # Links are not resolved: ids count from folders as they are named.
    return Path(os.path.abspath(path))  # noqa: PTH100  # absolute() keeps ".."


def _pages_in(folder: Path, names: Sequence[str]) -> int:
    """Count the ids that are paths of pages in a folder."""
    paths = (os.path.join(folder, f"{name.replace('.', '/')}.md") for name in names)  # noqa: PTH118
    return sum(map(os.path.isfile, paths))
