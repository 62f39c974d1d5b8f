from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from qt2anki.config import Settings
from qt2anki.model import Kind, Page
from qt2anki.notes.make_notes import make_notes
from tests.notes.card_text import fields, notes_of, page_of

STEPS = """\
What are the steps of milling rye?
These are the steps in order:

1. **Clean It**: Shake stones out over a wire sieve for a while.
2. **Temper It**: Spray water on the kernels and wait one night.
3. **Crush It**: Run all between two ribbed steel rollers twice.
"""


@pytest.mark.parametrize(
    ("page", "code"),
    [
        pytest.param("Why rye?\nI cannot answer this question.", "QT301", id="a refusal"),
        pytest.param("What did the lecture say?\nRye needs acid.", "QT302", id="something else"),
        pytest.param("Is rye bread?\nRye is bread.", "QT303", id="nothing that can be graded"),
    ],
)
def test_a_page_without_notes_says_why(page: str, code: str) -> None:
    made = make_notes(page_of(page), Settings(card_threshold=0))

    assert made.notes == ()
    (problem,) = made.problems
    assert (problem.code, problem.severity, problem.source) == (code, "note", "case.md")


def test_a_page_with_notes_has_no_problem() -> None:
    page = page_of("When was rye bread baked?\nRye bread was baked by 1846.")
    made = make_notes(page, Settings(card_threshold=0))

    assert made.problems == ()
    assert [note.key for note in made.notes] == ["qa"]
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # our own bytes


def test_notes_are_numbered_in_the_order_they_are_learnt() -> None:
    notes = notes_of(STEPS)

    assert [fields(note)["Order"] for note in notes] == [
        f"1.{place:02d}" for place in range(1, len(notes) + 1)
    ]
    assert notes[0].kind is Kind.QA


def test_a_term_that_is_defined_is_not_asked_about_as_a_point() -> None:
    text = """\
Which cells remodel bone?
- **Osteoclast**: A multinucleated cell that resorbs bone with acid and collagenase.
- **Osteoblast**: A mononucleated cell that deposits osteoid, which calcifies within days.
"""
    page = page_of(text)
    term = replace(page, keywords=("osteoclast",))

    def keys(one: Page) -> list[str]:
        return [note.key for note in make_notes(one, Settings(card_threshold=0)).notes]

    assert "point/osteoclast" in keys(page)
    assert "point/osteoclast" not in keys(term)
    assert "item/osteoclast" in keys(term)
    assert "point/osteoblast" in keys(term)


def test_settings_decide_what_is_a_sequence() -> None:
    kinds = {
        "as it is": notes_of(STEPS),
        "hardly ever": notes_of(STEPS, settings=Settings(card_threshold=0, sequence_threshold=99)),
        "never": notes_of(STEPS, settings=Settings(card_threshold=0, sequences=((1, False),))),
        "this page": notes_of(
            STEPS,
            settings=Settings(card_threshold=0, sequence_threshold=99, sequences=((1, True),)),
        ),
    }

    assert {name for name, notes in kinds.items() if any(n.kind is Kind.NEXT for n in notes)} == {
        "as it is",
        "this page",
    }


def test_no_two_notes_of_a_page_have_one_key_or_one_front() -> None:
    text = STEPS + "\n\n### Again\n\n" + STEPS.partition("\n")[2]
    notes = notes_of(text)

    assert len({note.guid for note in notes}) == len(notes)
    assert len({(fields(n)["Context"], n.fields[1]) for n in notes}) == len(notes)


def test_another_subject_changes_tags_and_label_alone() -> None:
    page = page_of(STEPS)
    both = make_notes(replace(page, subjects=("Baking", "Food")), Settings(card_threshold=0)).notes

    assert [n.guid for n in both] == [n.guid for n in notes_of(STEPS)]
    for new, old in zip(both, notes_of(STEPS), strict=True):
        shown, before = fields(new), fields(old)
        assert shown | {"Context": ""} == before | {"Context": ""}
        assert shown["Context"] in ("", before["Context"].removeprefix("Baking · "))
    assert all("QuickTakes::subject::Food" in note.tags for note in both)
