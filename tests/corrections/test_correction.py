"""Reading files of corrections: every mistake with its place and the nearest key."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.config import Settings
from qt2anki.corrections.corrections_file import (
    Corrections,
    places_of_corrections,
    read_corrections,
)
from qt2anki.errors import SettingsError

ALL = """\
[card."17/step/fusion/explain"]
drop = true
reason = "asks what the name says"

[card."17/qa"]
question = "What follows?"
answer = "Vesicles fuse."
extra = ""
made_from = "5f1c9e02"

[card."bio-4/cloze/p/calcium"]
text = "Ions of {{c1::calcium}} enter."
proposed = true

[card.'17/own/why']
question = "Why?"
answer = "Because."
keep = true
"""


def read(folder: Path, text: str, name: str = "corrections.toml") -> Corrections:
    (folder / name).write_text(text, "utf-8")
    return read_corrections([folder / name])


def test_every_key_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, ALL).by_key

    assert list(found) == [
        "17/own/why",
        "17/qa",
        "17/step/fusion/explain",
        "bio-4/cloze/p/calcium",
    ]
    assert {key: one.line for key, one in found.items()} == {
        "17/own/why": 15,
        "17/qa": 5,
        "17/step/fusion/explain": 1,
        "bio-4/cloze/p/calcium": 11,
    }
    assert found["17/qa"].values == {
        "question": "What follows?",
        "answer": "Vesicles fuse.",
        "extra": "",
        "made_from": "5f1c9e02",
    }
    assert found["17/step/fusion/explain"].drop
    assert found["bio-4/cloze/p/calcium"].proposed
    assert found["17/own/why"].is_own


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            '[card."1/qa"]\nkep = true',
            "2: 1/qa: kep: there is no such key\n  hint: Did you mean 'keep'?",
            id="unknown key",
        ),
        pytest.param(
            '[cards."1/qa"]\nkeep = true',
            "1: there is no such table\n  hint: Begin each correction with"
            ' [card."PAGE/KEY"] or [page."PAGE"].',
            id="unknown table",
        ),
        pytest.param(
            '[page."17"]\nreason = "hm"',
            "1: 17: a page without is_sequence\n  hint: Write is_sequence = true or false; or the"
            ' key of a card, such as "170604/qa".',
            id="a page without a verdict",
        ),
        pytest.param(
            '[page."17"]\nis_sequence = true\ndrop = true',
            "3: 17: drop: there is no such key\n  hint: The keys are is_sequence, reason.",
            id="a key of cards",
        ),
        pytest.param(
            '[page."17/qa"]\nis_sequence = true',
            '1: 17/qa: not the id of a page\n  hint: Write cards as [card."PAGE/KEY"].',
            id="a card in the table of pages",
        ),
        pytest.param(
            '[card."1/qa"]\nis_sequence = true',
            "2: 1/qa: is_sequence: there is no such key\n  hint: The keys are answer, drop, extra,"
            " keep, made_from, proposed, question, reason, text.",
            id="a key of pages",
        ),
        pytest.param(
            '[card."1/qa"]\ndrop = "yes"', "2: 1/qa: drop: text, not true or false", id="no flag"
        ),
        pytest.param(
            '[card."1/qa"]\nanswer = 4',
            "2: 1/qa: answer: a number, not text\n  hint: Put it in quotes.",
            id="no text",
        ),
        pytest.param('[card."1/qa"]\nanswer = " "', "2: 1/qa: answer: empty", id="empty"),
        pytest.param(
            '[card."1/qa"]\nanswer = "a\\u0000"',
            "2: 1/qa: answer: contains a control character",
            id="control character",
        ),
        pytest.param(
            '[card."1/qa"]\nkeep = true\nmade_from = "xyz"',
            "3: 1/qa: made_from: not 8 hexadecimal digits\n"
            "  hint: qt2anki corrections add KEY writes it.",
            id="digest",
        ),
        pytest.param(
            '[card."qa"]\nkeep = true',
            "1: qa: not the key of a card\n"
            '  hint: Write it as on the card: "PAGE/KEY", such as "170604/qa".',
            id="no page",
        ),
        pytest.param(
            '[card."1/own/Why not"]\nquestion = "Why?"\nanswer = "So."',
            "1: 1/own/Why not: not a name for a card of your own\n  hint: Use lower-case letters,"
            " digits and hyphens after own/, such as own/why-it-stops.",
            id="own name",
        ),
        pytest.param(
            '[card."1/own/why"]\nquestion = "Why?"',
            "1: 1/own/why: a card without an answer\n"
            "  hint: Write question and answer, or text with one {{c1::...}}.",
            id="no answer",
        ),
        pytest.param(
            '[card."1/qa"]\nreason = "hm"',
            "1: 1/qa: says nothing\n  hint: Write question, answer, text, extra, drop or keep.",
            id="says nothing",
        ),
        pytest.param(
            '[card."1/qa"]\ndrop = true\nkeep = true',
            "1: 1/qa: drop and keep are mutually exclusive\n  hint: Leave one of them out.",
            id="drop and keep",
        ),
        pytest.param(
            '[card."1/qa"]\ndrop = true\nanswer = "a"',
            "1: 1/qa: a dropped card needs no wording\n  hint: Remove drop, or the wording.",
            id="drop and wording",
        ),
        pytest.param(
            '[card."1/qa"]\ntext = "{{c1::a}}"\nanswer = "a"',
            "1: 1/qa: a card has either a question or a cloze deletion\n"
            "  hint: Write question and answer, or text with one {{c1::...}}.",
            id="text and answer",
        ),
        pytest.param(
            '[card."1/qa"]\nkeep = true\n\n[card."1/qa"]\ndrop = true',
            "4: a second correction to the card '1/qa'; the first is in FILE:1\n"
            "  hint: Keep one of them.",
            id="twice",
        ),
        pytest.param(
            '<<<<<<< HEAD\n[card."1/qa"]\nkeep = true\n=======\n[card."2/qa"]\ndrop = true\n'
            ">>>>>>> other\n",
            "1: an unresolved merge conflict\n  hint: Keep both tables, or one if both sides"
            " correct the same card; then remove the markers.",
            id="merge conflict",
        ),
        pytest.param('[card."1/qa"]\nkeep = tru', "2: not TOML: Invalid value", id="no TOML"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _ = read(tmp_path, text).by_key

    file = (tmp_path / "corrections.toml").as_posix()
    assert str(caught.value) == f"{file}:{message.replace('FILE', file)}"


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    read(tmp_path, '[card."1/qa"]\nkeep = true\n', "a.toml")
    read(tmp_path, '[card."1/qa"]\ndrop = true\n\n[card."2/qa"]\nkepe = true\n', "b.toml")

    with pytest.raises(SettingsError) as caught:
        _ = read_corrections([tmp_path]).by_key

    first, second = (tmp_path / name for name in ("a.toml", "b.toml"))
    assert str(caught.value).splitlines()[::2] == [
        f"{second}:1: a second correction to the card '1/qa'; the first is in {first}:1",
        f"{second}:5: 2/qa: kepe: there is no such key",
    ]


def test_corrections_are_beside_the_settings(tmp_path: Path) -> None:
    assert places_of_corrections(tmp_path, Settings(), None) == (tmp_path / "corrections.toml",)

    (tmp_path / "corrections").mkdir()
    assert places_of_corrections(tmp_path, Settings(), None) == (tmp_path / "corrections",)

    named = Settings(corrections="mine.toml")
    assert places_of_corrections(tmp_path, named, None) == (tmp_path / "mine.toml",)
    assert places_of_corrections(tmp_path, named, None, Path("x.toml")) == (Path("x.toml"),)
