"""Rehearse an import for a new student, and for a student of the old decks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from anki.buildinfo import version as anki_version

from qt2anki.anki.cards import is_blank
from qt2anki.anki.package_file import packages_in
from qt2anki.anki.package_reader import read_package
from qt2anki.anki.visible_text import likeness, visible_text, visible_words
from qt2anki.messages import plural
from qt2anki.release.previous_release import RETIRED_FOLDER
from qt2anki.verify.simulated_student import (
    OWN_TAG,
    OWN_TEXT,
    Imported,
    Look,
    NoteState,
    Snapshot,
    Student,
    new_student,
)

_ANKI_ERROR = "ankiweb.net/templates/errors"  # the link below every error on a card
_SAME_BACK = 0.8  # of the words; above it, two cards with the same front are the same card
_OTHER_FACT = 0.2  # of the words; below it, a note counts as rewritten
_NO_FACT = frozenset(("Key", "Context", "Source", "Order", "Details"))  # the same for a whole page
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Fault(StrEnum):
    """The kinds of faults; the value is the name in the JSON output."""

    CONFLICTING = "conflicting"
    DUPLICATE = "duplicate"
    LOST_HISTORY = "lost-history"
    LOST_EDIT = "lost-edit"
    REPUBLISHED = "republished"
    NOT_UPDATED = "not-updated"
    NOT_STABLE = "not-stable"
    EMPTY_CARD = "empty-card"
    NOT_RENDERED = "not-rendered"
    MISSING_MEDIA = "missing-media"
    DATABASE = "database"
    # Worth checking, but not a broken promise: the page may have been rewritten on purpose.
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class VerifyFinding:
    """One fault and its place."""

    fault: Fault
    place: str  # the note's Key, a file name, or "" for the whole collection
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of what a student had is unchanged."""

    what: str
    kept: int
    of: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The result for one student; *kept* is for a student who had the old decks."""

    imports: tuple[Imported, ...]
    notes: int  # in the collection afterwards
    cards: int
    findings: tuple[VerifyFinding, ...]
    kept: tuple[Kept, ...] = ()
    gone: int = 0  # notes of the old decks that are in none of the new packages
    lost: int = 0  # of these, those that are not in retired packages next to the new ones either


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """All rehearsals of one run."""

    anki: str  # its version
    new_student: Rehearsal
    old_student: Rehearsal | None


@dataclass(frozen=True, slots=True)
class Update:
    """The notes as published before and now, and the student's collection before and after."""

    old: Mapping[str, NoteState]
    new: Mapping[str, NoteState]
    before: Snapshot
    after: Snapshot

    def is_unchanged(self, guid: str) -> bool:
        """Whether a published note is the same now, or is no longer published."""
        new = self.new.get(guid)
        return new is None or _content(self.old[guid]) == _content(new)


def rehearse(packages: Sequence[Path], against: Sequence[Path]) -> VerifyResult:
    """Import *packages* as a new student, and as one who has studied the decks *against*."""
    for path in dict.fromkeys((*packages, *against)):
        read_package(path)
    with new_student() as student:
        imports, findings = _import_twice(student, packages)
        found = student.snapshot()
        findings += collection_faults(student, found)
    fresh = Rehearsal(imports, len(found.notes), len(found.cards), tuple(findings))
    old = _rehearse_update(packages, against, found.notes) if against else None
    return VerifyResult(anki_version, fresh, old)


def is_kept(verdict: VerifyResult) -> bool:
    """Whether all promises to students are kept."""
    both = filter(None, (verdict.new_student, verdict.old_student))
    return all(each.fault is Fault.REWRITTEN for student in both for each in student.findings)


def _import_twice(
    student: Student, packages: Sequence[Path]
) -> tuple[tuple[Imported, ...], list[VerifyFinding]]:
    imports = tuple(student.import_package(path) for path in packages)
    findings = []
    for done in imports:
        text = f"the import of {done.path.name} leaves this note out"
        findings += [VerifyFinding(Fault.CONFLICTING, key, text) for key in done.conflicting]
    for path in packages:
        again = student.import_package(path)
        if again.new or again.updated:
            text = f"a second import adds {plural(again.new, 'note')} and changes {again.updated}"
            findings.append(VerifyFinding(Fault.NOT_STABLE, path.name, text))
    return imports, findings


def _rehearse_update(
    packages: Sequence[Path], against: Sequence[Path], wanted: Mapping[str, NoteState]
) -> Rehearsal:
    with new_student() as student:
        for path in against:
            student.import_package(path)
        published = student.notes()
        student.live()
        before = student.snapshot()
        old_faults = set(collection_faults(student, before))
        imports, findings = _import_twice(student, packages)
        after = student.snapshot()
        update = Update(published, wanted, before, after)
        findings += update_faults(update)
        findings += [f for f in collection_faults(student, after) if f not in old_faults]
    gone = published.keys() - wanted.keys()
    # Notes that are retired next to the packages, whether those packages are named or not
    folders = sorted({path.parent / RETIRED_FOLDER for path in packages} if gone else ())
    files = [file for folder in folders for file in packages_in(folder)]
    retired = {note.guid for file in files for note in read_package(file).notes}
    return Rehearsal(
        imports=imports,
        notes=len(after.notes),
        cards=len(after.cards),
        findings=tuple(findings),
        kept=what_is_kept(update),
        gone=len(gone),
        lost=len(gone - retired),
    )


def collection_faults(student: Student, found: Snapshot) -> Iterator[VerifyFinding]:
    """Examine every card and run Anki's own checks."""
    for look in found.looks.values():
        yield from card_faults(look)
    for card_id in student.empty_cards():
        look = found.looks[card_id]
        yield VerifyFinding(Fault.EMPTY_CARD, look.key, f"card {look.ord + 1} of the note is empty")
    for guid, key in student.shared_guids():
        text = f"the GUID {guid} belongs to two notes; an update would reach only one"
        yield VerifyFinding(Fault.DUPLICATE, key, text)
    for name in student.missing_media():
        text = "is shown on a card but is not in any package"
        yield VerifyFinding(Fault.MISSING_MEDIA, name, text)
    if repaired := student.check_database():
        yield VerifyFinding(Fault.DATABASE, "", f"Check Database: {' '.join(repaired.split())}")


def card_faults(look: Look) -> Iterator[VerifyFinding]:
    """Find out why a student could not study a card."""
    texts = []
    for name, side in (("front", look.front), ("back", look.back)):
        if is_blank(side):
            texts.append(f"the {name} is blank")
        if _ANKI_ERROR in side:
            texts.append(f"the {name} shows an Anki error")
        elif "{{c" in side:
            texts.append(f"the {name} shows the markup of a cloze deletion")
    if look.front == look.back:
        texts.append("the back says no more than the front")
    if look.is_cloze and 'class="cloze"' not in look.front:
        texts.append("the front has no gap")
    for text in texts:
        yield VerifyFinding(Fault.NOT_RENDERED, look.key, f"card {look.ord + 1}: {text}")


def update_faults(update: Update) -> Iterator[VerifyFinding]:
    """Find what the update broke."""
    for card_id, card in update.before.cards.items():
        if update.after.cards.get(card_id) != card:
            look = update.before.looks[card_id]
            what = "changed" if card_id in update.after.cards else "gone"
            text = f"card {look.ord + 1}: its deck, schedule or reviews are {what}"
            yield VerifyFinding(Fault.LOST_HISTORY, look.key, text)
    for guid in update.old:
        if update.is_unchanged(guid):
            yield from _lost_edit(guid, update)
        else:
            yield from _changed_note(guid, update)
    yield from _duplicates(update)


def what_is_kept(update: Update) -> tuple[Kept, ...]:
    """Count the kept schedules and edits of the cards and notes that existed before."""
    before, after = update.before, update.after
    same_cards = {i for i, card in before.cards.items() if after.cards.get(i) == card}
    same_notes = {guid for guid, note in before.notes.items() if after.notes.get(guid) == note}
    studied = {card_id for card_id, card in before.cards.items() if card.reviews}
    own = {guid for guid, note in before.notes.items() if _has_own(note)}
    unchanged = {guid for guid in own if update.is_unchanged(guid)}
    changed = own - unchanged
    return (
        Kept("histories", len(studied & same_cards), len(studied)),
        Kept("decks, suspensions, flags", len(same_cards), len(before.cards)),
        Kept("edits on unchanged notes", len(unchanged & same_notes), len(unchanged)),
        Kept("edits on changed notes", len(changed & same_notes), len(changed)),
    )


def _lost_edit(guid: str, update: Update) -> Iterator[VerifyFinding]:
    before, after = update.before.notes[guid], update.after.notes.get(guid)
    if after is not None and not _has_own(before):
        return
    if after is not None and (before.fields, before.tags) == (after.fields, after.tags):
        return
    fault = Fault.LOST_EDIT
    text = "the note has not changed, but the student's edits or tags are gone"
    if guid in update.new and update.new[guid].mod > update.old[guid].mod:
        fault = Fault.REPUBLISHED
        text = (
            "the text is that of the old decks with a newer time, so the student's edits or tags"
            " are gone; if a release in between had changed or retired the note, pass that"
            " release with --against, too"
        )
    yield VerifyFinding(fault, before.key, text)


def _changed_note(guid: str, update: Update) -> Iterator[VerifyFinding]:
    """Find a change that does not arrive or says something else."""
    old, new, after = update.old[guid], update.new[guid], update.after.notes.get(guid)
    is_expected = after is not None and not _has_own(update.before.notes[guid])
    if after is not None and is_expected and _content(after) != _content(new):
        text = "the note has changed, but its time has not, so the old text stays"
        yield VerifyFinding(Fault.NOT_UPDATED, after.key, text)
    if likeness(_fact_words(old), _fact_words(new)) < _OTHER_FACT:
        text = "says something different now; its review history is kept"
        yield VerifyFinding(Fault.REWRITTEN, new.key, text)


def _duplicates(update: Update) -> Iterator[VerifyFinding]:
    """Find new cards that a student already had under a different GUID."""
    had: dict[str, list[Look]] = defaultdict(list)
    for look in update.before.looks.values():
        had[visible_text(look.front)].append(look)
    for card_id in update.after.cards.keys() - update.before.cards.keys():
        look = update.after.looks[card_id]
        words = visible_words(look.back)
        for other in had[visible_text(look.front)]:
            if likeness(words, visible_words(other.back)) >= _SAME_BACK:
                text = f"is new, but asks the same question as {other.key}, which the student has"
                yield VerifyFinding(Fault.DUPLICATE, look.key, text)
                break


def _content(note: NoteState) -> tuple[object, ...]:
    """Return the fields that matter in an update, without browser order and page date."""
    fields = dict(note.fields)
    return fields | {"Order": "", "Source": _DATE.sub("", fields.get("Source", ""))}, note.tags


def _fact_words(note: NoteState) -> frozenset[str]:
    return visible_words(" ".join(text for name, text in note.fields if name not in _NO_FACT))


def _has_own(note: NoteState) -> bool:
    return OWN_TAG in note.tags or any(OWN_TEXT in text for _, text in note.fields)
