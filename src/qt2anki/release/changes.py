"""What differs between two releases: the changes of a build, and differences page by page."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from qt2anki.anki.note_content import AnyNote, content_of, field, field_names, is_same
from qt2anki.anki.visible_text import visible_text
from qt2anki.model import PageId, page_order
from qt2anki.release.match import title_of
from qt2anki.release.previous_release import PreviousRelease, subject_of


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


class Status(StrEnum):
    """What became of a note, seen from those who have the older release."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"  # changed, and known by another title: the review history goes with it
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that follow each other and have the same fate."""

    fate: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that differs; no *pieces* when only the markup does."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class NoteDiff:
    """One note that is not the same in both releases."""

    status: Status
    guid: str
    key: str  # the field Key: with the page, "170604/step/fusion/next"
    title: str
    old_title: str  # "" for a new note; of a retired one both are the same
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
    """One subject that differs, with the number of its notes in either release."""

    subject: str
    old: int
    new: int
    pages: tuple[PageDiff, ...]
    is_course: bool = False  # where a note that is left out is not retired


def counts_in_words(pages: Iterable[PageDiff], *, is_course: bool) -> str:
    """Count notes by what became of them: "3 new, 1 retired"; "" when nothing did."""
    counts = count_by_status(pages)
    words = {Status.RETIRED: "left out"} if is_course else {}
    return ", ".join(f"{n} {words.get(status, status)}" for status, n in counts.items() if n)


def count_by_status(pages: Iterable[PageDiff]) -> dict[Status, int]:
    """Count notes by what became of them; every status is there, in order."""
    counts = dict.fromkeys(Status, 0)
    for page in pages:
        for note in page.notes:
            counts[note.status] += 1
    return counts


Release = Mapping[str, Sequence[AnyNote]]
"""The notes of each subject, by its name."""

# Comparing words takes quadratic time; a text longer than this counts as rewritten.
_MOST_WORDS = 2000
_SHAPE = re.compile(r'<span class="qt-shape">[^<]*</span>')  # "(5 steps, in order)"
_PARTED = " · "  # the line above a question: subject, question of the page, section
_TITLED = "/"  # a key with it names a title; "qa" is the page's, however its question is worded


def release_of(previous: PreviousRelease) -> Release:
    """Return the notes that students get; retired ones are not part of a release."""
    return {subject_of(package): package.notes for package in previous.live.values()}


def diff_releases(old: Release, new: Release) -> tuple[SubjectDiff, ...]:
    """Return the subjects that differ; notes are matched by GUID, as an import does it."""
    return tuple(
        SubjectDiff(subject, len(before), len(after), pages)
        for subject in sorted(old.keys() | new.keys())
        for before, after in ((old.get(subject, ()), new.get(subject, ())),)
        if (pages := diff_pages(before, after))
    )


def diff_pages(
    before: Sequence[AnyNote], after: Sequence[AnyNote], *, with_words: bool = True
) -> tuple[PageDiff, ...]:
    """Compare two states of a subject's notes by page; without words, it is much quicker."""
    old = {note.guid: note for note in before}
    new = {note.guid: note for note in after}
    by_page: dict[PageId | None, list[NoteDiff]] = defaultdict(list)
    gone = (note for note in before if note.guid not in new)
    for note in sorted([*after, *gone], key=_place):
        found = _note_diff(old.get(note.guid), new.get(note.guid), with_words=with_words)
        if found:
            by_page[note.page_id].append(found)
    questions = questions_of(before) | questions_of(after)
    return tuple(
        PageDiff(page_id, questions[page_id], tuple(notes)) for page_id, notes in by_page.items()
    )


def _place(note: AnyNote) -> tuple[bool, tuple[bool, int, str], str, str]:
    page_id = note.page_id
    return page_id is not None, page_order(page_id or 0), field(note, "Order"), note.key


def questions_of(notes: Iterable[AnyNote]) -> dict[PageId | None, str]:
    """Return what each page asks: its main note's question, else what is above its cards."""
    found: dict[PageId | None, str] = {}
    for note in notes:
        if note.key == "qa" and note.note_type == "qa":
            found[note.page_id] = visible_text(_SHAPE.sub("", field(note, "Question")))
        elif note.page_id not in found:
            _, _, said = visible_text(field(note, "Context")).partition(_PARTED)
            found[note.page_id] = said.partition(_PARTED)[0] or title_of(note)
    return found


def _note_diff(old: AnyNote | None, new: AnyNote | None, *, with_words: bool) -> NoteDiff | None:
    if old is None and new is not None:
        return NoteDiff(Status.NEW, new.guid, field(new, "Key"), title_of(new), "")
    if new is None and old is not None:
        title = title_of(old)
        return NoteDiff(Status.RETIRED, old.guid, field(old, "Key"), title, title)
    if old is None or new is None or is_same(old, new):
        return None
    old_title, title = title_of(old), title_of(new)
    is_moved = _TITLED in new.key and title.casefold().split() != old_title.casefold().split()
    return NoteDiff(
        status=Status.MOVED if is_moved else Status.CHANGED,
        guid=new.guid,
        key=field(new, "Key"),
        title=title,
        old_title=old_title,
        fields=tuple(_field_diffs(old, new)) if with_words else (),
        tags_added=tuple(sorted(set(new.tags) - set(old.tags))),
        tags_removed=tuple(sorted(set(old.tags) - set(new.tags))),
    )


def _field_diffs(old: AnyNote, new: AnyNote) -> Iterator[FieldDiff]:
    if old.note_type != new.note_type:  # Anki would never update it: every field counts
        yield FieldDiff("note type", word_diff(old.note_type, new.note_type))
        return
    for name, before, after in zip(field_names(new), content_of(old), content_of(new), strict=True):
        if before != after:
            yield FieldDiff(name, word_diff(visible_text(before), visible_text(after)))


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Compare two texts word by word; no pieces when the words are the same."""
    before, after = old.split(), new.split()
    if before == after:
        return ()
    if max(len(before), len(after)) > _MOST_WORDS:
        codes = [("replace", 0, len(before), 0, len(after))]
    else:
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        codes = list(matcher.get_opcodes())
    pieces: list[Piece] = []
    for code, old_start, old_end, new_start, new_end in codes:
        removed, added = " ".join(before[old_start:old_end]), " ".join(after[new_start:new_end])
        if code == "equal":
            pieces.append(Piece("same", added))
            continue
        if removed:
            pieces.append(Piece("removed", removed))
        if added:
            pieces.append(Piece("added", added))
    return tuple(pieces)
