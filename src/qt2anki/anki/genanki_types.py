"""genanki's note, deck, note type and package with what they leave out.

genanki (0.13) has no types and keeps its own idea of times, cards and files; everything that is
known about it stands here, and nothing of it is seen elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import genanki

from qt2anki.anki.note_types import NoteType
from qt2anki.model import Deck, Note

_ANKI_KINDS = {"qa": genanki.Model.FRONT_BACK, "cloze": genanki.Model.CLOZE}


class AnkiModel(genanki.Model):  # type: ignore[misc]  # genanki has no types
    """A note type with a time of its own: a newer one makes Anki take its style again."""

    def __init__(self, note_type: NoteType) -> None:
        super().__init__(
            model_id=note_type.model_id,
            name=note_type.name,
            fields=[{"name": field.name, "id": field.id} for field in note_type.fields],
            templates=[
                {"name": side.name, "id": side.id, "qfmt": side.front, "afmt": side.back}
                for side in note_type.templates
            ],
            css=note_type.css,
            model_type=_ANKI_KINDS[note_type.kind],
            sort_field_index=note_type.sort_field,
        )
        self._note_type = note_type

    @property
    def _req(self) -> list[list[object]]:
        """Name the field each template needs, which genanki would guess wrongly for filters."""
        names = [field.name for field in self._note_type.fields]
        return [
            [place, "all", [names.index(template.asks)]]
            for place, template in enumerate(self._note_type.templates)
        ]

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the note type as collections keep it, *timestamp* replaced by our own time."""
        data: dict[str, Any] = super().to_json(self._note_type.mod, deck_id)
        return data


class AnkiNote(genanki.Note):  # type: ignore[misc]  # genanki has no types
    """A note that knows its id, its cards and the time of its last change."""

    def __init__(
        self, note: Note, model: AnkiModel, *, ids: Sequence[int], ords: Sequence[int], due: int
    ) -> None:
        super().__init__(
            model=model, fields=list(note.fields), tags=list(note.tags), guid=note.guid, due=due
        )
        self.cards = [genanki.Card(ord_) for ord_ in ords]
        self._mod = note.mod
        self._data = _recognition(note)
        self._ids = ids  # its own, then those of its cards

    def _check_invalid_html_tags_in_fields(self) -> None:
        """Leave genanki's check out: it is quadratic, and fields are sanitised before."""

    def write_to_db(
        self,
        cursor: sqlite3.Cursor,
        timestamp: float,
        deck_id: int,
        id_gen: Iterator[int],  # noqa: ARG002  # counts on from the time of the build
    ) -> None:
        """Write with the note's own ids and time, or with *timestamp* when it has no time yet."""
        super().write_to_db(cursor, self._mod or timestamp, deck_id, iter(self._ids))
        cursor.execute("UPDATE notes SET data = ? WHERE id = ?", (self._data, self._ids[0]))


def _recognition(note: Note) -> str:
    """Write what a later build recognises the note by; Anki does not use the column ``data``."""
    values = {"key": note.natural_key, "text": note.text, "kept": note.is_kept}
    held = {name: value for name, value in values.items() if value}
    return json.dumps(held, ensure_ascii=False) if held else ""


class AnkiDeck(genanki.Deck):  # type: ignore[misc]  # genanki has no types
    """A deck whose description is Markdown."""

    def __init__(self, deck: Deck, deck_id: int, stamp: int) -> None:
        super().__init__(deck_id=deck_id, name=deck.name, description=deck.description)
        self._stamp = stamp

    def to_json(self) -> dict[str, Any]:
        """Return the deck as collections keep it (``md``: rslib/src/decks/schema11.rs)."""
        data: dict[str, Any] = super().to_json()
        return data | {"md": True, "mod": self._stamp}


class AnkiPackage(genanki.Package):  # type: ignore[misc]  # genanki has no types
    """A package whose collection carries the time of the build, not of genanki's template."""

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        """Write schema and content; milliseconds for ``mod`` and ``scm``, seconds for ``crt``."""
        super().write_to_db(cursor, timestamp, id_gen)
        seconds = int(timestamp)
        cursor.execute(
            "UPDATE col SET crt = ?, mod = ?, scm = ?", (seconds, seconds * 1000, seconds * 1000)
        )
