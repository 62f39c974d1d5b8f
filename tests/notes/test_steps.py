from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config import Settings
from qt2anki.model import Item, Kind, Note, Paragraph
from qt2anki.notes.gates import leaks
from qt2anki.notes.kinds.explanations import explain
from qt2anki.notes.make_notes import make_notes
from qt2anki.notes.words import roots
from qt2anki.source.discover import discover, read_source
from tests.golden import golden
from tests.notes.card_text import (
    back,
    fields,
    front,
    plain,
    shown,
    steps_of,
    whole_front,
)
from tests.reading import read_one

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


@pytest.mark.parametrize(("page", "expected"), golden("cards/steps.md"))
def test_step_notes(page: str, expected: str) -> None:
    assert (shown(steps_of(page)) or "none") == expected


@pytest.mark.parametrize(("page", "expected"), golden("cards/steps.md"))
def test_no_front_shows_its_answer(page: str, expected: str) -> None:
    assert expected
    for note in steps_of(page):
        if note.kind in (Kind.NEXT, Kind.NAME):
            known = roots(plain(fields(note)["Context"]))
            assert not leaks(back(note), known=known, front=roots(front(note)))


def test_no_step_note_bears_a_number() -> None:
    page = golden("cards/steps.md")[0].values[0]
    assert isinstance(page, str)

    for note in steps_of(page):
        assert not re.search(r"\d", whole_front(note))
        assert not re.search(r"\d", note.key)
        assert "c2::" not in "".join(note.fields)


TITLES = (
    "Harvest", "Threshing", "Winnowing", "Drying", "Milling", "Sifting", "Kneading", "Proofing",
    "Shaping", "Scoring", "Roasting", "Cooling",
)  # fmt: skip
ACTS = (
    "men cut tall stalks on a clear morning before any dew falls",
    "flails part husk and kernel on the wooden floor of a barn",
    "wind carries chaff off over the yard while heavy kernels fall",
    "sun takes moisture out of sheaves for three weeks in summer",
    "two ribbed stones turn against each other under a heavy beam",
    "silk frames hold back coarse bran and let white powder through",
    "two hands fold a wet mass again until its skin feels smooth",
    "yeast fills small pockets with gas inside a warm dark cupboard",
    "palms round pieces and seal every seam on an oiled board",
    "one sharp blade opens the skin along its whole upper side",
    "radiant bricks set starch and brown sugars within forty minutes",
    "racks let hot steam escape from below into cold kitchen air",
)


def sequence(titles: list[str], act: int = 0) -> tuple[Note, ...]:
    acts = {title: ACTS[(n + act) % len(ACTS)] for n, title in enumerate(TITLES)}
    steps = "\n\n".join(f"1. **{title}**: Then {acts[title]}." for title in titles)
    question = "How is a loaf made, step by step?"
    return steps_of(f"{question}\nThese are the steps:\n\n{steps}")


def names(notes: tuple[Note, ...]) -> dict[str, str]:
    return {note.key: note.guid for note in notes}


some_titles = st.lists(st.sampled_from(TITLES), min_size=3, max_size=7, unique=True)


@given(some_titles, st.randoms(use_true_random=False))
def test_steps_in_another_order_are_the_same_notes(titles: list[str], random: object) -> None:
    moved = list(titles)
    random.shuffle(moved)  # type: ignore[attr-defined]

    assert names(sequence(moved)) == names(sequence(titles))


@given(some_titles, st.sampled_from(TITLES), st.integers(0, 7))
def test_a_step_put_in_names_no_other_anew(titles: list[str], new: str, at: int) -> None:
    longer = [*titles[:at], *([] if new in titles else [new]), *titles[at:]]

    before, after = names(sequence(titles)), names(sequence(longer))

    assert before.items() <= after.items()
    assert all(f"/{new.lower()}/" in key for key in after.keys() - before.keys())


@given(some_titles, st.sampled_from(TITLES), st.integers(0, 7))
def test_a_step_put_in_changes_the_two_notes_after_it(titles: list[str], new: str, at: int) -> None:
    if new in titles:
        return
    before = {note.guid: contents(note) for note in sequence(titles)}
    after = {note.guid: contents(note) for note in sequence([*titles[:at], new, *titles[at:]])}

    changed = [guid for guid in before if before[guid] != after[guid]]

    # "Next" shows the two steps before it, and whether the first of all is among them.
    assert len(changed) <= 2 + 1


def contents(note: Note) -> dict[str, str]:
    return {name: text for name, text in fields(note).items() if name not in ("Order", "Details")}


@given(some_titles, st.integers(1, 3))
def test_other_words_are_the_same_notes(titles: list[str], act: int) -> None:
    assert names(sequence(titles, act)) == names(sequence(titles))


def test_twelve_steps_at_most() -> None:
    assert len([n for n in sequence(list(TITLES)) if n.kind is Kind.NEXT]) == 12


@pytest.mark.parametrize(
    ("item", "core", "rest"),
    [
        pytest.param(
            Item("1.", "T", ":", "One two three four five six. Seven.", ()),
            "One two three four five six.", "<p>Seven.</p>", id="the first sentence",
        ),
        pytest.param(
            Item("1.", "T", ":", "Wait now. It ferments all night long.", (Paragraph("More."),)),
            "Wait now. It ferments all night long.", "<p>More.</p>", id="two short ones",
        ),
    ],
)  # fmt: skip
def test_explanation(item: Item, core: str, rest: str) -> None:
    explanation = explain(item)

    assert explanation
    assert (explanation.core, explanation.rest) == (core, rest)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(Item("1.", "T", "", "", ()), id="nothing"),
        pytest.param(Item("1.", "T", ":", "These:", ()), id="a colon and nothing"),
        pytest.param(Item("1.", "T", ":", "These:", (Paragraph("Text."),)), id="a colon and text"),
        pytest.param(
            Item("1.", "T", ":", "These are what you need today: More follows.", ()),
            id="a colon within",
        ),
    ],
)
def test_no_explanation(item: Item) -> None:
    found = explain(item)

    assert found is None or not found.core.endswith(":")


@pytest.fixture(scope="module")
def seed() -> tuple[Note, ...]:
    """Give the notes of the seed page; tests are skipped without it."""
    if not SEEDS.is_dir():
        pytest.skip("no seed page beside this checkout")
    (source,) = discover([str(SEEDS)]).sources
    page = read_one(read_source(source).text or "", source.name).page
    assert page
    return make_notes(page, Settings(card_threshold=0)).notes


def test_the_seed_page_asks_for_its_steps(seed: tuple[Note, ...]) -> None:
    (main,) = [note for note in seed if note.kind is Kind.QA]
    order = re.findall(r"<li>(.*?)</li>", fields(main)["Answer"])
    asked = [back(note) for note in seed if note.kind is Kind.NEXT]
    explained = [front(note).split(":")[0] for note in seed if note.kind is Kind.EXPLAIN]

    assert "(6 steps, in order)" in front(main)
    assert len(order) == 6
    assert asked == [*order[1:4], order[5]]
    assert explained == order[:3] + order[4:5]


def test_the_naive_card_of_the_seed_page_is_never_made(seed: tuple[Note, ...]) -> None:
    for note in seed:
        text = whole_front(note).lower()
        if note.note_type == "cloze" and "fusion" in back(note).lower():
            assert not re.search(r"fus(?:e|ing|ion)\b", text)
            assert "vesicle" not in text
