from __future__ import annotations

import pytest

from qt2anki.notes.frequency import (
    acronym_rate,
    rare_of,
    rarest,
    rate,
    specialist_of,
    technical_of,
)
from qt2anki.notes.words import root


@pytest.mark.parametrize(
    ("word", "rare", "technical", "specialist"),
    [
        pytest.param("process", False, False, False, id="on most pages"),
        pytest.param("kitchen", True, False, False, id="rare there, but everyday"),
        pytest.param("pamphlet", True, True, False, id="general English"),
        pytest.param("mycorrhiza", True, True, True, id="a term"),
    ],
)
def test_three_grades_of_terms(word: str, rare: bool, technical: bool, specialist: bool) -> None:
    own = frozenset((root(word),))
    assert (rare_of(own), technical_of(own), specialist_of(own)) == (
        own if rare else frozenset(),
        own if technical else frozenset(),
        own if specialist else frozenset(),
    )


def test_rates() -> None:
    assert rate("no-such-root") == 0
    assert 0 < rate(root("enzyme")) < rate(root("process")) <= 10_000
    assert rarest([root("process"), root("enzyme")]) == rate(root("enzyme"))
    assert rarest([]) == 10_000


def test_acronyms_are_not_words() -> None:
    assert acronym_rate("dna") == acronym_rate("DNA") > 100
    assert acronym_rate("QRT") == 0
    assert acronym_rate("AND") < rate(root("cell"))
