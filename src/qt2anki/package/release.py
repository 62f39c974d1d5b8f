"""The packages of one build written so that a stop at any moment costs nothing.

Retired notes are written before they leave their package, and leave the retired ones after they
are back: between the two, a note stands in both, which the next build understands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.model import Deck, Note
from qt2anki.package.carry import note_again
from qt2anki.package.changes import Change, ChangeKind
from qt2anki.package.facts import title_of
from qt2anki.package.files import package_file_name, remove_file, sweep_parts, write_atomically
from qt2anki.package.media import MediaSource
from qt2anki.package.memory import RETIRED_FOLDER, Memory, subject_key, subject_of
from qt2anki.package.note_types import NoteTypes
from qt2anki.package.published import PublishedPackage
from qt2anki.package.retired import refuse_many, retired_deck, tombstone
from qt2anki.package.writer import pack
from qt2anki.settings import Settings


@dataclass(frozen=True, slots=True)
class Planned:
    """One subject's package, ready to be written; without *data* there is none any more."""

    subject: str
    data: bytes
    guids: frozenset[str]


@dataclass(frozen=True, slots=True)
class RetiredNotes:
    """The retired notes of one subject: all of them, and those that this build retires."""

    subject: str
    before: tuple[Note, ...]  # all that were retired, and those that are now
    after: tuple[Note, ...]  # without those that are back
    new: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a build; *is_written* is false when it had these bytes already."""

    subject: str
    path: Path
    size: int  # bytes; 0: there is no such package now
    is_written: bool


def pack_deck(
    deck: Deck, note_types: NoteTypes, note_ids: Mapping[str, int], media: MediaSource
) -> bytes:
    """Write a deck into a package whose bytes depend on its notes alone, not on the build.

    The package takes the time of its newest note, and published notes keep their ids. A deck
    without notes has no package.
    """
    if not deck.notes:
        return b""
    stamp = max(note.mod for note in deck.notes)
    return pack(deck, note_types, stamp=stamp, note_ids=note_ids, media=media.of(deck.notes))


def retire(
    planned: Sequence[Planned],
    memory: Memory,
    *,
    stamp: int,
    tag_root: str,
    may_retire_many: bool,
    is_partial: bool,
) -> tuple[RetiredNotes, ...]:
    """Find the notes that vanished from the packages written now, and mark them as retired.

    A note that is still live in another package is not retired. With *is_partial* only subjects
    in *planned* are looked at. Raises PackageError when a large part of a deck would be retired.
    """
    written = {subject_key(plan.subject): plan for plan in planned}
    live = {guid for plan in planned for guid in plan.guids}
    for key, package in memory.live.items():
        if key not in written:
            live |= {note.guid for note in package.notes}
    vanished = {
        key: [note.guid for note in memory.live[key].notes if note.guid not in live]
        for key in written
        if key in memory.live
    }
    if not may_retire_many:
        refuse_many(_shares(vanished, memory))
    stones = _tombstones(vanished, memory, stamp=stamp, tag=f"{tag_root}::{RETIRED_FOLDER}")
    known = {**memory.retired, **memory.live}
    keys = [key for key in {**memory.retired, **stones} if not is_partial or key in written]
    return tuple(
        _retired(subject_of(known[key]), stones.get(key, []), memory.retired.get(key), live)
        for key in keys
    )


def _shares(
    vanished: Mapping[str, Sequence[str]], memory: Memory
) -> dict[str, tuple[int, int, int]]:
    shares = {}
    for key, guids in vanished.items():
        package = memory.live[key]
        pages = {note.page_id for note in package.notes if note.guid in set(guids)}
        shares[subject_of(package)] = (len(guids), len(pages), len(package.notes))
    return shares


def _tombstones(
    vanished: Mapping[str, Sequence[str]], memory: Memory, *, stamp: int, tag: str
) -> dict[str, list[Note]]:
    """Make each tombstone once: a note of several packages is the same in all of them.

    One that a stopped build has left beside its live note is taken as it is.
    """
    newest = dict(memory.pageless)
    newest |= {note.guid: note for page in memory.pages.values() for note in page.live}
    stones = {n.guid: note_again(n) for package in memory.retired.values() for n in package.notes}
    found: dict[str, list[Note]] = defaultdict(list)
    for key, guids in vanished.items():
        for guid in guids:
            if guid not in stones:
                last = memory.last_mod[guid]
                note = note_again(newest[guid])
                stones[guid] = tombstone(note, retired_tag=tag, last_mod=last, stamp=stamp)
            found[key].append(stones[guid])
    return dict(found)


def _retired(
    subject: str, stones: Sequence[Note], package: PublishedPackage | None, live: AbstractSet[str]
) -> RetiredNotes:
    old = [note_again(note) for note in package.notes] if package else []
    have = {note.guid for note in old}
    new = tuple(note for note in stones if note.guid not in have)
    every = (*old, *new)
    return RetiredNotes(subject, every, tuple(n for n in every if n.guid not in live), new)


def changes_of(retired: RetiredNotes) -> tuple[Change, ...]:
    """Name the notes that a build retires."""
    return tuple(
        Change(ChangeKind.RETIRED, n.guid, n.page_id, n.key, title_of(n)) for n in retired.new
    )


def write_release(
    planned: Sequence[Planned],
    retired: Sequence[RetiredNotes],
    memory: Memory,
    *,
    out: Path,
    note_types: NoteTypes,
    settings: Settings,
    media: MediaSource,
) -> tuple[tuple[Written, ...], tuple[Written, ...]]:
    """Write all packages and those of retired notes; files that are right are not touched.

    Raises PackageError when the system refuses.
    """
    held = media.holding(note for one in retired for note in one.before)
    graves = [
        (one, _Grave(one.subject, memory, out, note_types, settings, held)) for one in retired
    ]
    early = {one.subject for one, grave in graves if one.new and grave.write(one.before).is_written}
    written = tuple(_write_planned(plan, memory, out) for plan in planned)
    late = [grave.write(one.after) for one, grave in graves]
    sweep_parts(out)
    return written, tuple(
        replace(one, is_written=one.is_written or one.subject in early) for one in late
    )


def _write_planned(plan: Planned, memory: Memory, out: Path) -> Written:
    path = out / package_file_name(plan.subject)
    before = memory.live.get(subject_key(plan.subject))
    return _write(plan.subject, plan.data, path, before)


def _write(subject: str, data: bytes, path: Path, before: PublishedPackage | None) -> Written:
    """Write a package, or remove the one published before when there are no notes for it."""
    if data:
        return Written(subject, path, len(data), write_atomically(path, data))
    is_ours = before is not None and before.path.resolve() == path.resolve()
    return Written(subject, path, 0, is_ours and remove_file(path))


@dataclass(frozen=True, slots=True)
class _Grave:
    """Where the retired notes of a subject are kept."""

    subject: str
    memory: Memory
    out: Path
    note_types: NoteTypes
    settings: Settings
    media: MediaSource

    def write(self, notes: Sequence[Note]) -> Written:
        key = subject_key(self.subject)
        packages = [self.memory.live.get(key), self.memory.retired.get(key)]
        ids = {n.guid: n.note_id for package in packages if package for n in package.notes}
        deck = retired_deck(
            self.subject,
            notes,
            deck_root=self.settings.deck_root,
            retired_tag=f"{self.settings.tag_root}::{RETIRED_FOLDER}",
        )
        path = self.out / RETIRED_FOLDER / package_file_name(self.subject)
        data = pack_deck(deck, self.note_types, ids, self.media)
        return _write(self.subject, data, path, self.memory.retired.get(key))
