"""A learner with real Anki: imports packages, studies, edits, and looks at every card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# isort: off
# anki.collection first: its modules import each other in a circle.
from anki.collection import (
    Collection,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
    StripHtmlMode,
)
from anki.cards import Card, CardId

# isort: on
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition as Update
from anki.notes import Note
from anki.scheduler.v3 import CardAnswer
from anki.scheduler.v3 import Scheduler as V3Scheduler


@dataclass(frozen=True)
class Imported:
    """What the summary after an import says, in notes."""

    new: int = 0
    updated: int = 0
    duplicate: int = 0
    conflicting: int = 0


@dataclass(frozen=True)
class Sides:
    """The two sides of a card as HTML."""

    front: str
    back: str


@dataclass
class Report:
    """All that a check of several packages found."""

    imports: list[Imported] = field(default_factory=list)
    notes: int = 0
    cards: int = 0
    faults: list[str] = field(default_factory=list)


class Learner:
    """A temporary collection; *folder* must be empty."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.collection = Collection(str(folder / "collection.anki2"))
        self._backend = self.collection._backend  # noqa: SLF001  # Anki's own tests do the same
        self._packages = folder

    def close(self) -> None:
        self.collection.close()

    def import_file(self, path: Path, *, merge: bool = False) -> Imported:
        """Import with the default options of the dialog."""
        log = self.collection.import_anki_package(
            ImportAnkiPackageRequest(
                package_path=str(path.resolve()),
                options=ImportAnkiPackageOptions(
                    merge_notetypes=merge,
                    update_notes=Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
                    update_notetypes=Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
                    with_scheduling=False,
                    with_deck_configs=False,
                ),
            )
        ).log
        return Imported(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))

    def import_bytes(self, data: bytes) -> Imported:
        path = self._packages / "package.apkg"
        path.write_bytes(data)
        return self.import_file(path)

    def note(self, guid: str) -> Note:
        assert self.collection.db is not None
        (note_id,) = self.collection.db.list("SELECT id FROM notes WHERE guid = ?", guid)
        return self.collection.get_note(note_id)

    def cards(self, guid: str) -> list[Card]:
        return self.note(guid).cards()

    def sides(self, card: Card) -> Sides:
        output = card.render_output(reload=True)
        return Sides(output.question_text, output.answer_text)

    def text(self, html: str) -> str:
        """Return what Anki takes for the text of some HTML, names of media included."""
        mode = StripHtmlMode.PRESERVE_MEDIA_FILENAMES
        return self._backend.strip_html(text=html, mode=mode).strip()

    def edit(self, guid: str, name: str, text: str, *, tag: str = "") -> None:
        """Change a note as the learner does in the browser: Anki sets its time to now."""
        note = self.note(guid)
        note[name] = text
        if tag:
            note.add_tag(tag)
        self.collection.update_note(note)

    def answer_again(self, card: Card) -> None:
        """Forget one card, wherever it is in the queue."""
        self._answer(card, CardAnswer.AGAIN)

    def answer_good(self, card: Card) -> None:
        """Study one card, wherever it is in the queue."""
        self._answer(card, CardAnswer.GOOD)

    def _answer(self, card: Card, rating: CardAnswer.Rating.V) -> None:
        scheduler = self.collection.sched
        assert isinstance(scheduler, V3Scheduler)
        states = self._backend.get_scheduling_states(card.id)
        card.start_timer()
        answer = scheduler.build_answer(card=card, states=states, rating=rating)
        scheduler.answer_card(answer)

    def queue(self, deck: str) -> list[str]:
        """Return the guids of new cards in the order in which Anki would show them."""
        deck_id = self.collection.decks.id_for_name(deck)
        assert deck_id is not None
        self.collection.decks.select(deck_id)
        queued = self._backend.get_queued_cards(fetch_limit=1000, intraday_learning_only=False)
        cards = [self.collection.get_card(CardId(entry.card.id)) for entry in queued.cards]
        return [card.note().guid for card in cards]

    def check_database(self) -> str:
        """Run Check Database; return "" if it has nothing to fix in notes and cards."""
        text, _ = self.collection.fix_integrity()
        # Of cards that were answered Anki may note the time of the last review, for itself.
        said = [line for line in text.splitlines() if not line.startswith("Added last review")]
        return "" if said == ["Database rebuilt and optimized."] else text

    def empty_cards(self) -> list[int]:
        return [note.note_id for note in self.collection.get_empty_cards().notes]


def check_packages(learner: Learner, paths: Sequence[Path]) -> Report:
    """Import every package, twice, and look at every card.

    A fault is a card without a front or a back, with an error of Anki's in it or with markup
    left over; a package whose second import changes anything; whatever Anki's own Empty Cards
    and Check Database have to say.
    """
    report = Report(imports=[learner.import_file(path) for path in paths])
    for path, first in zip(paths, report.imports, strict=True):
        if first.conflicting:
            report.faults.append(f"{path.name}: {first.conflicting} notes conflict")
    for path in paths:
        again = learner.import_file(path)
        if again.new or again.updated or again.conflicting:
            report.faults.append(f"{path.name}: the second import changed something: {again}")
    report.notes = learner.collection.note_count()
    report.cards = learner.collection.card_count()
    report.faults += _card_faults(learner, learner.collection.find_cards(""))
    report.faults += [f"note {note_id} has an empty card" for note_id in learner.empty_cards()]
    mended = learner.check_database()
    if mended:
        report.faults.append(f"Check Database: {mended}")
    return report


def _card_faults(learner: Learner, card_ids: Iterable[CardId]) -> list[str]:
    faults: list[str] = []
    for card_id in card_ids:
        card = learner.collection.get_card(card_id)
        sides = learner.sides(card)
        place = f"{card.note().fields[0]}, card {card.ord + 1}"
        for name, html in (("front", sides.front), ("back", sides.back)):
            if not learner.text(html):
                faults.append(f"{place}: the {name} is blank")
            if "{{c" in html or "ankiweb.net/templates/errors" in html:
                faults.append(f"{place}: the {name} shows markup or an error of Anki's")
        if sides.front == sides.back:
            faults.append(f"{place}: the back says no more than the front")
        if card.note_type()["type"] == 1 and 'class="cloze"' not in sides.front:
            faults.append(f"{place}: the front has no gap")
    return faults
