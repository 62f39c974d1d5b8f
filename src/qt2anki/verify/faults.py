"""What a rehearsal can find: breaches of what students are promised, and things to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from qt2anki.anki.card_generation import is_blank
from qt2anki.verify.test_collection import Look, Student

_ANKI_ERROR = "ankiweb.net/templates/errors"  # the link under every error on a card


class Fault(StrEnum):
    """What can be wrong; the value is its name in the JSON output."""

    CONFLICTING = "conflicting"
    DUPLICATE = "duplicate"
    LOST_HISTORY = "lost-history"
    LOST_EDIT = "lost-edit"
    NOT_UPDATED = "not-updated"
    NOT_STABLE = "not-stable"
    EMPTY_CARD = "empty-card"
    NOT_RENDERED = "not-rendered"
    MISSING_MEDIA = "missing-media"
    DATABASE = "database"
    REWRITTEN = "rewritten"


# Worth a look, but no breach: the page may have been written anew on purpose.
HARMLESS = frozenset((Fault.REWRITTEN,))


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and where it is."""

    fault: Fault
    place: str  # the note's Key, a file name, or "" when it is the whole collection
    text: str


def collection_faults(student: Student) -> Iterator[Finding]:
    """Look at every card and ask Anki's own checks."""
    cards = student.cards()
    yield from card_faults(student.looks(cards))
    key_of = {state.note_id: state.fields[0][1] for state in student.notes().values()}
    for note_id, card_ids in student.empty_cards().items():
        ords = ", ".join(str(cards[card_id].ord + 1) for card_id in card_ids)
        yield Finding(Fault.EMPTY_CARD, key_of[note_id], f"card {ords} of the note is empty")
    for guid, key in student.shared_guids():
        text = f"the GUID {guid} names two notes; an update would reach one of them"
        yield Finding(Fault.DUPLICATE, key, text)
    for name in student.missing_media():
        yield Finding(Fault.MISSING_MEDIA, name, "is shown on a card and in no package")
    mended = student.check_database()
    if mended:
        yield Finding(Fault.DATABASE, "", f"Check Database: {' '.join(mended.split())}")


def card_faults(looks: Iterable[Look]) -> Iterator[Finding]:
    """Find cards that a student could not study."""
    for look in looks:
        for text in _faults_of(look):
            yield Finding(Fault.NOT_RENDERED, look.key, f"card {look.ord + 1}: {text}")


def _faults_of(look: Look) -> Iterator[str]:
    for name, side in (("front", look.front), ("back", look.back)):
        if is_blank(side):
            yield f"the {name} is blank"
        if _ANKI_ERROR in side:
            yield f"the {name} shows an error of Anki's"
        elif "{{c" in side:
            yield f"the {name} shows the marks of a cloze deletion"
    if look.front == look.back:
        yield "the back says no more than the front"
    if look.is_cloze and 'class="cloze"' not in look.front:
        yield "the front has no gap"
