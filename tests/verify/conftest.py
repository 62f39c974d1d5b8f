"""Packages on disk for rehearsals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qt2anki.anki.note_types import NoteTypes, load_note_types
from qt2anki.model import Note
from tests.anki_formats.decks import STAMP, deck_of, pack

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes notes as the package of Botany into a folder of that name."""

    def run(
        folder: str, *notes: Note, stamp: int = STAMP, note_types: NoteTypes | None = None
    ) -> Path:
        path = tmp_path / folder / "botany.apkg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pack(deck_of(notes), note_types or load_note_types(), stamp=stamp))
        return path

    return run
