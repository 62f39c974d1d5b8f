from __future__ import annotations

import time

import pytest
from hypothesis import given

from qt2anki.outline.sentences import first_sentence, last_sentence, sentences
from tests.golden import golden
from tests.outline.strategies import wild


@pytest.mark.parametrize(("text", "expected"), golden("sentences.md"))
def test_sentences(text: str, expected: str) -> None:
    assert "\n".join(sentences(text)) == expected


@given(wild)
def test_sentences_are_the_text_again(text: str) -> None:
    found = sentences(text)

    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence and sentence == sentence.strip() for sentence in found)


def test_the_outer_sentences() -> None:
    assert first_sentence("Mix. Rest. Bake.") == "Mix."
    assert last_sentence("Mix. Rest. Bake.") == "Bake."
    assert first_sentence("") == last_sentence(" ") == ""


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece", ["a. ", "A. ", ".", '."', "e.g. ", "U.S. ", "`a. ", "1. B", "a.\n"]
)
def test_a_hostile_text_is_cut_soon(piece: str) -> None:
    started = time.process_time()

    sentences(piece * 50_000)

    assert time.process_time() - started < 4
