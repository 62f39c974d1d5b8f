"""A learner studies, the pages are edited, the decks are built and imported again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from qt2anki.anki.note_content import field
from qt2anki.anki.package_reader import PublishedNote
from tests.anki.learner import Imported, Learner
from tests.site import TEA, Site, edited, kinds

INPUT = Path(__file__).parents[2] / "input"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Give two sample subjects, and two processes and six plain pages in a subject of their own."""
    one = Site(tmp_path / "site", now=1_700_000_000)
    for subject in ("nursing", "physics"):
        shutil.copytree(INPUT / subject, one.pages / subject)
    one.process(1)
    one.process(2, TEA[::-1], question="How is tea unmade?")
    for page_id in range(3, 9):
        one.plain(page_id)
    return one


def import_all(learner: Learner, folder: Path) -> Imported:
    """Import every package of a folder and add up what Anki says."""
    found = [learner.import_file(path) for path in sorted(folder.glob("*.apkg"))]
    return Imported(
        new=sum(one.new for one in found),
        updated=sum(one.updated for one in found),
        duplicate=sum(one.duplicate for one in found),
        conflicting=sum(one.conflicting for one in found),
    )


def study(learner: Learner) -> None:
    """Answer one card of every note."""
    for note_id in learner.collection.find_notes(""):
        note = learner.collection.get_note(note_id)
        learner.answer_good(note.cards()[0])


def card_states(learner: Learner) -> list[Sequence[object]]:
    """Return what an import could change of each card: deck, kind, due day or position, reviews."""
    assert learner.collection.db is not None
    return learner.collection.db.all("SELECT id, did, type, queue, due, reps, mod FROM cards")


def live(site: Site) -> dict[str, PublishedNote]:
    return {note.guid: note for package in site.memory().live.values() for note in package.notes}


def edit_everything(site: Site) -> None:
    """Make one edit of every kind between two releases."""
    steps = edited(TEA, 0, text=TEA[0][1].replace("large", "larger"))  # a typo
    steps = edited(steps, 1, title="Preheating Phase")  # a step renamed
    milk = ("Milk Phase", "A little cold milk is splashed on top unless lemon slices lie ready.")
    steps = (*steps[:2], steps[3], steps[2], milk, steps[4])  # two swapped, one inserted
    site.process(1, steps)
    site.process(2, (TEA[::-1])[:4], question="How is tea unmade?")  # a step removed
    site.path(8).unlink()  # a page removed
    site.plain(9)  # a page added
    spelled = min(site.pages.glob("physics/*.md"))  # a subject respelled
    text = spelled.read_text(encoding="utf-8")
    other = re.sub(r"(?m)^(subject:\s*(?:>-\s*)?)Physics$", r"\1PHYSICS", text)
    assert other != text
    spelled.write_text(other, encoding="utf-8")


def test_histories_and_edits_survive_an_update(site: Site, learner: Learner) -> None:
    site.build()
    before = live(site)
    first = import_all(learner, site.out)
    assert first.conflicting == 0
    study(learner)
    learner.edit(site.notes()["3/qa"].guid, "Extra", "my own words", tag="exam")
    decks = {deck.name for deck in learner.collection.decks.all_names_and_ids()}

    edit_everything(site)
    report = site.build()
    after = live(site)
    again = import_all(learner, site.out)
    import_all(learner, site.out / "retired")

    counts = kinds(report)
    assert (again.new, again.updated) == (counts["new"], counts["changed"])
    assert again.conflicting == 0
    assert learner.collection.note_count() == len(before.keys() | after.keys())
    for guid, note in before.items():
        assert learner.cards(guid)[0].reps == 1
        assert learner.note(guid)["Key"] == note.fields[0]
    for guid, note in after.items():
        if guid in before and note.mod == before[guid].mod:
            continue
        assert learner.note(guid).fields == list(note.fields)
    assert learner.note(site.notes()["3/qa"].guid)["Extra"] == "my own words"
    assert "exam" in learner.note(site.notes()["3/qa"].guid).tags
    renamed = site.notes()["1/step/warming-phase/explain"]
    assert "Preheat" in learner.note(renamed.guid)["Question"]
    retired = set(learner.collection.find_notes("tag:QuickTakes::retired"))
    gone = before.keys() - after.keys()
    assert retired == {learner.note(guid).id for guid in gone}
    assert len(gone) == counts["retired"] > 1
    assert decks <= {deck.name for deck in learner.collection.decks.all_names_and_ids()}
    assert learner.check_database() == ""
    assert learner.empty_cards() == []


def test_a_third_build_without_edits_updates_nothing(site: Site, learner: Learner) -> None:
    site.build()
    import_all(learner, site.out)
    edit_everything(site)
    site.build()
    import_all(learner, site.out)
    import_all(learner, site.out / "retired")

    assert kinds(site.build()) == {}
    again = import_all(learner, site.out)

    assert (again.new, again.updated, again.conflicting) == (0, 0, 0)


def test_a_different_order_of_new_cards_updates_nothing(site: Site, learner: Learner) -> None:
    site.build()
    newest = site.files()["cooking.apkg"]
    site.reverse_new_cards()
    import_all(learner, site.out)
    study(learner)
    guid = site.notes()["3/qa"].guid
    learner.edit(guid, "Extra", "my own words", tag="exam")
    before = card_states(learner)

    site.build()
    again = import_all(learner, site.out)

    assert site.files()["cooking.apkg"][0] == newest[0]
    assert (again.new, again.updated, again.conflicting) == (0, 0, 0)
    assert learner.note(guid)["Extra"] == "my own words"
    assert card_states(learner) == before


def test_what_comes_back_loses_its_mark(site: Site, learner: Learner) -> None:
    site.build()
    import_all(learner, site.out)
    study(learner)
    site.path(8).unlink()
    site.build()
    import_all(learner, site.out)
    import_all(learner, site.out / "retired")
    assert len(learner.collection.find_notes("tag:QuickTakes::retired")) == 1

    site.plain(8)
    site.build()
    import_all(learner, site.out)

    note = learner.note(site.notes()["8/qa"].guid)
    assert learner.collection.find_notes("tag:QuickTakes::retired") == []
    assert note["Extra"] == field(site.notes()["8/qa"], "Extra")
    assert note.cards()[0].reps == 1


def test_who_imports_the_retired_notes_alone_gets_them_in_a_deck_apart(
    site: Site, learner: Learner
) -> None:
    site.build()
    site.path(8).unlink()
    site.build()

    import_all(learner, site.out / "retired")

    (card,) = learner.cards(site.retired()["8/qa"].guid)
    assert learner.collection.decks.name(card.did) == "QuickTakes retired::Cooking"


def test_the_next_learner_never_sees_a_retired_note(site: Site, learner: Learner) -> None:
    site.build()
    edit_everything(site)
    site.build()

    import_all(learner, site.out)

    assert learner.collection.find_notes("tag:QuickTakes::retired") == []


def test_a_different_page_takes_over_no_history(site: Site, learner: Learner) -> None:
    site.build()
    import_all(learner, site.out)
    study(learner)
    states = card_states(learner)
    said = {guid: learner.note(guid).fields for guid in live(site)}

    # Two copies whose authors left the id of the original in them.
    site.page(3, "Why was the harbour line closed?", "A ferry company bought the right of way.")
    site.page(1, "Who lit the lamps of the old town?", "Four keepers walked from post to post.")
    report = site.build()
    import_all(learner, site.out)
    import_all(learner, site.out / "retired")

    assert [p.code for p in report.problems if p.severity == "error"] == ["QT408", "QT408"]
    assert card_states(learner) == states
    assert {guid: learner.note(guid).fields for guid in said} == said
