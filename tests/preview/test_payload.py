"""The cards as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from qt2anki.anki.cards import joined_html
from qt2anki.preview.preview_cards import Mark, has_math, payload, preview_cards
from tests.anki_formats.decks import qa_note
from tests.preview.made import package


def read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_page_can_put_every_side_together_again(tmp_path: Path) -> None:
    cards = preview_cards([package(tmp_path / "a.apkg")], marks={})

    data = read(payload(cards, lambda page_id: f"pages/{page_id}" if page_id != 2 else None))

    for card, written in zip(cards, data["cards"], strict=True):
        for side in ("front", "back"):
            html = "".join(data["strings"][at] for at in written[side])
            assert html == joined_html(getattr(card.sides, side))
        assert [data["tags"][at] for at in written["tags"]] == list(card.tags)
        assert data["kinds"][written["kind"]] == card.kind
        assert data["styles"][written["style"]] == card.css
    sources = [card["source"] for card in data["cards"]]
    assert [None if at is None else data["sources"][at] for at in sources] == [
        "pages/1",
        None,
        "pages/3",
        "pages/3",
    ]


def test_text_of_templates_comes_before_text_of_notes(tmp_path: Path) -> None:
    cards = preview_cards([package(tmp_path / "a.apkg")], marks={})

    data = read(payload(cards, lambda _: None))

    fixed, free = data["strings"][: data["fixed"]], data["strings"][data["fixed"] :]
    assert any("<article" in text for text in fixed)
    assert not any("<article" in text for text in free)
    assert "Why green?" in free


def test_equal_text_stands_once(tmp_path: Path) -> None:
    details = "<p>The whole answer.</p>" * 50
    notes = tuple(qa_note(page, Details=details) for page in range(1, 100))
    cards = preview_cards([package(tmp_path / "a.apkg", notes)], marks={})

    text = payload(cards, lambda _: None)

    assert text.count("The whole answer.") == 50


def test_findings_with_the_hard_ones_first(tmp_path: Path) -> None:
    vague, leak = Mark("a vague one", "two", is_hard=False), Mark("leak", "one", is_hard=True)
    marks = {"qa-1": (leak, vague), "qa-3": (replace(leak, text="three"),)}
    cards = preview_cards([package(tmp_path / "a.apkg")], marks=marks)

    data = read(payload(cards, lambda _: None))

    assert data["metrics"] == [
        {"name": "leak", "hard": True},
        {"name": "a vague one", "hard": False},
    ]
    assert [card["marks"] for card in data["cards"]] == [
        [[0, "one"], [1, "two"]],
        [],
        [[0, "three"]],
        [[0, "three"]],
    ]


def test_math_is_looked_for_as_anki_does(tmp_path: Path) -> None:
    plain = preview_cards([package(tmp_path / "a.apkg")], marks={})
    notes = (qa_note(1, Details=r"<p>\(x\)</p>"),)
    formula = preview_cards([package(tmp_path / "b.apkg", notes)], marks={})

    assert (has_math(plain), has_math(formula)) == (False, True)
