"""The changes of a build, and the differences between two releases, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from qt2anki.model import PageId


class ChangeKind(StrEnum):
    """The change of a note for a student who has the previous release."""

    NEW = "new"  # an import adds it
    CHANGED = "changed"  # an import updates fields and tags; the review history stays
    RETIRED = "retired"  # no longer in the source: left out, and marked by the retired package
    RETURNED = "returned"  # was retired and is in the source again
    KEPT = "kept"  # its page has an error now, so it is published again as it was


@dataclass(frozen=True, slots=True)
class Change:
    """One note that a build changes; it names the note but does not contain its text.

    *parts* are the names of the fields that differ, and "tags", in the order of the note type; they
    are empty for a note that is new, retired or kept. *title* identifies the note for readers
    (plain text: the question, the step); *old_title* is the title before the change.
    """

    kind: ChangeKind
    guid: str
    page_id: PageId | None
    key: str
    title: str
    old_title: str = ""
    parts: tuple[str, ...] = ()


class Status(StrEnum):
    """The change of a note for those who have the older release."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"  # changed, with a different title: the review history stays with it
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive words with the same status."""

    fate: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that differs; without *pieces* if only the markup differs."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class NoteDiff:
    """One note that is not the same in both releases."""

    status: Status
    guid: str
    key: str  # the field Key: with the page, "170604/step/fusion/next"
    title: str
    old_title: str  # "" for a new note; for a retired one, the same as the title
    fields: tuple[FieldDiff, ...] = ()
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageDiff:
    """The notes of one page that differ; *question* is the page's, in its newer wording."""

    page_id: PageId | None  # None for notes that belong to the subject as a whole
    question: str
    notes: tuple[NoteDiff, ...]


@dataclass(frozen=True, slots=True)
class SubjectDiff:
    """One subject that differs, with the number of its notes in each release."""

    subject: str
    old: int
    new: int
    pages: tuple[PageDiff, ...]
    is_course: bool = False  # a note that a course leaves out is not retired


def counts_in_words(pages: Iterable[PageDiff], *, is_course: bool) -> str:
    """Describe the numbers of notes by status: "3 new, 1 retired"; "" if nothing changed."""
    counts = count_by_status(pages)
    words = {Status.RETIRED: "left out"} if is_course else {}
    return ", ".join(f"{n} {words.get(status, status)}" for status, n in counts.items() if n)


def count_by_status(pages: Iterable[PageDiff]) -> dict[Status, int]:
    """Count notes by status; the result has every status, in order."""
    counts = dict.fromkeys(Status, 0)
    for page in pages:
        for note in page.notes:
            counts[note.status] += 1
    return counts
