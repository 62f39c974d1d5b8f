"""Which fact is which: tables of single cases, and laws that hold for any edits."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.note_content import field
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Kind, Note
from qt2anki.notes.identity import guid_for, split_key, unit_slugs
from qt2anki.release.match import fingerprints_of, match_facts
from qt2anki.release.previous_release import PreviousRelease, PublishedPage
from qt2anki.release.reconcile import Carried, published_facts
from qt2anki.release.reconcile import carry as carry_notes
from qt2anki.release.retirement import retired_note
from tests.release.at_hand import previous_release, published

Step = tuple[str, str]
NOTHING = previous_release(())

KNEAD = ("Knead the Dough", "Press and fold the warm mass with both palms until it feels smooth.")
PROVE = ("Let It Prove", "Cover the bowl with linen, leave it near a stove for one whole hour.")
SHAPE = ("Shape the Loaf", "Roll everything into a tight ball and tuck the loose ends below.")
BAKE = ("Bake It", "Slide the bread onto hot stone, then throw water against the oven walls.")
BREAD = (KNEAD, PROVE, SHAPE, BAKE)


def notes_of(steps: tuple[Step, ...]) -> tuple[Note, ...]:
    """Make two notes of each step, as they are made of a page."""
    slugs = unit_slugs([("", title) for title, _ in steps])
    notes = []
    for (title, text), slug in zip(steps, slugs, strict=True):
        asked = {"Text": f"What comes next? {{{{c1::{title}}}}}", "Extra": f"<p>{text}</p>"}
        notes.append(_note(f"step/{slug}/next", "cloze", asked))
        told = {"Question": f"<b>{title}</b>: what happens?", "Answer": text}
        notes.append(_note(f"step/{slug}/explain", "qa", told))
    return tuple(notes)


def _note(key: str, note_type: str, values: dict[str, str]) -> Note:
    names = QA_FIELDS if note_type == "qa" else CLOZE_FIELDS
    fields = dict.fromkeys(names, "") | {"Key": f"7/{key}"} | values
    kind = Kind.EXPLAIN if note_type == "qa" else Kind.NEXT
    return Note(
        guid_for(7, key),
        7,
        key,
        kind,
        "qa" if note_type == "qa" else "cloze",
        tuple(fields.values()),
        ("T::page::7",),
    )


def remember(live: tuple[Note, ...], retired: tuple[Note, ...] = ()) -> PreviousRelease:
    """Remember notes as if they had been read from two packages."""
    return previous_release(tuple(map(published, live)), tuple(map(published, retired)))


def carry(steps: tuple[Step, ...], memory: PreviousRelease, stamp: int = 100) -> Carried:
    known = memory.pages.get(7, PublishedPage())
    made = notes_of(steps)
    recognized = published_facts(known.live, known.retired).recognize(made)
    earlier = {note.guid: note for note in (*known.retired, *known.live)}
    return carry_notes(map(recognized.named, made), earlier, memory, stamp=stamp)


def names_by_text(notes: tuple[Note, ...]) -> dict[str, str]:
    """Return under which name each explanation is published."""
    return {
        field(note, "Answer"): split_key(note.key)[0] for note in notes if note.note_type == "qa"
    }


OLD = carry(BREAD, NOTHING, 1).notes


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        pytest.param(BREAD, ["knead-dough", "let-it-prove", "shape-loaf", "bake-it"], id="same"),
        pytest.param(
            (KNEAD, ("Rest", PROVE[1]), SHAPE, BAKE),
            ["knead-dough", "let-it-prove", "shape-loaf", "bake-it"],
            id="renamed",
        ),
        pytest.param(
            (KNEAD, (PROVE[0], PROVE[1].replace("linen", "cloth")), SHAPE, BAKE),
            ["knead-dough", "let-it-prove", "shape-loaf", "bake-it"],
            id="text mended",
        ),
        pytest.param(
            ((PROVE[0], KNEAD[1]), ("Rest", PROVE[1]), SHAPE, BAKE),
            ["knead-dough", "let-it-prove", "shape-loaf", "bake-it"],
            id="title moved to the step before",
        ),
        pytest.param(
            ((PROVE[0], KNEAD[1]), (KNEAD[0], PROVE[1]), SHAPE, BAKE),
            ["knead-dough", "let-it-prove", "shape-loaf", "bake-it"],
            id="titles exchanged: a history stays with what is explained",
        ),
        pytest.param(
            (KNEAD, ("Weigh Flour", "Put exactly five hundred grams upon the scales."), BAKE),
            ["knead-dough", "weigh-flour", "bake-it"],
            id="another step in the place of two",
        ),
        pytest.param(
            (KNEAD, (PROVE[0], "Nothing of what stood here before was left over today.")),
            ["knead-dough", "let-it-prove"],
            id="title kept, text new, nothing else to be it",
        ),
        pytest.param(
            ((PROVE[0], KNEAD[1]),),
            ["knead-dough"],
            id="title moved, and its step gone",
        ),
    ],
)
def test_names_after_an_edit(steps: tuple[Step, ...], names: list[str]) -> None:
    carried = carry(steps, remember(OLD))

    found = [split_key(note.key)[0] for note in carried.notes if note.note_type == "qa"]
    assert found == [f"step/{name}" for name in names]


def test_a_renamed_step_whose_explanation_is_on_no_card_is_the_same_step() -> None:
    def asked(steps: tuple[Step, ...]) -> tuple[Note, ...]:
        every = zip((step for step in steps for _ in range(2)), notes_of(steps), strict=True)
        return tuple(
            replace(note, text=text, fields=(*note.fields[:3], "", *note.fields[4:]))
            for (_, text), note in every
            if note.note_type == "cloze"
        )

    facts = published_facts(map(published, asked(BREAD)))
    recognized = facts.recognize(asked((KNEAD, ("Rest", PROVE[1]), SHAPE, BAKE)))

    assert recognized.keys["step/rest/next"] == "step/let-it-prove/next"


def test_a_free_name_is_not_one_that_was_used() -> None:
    memory = remember(OLD)
    moved = carry(((PROVE[0], KNEAD[1]), SHAPE, BAKE), memory, 2).notes
    gone = tuple(
        retired_note(n, retired_tag="T::retired", last_mod=1, stamp=2)
        for n in OLD
        if "/let-it-prove/" in n.key
    )
    kneaded = ("Knead the Dough", "Whisk seven eggs together with sugar inside a copper pan.")

    carried = carry(((PROVE[0], KNEAD[1]), SHAPE, BAKE, kneaded), remember(moved, gone), 3)

    assert names_by_text(carried.notes)[kneaded[1]] == "step/knead-dough~2"


def test_retired_facts_come_back_under_their_names() -> None:
    gone = tuple(
        retired_note(n, retired_tag="T::retired", last_mod=1, stamp=2)
        for n in OLD
        if "/shape-loaf/" in n.key
    )
    live = tuple(n for n in OLD if "/shape-loaf/" not in n.key)

    carried = carry(BREAD, remember(live, gone), 3)

    back = [note for note in carried.notes if "/shape-loaf/" in note.key]
    assert [note.mod for note in back] == [3, 3]
    assert {change.kind.value for change in carried.changes} == {"returned"}


SILENT = ("mute letter", "a sign which stands inside a word and is never heard")
SONOROUS = ("voiced letter", "a sign which stands inside a word and is always heard")
ADDUCTION = ("adduction", "the movement of a limb toward the midline of the body")
ABDUCTION = ("abduction", "the movement of a limb away from the midline")
URETER = ("ureter", "the tube that carries urine from the kidney to the bladder")
URETHRA = ("urethra", "the tube that carries urine from the bladder to the outside")
PELVIS = ("pelvis", "the ring of bones above the urethra")
SINE = ("the sine function can be written as", r"\[\sin(x + 2\pi) = \sin(x)\]")
COSINE = ("the cosine function can be written as", r"\[\cos(x + 2\pi) = \cos(x)\]")


def meaning(term: str, text: str, *, kind: str = "gloss", answer: str = "") -> Note:
    """Make a note that asks what a term is, or for a formula."""
    values = {"Question": f"What is <b>{term}</b>?", "Answer": text, "Details": answer}
    return _note(f"{kind}/{term.replace(' ', '-')}", "qa", values)


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        pytest.param([SILENT], SONOROUS, True, id="reworded, for all that is known"),
        pytest.param([SILENT, SONOROUS], SONOROUS, False, id="both were on the page"),
        pytest.param([SILENT], ("mute leter", SILENT[1]), True, id="a typo"),
        pytest.param([ADDUCTION], ABDUCTION, False, id="the opposite looks like a typo"),
        pytest.param([ADDUCTION], (ABDUCTION[0], f"{ABDUCTION[1]} of the body"), False, id="long"),
        pytest.param([ADDUCTION], ("abduction", ADDUCTION[1]), True, id="a wrong title"),
        pytest.param([URETER], URETHRA, True, id="a typo, for all that is known"),
        pytest.param([URETER, PELVIS], URETHRA, False, id="a word of the page"),
        pytest.param([("urehtra", URETHRA[1]), PELVIS], URETHRA, True, id="a typo of such a word"),
    ],
)
def test_the_history_of_a_meaning(before: list[Step], after: Step, *, is_same: bool) -> None:
    page = "".join(f"<p>A {term} is {text}.</p>" for term, text in before)
    facts = published_facts([published(meaning(*before[0], answer=page))])

    recognized = facts.recognize([meaning(*after)])

    assert bool(recognized.live) == is_same


def test_one_question_with_one_answer_is_one_fact_whatever_kind_it_is() -> None:
    facts = published_facts([published(meaning(*SILENT, kind="does"))])
    point = meaning(*SILENT, kind="point")

    recognized = facts.recognize([point])

    assert recognized.keys == {"point/mute-letter": "does/mute-letter"}
    assert not facts.recognize([meaning(*ADDUCTION, kind="point")]).live
    edited = replace(point, fields=tuple(text.replace("ends", "finishes") for text in point.fields))
    again = published_facts([published(recognized.named(point))])
    assert again.recognize([edited]).live


def test_a_different_question_about_one_title_is_a_different_fact() -> None:
    found = _note("point/nuclei", "qa", {"Question": "<b>Nuclei</b>: where are they?"})
    found = with_answer(found, "in the middle of each cell")
    does = _note("point/nuclei", "qa", {"Question": "<b>Nuclei</b>: what do they do?"})
    facts = published_facts([published(found)])

    assert not facts.recognize([with_answer(does, "store genes and copy them")]).live
    assert facts.recognize([with_answer(found, "near the wall of a cell")]).live


def test_swapped_titles_leave_each_history_with_its_explanation() -> None:
    schema = ("schema", "the structure that says which data may be kept")
    database = ("database", "the data which may be kept in the organized collection itself")
    facts = published_facts([published(meaning(*schema, kind="point"))])
    swapped = [(schema[0], database[1]), (database[0], schema[1])]

    known = facts.recognize([meaning(*one, kind="point") for one in swapped])
    untold = facts.recognize([meaning(*swapped[0], kind="point"), meaning(*swapped[1])])

    assert known.keys["point/database"] == "point/schema"
    assert untold.keys["point/schema"] == "point/schema~2"


def with_answer(note: Note, answer: str) -> Note:
    at = QA_FIELDS.index("Answer")
    return replace(note, fields=(*note.fields[:at], answer, *note.fields[at + 1 :]))


def test_a_formula_with_a_different_title_is_a_different_formula() -> None:
    facts = published_facts([published(meaning(*SINE, kind="formula"))])

    assert not facts.recognize([meaning(*COSINE, kind="formula")]).live
    assert facts.recognize([meaning("the sine", SINE[1], kind="formula")]).live


def test_a_page_made_to_be_slow_is_not() -> None:
    many = tuple((f"Title {n}", f"Words about number {n} and nothing else") for n in range(3000))

    found = match_facts(fingerprints_of(notes_of(many)), fingerprints_of(notes_of(many)))

    assert found == {n: n for n in range(3000)}


WORDS = st.sampled_from(
    ["amber", "basalt", "cobalt", "dunlin", "ember", "fennel", "garnet", "heather", "indigo"]
)
TEXTS = st.lists(WORDS, min_size=3, max_size=8, unique=True).map(" ".join)
STEPS = st.lists(
    st.tuples(st.lists(WORDS, min_size=1, max_size=2).map(" ".join), TEXTS),
    min_size=2,
    max_size=7,
    unique_by=(lambda step: step[0], lambda step: frozenset(step[1].split())),
).map(tuple)


@given(STEPS, st.randoms(use_true_random=False))
def test_no_order_of_the_steps_moves_a_history(
    steps: tuple[Step, ...], dice: random.Random
) -> None:
    before = carry(steps, NOTHING, 1).notes
    mixed = tuple(dice.sample(steps, len(steps)))

    after = carry(mixed, remember(before), 2).notes

    assert names_by_text(after) == names_by_text(before)


@given(STEPS)
def test_unchanged_input_changes_nothing(steps: tuple[Step, ...]) -> None:
    before = carry(steps, NOTHING, 1)

    after = carry(steps, remember(before.notes), 2)

    assert after.notes == before.notes
    assert after.changes == ()


@given(st.lists(STEPS, min_size=2, max_size=6))
def test_no_edits_ever_give_one_guid_to_two_notes_or_rest_unsettled(
    versions: list[tuple[Step, ...]],
) -> None:
    live: tuple[Note, ...] = ()
    retired: dict[str, Note] = {}
    for stamp, steps in enumerate(versions, start=1):
        memory = remember(live, tuple(retired.values()))
        carried = carry(steps, memory, stamp)
        guids = [note.guid for note in carried.notes]
        assert len(set(guids)) == len(guids)
        assert all(note.guid == guid_for(7, note.key) for note in carried.notes)
        assert all(note.fields[0] == f"7/{note.key}" for note in carried.notes)
        for note in live:
            if note.guid not in guids:
                retired[note.guid] = retired_note(
                    replace(note), retired_tag="T::retired", last_mod=note.mod, stamp=stamp
                )
        retired = {guid: note for guid, note in retired.items() if guid not in guids}
        live = carried.notes
        again = carry(steps, remember(live, tuple(retired.values())), stamp + 50)
        assert again.notes == live
