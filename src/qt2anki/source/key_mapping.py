"""Pages that call things by other names: their front matter under the names this program has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from qt2anki.source.front_matter import Entry, FrontMatter

KeyNames = tuple[tuple[str, str], ...]
"""Our key -> the key pages have, with dots for levels (the setting ``front_matter``)."""

_PLACES: Final[Mapping[str, tuple[str, ...]]] = {"keywords": ("seo", "page_keywords")}


def with_own_keys(front: FrontMatter, names: KeyNames) -> FrontMatter:
    """Return the same values under our keys; a key that is mapped counts under its new name only.

    Entries keep their places in the file, and messages name the keys the page has.
    """
    if not names:
        return front
    entries = dict(front.entries)
    for ours, theirs in names:
        found = _find(front.entries, theirs.split("."))
        _put(entries, _PLACES.get(ours, (ours,)), found)
    return replace(front, entries=entries, names=dict(names))


def _find(entries: Mapping[str, Entry], path: Sequence[str]) -> Entry | None:
    found = entries.get(path[0])
    for key in path[1:]:
        found = found.entries.get(key) if found else None
    return found


def _put(entries: dict[str, Entry], path: Sequence[str], found: Entry | None) -> None:
    key, *rest = path
    if rest:
        above = entries.get(key, Entry("mapping", "", found.line if found else 1))
        inside = dict(above.entries)
        _put(inside, rest, found)
        entries[key] = above._replace(entries=inside)
    elif found is None:
        entries.pop(key, None)
    else:
        entries[key] = found
