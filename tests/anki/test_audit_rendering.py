"""What the audit renders is what Anki renders, for every card of the sample pages."""

from __future__ import annotations

import html
import re
from pathlib import Path

from click.testing import CliRunner

from qt2anki.audit.cards import cards_of
from qt2anki.audit.template import Sides
from qt2anki.cli import main
from qt2anki.package.published import read_packages
from tests.anki.learner import Learner

INPUT = Path(__file__).parents[2] / "input"
_HIDDEN = re.compile(r'(?<=data-cloze=")[^"]*')


def test_every_card_looks_as_in_anki(learner: Learner, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["build", str(INPUT), "-o", str(tmp_path / "out"), "-q"])
    assert done.exit_code == 0, done.output
    packages = read_packages([tmp_path / "out"])
    for package in packages:
        learner.import_file(package.path)

    seen = set()
    for card in (card for package in packages for card in cards_of(package)):
        (real,) = (one for one in learner.cards(card.guid) if one.ord == card.ord)
        assert _read(card.sides) == _read(learner.sides(real)), card.key
        seen.add(card.kind)

    assert seen >= {"qa", "next", "explain", "name"}
    assert learner.collection.card_count() == len(
        {(card.guid, card.ord) for package in packages for card in cards_of(package)}
    )


def _read(sides: Sides | object) -> tuple[str, str]:
    """Resolve the attribute with the hidden text, which Anki encodes in its own way."""
    front, back = str(getattr(sides, "front", "")), str(getattr(sides, "back", ""))
    return _resolved(front), _resolved(back)


def _resolved(side: str) -> str:
    return _HIDDEN.sub(lambda hidden: html.unescape(hidden[0]), side)
