"""The values of front matter, and the ids of pages: as written, or made from paths of files."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from qt2anki.model import PageId, page_id_of
from qt2anki.source.discover import Source

ValueKind = Literal[
    "text", "integer", "number", "true or false", "date", "nothing", "list", "mapping"
]


class Entry(NamedTuple):
    """One value: *text* without quotes and folding; *kind* is its type in YAML 1.1."""

    kind: ValueKind
    text: str  # "" for a list or a mapping
    line: int  # from 1, like the column: the start of the value, including quotes and signs
    items: tuple[Entry, ...] = ()
    entries: Mapping[str, Entry] = MappingProxyType({})  # of a mapping
    column: int = 1  # from 1
    style: str = ""  # the style of a text in YAML: one of | > " ' or "" for none


BODY: Final = "body"
"""The style of a text below the front matter: Markdown as it is, without escapes."""

PATH: Final = "path"
"""The style of a value that the page does not have: it is made from the path of its file."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The top-level keys as written; *line* (from 1) is where the first ``---`` is."""

    entries: Mapping[str, Entry]
    line: int
    names: Mapping[str, str] = field(default_factory=dict)
    body: Entry | None = None  # the text below, None if there is none
    has_fences: bool = True  # False for a file without front matter
    part: int | None = None  # in a file with several questions, the number of this one, from 0


def with_own_keys(front: FrontMatter, names: Sequence[tuple[str, str]]) -> FrontMatter:
    """Return the same values under our keys; a renamed key counts only under its new name.

    *names* is the setting ``front_matter``: our key, and the key of the pages. Entries keep their
    positions in the file, and messages use the page's own keys.
    """
    entries = dict(front.entries)
    for ours, theirs in names:
        first, *others = theirs.split(".")
        found = front.entries.get(first)
        for key in others:
            found = found.entries.get(key) if found else None
        target, name = entries, ours
        if ours == "keywords":
            seo = entries.get("seo", Entry("mapping", "", found.line if found else 1))
            target, name = dict(seo.entries), "page_keywords"
            entries["seo"] = seo._replace(entries=target)
        if found:
            target[name] = found
        else:
            target.pop(name, None)
    return replace(front, entries=entries, names=dict(names)) if names else front


WHOLE_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
"""What a double holds exactly."""

_NOT_IN_ID = re.compile(r"[^\w.~#@+=-]+")
_NOT_IN_SLUG = re.compile(r"[^\w]+")
_LONGEST_SLUG = 60
_LONGEST_PATH = 120


def read_id(text: str) -> PageId | None:
    """Return an id as in tags: "/" becomes ".", and characters not allowed in tags "-"."""
    name = unicodedata.normalize("NFC", text.strip())
    if not WHOLE_NUMBER.fullmatch(name):
        name = _NOT_IN_ID.sub("-", name.replace("/", ".")).strip("-.")
    return page_id_of(name)


def path_id(path: str) -> PageId:
    """Make an id from the path of a file, without its extension."""
    if len(path) > _LONGEST_PATH:
        path = f"{path[-_LONGEST_PATH:]}~{_digest(path)}"
    found = read_id(path)
    return found if found is not None else f"{read_id(f'{path}-page') or 'page'}"


def slug_of(question: str) -> str:
    """Return the words of a question as part of an id."""
    folded = unicodedata.normalize("NFKC", question).casefold()
    slug = _NOT_IN_SLUG.sub("-", folded).strip("-")
    if len(slug) <= _LONGEST_SLUG:
        return slug
    return f"{slug[:_LONGEST_SLUG].rpartition('-')[0]}~{_digest(slug)}"


def _digest(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]


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

    The candidates are the folder that was named and those above it. Those that give the most files
    a published id are kept, and so are folders above with files of the same names. Of these, the
    one in which most published pages are found wins, or else the one nearest to the files.
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
    # Without a hit, files are new. Hits may also be ids of files of the same names further up.
    few = hits[here][:_FEW]
    alike = (f for f in here.parents if few and all((f / file).is_file() for file in few))
    best += alike if most else here.parents
    if len(best) > 1:
        pages = [f"{name.replace('.', '/')}.md" for name in some]
        best.sort(key=lambda folder: -sum((folder / page).is_file() for page in pages))
    return root if best[0] == here else best[0]


def _absolute(path: Path) -> Path:
    # Links are not resolved: ids count from folders as they are named.
    return Path(os.path.abspath(path))  # noqa: PTH100  # absolute() keeps ".."
