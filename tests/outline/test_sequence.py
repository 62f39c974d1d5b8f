"""Each cue on short lists of our own; the floors on hand-made labels when they are there."""

from __future__ import annotations

import time
from pathlib import Path

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.sequences import LABELS, measure, read_labels
from qt2anki.model import Item, Listing, Outline, Paragraph
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import (
    FEWEST_STEPS,
    MOST_STEPS,
    THRESHOLD,
    find_sequences,
    score_list,
    sequences_in_text,
    split_steps,
)
from qt2anki.source.unescape import decode

SHARED = Path(__file__).parents[3] / "shared"
PLAIN = ("Copper", "Wool", "Amber")


def listing(*titles: str, lead: str = "", section: str = "") -> Listing:
    """Make a numbered list; "Title | text" gives an item both."""
    items = []
    for at, line in enumerate(titles, start=1):
        title, _, text = line.partition(" | ")
        items.append(Item(f"{at}.", title, ":", text, ()))
    return Listing("numbered", tuple(items), lead, section)


def score(*titles: str, question: str = "Copper?", lead: str = "", section: str = "") -> float:
    return score_list(listing(*titles, lead=lead, section=section), question=question)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        pytest.param({"lead": "Follow these steps:"}, 3.0, id="lead-steps"),
        pytest.param({"lead": "Two of the steps need care."}, 1.5, id="lead-without-colon"),
        pytest.param({"lead": "It passes through three phases:"}, 2.5, id="lead-phases"),
        pytest.param({"lead": "The brewing process unfolds like this:"}, 1.5, id="lead-process"),
        pytest.param({"lead": "Several steps were taken by the council:"}, 0.0, id="measures"),
        pytest.param({"lead": "There are three types:"}, -1.5, id="lead-types"),
        pytest.param({"section": "Procedure"}, 2.0, id="heading-procedure"),
        pytest.param({"section": "Formation of Dew"}, 1.0, id="heading-event"),
        pytest.param({"section": "Benefits"}, -2.0, id="heading-benefits"),
        pytest.param({"question": "What are the steps of tanning?"}, 3.0, id="asks-steps"),
        pytest.param({"question": "How do you tune a lute?"}, 1.0, id="asks-how-to"),
        pytest.param({"question": "What happens when milk curdles?"}, 1.0, id="asks-what-happens"),
        pytest.param({"question": "What are the uses of felt?"}, -1.0, id="asks-uses"),
        pytest.param({"question": "How does frost affect vines?"}, -1.0, id="asks-effects"),
    ],
)
def test_words_around_the_list_count(words: dict[str, str], points: float) -> None:
    assert score(*PLAIN, **words) - score(*PLAIN) == pytest.approx(points)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(("Step 1: Soak", "Step 2: Wring", "Step 3: Hang"), PLAIN, id="labels"),
        pytest.param(("Dormant Stage", "Budding Stage", "Fruiting Stage"), PLAIN, id="stages"),
        pytest.param(
            ("Nymph (0-3 weeks)", "Juvenile (3-9 weeks)", "Grown (from 9 weeks)"), PLAIN, id="ages"
        ),
        pytest.param(("Cut Reeds", "Split Reeds", "Plot Reeds"), PLAIN, id="commands"),
        pytest.param(
            ("Cut the Reeds", "Split each Reed", "Plot the Reeds"),
            ("Cut Reeds", "Split Reeds", "Plot Reeds"),
            id="on-a-certain-thing",
        ),
        pytest.param(
            ("Cut Reeds", "Split Reeds", "Plot Reeds"),
            ("Encourage Reeds", "Support Reeds", "Maintain Reeds"),
            id="advice-verbs",
        ),
        pytest.param(
            ("Uptake of Water", "Seed Germination", "Release of Sugar"), PLAIN, id="events"
        ),
        pytest.param(
            ("Egg", "Larva", "Pupa", "Adult"), ("Adult", "Larva", "Pupa", "Egg"), id="known-order"
        ),
        pytest.param(
            ("Late Prophase", "Metaphase", "Anaphase", "Cytokinesis"),
            ("Prophase Defects", "Wool", "Metaphase", "Amber", "Copper"),
            id="known-order-is-most-of-it",
        ),
        pytest.param(
            ("Copper | First it is cast.", "Wool | Next it is spun.", "Amber | Finally it sets."),
            ("Copper | It is cast.", "Wool | It is spun.", "Amber | It sets."),
            id="words-of-time",
        ),
        pytest.param(
            ("Molten Glass | It glows.", "Bubble | The glass swells.", "Neck | A bubble is cut."),
            ("Molten Glass | It glows.", "Bubble | It swells.", "Neck | One is cut."),
            id="takes-up-the-title-before",
        ),
        pytest.param(
            PLAIN, ("Copper", "Importance of Wool", "Amber | Beyond this, it glows."), id="asides"
        ),
        pytest.param(
            ("Copper | First it is cast.", "Wool | Next it is spun.", "Amber | Finally it sets."),
            ("Copper | It is cast.", "Wool | The first step is wool.", "Amber | It sets."),
            id="called-first-and-not-first",
        ),
        pytest.param(
            ("Copper | Once hot, it is cast.", "Wool | After that it is spun.", "Amber | It sets."),
            ("Copper | Once hot, it is cast.", "Wool | It is spun.", "Amber | It sets."),
            id="nouns-whose-texts-say-when",
        ),
    ],
)
def test_titles_and_texts_count(better: tuple[str, ...], worse: tuple[str, ...]) -> None:
    assert score(*better) > score(*worse)


@pytest.mark.parametrize(
    ("question", "lead", "titles"),
    [
        pytest.param(
            "How do you replace a bicycle tube?",
            "Work through these steps:",
            ("Remove the Wheel", "Pull out the Tube", "Insert the New Tube", "Inflate the Tyre"),
            id="procedure",
        ),
        pytest.param(
            "How does a volcano erupt?",
            "This is how an eruption unfolds:",
            (
                "Magma Formation | The process begins when rock melts.",
                "Ascent of Magma | Once it is lighter than the rock around, magma rises.",
                "Release of Gas | As the magma rises, pressure drops.",
                "Eruption | Finally the gas tears the magma apart.",
            ),
            id="mechanism",
        ),
        pytest.param(
            "How is the median computed?",
            "",
            ("Sort the Values", "Count the Values", "Find the Middle Value"),
            id="calculation-by-its-titles",
        ),
        pytest.param(
            "What are the stages of a frog's life cycle?",
            "",
            ("Egg", "Tadpole Stage", "Froglet Stage", "Adult Frog Stage"),
            id="life-cycle",
        ),
    ],
)
def test_a_sequence_reaches_the_threshold(
    question: str, lead: str, titles: tuple[str, ...]
) -> None:
    assert score(*titles, question=question, lead=lead) >= THRESHOLD


@pytest.mark.parametrize(
    ("question", "lead", "titles"),
    [
        pytest.param(
            "How can choirs improve their blend?",
            "Here are some strategies:",
            ("Listen to Others", "Match Vowels", "Encourage Soft Singing", "Record Rehearsals"),
            id="advice",
        ),
        pytest.param(
            "What practices help choirs improve?",
            "",
            ("Identify the Needs", "Evaluate each Option", "Implement Changes", "Monitor Progress"),
            id="advice-in-a-known-order",
        ),
        pytest.param(
            "How does shade influence a forest floor?",
            "Here's a closer look:",
            ("Cooling of the Soil", "Slowing of Decay", "Favouring of Mosses"),
            id="aspects-in-ing",
        ),
        pytest.param(
            "What are the notable works of the sculptor?",
            "They include:",
            ("The Ferryman (1891)", "Two Herons (1902)", "Night Market (1910)"),
            id="works-by-date",
        ),
        pytest.param(
            "What methods are used to date pottery?",
            "The main methods are:",
            ("Thermoluminescence", "Stylistic Comparison", "Residue Analysis"),
            id="methods",
        ),
        pytest.param(
            "What rules must a lifeguard follow?",
            "These are the rules:",
            ("Watch the Water", "Wear the Uniform", "Report each Incident"),
            id="rules",
        ),
        pytest.param(
            "What steps can be taken to reduce noise?",
            "Several steps can be taken:",
            ("Plant Hedges", "Lower Speed Limits", "Install Quiet Asphalt"),
            id="steps-that-are-measures",
        ),
    ],
)
def test_a_plain_list_stays_below_the_threshold(
    question: str, lead: str, titles: tuple[str, ...]
) -> None:
    assert score(*titles, question=question, lead=lead) < THRESHOLD


def test_the_opening_stands_in_for_a_missing_lead_only() -> None:
    steps = "Follow these steps:"
    bare, headed = listing(*PLAIN), listing(*PLAIN, section="Metals")

    assert score_list(bare, question="", lead=steps) == score_list(bare, question="") + 3
    assert score_list(headed, question="", lead=steps) == score_list(headed, question="")


def test_the_score_reads_titles_and_text_wherever_they_stand() -> None:
    below = Item("1.", "Copper", "", "", (Paragraph("First it is cast."),))
    untitled = Item("1.", "", "", "Cut the reeds", ())

    assert score_list(Listing("headings", (below,), "", ""), question="") == 4.0
    assert score_list(Listing("numbered", (untitled,), "", ""), question="") == 3.5
    assert score_list(Listing("numbered", (), "", ""), question="") == 0.0


@pytest.mark.parametrize(
    ("last", "is_step"),
    [
        pytest.param("Importance of Rain", False, id="title-importance"),
        pytest.param("Practical Tips", False, id="title-tips"),
        pytest.param("Storms | Beyond this cycle, storms move soil.", False, id="text-beyond"),
        pytest.param("Ice | Glaciers also hold water.", False, id="text-also"),
        pytest.param(
            "Runoff | Runoff, also called overland flow, ends it.", True, id="also-called"
        ),
        pytest.param("Effects on Soil | Finally the soil is full.", True, id="in-time"),
        pytest.param("Open the Drain | Pumps also help.", True, id="instruction"),
        pytest.param("Runoff | Water flows to the sea.", True, id="step"),
    ],
)
def test_points_that_are_no_steps_are_trimmed_from_the_end(last: str, *, is_step: bool) -> None:
    steps, rest = split_steps(listing("Importance of Sun", "Clouds Form", "Rain Falls", last))

    assert len(steps) == (4 if is_step else 3)
    assert len(steps) + len(rest) == 4
    assert steps[0].title == "Importance of Sun"


PAGE = """A kettle goes through the following steps:

1. **Heating of the Coil**: First, current flows through the coil.
2. **Transfer of Heat**: Once the coil is hot, it warms the water.
3. **Boiling**: After a while the whole of the water boils.
4. **Switching Off**: Finally, steam bends a strip that opens the switch.
5. **Safety Considerations**: Some kettles also refuse to start when empty.

Kettles come in these materials:

1. **Steel**: It lasts.
2. **Glass**: It shows the water.
3. **Plastic**: It is light.
"""


def titles_found(
    text: str, *, threshold: float = THRESHOLD, override: bool | None = None
) -> list[list[str]]:
    found = find_sequences(
        read_outline(text),
        question="How does an electric kettle work?",
        threshold=threshold,
        override=override,
    )
    return [[step.title for step in sequence.steps] for sequence in found]


def test_a_sequence_knows_its_steps_its_rest_and_its_score() -> None:
    outline = read_outline(PAGE)
    (found,) = find_sequences(outline, question="How does an electric kettle work?")

    assert [s.title for s in found.steps][-1] == "Switching Off"
    assert [s.title for s in found.rest] == ["Safety Considerations"]
    assert found.listing == outline.lists[0]
    assert found.score > THRESHOLD


def test_the_threshold_is_the_callers() -> None:
    assert len(titles_found(PAGE, threshold=-10)) == 2
    assert titles_found(PAGE, threshold=100) == []


PLAIN_PAGE = PAGE[PAGE.index("Kettles come") :]


@pytest.mark.parametrize(
    ("text", "override", "lists"),
    [
        pytest.param(PAGE, False, 0, id="never"),
        pytest.param(PAGE, True, 1, id="what-is-found-anyway"),
        pytest.param(PLAIN_PAGE, None, 0, id="plain"),
        pytest.param(PLAIN_PAGE, True, 1, id="the-author-says-so"),
        pytest.param("1. **Steel**: It lasts.\n2. **Glass**: It shows.", True, 0, id="too-short"),
        pytest.param("No list here.", True, 0, id="no-list"),
    ],
)
def test_the_author_may_decide(text: str, lists: int, *, override: bool | None) -> None:
    assert len(titles_found(text, override=override)) == lists


@pytest.mark.parametrize(
    ("count", "found"), [(2, False), (3, True), (12, True), (13, False)], ids=str
)
def test_a_sequence_has_three_to_twelve_steps(count: int, *, found: bool) -> None:
    lines = [f"{at}. **Turn the Wheel {at}**: Then turn it." for at in range(1, count + 1)]

    assert bool(titles_found("Follow these steps:\n\n" + "\n".join(lines))) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "- **Step 1**: Mix.\n- **Step 2**: Knead.\n- **Step 3**: Bake.", 1, id="counted"
        ),
        pytest.param("- **Mix**: It.\n- **Knead**: It.\n- **Bake**: It.", 0, id="bullets"),
        pytest.param(
            "- **Egg**: It.\n- **Larva**: It.\n- **Pupa**: It.", 1, id="bullets-of-known-order"
        ),
        pytest.param("1. Mix it all.\n2. **Knead**: It.\n3. **Bake**: It.", 0, id="untitled"),
        pytest.param(
            "### 1. Mix\n\nIt.\n\n### 2. Knead\n\nIt.\n\n### 3. Bake\n\nIt.", 1, id="headings"
        ),
    ],
)
def test_which_lists_may_be_sequences(text: str, found: int) -> None:
    assert len(titles_found(f"Follow these steps in order:\n\n{text}")) == found


@given(
    titles=st.lists(st.text(max_size=40), max_size=20),
    texts=st.lists(st.text(max_size=200), min_size=20, max_size=20),
    question=st.text(max_size=200),
)
def test_any_list_is_split_without_loss(titles: list[str], texts: list[str], question: str) -> None:
    items = tuple(Item("1.", a, ":", b, ()) for a, b in zip(titles, texts, strict=False))
    any_list = Listing("numbered", items, question, "")
    steps, rest = split_steps(any_list)
    outline = Outline((any_list,), (), (any_list,), None)

    assert steps + rest == items
    for found in find_sequences(outline, question=question, threshold=-100.0):
        assert FEWEST_STEPS <= len(found.steps) <= MOST_STEPS
        assert all(step.title for step in found.steps)


@pytest.mark.parametrize(
    "piece",
    ["how is ", "process a ", "what x ", "(1 ", "also ", "a-", "x", "three a stages: b, ", "→ "],
)
def test_a_long_line_takes_no_longer(piece: str) -> None:
    line = piece * 100_000
    hostile = listing(*[f"{line} | {line}"] * 3, lead=line, section=line)
    start = time.process_time()
    split_steps(hostile)
    score_list(hostile, question=line, lead=line)
    sequences_in_text(Outline((hostile,), (), (hostile,), None))

    assert time.process_time() - start < 1


@pytest.mark.skipif(not LABELS.is_file(), reason="the labelled lists are not here")
def test_precision_and_recall_on_labelled_lists() -> None:
    scored = [(score_list(a_list, question=q), label) for q, a_list, label in read_labels(LABELS)]
    precision, strict, recall = measure(scored, THRESHOLD)

    assert precision > 0.95
    assert strict > 0.95
    assert recall > 0.65


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the seed page is not here")
def test_the_seed_page_has_six_steps() -> None:
    (path,) = (SHARED / "seeds").glob("*.md")
    page = frontmatter.load(str(path))
    outline = read_outline(decode(str(page["answer"])))
    (found,) = find_sequences(outline, question=str(page["question"]))

    assert len(found.steps) == 6
    assert len(found.rest) == 1
