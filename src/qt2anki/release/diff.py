"""Compare two releases, note by note."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from qt2anki.anki.note_content import AnyNote, content_of, field, field_names, is_same
from qt2anki.anki.visible_text import visible_text
from qt2anki.model import PageId, page_order
from qt2anki.notes.identity import title_of
from qt2anki.release.changes import FieldDiff, NoteDiff, PageDiff, Piece, Status, SubjectDiff
from qt2anki.release.previous_release import PreviousRelease, subject_of

Release = Mapping[str, Sequence[AnyNote]]
"""The notes of each subject, by its name."""

# Comparing words takes quadratic time; a text longer than this counts as rewritten.
_MOST_WORDS = 2000
SHAPE = re.compile(r'<span class="qt-shape">[^<]*</span>')  # "(5 steps, in order)"
PARTED = " · "  # the line above a question: subject, question of the page, section
_TITLED = "/"  # keys with it name a title; "qa" belongs to the page, whatever its question


def release_of(previous: PreviousRelease) -> Release:
    """Return the notes that students get, without retired ones."""
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
    """Compare two states of a subject's notes by page; this is much faster without words."""
    old = {note.guid: note for note in before}
    gone = dict(old)
    found = []
    for note in after:  # one by one: they may be on the disk
        gone.pop(note.guid, None)
        if diff := _note_diff(old.get(note.guid), note, with_words=with_words):
            found.append((_place(note), note.page_id, diff))
    found += ((_place(note), note.page_id, _retired(note)) for note in gone.values())
    by_page: dict[PageId | None, list[NoteDiff]] = defaultdict(list)
    for _, page_id, diff in sorted(found, key=itemgetter(0)):
        by_page[page_id].append(diff)
    questions: dict[PageId | None, str] = {}
    for notes in (before, after) if by_page else ():
        questions |= questions_of(note for note in notes if note.page_id in by_page)
    return tuple(
        PageDiff(page_id, questions[page_id], tuple(notes)) for page_id, notes in by_page.items()
    )


def _place(note: AnyNote) -> tuple[bool, tuple[bool, int, str], str, str]:
    page_id = note.page_id
    return page_id is not None, page_order(page_id or 0), field(note, "Order"), note.key


def questions_of(notes: Iterable[AnyNote]) -> dict[PageId | None, str]:
    """Return the question of each page: that of its main note, else the line above its cards."""
    found: dict[PageId | None, str] = {}
    for note in notes:
        if note.key == "qa" and note.note_type == "qa":
            found[note.page_id] = visible_text(SHAPE.sub("", field(note, "Question")))
        elif note.page_id not in found:
            _, _, said = visible_text(field(note, "Context")).partition(PARTED)
            found[note.page_id] = said.partition(PARTED)[0] or title_of(note)
    return found


def _retired(note: AnyNote) -> NoteDiff:
    title = title_of(note)
    return NoteDiff(Status.RETIRED, note.guid, field(note, "Key"), title, title)


def _note_diff(old: AnyNote | None, new: AnyNote, *, with_words: bool) -> NoteDiff | None:
    if old is None:
        return NoteDiff(Status.NEW, new.guid, field(new, "Key"), title_of(new), "")
    if is_same(old, new):
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
    """Compare two texts word by word; there are no pieces if all words are the same."""
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
