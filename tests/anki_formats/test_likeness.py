"""Misspelt words, and similar texts."""

from __future__ import annotations

import pytest

from qt2anki.anki.visible_text import is_typo, likeness


@pytest.mark.parametrize(
    ("left", "right", "score"),
    [
        ("a b", "a b", 1.0),
        ("a b", "c d", 0.0),
        ("a b c", "b c d", 0.5),
        ("", "", 1.0),
        ("", "a", 0),
        ("arterail blood", "arterial blood", 1.0),
        ("first 1954", "first 1955", 1 / 3),
    ],
)
def test_likeness(left: str, right: str, score: float) -> None:
    assert likeness(frozenset(left.split()), frozenset(right.split())) == pytest.approx(score)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("arterail", "arterial", True),
        ("chlorophyl", "chlorophyll", True),
        ("chlorophyl1", "chlorophyll", False),
        ("ileum", "xylem", False),
        ("explain", "exploring", False),
        ("1954", "1945", False),
    ],
)
def test_typos(one: str, other: str, *, expected: bool) -> None:
    assert is_typo(one, other) is expected
    assert is_typo(other, one) is expected
