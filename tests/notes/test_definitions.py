from __future__ import annotations

import pytest

from qt2anki.notes.kinds.definitions import defined_as, read_asides, read_definition
from qt2anki.notes.words import roots
from tests.golden import golden


@pytest.mark.parametrize(("text", "expected"), golden("definitions.md"))
def test_definitions(text: str, expected: str) -> None:
    title, _, sentence = text.rpartition("\n\n")
    title = title.removeprefix("title: ")

    found = read_definition(sentence, title) or next(read_asides(sentence), None)

    shown = "none"
    if found:
        subject = found.subject or title
        shown = f"{found.opening}{found.auxiliary} {subject}\n= {found.answer}"
    assert shown == expected


def test_definition_of_one_term() -> None:
    sentence = "**Weirs** are low walls that raise the level of a stream."

    assert defined_as(roots("weir"), sentence)
    assert not defined_as(roots("sluice"), sentence)
    assert not defined_as(roots("weir in a mill stream"), sentence)
    assert not defined_as(frozenset(), sentence)
