from __future__ import annotations

import re
import time
from pathlib import Path

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.source.unescape import CONTROL_WORDS, UNMISTAKABLE_WORDS, decode
from tests.golden import golden


@pytest.mark.parametrize(("answer", "expected"), golden("unescape.md"))
def test_decoding(answer: str, expected: str) -> None:
    assert decode(answer) == expected


@pytest.mark.parametrize("word", sorted(CONTROL_WORDS))
def test_every_control_word_survives_in_math(word: str) -> None:
    text = f"If $a \\{word} b$ or \\(\\{word}\\), then\\n$$\\na \\{word} b\\n$$"

    assert decode(text) == f"If $a \\{word} b$ or \\(\\{word}\\), then\n$$\na \\{word} b\n$$"


@pytest.mark.parametrize("word", sorted(UNMISTAKABLE_WORDS))
def test_a_longer_word_is_another_word(word: str) -> None:
    assert decode(f"$a \\{word}x b$") == f"$a \n{word[1:]}x b$"


def test_the_words_are_told_apart() -> None:
    assert UNMISTAKABLE_WORDS < CONTROL_WORDS
    assert all(word.startswith("n") for word in CONTROL_WORDS)


_DOUBTS = st.sampled_from(
    (
        "\\n",
        "\\n",
        "\\n\\n",
        "\\",
        '"',
        "'",
        "(",
        ")",
        " ",
        "a",
        "n",
        "eq",
        "eg a",
        "\\neg",
        "\\neq",
        "\n",
    )
)


@given(st.lists(_DOUBTS, max_size=9).map("".join))
def test_what_is_beyond_doubt_is_decoded_as_step_by_step(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qt2anki.source.unescape._DOUBTFUL", re.compile(""))
        step_by_step = decode(text)

    assert decode(text) == step_by_step


lines = st.lists(st.text(alphabet="ABC def.,-*#1$`\"'(){}", max_size=12), max_size=6)


@given(st.text().filter(lambda text: "\\n" not in text and "\\u" not in text))
def test_text_without_escapes_stays(text: str) -> None:
    assert decode(text) == text


@given(lines)
def test_nothing_but_escapes_changes(parts: list[str]) -> None:
    decoded = decode("\\n".join(parts))

    assert re.sub(r"\\n|\n", "", decoded) == "".join(parts)


@given(st.lists(st.text(alphabet="ABC .,-*#1", max_size=12), max_size=6))
def test_prose_is_decoded_line_by_line(parts: list[str]) -> None:
    assert decode("\\n".join(parts)) == "\n".join(parts)


HOSTILE = {
    "escapes": "\\n" * 100_000,
    "strings": "```\\n" + '"\\n' * 60_000,
    "one string": '```\\n"' + "\\n" * 100_000,
    "formulas": "$$\\nu" * 40_000,
    "one formula": "$$\\n" + "\\\\\\nu " * 40_000 + "$$",
    "environments": "$$" + "\\begin{\\nu" * 30_000 + "\\n$$",
    "a long word": "\\n" + "u" * 300_000,
    "inline code": "`" + "\\n1" * 100_000 + "`",
}


@pytest.mark.no_cover
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    decode(text)

    assert time.process_time() - started < 3  # a quadratic walk takes minutes


def test_real_answers_keep_their_control_words(corpus: Path) -> None:
    kept = 0
    for path in corpus.rglob("*.md"):
        answer = str(frontmatter.load(str(path))["answer"])
        decoded = decode(answer)
        words = re.findall(r"\\(n[a-z]+)(?![A-Za-z])", decoded)
        kept += len(words)
        assert re.search(r"(?m)^(?:eq|abla|otin)\b", decoded) is None, path
        assert set(words) <= CONTROL_WORDS, path

    assert kept > 0
