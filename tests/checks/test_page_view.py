from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.checks.page_view import Places
from qt2anki.source.front_matter import read_front_matter
from qt2anki.source.unescape import decode

WRITTEN = {
    "folded": "answer: >-\n    {}",
    "literal": "answer: |\n  {}",
    "quoted": 'answer: "{}"',
    "single": "answer: '{}'",
    "plain": "answer: {}",
    "plain-below": "answer:\n  {}",
    "with-comment": "answer: > # why\n\n    {}",
}


def places(yaml: str) -> tuple[Places, str, list[str]]:
    """Return the places in the answer, the decoded answer, and the lines of the file."""
    text = f"\n---\nid: 1\n{yaml}\nsubject: x\n---\n"
    front, problems = read_front_matter(text, "a.md")
    assert front is not None, problems
    entry = front.entries["answer"]
    return Places(text, entry), decode(entry.text).strip(), text.split("\n")


@pytest.mark.parametrize("form", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("text", [r"Rain\n\nX falls", r"\n One two\n X", r"a \nabla X b \neq c"])
def test_the_place_of_a_letter_however_the_answer_is_written(form: str, text: str) -> None:
    written = text.replace("\\", "\\\\") if form == WRITTEN["quoted"] else text
    found, decoded, lines = places(form.format(written))

    line, column = found.place(decoded.index("X"))

    assert lines[line - 1][column - 1] == "X"


@pytest.mark.parametrize(
    "yaml",
    [
        pytest.param("answer: >\n  one two\n  three\n\n\n  four X", id="folded-lines"),
        pytest.param('answer: "one \\\n    two\\tthree \\x58\\u0041 X"', id="escapes"),
        pytest.param('answer: "\\u0020\\_one\\N two\\u2029 X"', id="escaped-blanks"),
        pytest.param("answer: 'it''s ''X'''", id="doubled-quotes"),
        pytest.param("answer: one\n  two\n  X", id="plain-lines"),
        pytest.param("answer: |+\n   X\n\n", id="keeps-the-end"),
    ],
)
def test_the_place_of_the_last_sign(yaml: str) -> None:
    found, decoded, lines = places(yaml)

    line, column = found.place(decoded.rindex("X"))

    assert lines[line - 1][column - 1] == "X"


@given(st.text(st.sampled_from("ab\\n\"' é\t𝄞.:#-"), max_size=40))
def test_every_sign_of_a_quoted_text_is_found(text: str) -> None:
    found, decoded, lines = places(f"answer: {json.dumps(text, ensure_ascii=False)}")

    for position, sign in enumerate(decoded):
        line, column = found.place(position)
        rest = lines[line - 1][column - 1 :]
        if not sign.isspace():
            shown = {'"': '\\"', "\\": "\\\\"}.get(sign, sign)
            assert rest.startswith(shown)


def test_an_empty_answer_has_a_place_too() -> None:
    assert places('answer: ""')[0].place(0) == (1, 1)
