"""A simulated student, who imports, studies and edits in a collection that can be inspected."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# isort: off
# anki.collection first: Anki's modules have circular imports.
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.cards import CardId
from anki.decks import DeckId

# isort: on
from anki.dbproxy import DBProxy
from anki.errors import BackendError, DBError
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition as Update
from anki.notes import NoteId
from anki.scheduler.v3 import CardAnswer
from anki.scheduler.v3 import Scheduler as V3Scheduler

from qt2anki.errors import PackageError
from qt2anki.messages import shown_path

_RATINGS = (CardAnswer.GOOD, CardAnswer.EASY, CardAnswer.AGAIN, CardAnswer.HARD)
_SHARED = "SELECT guid, flds FROM notes GROUP BY guid HAVING count() > 1 ORDER BY guid"
# Without the column data: Check Database rounds the time of the last review in it differently.
_CARDS = """
SELECT id, nid, ord, (SELECT count() FROM revlog WHERE cid = cards.id),
  did, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, flags
FROM cards ORDER BY id
"""
_CLOZE_TYPE = 1
OWN_TEXT = "<p>My own words.</p>"
OWN_TAG = "my-own-tag"
OWN_DECK = "My own deck"
_MOST_ANSWERS = 2000  # an answer takes 0.3 ms; other cards are set due all at once


@dataclass(frozen=True, slots=True)
class Imported:
    """The numbers of notes in Anki's summary of an import."""

    path: Path
    new: int
    updated: int
    untouched: int
    conflicting: tuple[str, ...]  # the first field of each


@dataclass(frozen=True, slots=True)
class NoteState:
    """A note in a collection."""

    note_id: int
    fields: tuple[tuple[str, str], ...]  # (name, HTML)
    tags: frozenset[str]
    mod: int  # seconds since 1970

    @property
    def key(self) -> str:
        """The first field."""
        return self.fields[0][1]


@dataclass(frozen=True, slots=True)
class CardState:
    """A card in a collection; all its data belong to the student."""

    note_id: int
    ord: int
    reviews: int  # entries in the review log
    schedule: tuple[object, ...]  # deck, due date, interval, suspension, flag ...


@dataclass(frozen=True, slots=True)
class Look:
    """The two sides of a card as HTML."""

    key: str  # the note's first field
    ord: int
    front: str
    back: str
    is_cloze: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of a collection: notes by GUID, cards by id, and their rendered sides."""

    notes: Mapping[str, NoteState]
    cards: Mapping[int, CardState]
    looks: Mapping[int, Look]


class Student:
    """A collection in *folder*, which must be empty."""

    def __init__(self, folder: Path) -> None:
        self._collection = Collection(str(folder / "collection.anki2"))
        self._backend = self._collection._backend  # noqa: SLF001  # Anki's reviewer does the same

    def close(self) -> None:
        """Close the collection."""
        self._collection.close()

    def import_package(self, path: Path) -> Imported:
        """Import with the default options of the dialog."""
        options = ImportAnkiPackageOptions(
            merge_notetypes=False,
            update_notes=Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
            update_notetypes=Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
            with_scheduling=False,
            with_deck_configs=False,
        )
        place = path.resolve()
        if (shown := shown_path(place)) != place.as_posix():
            raise PackageError("Anki cannot open a path that is not UTF-8", source=shown)
        request = ImportAnkiPackageRequest(package_path=str(place), options=options)
        try:
            log = self._collection.import_anki_package(request).log
        except (BackendError, DBError) as error:
            text = f"Anki cannot import this file: {error}"
            hint = "build the package again, or get a different copy of it"
            raise PackageError(text, hint=hint, source=path.as_posix()) from error
        return Imported(
            path=path,
            new=len(log.new),
            updated=len(log.updated),
            untouched=len(log.duplicate),
            conflicting=tuple(entry.fields[0] for entry in log.conflicting),
        )

    def notes(self) -> dict[str, NoteState]:
        """Return all notes by GUID."""
        names = {
            model["id"]: tuple(field["name"] for field in model["flds"])
            for model in self._collection.models.all()
        }
        rows = self._rows("SELECT guid, id, mid, flds, tags, mod FROM notes ORDER BY id")
        return {
            guid: NoteState(
                note_id=note_id,
                fields=tuple(zip(names[model_id], flds.split("\x1f"), strict=True)),
                tags=frozenset(tags.split()),
                mod=mod,
            )
            for guid, note_id, model_id, flds, tags, mod in rows
        }

    def shared_guids(self) -> list[tuple[str, str]]:
        """Return the GUIDs that several notes have, each with the first field of one of them."""
        return [(guid, fields.partition("\x1f")[0]) for guid, fields in self._rows(_SHARED)]

    def cards(self) -> dict[int, CardState]:
        """Return all cards by id."""
        rows = self._rows(_CARDS)
        return {i: CardState(nid, ord_, count, tuple(rest)) for i, nid, ord_, count, *rest in rows}

    def snapshot(self) -> Snapshot:
        """Take a snapshot of the collection, with both sides of each card."""
        cards = self.cards()
        return Snapshot(self.notes(), cards, {card_id: self._look(card_id) for card_id in cards})

    def _look(self, card_id: int) -> Look:
        card = self._collection.get_card(CardId(card_id))
        output = card.render_output(reload=True)
        return Look(
            key=card.note().fields[0],
            ord=card.ord,
            front=output.question_text,
            back=output.answer_text,
            is_cloze=card.note_type()["type"] == _CLOZE_TYPE,
        )

    def live(self) -> None:
        """Study, edit, tag, move, suspend and flag different parts of the collection.

        The student's changes have the time of the newest note, as if made on the day of the
        release. So an unchanged note is older than they are, and one that a later build has changed
        is newer.
        """
        states, collection = self.notes(), self._collection
        cards = {CardId(card_id): card for card_id, card in sorted(self.cards().items())}
        note_ids = sorted(NoteId(state.note_id) for state in states.values())
        studied = [card_id for place, card_id in enumerate(cards) if place % 5 != 4]
        collection.sched.set_due_date(studied, "3-30")  # due for review in the coming month
        self._study(studied[:: -(-len(studied) // _MOST_ANSWERS) or 1])
        for note_id in note_ids[::2]:
            note = collection.get_note(note_id)
            note["Extra" if "Extra" in note else note.keys()[-1]] += OWN_TEXT
            collection.update_note(note)
        collection.tags.bulk_add(note_ids[::3], OWN_TAG)
        released = max((state.mod for state in states.values()), default=0)
        self._set_times([(released, note_id) for note_id in (*note_ids[::2], *note_ids[::3])])
        deck_id = collection.decks.id(OWN_DECK)
        if deck_id is None:
            raise TypeError("Anki makes a deck that is not there")
        moved = set(note_ids[::4])
        own = [card_id for card_id, card in cards.items() if card.note_id in moved]
        collection.set_deck(own, DeckId(deck_id))
        collection.sched.suspend_cards(list(cards)[::5])
        collection.set_user_flag_for_cards(2, list(cards)[::6])

    def _study(self, card_ids: Sequence[CardId]) -> None:
        """Answer each card once, ignoring the order of the queue, with varying ratings."""
        scheduler = self._collection.sched
        if not isinstance(scheduler, V3Scheduler):
            raise TypeError("a new collection has the scheduler of 2021 (v3)")
        for number, card_id in enumerate(card_ids):
            card = self._collection.get_card(card_id)
            card.start_timer()
            states = self._backend.get_scheduling_states(card.id)
            rating = _RATINGS[number % len(_RATINGS)]
            answer = scheduler.build_answer(card=card, states=states, rating=rating)
            scheduler.answer_card(answer)

    def empty_cards(self) -> list[int]:
        """Return the ids of the cards that Tools > Empty Cards lists."""
        notes = self._collection.get_empty_cards().notes
        return [card_id for note in notes for card_id in note.card_ids]

    def missing_media(self) -> tuple[str, ...]:
        """Return the files that Tools > Check Media reports as missing."""
        return tuple(self._collection.media.check().missing)

    def check_database(self) -> str:
        """Run Tools > Check Database; return its report, "" if there is nothing to fix.

        The times of notes are restored: Check Database changes future times to now, and then any
        import of these notes would look like an update.
        """
        times = self._rows("SELECT mod, id FROM notes")
        text, is_fine = self._collection.fix_integrity()
        self._set_times(times)
        return "" if is_fine and text == "Database rebuilt and optimized." else text

    def _set_times(self, times: Sequence[tuple[int, int]]) -> None:
        self._database.executemany("UPDATE notes SET mod = ? WHERE id = ?", times)

    def _rows(self, query: str) -> list[Any]:
        return self._database.all(query)

    @property
    def _database(self) -> DBProxy:
        if self._collection.db is None:
            raise TypeError("the collection is open")
        return self._collection.db


@contextlib.contextmanager
def new_student() -> Iterator[Student]:
    """Yield a student with an empty, temporary collection."""
    with tempfile.TemporaryDirectory(prefix="qt2anki-verify-") as folder:
        student = Student(Path(folder))
        try:
            yield student
        finally:
            student.close()
