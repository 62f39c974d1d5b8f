"""What the student of a rehearsal does with a deck before the next one comes."""

from __future__ import annotations

from qt2anki.verify.test_collection import Student

OWN_TEXT = "<p>My own words.</p>"
OWN_TAG = "my-own-tag"
OWN_DECK = "My own deck"
_MOST_ANSWERS = 2000  # one takes a third of a millisecond; further cards are set due at once


def live_with(student: Student) -> None:
    """Study, edit, tag, move, suspend and flag: each with another part of the collection.

    The student's changes bear the time of the newest note, as if made on the day the decks came
    out. So a note that has not changed since is older than they are, and one that a later build
    has changed is newer.
    """
    notes = student.notes()
    states = student.cards()
    note_ids = sorted(state.note_id for state in notes.values())
    cards = sorted(states)
    moved = set(note_ids[::4])
    studied = [card_id for place, card_id in enumerate(cards) if place % 5 != 4]
    student.learn(studied)
    student.study(studied[:: -(-len(studied) // _MOST_ANSWERS) or 1])
    released = max((state.mod for state in notes.values()), default=0)
    student.edit(note_ids[::2], addition=OWN_TEXT, at=released)
    student.tag(note_ids[::3], tag=OWN_TAG, at=released)
    student.move([card for card in cards if states[card].note_id in moved], deck=OWN_DECK)
    student.suspend(cards[::5])
    student.flag(cards[::6])
