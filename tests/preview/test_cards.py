"""Packages as the cards of a preview."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from qt2anki.anki.cards import joined_html
from qt2anki.errors import PackageError
from qt2anki.preview.preview_cards import Mark, preview_cards
from tests.anki_formats.decks import qa_note
from tests.preview.made import NOTES, package


def test_every_card_in_the_order_of_the_deck(tmp_path: Path) -> None:
    cards = preview_cards([package(tmp_path / "a.apkg")], marks={})

    assert [(card.guid, card.ord) for card in cards] == [
        ("qa-1", 0),
        ("cloze-2", 0),
        ("qa-3", 0),
        ("qa-3", 1),
    ]
    assert [card.key for card in cards] == ["1/qa", "2/step/sap-rises/next", "3/qa", "3/qa"]
    assert "Define: sap" in joined_html(cards[3].sides.front)
    assert "Juice" in joined_html(cards[3].sides.back)
    assert cards[0].page_id == 1
    assert ".qt" in cards[0].css


def test_kind_and_tier_are_those_of_the_tags(tmp_path: Path) -> None:
    without = qa_note(9, tags=(), key="formula/area")
    cards = preview_cards([package(tmp_path / "a.apkg", (*NOTES, without))], marks={})

    assert [(card.kind, card.tier) for card in cards] == [
        ("qa", ""),
        ("qa", ""),
        ("term", "extra"),
        ("term", "extra"),
        ("formula", ""),
    ]


def test_a_page_in_two_subjects_is_shown_once(tmp_path: Path) -> None:
    botany = package(tmp_path / "a.apkg")
    forestry = package(tmp_path / "b.apkg", NOTES[:1], subject="Forestry")

    cards = preview_cards([botany, forestry], marks={})

    assert len(cards) == 4
    assert [card.decks for card in cards[:2]] == [("Botany", "Forestry"), ("Botany",)]


def test_marks_stand_on_all_cards_of_their_note(tmp_path: Path) -> None:
    mark = Mark("leak", "the front shows 'sap'", is_hard=True)

    cards = preview_cards([package(tmp_path / "a.apkg")], marks={"qa-3": (mark,)})

    assert [card.marks for card in cards] == [(), (), (mark,), (mark,)]


def test_templates_that_cannot_be_used_name_the_package(tmp_path: Path) -> None:
    good = package(tmp_path / "a.apkg")
    types = [
        dataclasses.replace(one, templates=(dataclasses.replace(side, front="{{Nothing}}"),))
        for one in good.note_types
        for side in one.templates[:1]
    ]

    with pytest.raises(PackageError, match="'Nothing' that does not exist") as caught:
        preview_cards([dataclasses.replace(good, note_types=tuple(types))], marks={})

    assert caught.value.source.endswith("a.apkg")
    assert caught.value.hint
