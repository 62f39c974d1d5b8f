"""Made-up cards with content that no sample page has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from qt2anki.anki.cards import CardSides, Part
from qt2anki.anki.note_types import load_note_types
from qt2anki.preview.make_preview import preview_page
from qt2anki.preview.preview_cards import NONE, Mark, PreviewCard


def made_card(
    number: int, front: str, back: str, *, key: str = "", marks: tuple[Mark, ...] = ()
) -> PreviewCard:
    fixed = Part("<hr id=answer>", is_content=False)
    question = Part(front, is_content=True)
    return PreviewCard(
        guid=f"g{number}/{key}",
        key=key or f"{number}/qa",
        ord=0,
        page_id=number,
        kind="qa",
        tier="core",
        tags=("Made::kind::qa",),
        decks=("Made",),
        css=_style(),
        sides=CardSides((question,), (question, fixed, Part(back, is_content=True))),
        marks=marks,
    )


@cache
def _style() -> str:
    return load_note_types().qa.css


def write_preview(
    file: Path, cards: list[PreviewCard], pictures: Mapping[str, bytes] = NONE
) -> Path:
    html = preview_page(cards, title="Made", link=lambda _: None, pictures=pictures)
    file.write_text(html, encoding="utf-8")
    return file
