"""Identity and time carried over from what was published: a note that is the same stays the same.

Anki updates a note if and only if the package's is newer, and then replaces all that the learner
wrote on it (rslib, import_export/package/apkg/import/notes.rs). So the time of a note is the time
of the build that first published its present content, and unchanged notes are left as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from qt2anki.anki.note_content import content_of, field_names, is_same, with_field
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.html.anki_escape import without_controls
from qt2anki.model import Kind, Note, PageId
from qt2anki.release.changes import Change, ChangeKind, changed_parts
from qt2anki.release.fingerprints import Fact, facts_of, join_key, split_key, title_of
from qt2anki.release.match import match_facts
from qt2anki.release.previous_release import Memory, PageMemory, is_retired

_KINDS = frozenset(Kind)

GuidFor = Callable[[PageId, str], str]


@dataclass(frozen=True, slots=True)
class Carried:
    """The notes of one page as they are to be published, and what is not as it was."""

    notes: tuple[Note, ...]
    changes: tuple[Change, ...]


def carry_page(notes: Sequence[Note], memory: Memory, *, stamp: int, guid_for: GuidFor) -> Carried:
    """Give the new *notes* of one page the names and times they were published with.

    A note whose fact was published keeps its GUID and ``Key``; with the same content it stays
    wholly as it was. A changed one gets *stamp*, or one second more than it had if the clock
    went back. No fact ever gets a name that another fact of the page has had.
    """
    if not notes:
        return Carried((), ())
    earlier = memory.pages.get(notes[0].page_id)
    if earlier is None:
        return _carried([(note, None) for note in notes], memory, stamp)
    return _carried(_named(notes, earlier, guid_for), memory, stamp)


def carry_pageless(notes: Sequence[Note], memory: Memory, *, stamp: int) -> Carried:
    """Do the same for notes that belong to a subject: what they say is their name."""
    return _carried([(note, memory.pageless.get(note.guid)) for note in notes], memory, stamp)


def _carried(
    pairs: Sequence[tuple[Note, PublishedNote | None]], memory: Memory, stamp: int
) -> Carried:
    carried = [_timed(note, old, memory, stamp) for note, old in pairs]
    changes = [_change(note, old) for note, (_, old) in zip(carried, pairs, strict=True)]
    return Carried(tuple(carried), tuple(change for change in changes if change))


def _named(
    notes: Sequence[Note], earlier: PageMemory, guid_for: GuidFor
) -> list[tuple[Note, PublishedNote | None]]:
    """Pair each note, under its final name, with its published state."""
    new = facts_of(notes)
    old = (*facts_of(earlier.live), *facts_of(earlier.retired, is_retired=True))
    found = match_facts(new, old)
    states = {note.key: note for note in (*earlier.retired, *earlier.live)}
    names = _names(new, old, found)
    pairs = []
    for note in notes:
        name, part = split_key(note.key)
        key = join_key(names[name], part)
        state = states.get(key)
        pairs.append((_renamed(note, key, state, guid_for), state))
    return pairs


def _names(
    new: Sequence[Fact[Note]], old: Sequence[Fact[PublishedNote]], found: dict[int, int]
) -> dict[str, str]:
    """Map the name of each new fact to the one it is published under."""
    used = {fact.name for fact in old}
    names = {}
    for at, fact in enumerate(new):
        name = old[found[at]].name if at in found else _unused(fact.name, used)
        used.add(name)
        names[fact.name] = name
    return names


def _unused(name: str, used: Collection[str]) -> str:
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}~{number}"
    return free


def _renamed(note: Note, key: str, state: PublishedNote | None, guid_for: GuidFor) -> Note:
    if key == note.key and state is None:
        return note
    guid = state.guid if state else guid_for(note.page_id, key)
    whole = f"{note.fields[0].removesuffix(note.key)}{key}"
    return replace(note, guid=guid, key=key, fields=with_field(note, "Key", whole))


def _timed(note: Note, old: PublishedNote | None, memory: Memory, stamp: int) -> Note:
    if old is None:
        return replace(note, mod=stamp)
    last = memory.last_mod[old.guid]
    if is_same(note, old) and old.mod == last:
        return replace(note, fields=old.fields, tags=old.tags, mod=old.mod)
    return replace(note, mod=max(stamp, last + 1))


def _change(note: Note, old: PublishedNote | None) -> Change | None:
    title = title_of(note)
    if old is None:
        return Change(ChangeKind.NEW, note.guid, note.page_id, note.key, title)
    if note.mod == old.mod:
        return None
    kind = ChangeKind.RETURNED if is_retired(old) else ChangeKind.CHANGED
    parts = changed_parts(
        field_names(note), (content_of(old), old.tags), (content_of(note), note.tags)
    )
    return Change(kind, note.guid, note.page_id, note.key, title, title_of(old), parts)


def keep_as_published(notes: Iterable[PublishedNote]) -> Carried:
    """Publish again what a page had, because the page itself cannot be read now."""
    kept = tuple(note_again(note) for note in notes)
    changes = [Change(ChangeKind.KEPT, n.guid, n.page_id, n.key, title_of(n)) for n in kept]
    return Carried(kept, tuple(changes))


def note_again(published: PublishedNote) -> Note:
    """Make a note of a published one; characters that no package may hold are dropped."""
    return Note(
        guid=published.guid,
        page_id=published.page_id or 0,
        key=published.key,
        kind=_kind(published),
        note_type=published.note_type,
        fields=tuple(map(without_controls, published.fields)),
        tags=published.tags,
        mod=published.mod,
    )


def _kind(published: PublishedNote) -> Kind:
    """Read the kind from the tag that names it: ``QuickTakes::kind::step::next``."""
    for tag in published.tags:
        _, found, kind = tag.partition("::kind::")
        last = kind.rpartition("::")[2]
        if found and last in _KINDS:
            return Kind(last)
    return Kind.QA if published.note_type == "qa" else Kind.NEXT
