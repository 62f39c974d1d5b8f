"""A different page under the id of a published one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site import TEA, Site, Steps, kinds, tea_of

BEES = "Bees dance in the dark hive, and the angle of the dance shows the way to the flowers."
TUNNEL = (
    "Trams crossed below the harbour in a brick tube whose pumps ran day and night, until a ferry"
    " company bought the right of way."
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A published site."""
    one = Site(tmp_path)
    one.page(1, "How do bees tell each other where flowers grow?", BEES)
    one.process(2)
    one.build()
    return one


def test_a_different_page_is_refused_and_the_published_notes_stay(site: Site) -> None:
    before = site.notes()
    path = site.page(1, "Why was the harbour line closed?", TUNNEL)
    site.plain(3)

    report = site.build()

    (problem,) = [p for p in report.problems if p.severity == "error"]
    assert (problem.code, problem.source) == ("QT408", path.as_posix())
    assert "How do bees tell each other where flowers grow?" in problem.text
    assert "Why was the harbour line closed?" in problem.text
    assert "--rewritten 1" in problem.hint
    after = site.notes()
    assert before.items() <= after.items()
    assert "3/qa" in after
    assert not site.retired()


def test_the_refusal_lasts_until_the_page_has_an_id_of_its_own(site: Site) -> None:
    site.page(1, "Why was the harbour line closed?", TUNNEL)
    site.build()
    files = site.files()

    assert "QT408" in {p.code for p in site.build().problems}
    assert site.files() == files

    site.path(1).rename(site.path(9))
    site.path(9).write_text(site.path(9).read_text().replace("id: 1\n", "id: 9\n"))
    report = site.build()
    assert kinds(report) == {"new": 1, "retired": 1}
    assert "9/qa" in site.notes()
    assert "1/qa" in site.retired()


def test_a_refusal_does_not_depend_on_the_cache(site: Site) -> None:
    site.is_cached = False
    site.page(1, "Why was the harbour line closed?", TUNNEL)

    assert "QT408" in {p.code for p in site.build().problems}


def test_a_different_page_does_not_bring_back_a_retired_one(site: Site) -> None:
    text = site.path(1).read_text(encoding="utf-8")
    site.path(1).unlink()
    site.build()
    site.page(1, "Why was the harbour line closed?", TUNNEL)

    assert "QT408" in {p.code for p in site.build().problems}
    assert "1/qa" in site.retired()

    site.path(1).write_text(text, encoding="utf-8")
    assert kinds(site.build()) == {"returned": 1}


def test_a_page_in_another_subject_does_not_take_over_the_id(site: Site) -> None:
    site.path(1).unlink()
    site.page(1, "Why was the harbour line closed?", TUNNEL, subject="History")
    before = site.notes()

    report = site.build()

    assert "QT408" in {p.code for p in report.problems}
    assert site.notes() == before
    assert "history" not in site.memory().live


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How do bees tell each other where flowers grow?", TUNNEL),
        ("Why was the harbour line closed?", BEES),
        ("How do bees tell each other were flowers grow?", BEES.replace("hive", "hives")),
        ("By which moves does a bee show the way?", f"{BEES} {TUNNEL}"),
        ("What do bees do?", "Bees dance in the dark hive. The dance is long."),
    ],
)
def test_a_rewritten_page_is_not_refused(site: Site, question: str, answer: str) -> None:
    site.page(1, question, answer)

    assert [p for p in site.build().problems if p.severity == "error"] == []


def test_a_page_that_was_rewritten_can_be_confirmed(site: Site) -> None:
    site.page(1, "Why was the harbour line closed?", TUNNEL)
    site.build()

    report = site.build(rewritten=[1])

    assert [p for p in report.problems if p.severity == "error"] == []
    assert kinds(report) == {"changed": 1}
    assert kinds(site.build()) == {}


def test_two_pages_that_exchange_their_ids_are_both_refused(site: Site) -> None:
    site.process(1, TEA)
    site.page(2, "How do bees tell each other where flowers grow?", BEES)
    before = site.notes()

    report = site.build()

    assert [p.code for p in report.problems if p.severity == "error"] == ["QT408", "QT408"]
    assert site.notes() == before


SOUP = (
    ("Chopping Phase", "Onions and carrots become small cubes on a wooden board."),
    ("Frying Phase", "Butter melts in the pan until the cubes turn golden in it."),
    ("Simmering Phase", "Two litres of stock are poured over them and cook for one hour."),
)
BREAD = (
    ("Kneading Phase", "Press and fold the dough with both palms until it feels smooth."),
    ("Proving Phase", "Linen covers the bowl, which stands near a stove overnight."),
    ("Baking Phase", "The loaf slides onto hot stone and turns brown in forty minutes."),
)


def test_renumbered_pages_are_all_refused(site: Site) -> None:
    before = site.notes()
    site.page(1, "Why was the harbour line closed?", TUNNEL)
    site.page(2, "How do bees tell each other where flowers grow?", BEES)
    site.process(3, tea_of(2))

    report = site.build()

    codes = [p.code for p in report.problems if p.severity == "error"]
    assert codes == ["QT408"] * 3
    assert site.notes() == before


@pytest.mark.parametrize("drinks", [(SOUP, TEA), (BREAD, TEA, SOUP)])
def test_renumbered_pages_of_one_title_are_refused(site: Site, drinks: tuple[Steps, ...]) -> None:
    for number, steps in enumerate((TEA, SOUP), start=3):
        site.process(number, steps)
    site.build()
    before = site.notes()
    for number, steps in enumerate(drinks, start=3):
        site.process(number, steps)

    report = site.build()

    codes = [p.code for p in report.problems if p.severity == "error"]
    assert codes == ["QT408"] * len(drinks)
    assert site.notes() == before
    site.build(rewritten=[3, 4, 5])
    assert site.notes() != before


RANGE = "What is the normal range?"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Brine keeps at nine degrees.", "Jam keeps at thirty degrees.", id="short"),
        pytest.param(
            "Brine is the main cure of olives. Its normal range is 8 to 10 parts of salt in a"
            " hundred, and it is kept by the lid.",
            "Vinegar is the main cure of gherkins. Its normal range is 4 to 6 parts of acid in a"
            " hundred, and it is kept by the cork.",
            id="parallel",
        ),
    ],
)
def test_short_or_similar_pages_of_one_title_that_are_exchanged_are_refused(
    site: Site, one: str, other: str
) -> None:
    site.page(3, RANGE, one, subject="Pickles")
    site.page(4, RANGE, other, subject="Cooking")
    site.build()
    before = site.notes("Pickles"), site.notes()
    site.page(3, RANGE, other, subject="Pickles")
    site.page(4, RANGE, one, subject="Cooking")

    report = site.build()

    assert [p.code for p in report.problems if p.severity == "error"] == ["QT408", "QT408"]
    assert (site.notes("Pickles"), site.notes()) == before


def test_a_page_that_cannot_be_read_keeps_its_question(site: Site) -> None:
    site.page(3, "How do bees tell each other where flowers grow?", f"{BEES} {TUNNEL}")
    site.build()
    before = site.notes()
    site.path(1).write_text("---\nid: 1\nquestion: [\n---\n")

    report = site.build()

    assert "asks the same question as page 1 (as published)" in " ".join(
        p.text for p in report.problems
    )
    assert site.notes() == before
