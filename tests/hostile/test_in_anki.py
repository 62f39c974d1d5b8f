"""Hostile pages in real Anki: as many cards as were made, and none with an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hostile.conftest import Attack

pytest.importorskip("anki.collection")

from anki.cards import Card
from anki.template import TemplateRenderOutput

from tests.anki.learner import Learner


def test_no_page_makes_a_card_of_its_own(attack: Attack, subjects: Attack, tmp_path: Path) -> None:
    packages = (*attack.packages, *subjects.packages[::8])
    learner = Learner(tmp_path / "learner")
    try:
        for package in packages:
            assert learner.import_file(package.path).conflicting == 0
        made = sum(len(note.ords) for package in packages for note in package.notes)
        empty, mended = learner.empty_cards(), learner.check_database()
        outputs = [card.render_output() for card in every_card(learner)]
        sounds = [sound for output in outputs for sound in sounds_of(output)]
        decks = {deck.name for deck in learner.collection.decks.all_names_and_ids()}
        cards = learner.collection.card_count()
    finally:
        learner.close()

    assert cards == made
    assert empty == []
    assert mended == ""
    named = {name for package in packages for name in (package.deck, *package.deck_names)}
    assert decks - {"Default", "QuickTakes"} == named
    assert sounds == []
    for output in outputs:
        sides = output.question_text + output.answer_text
        for trace in ("[[type:", "{{c", "ankiweb.net/templates/errors", "<anki-"):
            assert trace not in sides


def every_card(learner: Learner) -> list[Card]:
    return [learner.collection.get_card(card_id) for card_id in learner.collection.find_cards("")]


def sounds_of(output: TemplateRenderOutput) -> list[object]:
    """Return what Anki would play or speak, and the pictures it would make of LaTeX."""
    every: list[object] = [*output.question_av_tags, *output.answer_av_tags]
    every += re.findall(r"<img class=.?latex[^>]*>", output.question_text + output.answer_text)
    return every
