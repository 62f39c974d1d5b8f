"""Compare a used collection before and after an update, and find what was lost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from qt2anki.anki.cards import is_blank
from qt2anki.anki.visible_text import likeness, visible_text, visible_words
from qt2anki.verify.simulated_student import OWN_TAG, OWN_TEXT, CardState, Look, NoteState, Student

_ANKI_ERROR = "ankiweb.net/templates/errors"  # the link below every error on a card


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
    REWRITTEN = "rewritten"


# Worth checking, but not a broken promise: the page may have been rewritten on purpose.
HARMLESS = frozenset((Fault.REWRITTEN,))


@dataclass(frozen=True, slots=True)
class VerifyFinding:
    """One fault and its place."""

    fault: Fault
    place: str  # the note's Key, a file name, or "" for the whole collection
    text: str


def collection_faults(student: Student) -> Iterator[VerifyFinding]:
    """Examine every card and run Anki's own checks."""
    cards = student.cards()
    yield from card_faults(student.looks(cards))
    key_of = {state.note_id: state.fields[0][1] for state in student.notes().values()}
    for note_id, card_ids in student.empty_cards().items():
        ords = ", ".join(str(cards[card_id].ord + 1) for card_id in card_ids)
        yield VerifyFinding(Fault.EMPTY_CARD, key_of[note_id], f"card {ords} of the note is empty")
    for guid, key in student.shared_guids():
        text = f"the GUID {guid} belongs to two notes; an update would reach only one"
        yield VerifyFinding(Fault.DUPLICATE, key, text)
    for name in student.missing_media():
        yield VerifyFinding(
            Fault.MISSING_MEDIA, name, "is shown on a card but is not in any package"
        )
    repaired = student.check_database()
    if repaired:
        yield VerifyFinding(Fault.DATABASE, "", f"Check Database: {' '.join(repaired.split())}")


def card_faults(looks: Iterable[Look]) -> Iterator[VerifyFinding]:
    """Find cards that a student could not study."""
    for look in looks:
        for text in _faults_of(look):
            yield VerifyFinding(Fault.NOT_RENDERED, look.key, f"card {look.ord + 1}: {text}")


def _faults_of(look: Look) -> Iterator[str]:
    for name, side in (("front", look.front), ("back", look.back)):
        if is_blank(side):
            yield f"the {name} is blank"
        if _ANKI_ERROR in side:
            yield f"the {name} shows an Anki error"
        elif "{{c" in side:
            yield f"the {name} shows the markup of a cloze deletion"
    if look.front == look.back:
        yield "the back says no more than the front"
    if look.is_cloze and 'class="cloze"' not in look.front:
        yield "the front has no gap"


_SAME_BACK = 0.8  # of the words; above it, two cards with the same front are the same card
_OTHER_FACT = 0.2  # of the words; below it, a note counts as rewritten
_NO_FACT = frozenset(("Key", "Context", "Source", "Order", "Details"))  # the same for a whole page
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of a collection: notes by GUID, cards by id, and their rendered sides."""

    notes: Mapping[str, NoteState]
    cards: Mapping[int, CardState]
    looks: Mapping[int, Look]


@dataclass(frozen=True, slots=True)
class Update:
    """The notes as published before and now, and the student's collection before and after."""

    old: Mapping[str, NoteState]
    new: Mapping[str, NoteState]
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of what a student had is unchanged."""

    what: str
    kept: int
    of: int


def take_snapshot(student: Student) -> Snapshot:
    """Take a snapshot of the collection."""
    cards = student.cards()
    looks = dict(zip(cards, student.looks(cards), strict=True))
    return Snapshot(student.notes(), cards, looks)


def update_faults(update: Update) -> Iterator[VerifyFinding]:
    """Find what the update broke."""
    yield from _histories(update)
    for guid in update.old:
        if _is_unchanged(guid, update):
            yield from _lost_edit(guid, update)
        else:
            yield from _not_updated(guid, update)
            yield from _rewritten(guid, update)
    yield from _duplicates(update)


def what_is_kept(update: Update) -> tuple[Kept, ...]:
    """Count the kept schedules and edits of the cards and notes that existed before."""
    before, after = update.before, update.after
    same_cards = {i for i, card in before.cards.items() if after.cards.get(i) == card}
    same_notes = {guid for guid, note in before.notes.items() if after.notes.get(guid) == note}
    studied = {card_id for card_id, card in before.cards.items() if card.reviews}
    own = {guid for guid, note in before.notes.items() if _has_own(note)}
    unchanged = {guid for guid in own if _is_unchanged(guid, update)}
    changed = own - unchanged
    return (
        Kept("histories", len(studied & same_cards), len(studied)),
        Kept("decks, suspensions, flags", len(same_cards), len(before.cards)),
        Kept("edits on unchanged notes", len(unchanged & same_notes), len(unchanged)),
        Kept("edits on changed notes", len(changed & same_notes), len(changed)),
    )


def _histories(update: Update) -> Iterator[VerifyFinding]:
    for card_id, card in update.before.cards.items():
        if update.after.cards.get(card_id) == card:
            continue
        look = update.before.looks[card_id]
        what = "changed" if card_id in update.after.cards else "gone"
        text = f"card {look.ord + 1}: its deck, schedule or reviews are {what}"
        yield VerifyFinding(Fault.LOST_HISTORY, look.key, text)


def _lost_edit(guid: str, update: Update) -> Iterator[VerifyFinding]:
    before, after = update.before.notes[guid], update.after.notes.get(guid)
    if after is not None and not _has_own(before):
        return
    if after is not None and (before.fields, before.tags) == (after.fields, after.tags):
        return
    text = "the note has not changed, but the student's edits or tags are gone"
    if guid in update.new and update.new[guid].mod > update.old[guid].mod:
        text = (
            "the text is that of the old decks with a newer time, so the student's edits or tags"
            " are gone; if a release in between had changed or retired the note, pass that"
            " release with --against, too"
        )
        yield VerifyFinding(Fault.REPUBLISHED, _key(before), text)
    else:
        yield VerifyFinding(Fault.LOST_EDIT, _key(before), text)


def _not_updated(guid: str, update: Update) -> Iterator[VerifyFinding]:
    """Find changes that do not arrive: their time is not newer than that of the old note."""
    after = update.after.notes.get(guid)
    if after is None or _has_own(update.before.notes[guid]):
        return
    if _content(after) != _content(update.new[guid]):
        text = "the note has changed, but its time has not, so the old text stays"
        yield VerifyFinding(Fault.NOT_UPDATED, _key(after), text)


def _rewritten(guid: str, update: Update) -> Iterator[VerifyFinding]:
    old, new = update.old[guid], update.new[guid]
    if likeness(_fact_words(old), _fact_words(new)) < _OTHER_FACT:
        text = "says something different now; its review history is kept"
        yield VerifyFinding(Fault.REWRITTEN, _key(new), text)


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


def _is_unchanged(guid: str, update: Update) -> bool:
    new = update.new.get(guid)
    return new is None or _content(update.old[guid]) == _content(new)


def _content(note: NoteState) -> tuple[object, ...]:
    """Return the fields that matter in an update, without browser order and page date."""
    fields = dict(note.fields)
    return fields | {"Order": "", "Source": _DATE.sub("", fields.get("Source", ""))}, note.tags


def _fact_words(note: NoteState) -> frozenset[str]:
    return visible_words(" ".join(text for name, text in note.fields if name not in _NO_FACT))


def _has_own(note: NoteState) -> bool:
    return OWN_TAG in note.tags or any(OWN_TEXT in text for _, text in note.fields)


def _key(note: NoteState) -> str:
    return note.fields[0][1]
