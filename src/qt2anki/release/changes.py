"""What a build changes for those who import it, as values: one per note that is not the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from qt2anki.model import PageId


class ChangeKind(StrEnum):
    """The change of a note for a student who has the previous release."""

    NEW = "new"  # an import adds it
    CHANGED = "changed"  # an import updates fields and tags; the review history stays
    RETIRED = "retired"  # no longer in the source: left out, and marked by the retired package
    RETURNED = "returned"  # was retired and is in the source again
    KEPT = "kept"  # its page has a fault now: published again as it was


@dataclass(frozen=True, slots=True)
class Change:
    """One note that a build does not publish as it was; it names the note and holds no content.

    *parts* are the names of the fields that differ, and "tags", in the order of the note type;
    they are empty for a note that is new, retired or kept. *title* is what a reader knows the
    note by (plain text: the question, the step), *old_title* the same before the change.
    """

    kind: ChangeKind
    guid: str
    page_id: PageId | None
    key: str
    title: str
    old_title: str = ""
    parts: tuple[str, ...] = ()


def changed_parts(
    names: Iterable[str],
    before: tuple[tuple[str, ...], frozenset[str]],
    after: tuple[tuple[str, ...], frozenset[str]],
) -> tuple[str, ...]:
    """Name what differs between two states of a note, each given as (fields, tags)."""
    (old_fields, old_tags), (new_fields, new_tags) = before, after
    parts = [
        name for name, old, new in zip(names, old_fields, new_fields, strict=True) if old != new
    ]
    if old_tags != new_tags:
        parts.append("tags")
    return tuple(parts)
