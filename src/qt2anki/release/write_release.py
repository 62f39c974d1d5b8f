"""Write the packages of a build so that it can be interrupted at any time.

Retired notes are written before they are removed from their package, notes of a new subject before
they are removed from that of the old one, and returning notes are removed from the retired package
only after they are back. In between, a note is in both packages, which the next build can handle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, TypeVar

from qt2anki.anki.files import (
    Staged,
    package_file_name,
    publish,
    remove_file,
    stage,
    sweep_parts,
    sync_folder,
)
from qt2anki.anki.media import MediaSource, shown_in
from qt2anki.anki.note_types import NoteTypes
from qt2anki.anki.package_reader import LEFT_OUT, SUBJECT_DECK, PublishedPackage, read_package
from qt2anki.anki.package_writer import pack_decks
from qt2anki.config import Settings
from qt2anki.errors import PackageError
from qt2anki.model import Deck, Note
from qt2anki.notes.deck_plan import deck_level
from qt2anki.notes.identity import title_of
from qt2anki.release.changes import Change, ChangeKind
from qt2anki.release.package_index import PackageEntry
from qt2anki.release.previous_release import (
    RETIRED_FOLDER,
    PreviousRelease,
    subject_key,
)
from qt2anki.release.reconcile import note_again
from qt2anki.release.retirement import Vanished, retired_deck, retired_note

T = TypeVar("T")
_DIGEST = re.compile(r"_[0-9a-f]{10}(?=\.apkg$)")  # of a subject's spelling


@dataclass(frozen=True, slots=True)
class Planned:
    """One subject's package, ready to be published; without *staged* it will be removed."""

    subject: str
    path: Path
    staged: Staged | None
    before: PackageEntry | None
    number: int | None  # of the new package in the index

    @property
    def is_changed(self) -> bool:
        """Whether the bytes of the existing file will change."""
        return self.staged is not None and self.staged.part is not None


@dataclass(frozen=True, slots=True)
class RetiredNotes:
    """The retired notes of one subject: all of them, and those that this build retires."""

    subject: str
    before: tuple[Note, ...]  # all that were retired before, and those retired now
    after: tuple[Note, ...]  # without those that are back
    new: tuple[Note, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes for the notes that this build retires."""
        return tuple(
            Change(ChangeKind.RETIRED, n.guid, n.page_id, n.key, title_of(n)) for n in self.new
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a build; *is_written* is false if it already had these bytes."""

    subject: str
    path: Path
    size: int  # bytes; 0 if the package was removed
    is_written: bool
    digest: str = ""


def stage_package(
    path: Path,
    decks: Sequence[Deck],
    note_types: NoteTypes,
    note_ids: Mapping[str, int],
    media: MediaSource,
    marks: Mapping[str, object] = MappingProxyType({}),
) -> Staged:
    """Write decks into a package whose bytes depend on their notes alone, not on the build."""
    stamp, pictures = 0, set[str]()
    for note in chain.from_iterable(deck.notes for deck in decks):
        stamp = max(stamp, note.mod)
        pictures.update(*map(shown_in, note.fields))

    def write(package: BinaryIO) -> None:
        files = media.named(pictures)
        pack_decks(
            package, decks, note_types, stamp=stamp, note_ids=note_ids, media=files, marks=marks
        )

    return stage(path, write)


def plan_package(
    deck: Deck,
    published: PublishedPackage | None,
    note_types: NoteTypes,
    previous: PreviousRelease,
    out: Path,
    media: MediaSource,
) -> Planned:
    """Stage a package and index its notes; a deck without notes gets none."""
    before = previous.live_heads.get(subject_key(deck.subject))
    if before is not None:
        previous.index.leave(before)
    path = _path_of(deck.subject, before, out)
    if not deck.notes:
        return Planned(deck.subject, path, None, before, None)
    if before is not None and _is_in(out, before) and before.path.name != path.name:
        text = f"the package of {deck.subject!r} was renamed: a build writes it as {path.name}"
        hint = f"rename it to {path.name}, so that there are not two of them"
        raise PackageError(text, hint=hint, source=before.path.as_posix())
    left_out = left_out_of(deck.notes, published, previous)
    marks: dict[str, object] = {LEFT_OUT: dict(left_out)} if left_out else {}
    marks |= {SUBJECT_DECK: deck.name} if deck.topics else {}
    ids = {note.guid: note.note_id for note in published.notes} if published else {}
    staged = stage_package(path, deck.with_subdecks(), note_types, ids, media, marks)
    name, notes = deck.name.rpartition("::")[2], len(deck.notes)
    head = PackageEntry(0, path, "live", name, staged.digest, staged.size, notes)
    number = previous.index.add(head, deck.notes, None, left_out)
    return Planned(deck.subject, path, staged, before, number)


def left_out_of(
    notes: Iterable[Note], published: PublishedPackage | None, previous: PreviousRelease
) -> tuple[tuple[str, int], ...]:
    """Return the notes that a new package of *notes* leaves out; see PublishedPackage."""
    if published is None:
        return ()
    return tuple(previous.index.left_out(published.path, {note.guid for note in notes}))


def _path_of(subject: str, before: PackageEntry | None, out: Path) -> Path:
    """Return the file of a subject's package: the existing one of any spelling, if there is one."""
    # If a subject was not read, only the name of its deck is known: "C: D" for "C::D".
    path = out / package_file_name(subject)
    if before is not None and _is_in(out, before):
        old, new = (_DIGEST.sub("", one.name) for one in (before.path, path))
        return before.path if old == new else path
    return path


def _is_in(folder: Path, package: PackageEntry) -> bool:
    return package.path.parent.resolve() == folder.resolve()


def retire(
    planned: Sequence[Planned],
    previous: PreviousRelease,
    *,
    stamp: int,
    tag_root: str,
    check: Callable[[Sequence[Vanished]], None],
    is_settled: Callable[[PackageEntry], bool],
    subjects: Collection[str] | None = None,
) -> tuple[RetiredNotes, ...]:
    """Find the notes that are missing from the new packages, and mark them as retired.

    A note that is still live in another package is not retired. Only packages of retired notes of
    *subjects* are processed (None: all); those that are up to date according to *is_settled* are
    skipped. *check* raises PackageError if so many notes must not be retired.
    """
    written = {subject_key(plan.subject): plan.before for plan in planned}
    vanished = {
        key: previous.index.vanished(head, "live", "new") for key, head in written.items() if head
    }
    check(
        [
            _vanished(previous.live_heads[key].name, previous.live[key], set(guids))
            for key, guids in sorted(vanished.items())
            if guids
        ]
    )
    newly = _newly_retired(vanished, previous, stamp=stamp, tag=f"{tag_root}::{RETIRED_FOLDER}")
    names = {key: head.name for key, head in (previous.live_heads | previous.retired_heads).items()}
    keys = None if subjects is None else set(map(subject_key, subjects))
    heads = previous.retired_heads
    back = {key: previous.index.returned(head, "live", "new") for key, head in heads.items()}
    return tuple(
        _retired(names[key], newly.get(key, []), previous.retired.get(key), back.get(key, set()))
        for key in {**heads, **newly}
        if (keys is None or key in keys)
        and (newly.get(key) or back[key] or not is_settled(heads[key]))
    )


def retire_from_courses(
    titles: Mapping[str, str],
    previous: PreviousRelease,
    *,
    stamp: int,
    tag_root: str,
    check: Callable[[Sequence[Vanished]], None],
) -> tuple[RetiredNotes, ...]:
    """Find the notes that new packages of courses leave out and that are in no other package.

    *titles* are those of the courses, by file name. If only the course is published, nothing else
    remembers the names, times and texts of these notes. *check* is as in retire.
    """
    index, heads = previous.index, previous.retired_heads
    names = {file: deck_level(title) for file, title in titles.items()}
    vanished: dict[str, dict[str, None]] = defaultdict(dict)
    checked = []
    for file, name in names.items():
        if head := previous.course_heads.get(file):  # courses may share a title
            found = dict.fromkeys(index.vanished(head, "live", "course", "retired", "new"))
            vanished[subject_key(name)] |= found
            checked.append(_vanished(name, previous.courses[file], found))
    check(checked)
    newly = _newly_retired(vanished, previous, stamp=stamp, tag=f"{tag_root}::{RETIRED_FOLDER}")
    back = {key: index.returned(head, "new") for key, head in heads.items()}
    known = {subject_key(name): name for name in names.values()}
    known |= {key: head.name for key, head in heads.items()}
    return tuple(
        _retired(known[key], newly.get(key, []), previous.retired.get(key), back.get(key, set()))
        for key in {**heads, **newly}
        if newly.get(key) or back[key]
    )


def _vanished(name: str, package: PublishedPackage, guids: Collection[str]) -> Vanished:
    notes = tuple(note for note in package.notes if note.guid in guids)
    return Vanished(name, notes, len(package.notes))


def _newly_retired(
    vanished: Mapping[str, Iterable[str]], previous: PreviousRelease, *, stamp: int, tag: str
) -> dict[str, list[Note]]:
    """Retire each note once: a note is the same in all packages."""
    made: dict[str, Note] = {}
    found: dict[str, list[Note]] = defaultdict(list)
    for key, guids in vanished.items():
        for guid in guids:
            if guid not in made and (retired := previous.retired_state(guid)):
                made[guid] = note_again(retired)
            elif guid not in made:
                note, last = previous.newest(guid), previous.last_mod[guid]
                assert note is not None, "only a published note can vanish"
                again = note_again(note)
                made[guid] = retired_note(again, retired_tag=tag, last_mod=last, stamp=stamp)
            found[key].append(made[guid])
    return dict(found)


def _retired(
    subject: str, newly: Sequence[Note], package: PublishedPackage | None, back: set[str]
) -> RetiredNotes:
    old = [note_again(note) for note in package.notes] if package else []
    have = {note.guid for note in old}
    new = tuple(note for note in newly if note.guid not in have)
    every = (*old, *new)
    return RetiredNotes(subject, every, tuple(n for n in every if n.guid not in back), new)


def write_release(
    planned: Sequence[Planned],
    previous: PreviousRelease,
    out: Path,
    note_types: NoteTypes,
    media: MediaSource,
) -> tuple[Written, ...]:
    """Put all staged packages in place, each after those that take over its notes.

    If packages exchange notes, one is first written with its old notes and its new ones.
    """
    index = previous.index
    takers = {p.subject: index.takers(p.before, p.number) if p.before else set() for p in planned}
    written: dict[str, Written] = {}
    in_place: set[int | None] = set()
    while left := [plan for plan in planned if plan.subject not in written]:
        if plan := next((one for one in left if takers[one.subject] <= in_place), None):
            written[plan.subject] = _publish(plan, previous, out)
        else:
            plan = next(one for one in left if one.staged and one.number not in in_place)
            publish(_with_old_notes(plan, previous, note_types, media))
        in_place.add(plan.number)
    if any(one.is_written for one in written.values()):
        sync_folder(out)
    return tuple(written[plan.subject] for plan in planned)


def _with_old_notes(
    plan: Planned, previous: PreviousRelease, note_types: NoteTypes, media: MediaSource
) -> Staged:
    """Stage a package that has the notes of the published one, too."""
    assert plan.staged, "only a package with notes takes over others"
    path = plan.staged.part or plan.staged.target
    old, new = previous.live[subject_key(plan.subject)], read_package(path)
    notes = {note.guid: note for package in (old, new) for note in package.notes}
    ids = {note.guid: note.note_id for note in notes.values()}
    deck = Deck(plan.subject, new.deck, new.description, tuple(map(note_again, notes.values())))
    # Staging a file removes other parts of the same target.
    other = plan.staged.target.with_name(f"{RETIRED_FOLDER}-{plan.staged.target.name}")
    staged = stage_package(other, (deck,), note_types, ids, media)
    return replace(staged, target=plan.staged.target)


def write_with_retired(
    write: Callable[[], T],
    retired: Sequence[RetiredNotes],
    previous: PreviousRelease,
    *,
    out: Path,
    note_types: NoteTypes,
    settings: Settings,
    media: MediaSource,
) -> tuple[T, tuple[Written, ...]]:
    """Write the packages of retired notes before and after the others, which *write* writes."""
    held = media.holding(note for one in retired for note in one.before)
    packages = []
    for one in retired:
        key = subject_key(one.subject)
        both = filter(None, (previous.live.get(key), previous.retired.get(key)))
        # Read now, because these packages may be replaced before the retired ones are written.
        ids = {note.guid: note.note_id for package in both for note in package.notes}
        made = _RetiredPackage(one.subject, previous, out, note_types, settings, held, ids)
        packages.append((one, made))
    early = {
        one.subject for one, package in packages if one.new and package.write(one.before).is_written
    }
    written = write()
    late = [package.write(one.after, is_last=True) for one, package in packages]
    sweep_parts(out)
    return written, tuple(
        replace(one, is_written=one.is_written or one.subject in early) for one in late
    )


def remove_unknown_retired(
    planned: Sequence[Planned], previous: PreviousRelease, out: Path
) -> None:
    """Remove retired packages that are not in the last release and whose notes are live."""
    known = {head.path.resolve() for head in previous.index.heads()}
    for plan in planned:
        path = out / RETIRED_FOLDER / package_file_name(plan.subject)
        if path.is_file() and path.resolve() not in known:
            notes = read_package(path).notes
            if any(previous.index.is_live(note.guid) for note in notes):
                remove_file(path)


def _publish(plan: Planned, previous: PreviousRelease, out: Path) -> Written:
    staged, before = plan.staged, plan.before
    is_written = publish(staged) if staged else _remove_ours(out, before)
    previous.index.replace(before, plan.number)
    size, digest = (staged.size, staged.digest) if staged else (0, "")
    return Written(plan.subject, plan.path, size, is_written, digest)


def _remove_ours(folder: Path, before: PackageEntry | None) -> bool:
    """Remove a package that has no notes left."""
    # Its file name may be made from "C::D", which is "C: D" in the name of its deck.
    return before is not None and _is_in(folder, before) and remove_file(before.path)


@dataclass(frozen=True, slots=True)
class _RetiredPackage:
    """The package of one subject's retired notes."""

    subject: str
    previous: PreviousRelease
    out: Path
    note_types: NoteTypes
    settings: Settings
    media: MediaSource
    note_ids: Mapping[str, int]

    def write(self, notes: Sequence[Note], *, is_last: bool = False) -> Written:
        """Write the package; after the last call, it is in the index."""
        key = subject_key(self.subject)
        deck = retired_deck(
            self.subject,
            notes,
            deck_root=self.settings.deck_root,
            retired_tag=f"{self.settings.tag_root}::{RETIRED_FOLDER}",
        )
        path = self.out / RETIRED_FOLDER / package_file_name(self.subject)
        before = self.previous.retired_heads.get(key)
        if not notes:
            if is_last:
                self.previous.index.replace(before, None)
            return Written(self.subject, path, 0, _remove_ours(path.parent, before))
        staged = stage_package(path, (deck,), self.note_types, self.note_ids, self.media)
        is_written = publish(staged)
        if is_written:
            sync_folder(path.parent)
        if is_last:
            values = (self.subject, staged.digest, staged.size, len(deck.notes))
            number = self.previous.index.add(
                PackageEntry(0, path, "retired", *values), deck.notes, None
            )
            self.previous.index.replace(before, number)
        return Written(self.subject, path, staged.size, is_written, staged.digest)
