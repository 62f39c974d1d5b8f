"""Every metric finds the fault it is for, and leaves alone what only looks like it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.anki.package_reader import read_packages
from qt2anki.audit.audit_packages import audit
from qt2anki.audit.findings import METRICS
from qt2anki.model import Note
from tests.anki_formats.decks import cloze_note
from tests.audit.decks import audit_notes, cloze, findings, qa, tags, write_package

CONTEXT = "Botany · How does a tree drink?"


def step(answer: str, before: str, *, kind: str = "next", context: str = CONTEXT) -> Note:
    text = f"<div>What comes next?</div><div>→ {before}</div><div>→ {{{{c1::{answer}}}}}</div>"
    return cloze(7, text, kind=kind, Context=context)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        pytest.param(step("Sap rises", "Rising of the sap"), ("ris", "sap"), id="inflected"),
        pytest.param(step("Fusion of cells", "Fusing tips"), ("fus",), id="another-form"),
        pytest.param(step("Inhibition", "The inhibitor binds"), ("inhibitor",), id="derived"),
        pytest.param(step("Leaf formation", "Buds form"), ("form",), id="formation"),
        pytest.param(
            step("Vesicular arbuscular mycorrhiza", "Roots meet VAM"), ("VAM",), id="acronym-shown"
        ),
        pytest.param(step("The GSR", "A gene study reads on"), ("GSR",), id="acronym-hidden"),
        pytest.param(
            cloze(7, "The {{c1::sap}} of a maple. Which step? {{c1::Sap rises}}", kind="name"),
            (),
            id="name-fully-masked",
        ),
        pytest.param(
            cloze(7, "Maple sap runs. Which step? {{c1::Sap rises}}", kind="name"),
            ("sap",),
            id="name-not-masked",
        ),
        pytest.param(
            qa(7, "Wood of the outer rings that carries water", "Outer wood", kind="term"),
            ("outer", "wood"),
            id="clue-with-the-term",
        ),
    ],
)
def test_words_of_the_answer_on_the_front(
    note: Note, words: tuple[str, ...], tmp_path: Path
) -> None:
    found = findings(audit_notes(tmp_path, note), 1)

    assert [finding.words for finding in found] == ([words] if words else [])
    assert all((one.guid, one.key) == (note.guid, note.fields[0]) for one in found)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(step("Drink from the roots", "Soil gets wet"), id="topic-word"),
        pytest.param(step("Next buds open", "Sap rises"), id="word-of-our-own-phrase"),
        pytest.param(cloze(7, "A {{c1::stoma}} opens.", Extra="stoma"), id="on-the-back-only"),
        pytest.param(
            qa(7, "Why is bark dead?", "Bark is cut off by cork."), id="question-repeated"
        ),
        pytest.param(
            cloze(7, "<div>What comes next?</div><div>Start</div>→ {{c1::Start to drink}}"),
            id="our-own-marker",
        ),
        pytest.param(step("Former guard", "Buds form"), id="not-derived"),
        pytest.param(step("DNA binds", "It does not act here"), id="stop-words-are-no-initials"),
    ],
)
def test_what_is_no_leak(note: Note, tmp_path: Path) -> None:
    assert findings(audit_notes(tmp_path, note), 1) == ()


def test_formula_that_stands_in_its_question(tmp_path: Path) -> None:
    told = qa(7, r"Formula: flow \(Q = v A\)", r"\[Q = vA\]", kind="formula")
    asked = qa(8, "Formula: flow of sap Q by v and A", r"\[Q = v A\]", kind="formula")

    report = audit_notes(tmp_path, told, asked)

    assert [finding.guid for finding in findings(report, 1)] == [told.guid]


@pytest.mark.parametrize(
    ("note", "is_trivial"),
    [
        pytest.param(step("Drinking trees", "Soil"), True, id="all-in-the-question"),
        pytest.param(step("Drinking at night", "Soil"), False, id="one-word-more"),
        pytest.param(qa(7, "What is bark?", "Bark"), True, id="answer-is-the-subject"),
        pytest.param(qa(7, "What is bark?", "<code>Bark</code>"), True, id="code-in-the-question"),
        pytest.param(qa(7, "How is a set made?", "<code>{}</code>"), False, id="code-only"),
    ],
)
def test_trivial_answers(note: Note, is_trivial: bool, tmp_path: Path) -> None:
    assert bool(findings(audit_notes(tmp_path, note), 2)) == is_trivial


@pytest.mark.parametrize(
    ("number", "note"),
    [
        pytest.param(3, cloze(7, f"x {{{{c1::{'long ' * 9}}}}}"), id="cloze-too-long"),
        pytest.param(4, qa(7, "Why?", "word " * 61), id="core-too-long"),
        pytest.param(5, qa(7, "word " * 61, "Because."), id="front-too-long"),
        pytest.param(
            12,
            cloze(7, "Trees such as {{c1::larch}} lose their needles in late autumn"),
            id="example",
        ),
        pytest.param(
            12,
            cloze(7, "Every year elms, oaks and {{c1::limes}}, shed leaves in autumn."),
            id="member",
        ),
        pytest.param(
            12,
            cloze(7, "Late each year old elms, {{c1::limes}}, tall beeches and oaks shed leaves."),
            id="member-in-the-middle",
        ),
        pytest.param(12, cloze(7, "It is {{c1::larch}}."), id="little-left"),
        pytest.param(14, cloze(7, "A crucial and essential part is the {{c1::root}}"), id="vague"),
        pytest.param(14, qa(7, "Why?", "Various important effects."), id="vague-answer"),
        pytest.param(16, cloze(7, "It opens by day: {{c1::stoma}}"), id="it"),
        pytest.param(16, qa(7, "What does the passage say of bark?", "Little."), id="elsewhere"),
        pytest.param(18, qa(7, "Why?", "<p>so"), id="open-tag"),
        pytest.param(18, qa(7, "Why?", "<b>so</i></b>"), id="crossed-tags"),
        pytest.param(18, qa(7, "Why?", "**so**"), id="bold-marks"),
        pytest.param(18, qa(7, "Why?", "so\\n1. it is"), id="newline"),
        pytest.param(18, qa(7, "Why?", "as $x$ grows"), id="dollars"),
        pytest.param(18, qa(7, "Why?", r"as \(x grows"), id="open-math"),
        pytest.param(18, qa(7, "Why?", "so", Details="<li></li>"), id="empty-item"),
        pytest.param(18, qa(7, "Why?", ""), id="empty-answer"),
        pytest.param(18, qa(7, "Why?", "&lt;b&gt;so"), id="tag-as-text"),
        pytest.param(18, cloze(7, "{{c2::so}} and {{c1::so}}"), id="two-numbers"),
        pytest.param(18, cloze(7, r"so {{c1::\frac{1}{x}}}"), id="cut-short"),
        pytest.param(18, cloze(7, "so {{c1::x}}", Extra="{{c1::y}}"), id="cloze-elsewhere"),
        pytest.param(
            21,
            qa(
                7, "How do bark and cork differ?", "<ul><li>Bark</li><li>Cork</li><li>Use</li></ul>"
            ),
            id="points-told",
        ),
    ],
)
def test_a_fault_of_one_card(number: int, note: Note, tmp_path: Path) -> None:
    assert {found.guid for found in findings(audit_notes(tmp_path, note), number)} == {note.guid}


@pytest.mark.parametrize(
    ("number", "note"),
    [
        pytest.param(
            12,
            cloze(7, "Sap rises by day, goes up the {{c1::xylem}} and then feeds every leaf"),
            id="and-before-a-verb-phrase",
        ),
        pytest.param(
            12,
            cloze(
                7,
                "Tall elms, old oaks, wild limes, red cherries and {{c1::Norway maples}} shed.",
            ),
            id="name",
        ),
        pytest.param(
            16,
            cloze(7, "This opens by day. Which step? {{c1::Dawn}}", kind="name"),
            id="this-is-the-step",
        ),
        pytest.param(
            16, cloze(7, "It opens by day: {{c1::stoma}}", Title="Leaves"), id="it-under-a-title"
        ),
        pytest.param(18, qa(7, "Why?", r"<code>a**b</code> and \(x_1\)"), id="code-and-math"),
        pytest.param(18, qa(7, "Why?", "from $5 to $10 a tree"), id="money"),
        pytest.param(
            18, qa(7, "Why?", "<code>printf(&quot;\\n&quot;)</code>"), id="newline-in-code"
        ),
        pytest.param(18, qa(7, "Why?", "<table><tr><td></td></tr></table>so"), id="empty-cell"),
        pytest.param(
            21,
            qa(7, "What is in a leaf?", "<ul><li>Veins</li><li>Stomata</li></ul>"),
            id="points-new",
        ),
    ],
)
def test_no_fault(number: int, note: Note, tmp_path: Path) -> None:
    assert findings(audit_notes(tmp_path, note), number) == ()


def test_fronts_that_are_alike(tmp_path: Path) -> None:
    first = qa(1, "Why do the leaves of oaks turn brown in late autumn?", "One.")
    same = qa(2, "Why do the leaves of oaks turn brown in late Autumn", "Two.")
    near = qa(3, "Why do leaves of the oak turn brown in late autumn rain?", "Three.")
    other = qa(4, "Why do the needles of larches fall?", "Four.")

    report = audit_notes(tmp_path, first, same, near, other)

    assert [finding.guid for finding in findings(report, 10)] == [same.guid]
    assert {finding.guid for finding in findings(report, 11)} == {same.guid, near.guid}


def test_answers_that_many_pages_have(tmp_path: Path) -> None:
    notes = [cloze(page, f"Clue {page} of its own: {{{{c1::xylem}}}}") for page in (1, 2)]

    report = audit_notes(tmp_path, *notes, cloze(3, "A third clue: {{c1::phloem}}"))

    assert {one.guid for one in findings(report, 13)} == {note.guid for note in notes}


def test_same_gapped_text_with_another_answer(tmp_path: Path) -> None:
    text = "Water in old oaks and young limes moves along the {{c1::%s}}"
    report = audit_notes(tmp_path, cloze(1, text % "xylem"), cloze(2, text % "cambium"))

    assert [found.guid for found in findings(report, 12)] == ["cloze-2"]


def test_a_neighbour_tells(tmp_path: Path) -> None:
    asked = step("Transpiration", "Soil gets wet")
    tells = qa(7, "<b>Transpiration</b>: what happens?", "Water leaves.", kind="explain")
    elsewhere = replace(tells, guid="far", page_id=8, fields=("8/explain", *tells.fields[1:]))

    report = audit_notes(tmp_path, asked, tells, elsewhere)

    (found,) = findings(report, 15)
    assert found.guid == asked.guid
    assert "7/explain, 1 card away" in found.text


def test_too_many_cards_of_a_page(tmp_path: Path) -> None:
    notes = [qa(7, f"Why {n}?", "So.", part=str(n)) for n in range(25)]

    (found,) = findings(audit_notes(tmp_path, *notes), 6)

    assert (found.page_id, found.kind, found.text) == (7, "page", "25 cards")


def test_a_note_that_differs_between_packages(tmp_path: Path) -> None:
    note = qa(7, "Why?", "So.")
    one = write_package(tmp_path, [note])
    other = write_package(tmp_path, [replace(note, tags=tags("qa", "Zoology"))], subject="Zoology")

    report = audit(read_packages([one, other]))

    assert [found.guid for found in findings(report, 20)] == [note.guid]
    assert (report.notes, report.cards, report.pages) == (1, 1, 1)
    assert findings(report, 10) == ()


def test_reverse_cards_are_cards(tmp_path: Path) -> None:
    note = qa(
        7,
        "Tubes that carry sugar down. What is it called?",
        "Phloem",
        kind="define",
        Reverse="Define: <b>Phloem</b>",
        ReverseAnswer="Tubes that carry sugar down.",
    )

    report = audit_notes(tmp_path, note)

    assert (report.notes, report.cards) == (1, 2)
    assert not report.has_failed


def test_hidden_text_in_an_attribute_is_not_seen(tmp_path: Path) -> None:
    assert not audit_notes(tmp_path, cloze_note(7)).has_failed


def test_findings_of_a_note(tmp_path: Path) -> None:
    note = qa(7, "What is bark?", "Bark")

    report = audit_notes(tmp_path, note)

    found = [one for metric in report.metrics for one in metric.findings]
    assert [one.metric for one in found if one.guid == note.guid] == [1, 2]
    assert report.has_failed


def test_every_metric_has_its_row_in_the_documentation() -> None:
    document = Path(__file__).parents[2] / "docs" / "audit.md"
    rows = re.findall(
        r"^\| (\d+) \| ([^|(\\]+?)(?: \(S\))?(?: \\\*)? \|",
        document.read_text("utf-8"),
        re.MULTILINE,
    )

    assert {int(number): name for number, name in rows} == {
        number: name for number, (name, _) in METRICS.items()
    }
