"""What corrections do to the notes of a build, and to those that students have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qt2anki.anki.note_content import as_generated, field
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.anki.visible_text import visible_text
from qt2anki.build.job import Report
from qt2anki.corrections.wording import made_from, said_by
from qt2anki.errors import PackageError
from tests.corrections.stages import EXPLAIN, NEXT, OTHER, QA, STAGES, write_stages
from tests.site import Site, edited, kinds, with_settings


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Give a site with a process and two plain pages."""
    one = Site(tmp_path)
    write_stages(one)
    one.plain(2, subject="Biology")
    one.plain(3, subject="Botany")
    return one


def correct(site: Site, *tables: str) -> None:
    site.corrections.write_text("\n\n".join((*tables, "# The end.")), "utf-8")


def notes_of(site: Site) -> dict[str, PublishedNote]:
    return site.notes("Biology")


def table(key: str, *lines: str) -> str:
    return "\n".join((f'[card."{key}"]', *lines))


def told(report: Report, *codes: str) -> list[str]:
    return [f"{p.code} {p.line} {p.text}" for p in report.problems if p.code in codes]


def test_a_dropped_card_is_retired_and_nothing_takes_its_place(site: Site) -> None:
    site.build()
    before = notes_of(site)
    correct(site, table(QA, "drop = true"), table(NEXT, "drop = true"))

    report = site.build()

    assert kinds(report) == {"retired": 2}
    assert before.keys() - notes_of(site).keys() == {QA, NEXT} == site.retired("Biology").keys()
    assert kinds(site.build()) == {}


def test_many_cards_may_be_dropped_without_asking_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for page_id in range(1, 10):
        site.plain(
            page_id,
            subject="Biology",
            answer=f"Herb {page_id} thrives on dry slopes in the far south.",
        )
    site.build()
    dropped = [key for key in notes_of(site) if key != QA]
    correct(site, *(table(key, "drop = true") for key in dropped))

    assert kinds(site.build()) == {"retired": len(dropped)}


def test_a_dropped_card_comes_back_with_its_history(site: Site) -> None:
    site.build()
    guid = notes_of(site)[QA].guid
    correct(site, table(QA, "drop = true"))
    site.build()
    correct(site)

    assert kinds(site.build()) == {"returned": 1}
    assert notes_of(site)[QA].guid == guid


def test_a_reworded_card_keeps_its_guid_and_changes_alone(site: Site) -> None:
    site.build()
    before = notes_of(site)
    correct(
        site, table(EXPLAIN, 'question = "What do *rings* do?"', 'answer = "They hold $T$ fast."')
    )

    report = site.build()

    after = notes_of(site)
    changed = {key for key, note in after.items() if note.fields != before[key].fields}
    assert kinds(report) == {"changed": 1}
    assert changed == {EXPLAIN}
    assert after[EXPLAIN].guid == before[EXPLAIN].guid
    assert field(after[EXPLAIN], "Question") == "What do <em>rings</em> do?"
    assert field(after[EXPLAIN], "Answer") == "They hold \\(T\\) fast."
    assert as_generated(after[EXPLAIN]).fields == before[EXPLAIN].fields
    assert kinds(site.build()) == {}


def test_a_cloze_card_is_reworded(site: Site) -> None:
    correct(site, table(NEXT, 'text = "Last, {{c1::nucleoli::dark spots}} become visible."'))
    site.build()

    assert (
        field(notes_of(site)[NEXT], "Text") == "Last, {{c1::nucleoli::dark spots}} become visible."
    )


def test_a_card_that_is_kept_needs_no_score_and_changes_nothing(site: Site) -> None:
    with_settings(site, card_threshold=1000)
    site.build()
    assert not site.memory().live

    correct(site, table(EXPLAIN, "keep = true"))
    site.build()

    assert notes_of(site).keys() == {EXPLAIN}


def test_an_own_card_is_made_and_updated_under_its_name(site: Site) -> None:
    site.build()
    own = table("1/own/spindle", 'question = "What is a spindle for?"', 'answer = "It pulls."')
    correct(site, own)
    assert kinds(site.build()) == {"new": 1}
    guid = notes_of(site)["1/own/spindle"].guid

    correct(site, own.replace("It pulls", "It moves sets"), table("2/qa", "keep = true"))
    assert kinds(site.build()) == {"changed": 1}
    assert notes_of(site)["1/own/spindle"].guid == guid
    assert "QuickTakes::kind::own" in notes_of(site)["1/own/spindle"].tags

    correct(site)
    assert kinds(site.build()) == {"retired": 1}


@pytest.mark.parametrize("retiring", ["", table("1/own/spindle", "drop = true")])
@pytest.mark.parametrize(
    "other",
    [
        ('question = "What is a spindle for?"', 'answer = "It is a scaffold."'),
        ('question = "What does it pull?"', 'answer = "It pulls."'),
        ('text = "It {{c1::pulls}}."',),
    ],
)
def test_the_name_of_a_retired_card_is_never_given_to_a_different_one(
    site: Site, retiring: str, other: tuple[str, ...]
) -> None:
    lines = 'question = "What is a spindle for?"', 'answer = "It pulls."'
    correct(site, table("1/own/spindle", *lines))
    site.build()
    guid = notes_of(site)["1/own/spindle"].guid
    correct(site, retiring)
    assert kinds(site.build()) == {"retired": 1}

    correct(site, table("1/own/spindle", *other))
    for report in (site.build(), site.build()):
        assert kinds(report) == {}
        (said,) = told(report, "QT606")
        assert said.endswith("to a retired card: What is a spindle for? — It pulls.")
    assert "1/own/spindle" not in notes_of(site)

    correct(site, table("1/own/spindle", *lines, 'extra = "As ropes do."'))
    assert kinds(site.build()) == {"returned": 1}
    assert notes_of(site)["1/own/spindle"].guid == guid

    correct(site, table("1/own/spindle", *lines).replace("It pulls", "It moves sets"))
    assert kinds(site.build()) == {"changed": 1}


def test_a_card_of_ones_own_does_not_become_a_different_one(site: Site) -> None:
    own = table("1/own/pot", 'question = "What warms the pot?"', 'answer = "A splash of water."')
    correct(site, own)
    site.build()
    before = site.files()

    other = table("1/own/pot", 'question = "Which liquid cools the cup?"', 'answer = "Milk."')
    correct(site, other)
    report = site.build()

    (said,) = told(report, "QT602")
    assert "tied to a card with a different question and answer: What warms the pot?" in said
    assert notes_of(site)["1/own/pot"].fields[1] == "What warms the pot?"
    assert {name: data for name, (data, _) in site.files().items() if name.endswith("apkg")} == {
        name: data for name, (data, _) in before.items() if name.endswith("apkg")
    }
    correct(site, own.replace("A splash of water", "A splash from the kettle"))
    assert kinds(site.build()) == {"changed": 1}


@pytest.mark.parametrize("was_gap", [False, True])
def test_a_published_card_stays_a_question_or_a_gap(site: Site, was_gap: bool) -> None:
    asked = table("1/own/spindle", 'question = "What does a spindle do?"', 'answer = "It pulls."')
    gap = table("1/own/spindle", 'text = "A long spindle moves both sets and {{c1::pulls}}."')
    first, then = (gap, asked) if was_gap else (asked, gap)
    correct(site, first)
    site.build()
    before = notes_of(site)

    correct(site, then)
    report = site.build()

    assert (kinds(report), notes_of(site)) == ({}, before)
    (said,) = told(report, "QT602")
    assert "1/own/spindle: a card published as a question cannot become a gap" in said


def test_proposals_are_not_applied(site: Site) -> None:
    site.build()
    correct(
        site,
        table(QA, "drop = true", "proposed = true"),
        table("1/own/x", 'question = "A?"', 'answer = "B c."', "proposed = true"),
    )

    assert kinds(site.build()) == {}


def test_only_reviewed_cards_are_made_where_that_is_wanted(site: Site) -> None:
    correct(
        site,
        table(NEXT, "keep = true"),
        table(EXPLAIN, 'answer = "Rings are cut."'),
        table(QA, "keep = true", "proposed = true"),
        table("2/own/x", 'question = "Which herb smells of lemon?"', 'answer = "Verbena."'),
    )
    with_settings(site, only_reviewed=True)

    report = site.build()

    assert notes_of(site).keys() == {NEXT, EXPLAIN, "2/own/x"}
    assert [(p.source[-9:], p.text) for p in report.problems if p.code == "QT303"] == [
        ("page-3.md", "no card of the page has been approved")
    ]


@pytest.mark.parametrize(
    ("written", "code", "text"),
    [
        pytest.param(
            table("1/step/telophse/next", "drop = true"),
            "QT601",
            "1/step/telophse/next: there is no such card",
            id="unknown card",
        ),
        pytest.param(
            table("9/qa", "drop = true"),
            "QT605",
            "corrections to 1 unread page: 9",
            id="unknown page",
        ),
        pytest.param(
            table(QA, 'text = "{{c1::x}}"'),
            "QT602",
            "1/qa: the card has a question, not text",
            id="text of a question",
        ),
        pytest.param(
            table(NEXT, 'answer = "x"'),
            "QT602",
            f"{NEXT}: the card is a cloze deletion and has no question or answer",
            id="answer of a cloze deletion",
        ),
        pytest.param(
            table(NEXT, 'text = "{{c1::a}} and {{c1::b}}"'),
            "QT602",
            f"{NEXT}: the text needs exactly one cloze deletion",
            id="two deletions",
        ),
        pytest.param(
            table(NEXT, 'text = "A {{c1::kettle}} in a kettle."'),
            "QT602",
            f'{NEXT}: the front shows words of the answer ("kettle")',
            id="leak",
        ),
        pytest.param(
            table(EXPLAIN, 'question = "Which sisters?"', 'answer = "Sisters of mitosis."'),
            "QT602",
            f"{EXPLAIN}: the question and the line above it give the answer away"
            ' ("mitosis", "sisters")',
            id="told by the question and the line",
        ),
        pytest.param(
            table(NEXT, 'text = "The sum $a {{c1::+ b}}$ is five."'),
            "QT602",
            f"{NEXT}: a cloze deletion cannot begin or end in math or code",
            id="deletion in a formula",
        ),
        pytest.param(
            table(NEXT, 'text = "See [this](https://x.org/{{c1::page}}) now."'),
            "QT602",
            f"{NEXT}: a cloze deletion cannot be within a link",
            id="deletion in an address",
        ),
        pytest.param(
            table("1/own/x", 'question = "Which is hot?"', 'answer = "The saucer."'),
            "",
            "",
            id="an answer with a new word",
        ),
        pytest.param(
            table("1/own/x", 'question = "Which cup is hot?"', 'answer = "The hot cup."'),
            "QT602",
            '1/own/x: the question gives the answer away ("cup", "hot")',
            id="trivial",
        ),
        pytest.param(
            table("1/own/x", 'question = "Which?"', f'answer = "{"steam " * 61}"'),
            "QT602",
            "1/own/x: the answer has 61 words; 60 is the maximum",
            id="long answer",
        ),
        pytest.param(
            table("1/own/x", f'question = "{"cup " * 61}"', 'answer = "Saucer."'),
            "QT602",
            "1/own/x: the front has 61 words; the maximum is 60",
            id="long front",
        ),
        pytest.param(
            table("1/own/x", 'question = "<!-- -->"', 'answer = "![](x)"'),
            "QT602",
            "1/own/x: the card shows nothing",
            id="nothing to see",
        ),
    ],
)
def test_a_correction_that_cannot_be_applied_is_reported(
    site: Site, written: str, code: str, text: str
) -> None:
    correct(site, written)
    report = site.build()

    assert told(report, "QT601", "QT602", "QT605") == ([f"{code} 1 {text}"] if code else [])
    assert ("1/own/x" in notes_of(site)) == (not code)


def test_two_cards_of_a_page_cannot_have_the_same_front(site: Site) -> None:
    lines = 'question = "Which?"', 'answer = "Saucer."'
    correct(site, table("1/own/x", *lines), table("1/own/y", *lines))

    report = site.build()

    assert told(report, "QT602") == ["QT602 5 1/own/y: another card of the page has the same front"]
    assert "1/own/x" in notes_of(site)


CONDENSIN = edited(
    STAGES,
    4,
    text="Finally, nucleoli recruit condensin, the protein that winds each thread around its core.",
)
GLOSS = "1/gloss/condensin"
WRITTEN = "1/own/condensin"


def written(question: str, answer: str) -> str:
    return table(WRITTEN, f'question = "{question}"', f'answer = "{answer}"')


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is condensin?", "the protein that winds each thread around its core"),
        ("What is **condensin**?", "The protein that winds each thread around its core."),
        ("What is condensin?", "It coils up DNA."),
    ],
)
def test_a_page_may_come_to_say_what_a_person_has_written(
    site: Site, question: str, answer: str
) -> None:
    correct(site, written(question, answer))
    site.build()
    before = notes_of(site)
    write_stages(site, CONDENSIN)

    assert told(site.build(), "QT602") == []
    assert notes_of(site)[WRITTEN] == before[WRITTEN]
    assert GLOSS not in notes_of(site)
    assert kinds(site.build()) == {}
    assert f"left out: {WRITTEN} asks the same question" in site.explained(GLOSS)


DEFINITION = ("What is condensin?", "the protein that winds each thread around its core")


def said_by_page(site: Site) -> str:
    """Publish a card of one's own, have its page say the same, and return the card's GUID."""
    correct(site, written(*DEFINITION))
    site.build()
    write_stages(site, CONDENSIN)
    return notes_of(site)[WRITTEN].guid


def test_a_card_of_ones_own_left_to_its_page_can_be_taken_back(site: Site) -> None:
    guid = said_by_page(site)
    correct(site)
    site.build()
    assert notes_of(site)[WRITTEN].guid == guid

    for wording in (DEFINITION, ("What winds a thread around its core?", "Condensin.")):
        correct(site, written(*wording))
        assert told(site.build(), "QT602") == []
        assert visible_text(field(notes_of(site)[WRITTEN], "Question")) == wording[0]
        assert kinds(site.build()) == {}
    write_stages(site)
    site.build()
    assert notes_of(site)[WRITTEN].guid == guid
    assert GLOSS not in notes_of(site)


def test_a_card_of_ones_own_left_to_its_page_comes_back_in_new_words(site: Site) -> None:
    guid = said_by_page(site)
    for tables in (
        (),
        (table(WRITTEN, "drop = true"),),
        (written(DEFINITION[0], "It coils up DNA."),),
    ):
        correct(site, *tables)
        assert told(site.build(), "QT602", "QT606") == []

    assert field(notes_of(site)[WRITTEN], "Answer") == "It coils up DNA."
    assert notes_of(site)[WRITTEN].guid == guid
    site.is_cached = False
    assert kinds(site.build()) == {}


def test_a_card_of_ones_own_cannot_ask_what_a_made_card_asks(site: Site) -> None:
    write_stages(site, CONDENSIN)
    site.build()
    correct(site, written("What is condensin?", "It coils up DNA."))

    assert told(site.build(), "QT602") == [
        f"QT602 1 {WRITTEN}: another card of the page has the same front"
    ]
    assert WRITTEN not in notes_of(site)


@pytest.mark.parametrize(
    ("was", "now", "is_same"),
    [
        ("How many ATP per NADH? 2.5", "Which gland makes insulin? The pancreas.", False),
        ("Which factor starts it? Kinase.", "Which muscle moves first? The iris.", False),
        ("Which gland makes insulin? The pancreas.", "How low is the pH? 2", False),
        ("What is an osteoclst? Big.", "What is an osteoclast? Large.", True),
        ("Which of them do? Veins.", "Which of them do? Capillaries.", True),
        ("What is a cell? A room.", "What did Hooke see? Cells.", True),
    ],
)
def test_a_card_of_ones_own_keeps_its_fact(site: Site, was: str, now: str, is_same: bool) -> None:
    first, then = (text.partition("? ")[::2] for text in (was, now))
    correct(site, written(f"{first[0]}?", first[1]))
    site.build()
    correct(site, written(f"{then[0]}?", then[1]))

    report = site.build()

    assert (kinds(report), len(told(report, "QT602"))) == (
        ({"changed": 1}, 0) if is_same else ({}, 1)
    )


def test_the_typo_of_a_card_in_a_different_language_can_be_corrected(site: Site) -> None:
    page = site.page(4, "Wie heilt eine Wunde?", "Zuerst schließt ein Pfropf die Wunde.")
    page.write_text(page.read_text("utf-8").replace("id: 4", "id: 4\nlang: de"), "utf-8")
    own = '[card."4/own/a"]\nquestion = "Was ist die {}?"\nanswer = "{}."\n'
    correct(site, own.format("Blutgerinung", "Gerinung"))
    site.build()
    correct(site, own.format("Blutgerinnung", "Gerinnung"))

    assert kinds(site.build()) == {"changed": 1}


@pytest.mark.parametrize("state", ["new", "published", "retired"])
def test_a_made_card_is_not_reworded_into_a_different_one(site: Site, state: str) -> None:
    if state != "new":
        site.build()
    if state == "retired":
        correct(site, table(EXPLAIN, "drop = true"))
        site.build()
    other = 'question = "Which gland makes insulin?"', 'answer = "The pancreas."'
    correct(site, table(EXPLAIN, *other))

    report = site.build()

    (said,) = told(report, "QT602")
    assert f"{EXPLAIN}: its key is tied to a card with a different question" in said
    assert said_by(notes_of(site)[EXPLAIN]).startswith("Anaphase: what happens?")
    assert kinds(site.build()) == {}

    correct(site, table(EXPLAIN, 'question = "What cuts the rings?"', 'answer = "Kinase."'))
    assert kinds(site.build()) == {"changed": 1}


def compared(site: Site, *tables: str) -> dict[str, PublishedNote]:
    """Build a page whose question names what it compares, with cards of people."""
    site.page(4, "How do arteries and veins differ?", "Veins have *valves*.", subject="Vessels")
    correct(site, *tables)
    report = site.build()
    assert told(report, "QT602") == []
    return site.notes("Vessels")


def test_the_line_above_an_own_card_does_not_give_its_answer_away(site: Site) -> None:
    notes = compared(
        site,
        table("4/own/a", 'question = "Which of them have valves?"', 'answer = "The veins."'),
        table("4/own/b", 'text = "Valves are found in {{c1::veins}}."'),
        table("4/own/c", 'question = "What do these hold?"', 'answer = "Veins of blood vessels."'),
        table("4/own/d", 'question = "What keeps blood from flowing back?"', 'answer = "Valves."'),
    )

    lines = {key: field(note, "Context") for key, note in notes.items()}
    assert lines["4/own/a"] == lines["4/own/b"] == "Vessels"
    whole = "Vessels · How do arteries and veins differ?"
    assert lines["4/own/c"] == lines["4/own/d"] == whole
    assert kinds(site.build()) == {}


def test_a_long_text_is_refused_at_once(site: Site) -> None:
    words = " ".join(f"vein{number}" for number in range(50_000))
    correct(site, table("1/own/x", f'text = "{words} {{{{c1::{words}}}}}"'))

    (said,) = told(site.build(), "QT602")
    assert said.endswith("the answer has 50,000 words; 8 is the maximum")


def test_in_every_language_the_line_above_does_not_give_the_answer_away(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with_settings(site, language="de")
    question = "Wie unterscheiden sich Arterien und Venen?"
    site.page(4, question, "Venen haben Klappen.", subject="Medizin")
    correct(
        site,
        table("4/own/a", 'question = "Was hat Klappen?"', 'answer = "Die Venen."'),
        table("4/own/b", 'text = "Klappen haben die {{c1::Venen}}."'),
        table("4/own/c", 'text = "Was {{c1::Venen}} sind, sind Venen."'),
    )
    report = site.build()

    lines = {key: field(note, "Context") for key, note in site.notes("Medizin").items()}
    assert lines["4/own/a"] == lines["4/own/b"] == '<div lang="de" dir="ltr">Medizin</div>'
    assert told(report, "QT602") == [
        'QT602 8 4/own/c: the front shows words of the answer ("Venen")'
    ]


def test_the_line_above_an_own_card_changes_with_the_question_of_its_page(site: Site) -> None:
    own = table("4/own/a", 'question = "Which of them have valves?"', 'answer = "The veins."')
    guid = compared(site, own)["4/own/a"].guid
    site.page(4, "How do vessels differ?", "Veins have *valves*.", subject="Vessels")
    site.build()

    note = site.notes("Vessels")["4/own/a"]
    assert (note.guid, field(note, "Context")) == (guid, "Vessels · How do vessels differ?")


def test_two_own_cards_cannot_ask_the_same_below_different_lines(site: Site) -> None:
    site.page(4, "How do arteries and veins differ?", "Veins have *valves*.", subject="Vessels")
    question = 'question = "Which of them do?"'
    for answers in (("Veins.", "Capillaries."), ("Capillaries.", "Veins.")):
        tables = zip(("4/own/a", "4/own/b"), answers, strict=True)
        correct(site, *(table(key, question, f'answer = "{answer}"') for key, answer in tables))

        assert told(site.build(), "QT602") == [
            "QT602 5 4/own/b: another card of the page has the same front"
        ]


@pytest.mark.parametrize(
    ("question", "answer", "is_told"),
    [
        (r"What part of the force \(F\) at the angle \(\theta\) works?", r"\(F\cos\theta\)", False),
        ("What part of the force F at the angle theta works?", "F cos(theta)", False),
        (r"What is the distance of \(x\) and \(y\)?", "$|x - y|$", False),
        ("What is the image of (x, y) under a half turn?", "(-x, -y)", False),
        (r"What is the image of \((x, y)\)?", r"It is \((-x, -y)\).", False),
        (r"What is the derivative of \(\sin x\)?", r"\(\cos x\)", False),
        (r"What is the voltage across \(R\) at the current \(I\)?", r"\(R I\)", False),
        (r"Which derivative does \(\sin x\) have, if not \(\cos{x}\)?", r"\(\cos x\)", True),
        ("Why is x - y the distance?", "x-y", True),
        (r"For which \(x\) does it hold?", "$x$", True),
        ("Is it x or y?", r"\(x\) or \(y\)", True),
        ("Is it row x or row y?", r"Row \(x\)", True),
        ("From which year, 1914 or 1918?", "-1914-", True),
        ("What is A-B?", "A-B", True),
        ("Are they veins?", r"\(\text{veins}\)", True),
        (r"What is \(m\) in \(g\) at \(h\)?", r"\(mgh\)", False),
    ],
)
def test_a_formula_of_variables_that_the_question_names_is_an_answer(
    site: Site, question: str, answer: str, is_told: bool
) -> None:
    correct(site, table("1/own/x", f"question = '{question}'", f"answer = '{answer}'"))

    assert bool(told(site.build(), "QT602")) == is_told


def test_an_own_card_is_reported_when_its_page_changes(site: Site) -> None:
    own = 'question = "Which?"', 'answer = "Saucer."', 'made_from = "00000000"'
    correct(site, table("1/own/x", *own))

    changed = "1/own/x: page 1 has changed since this card was written: Which? — Saucer."
    assert told(site.build(), "QT603") == [f"QT603 1 {changed}"]


def test_a_page_that_changes_under_a_correction_is_reported_with_both_texts(site: Site) -> None:
    site.build()
    digest = made_from(notes_of(site)[EXPLAIN])
    correct(site, table(EXPLAIN, 'answer = "Rings are cut."', f'made_from = "{digest}"'))
    assert told(site.build(), "QT603") == []

    write_stages(site, edited(STAGES, 3, text="Now separase cuts the rings of cohesin in two."))
    report = site.build()

    (line,) = told(report, "QT603")
    assert line == (
        f"QT603 1 {EXPLAIN}: the page has changed since this was written: Rings are cut.; the page"
        " now produces: Anaphase: what happens? — Now separase cuts the rings of cohesin in two."
    )
    assert field(notes_of(site)[EXPLAIN], "Answer") == "Rings are cut."


def test_a_correction_follows_a_renamed_step(site: Site) -> None:
    site.build()
    digest = made_from(notes_of(site)[EXPLAIN])
    wording = 'question = "What is cut?"', 'answer = "Rings."', f'made_from = "{digest}"'
    correct(site, table(EXPLAIN, *wording), table(OTHER, "drop = true"))
    site.build()
    guid = notes_of(site)[EXPLAIN].guid

    renamed = edited(STAGES, 3, title="Separation")
    write_stages(site, edited(renamed, 1, title="Opening"))
    report = site.build()

    assert notes_of(site)[EXPLAIN].guid == guid
    assert field(notes_of(site)[EXPLAIN], "Answer") == "Rings."
    assert not [key for key in notes_of(site) if "separation" in key or "opening/explain" in key]
    assert [line[:5] for line in told(report, "QT601", "QT603", "QT604")] == ["QT603"]


def test_a_correction_of_a_step_that_is_gone_is_reported(site: Site) -> None:
    site.build()
    correct(site, table(EXPLAIN, "drop = true"))
    site.build()

    write_stages(site, STAGES[:3] + STAGES[4:])
    report = site.build()

    (line,) = told(report, "QT601", "QT604")
    assert line.startswith(
        f"QT604 1 {EXPLAIN}: the page no longer has this card: drop; the most similar"
    )


def test_a_description_says_how_much_has_been_read(site: Site) -> None:
    site.build()
    before, number = notes_of(site), len(notes_of(site))
    unread = site.memory().live["biology"].description
    correct(site, table(QA, "keep = true"), table(NEXT, "keep = true", "proposed = true"))

    report = site.build()
    read = site.memory().live["biology"].description

    share = 100 // number
    head, _, version = unread.rpartition("\n\n")
    assert read == f"{head}\n\nRead by people: {share} %.\n\n{version}"
    assert [built.subject for built in report.packages if built.is_written] == ["Biology"]
    assert kinds(report) == {}
    assert notes_of(site) == before
    assert not [built for built in site.build().packages if built.is_written]

    correct(site, table(NEXT, "keep = true"))
    assert not [built for built in site.build().packages if built.is_written]
    correct(site)
    site.build()
    assert site.memory().live["biology"].description == unread


def test_a_description_counts_what_is_in_the_deck(site: Site) -> None:
    correct(site, table(QA, "drop = true"), table("3/qa", 'answer = "On slopes."'))

    site.build()

    live = site.memory().live
    assert "Read by people" not in live["biology"].description
    assert "Read by people: 100 %." in live["botany"].description


def test_a_list_is_settled_like_in_the_settings(site: Site) -> None:
    site.build()
    steps = {key for key in notes_of(site) if key.startswith("1/step/")}
    assert steps
    site.corrections.write_text('[page."1"]\nis_sequence = false\n', "utf-8")

    report = site.build()
    assert steps.isdisjoint(notes_of(site))
    assert told(report, "QT601", "QT604") == []

    with_settings(site, sequences=((1, False),))
    site.corrections.write_text('[page."1"]\nis_sequence = true\n', "utf-8")
    site.build()
    assert steps <= notes_of(site).keys()


def test_a_list_that_is_not_there_is_reported(site: Site) -> None:
    site.corrections.write_text('[page."2"]\nis_sequence = true\n', "utf-8")

    report = site.build()

    said = ["QT604 1 2: the page has no list that could be a sequence"]
    assert told(report, "QT604") == said


def test_an_abbreviation_is_dropped_reworded_or_unknown(site: Site) -> None:
    text = "Polymerase chain reaction (PCR) copies DNA. Heat opens strands in each cycle of PCR."
    site.page(7, "How is DNA copied in a laboratory?", text, subject="Biology")
    site.build()
    (key,) = (key for key in (n.fields[0] for n in notes_of(site).values()) if key[:4] == "abbr")

    correct(site, table(key, 'question = "What is PCR short for?"'))
    assert kinds(site.build()) == {"changed": 1}
    correct(site, table(key, "drop = true"), table("abbr/PCT/x", "drop = true"))
    report = site.build()

    assert kinds(report) == {"retired": 1}
    assert told(report, "QT601") == ["QT601 4 abbr/PCT/x: there is no such card"]


def test_a_wording_that_students_have_stays_when_the_page_comes_to_tell_its_answer(
    site: Site,
) -> None:
    correct(site, table(NEXT, 'text = "Last, {{c1::nucleoli}} become visible."'))
    site.build()
    write_stages(
        site, edited(STAGES, 0, title="Prophase"), question="What are the nucleoli phases?"
    )

    report = site.build()

    assert told(report, "QT602") == []
    assert "nucleoli" in field(notes_of(site)[NEXT], "Text")
    correct(site, table(NEXT, 'text = "In the end {{c1::nucleoli}} become visible."'))
    assert told(site.build(), "QT602") == [
        f'QT602 1 {NEXT}: the line above the question gives the answer away ("nucleoli")'
    ]


OWN_CARD = table("1/own/why", 'question = "Why do fibers pull?"', 'answer = "To part sisters."')
REWORDED = table(EXPLAIN, 'question = "Which enzyme cuts the rings?"', 'answer = "Separase."')


def test_corrections_are_not_undone_because_their_file_is_missing(site: Site) -> None:
    correct(site, OWN_CARD, REWORDED)
    site.build()
    before, text = site.files(), site.corrections.read_text("utf-8")
    site.corrections.unlink()
    (site.out / "manifest.json").unlink()

    with pytest.raises(PackageError) as error:
        site.build()
    assert "1 note written and 1 note reworded by people" in str(error.value)
    assert "add --allow-retire" in str(error.value)
    assert site.files() == before

    site.corrections.write_text(text, "utf-8")
    assert kinds(site.build()) == {}
    site.corrections.write_text("# Taken back.\n", "utf-8")
    assert kinds(site.build()) == {"changed": 1, "retired": 1}


def test_a_large_part_of_the_corrections_is_not_lost(site: Site) -> None:
    every = [table(f"{page}/qa", "keep = true") for page in (1, 2, 3)]
    correct(site, OWN_CARD, REWORDED, *every)
    site.build()
    before = site.files()
    correct(site, OWN_CARD, every[0])

    with pytest.raises(PackageError, match=r"2 corrections, but .* built with 5 corrections"):
        site.build()

    assert site.files() == before
    site.build(may_retire=True)
    correct(site, OWN_CARD)
    site.build()


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            (table(QA, "drop = true"), table(NEXT, "keep = true")),
            "2 corrections (1 card dropped);",
        ),
        ((table(NEXT, "keep = true"),), "1 correction;"),
    ],
)
def test_a_lost_file_of_corrections_is_noticed(
    site: Site, tables: tuple[str, ...], said: str
) -> None:
    correct(site, *tables, table(EXPLAIN, "drop = true", "proposed = true"))
    site.build()
    before, text = site.files(), site.corrections.read_text("utf-8")
    site.corrections.unlink()

    with pytest.raises(PackageError, match=re.escape(f"built with {said} nothing was written")):
        site.build()
    with pytest.raises(PackageError, match=re.escape(f"built with {said} nothing was written")):
        site.build(site.path(2, "Biology"), is_partial=True)
    assert site.files() == before

    site.corrections.write_text(text, "utf-8")
    assert kinds(site.build()) == {}
    site.corrections.unlink()
    site.build(may_retire=True)
    assert kinds(site.build()) == {}


@pytest.mark.parametrize("correction", [OWN_CARD, REWORDED, table(QA, "drop = true")])
@pytest.mark.parametrize("text", [None, "", "\n"])
def test_one_of_several_files_of_corrections_is_not_lost(
    site: Site, correction: str, text: str | None
) -> None:
    site.corrections.mkdir()
    own, other = site.corrections / "own.toml", site.corrections / "others.toml"
    own.write_text(correction, "utf-8")
    every = "\n".join(table(f"{page}/qa", "keep = true") for page in (2, 3, 4))
    other.write_text(every, "utf-8")
    site.build()
    before = site.files()
    if text is None:
        own.unlink()
    else:
        own.write_text(text, "utf-8")

    with pytest.raises(PackageError, match=r"restore own\.toml"):
        site.build()
    assert site.files() == before

    other.write_text(f"{every}\n{correction}", "utf-8")  # moved to the other file
    assert kinds(site.build()) == {}
    other.write_text(f"# Intended.\n{every}", "utf-8")
    assert sum(kinds(site.build()).values()) == 1


def test_a_file_of_corrections_may_be_removed_on_purpose(site: Site) -> None:
    correct(site, OWN_CARD)
    site.build()
    site.corrections.unlink()

    assert kinds(site.build(may_retire=True)) == {"retired": 1}
    assert kinds(site.build()) == {}


def test_a_page_that_is_not_read_keeps_its_corrections_without_their_file(site: Site) -> None:
    correct(site, OWN_CARD)
    site.build()
    site.corrections.unlink()
    (site.out / "manifest.json").unlink()

    assert kinds(site.build(site.path(2, "Biology"), is_partial=True)).keys() == {"kept"}
    assert "1/own/why" in notes_of(site)


def test_a_published_wording_stays_when_its_correction_becomes_unusable(site: Site) -> None:
    correct(site, OWN_CARD, REWORDED)
    site.build()
    before = site.files()

    correct(
        site,
        OWN_CARD.replace("Why do fibers pull?", "Do fibers part sisters to part?"),
        REWORDED.replace("Which enzyme", "Which separase"),
    )
    report = site.build()

    assert [p.code for p in report.problems if p.severity == "error"] == ["QT602", "QT602"]
    assert site.files() == before
