"""Our rendering of cards against Anki's own, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qt2anki.anki.cards import joined_html, render_card
from qt2anki.anki.cloze import cloze_html
from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import PublishedPackage, read_packages
from qt2anki.build.job import Progress
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings
from tests.anki.learner import Learner
from tests.conftest import EXAMPLES

INPUT = Path(__file__).parents[2] / "input"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedPackage, ...]:
    folder = tmp_path_factory.mktemp("input")
    job = Job(
        (str(INPUT),), folder, Settings(card_threshold=0), load_note_types(), stamp=1_795_000_000
    )
    build(job, Progress())
    return read_packages([folder])


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    one = Learner(tmp_path_factory.mktemp("anki") / "learner")
    yield one
    one.close()


def test_every_card_of_the_sample_pages_is_as_anki_shows_it(
    packages: tuple[PublishedPackage, ...], learner: Learner
) -> None:
    compared = 0
    for package in packages:
        learner.import_file(package.path)
        note_types = {note_type.kind: note_type for note_type in package.note_types}
        for note in package.notes:
            for card in learner.cards(note.guid):
                deck = learner.collection.decks.name(card.did)
                ours = render_card(note, note_types[note.note_type], card.ord, deck=deck)
                sides = learner.sides(card)
                assert (joined_html(ours.front), joined_html(ours.back)) == (
                    sides.front,
                    sides.back,
                )
                compared += 1
    assert compared > 200


PIECES = (
    "{{c1:: {{c2:: {{c1,2:: {{c01:: }} :: a b> <b> </b> < > <!-- --> <STYLE> </style> <script"
    r" </script> \( \) \[ \] &amp; } { \N{EURO SIGN} \N{LATIN SMALL LETTER E WITH ACUTE}"
).split(" ")


@settings(max_examples=4 * EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join))
def test_any_cloze_field_is_as_anki_shows_it(anki: Learner, field: str) -> None:
    note_type = anki.collection.models.by_name("Cloze")
    assert note_type is not None
    note = anki.collection.new_note(note_type)
    note["Text"] = field
    template = dict(note_type["tmpls"][0]) | dict.fromkeys(("qfmt", "afmt"), "A{{cloze:Text}}B")
    output = note.ephemeral_card(ord=0, custom_template=template).render_output()

    ours = [f"A{cloze_html(field, 1, is_front=is_front)}B" for is_front in (True, False)]

    if "No cloze" in output.question_text:  # Anki's message; there is no such card in a package
        assert ours == ["AB", "AB"]
    else:
        assert ours == [output.question_text, output.answer_text]
