"""Course decks in real Anki, next to the decks of their subjects."""

from __future__ import annotations

from pathlib import Path

import pytest
from anki.collection import Collection
from anki.decks import DeckId

from qt2anki.anki.files import package_file_name
from qt2anki.anki.package_reader import read_package
from tests.anki.learner import Imported, Learner
from tests.courses.made import build_course, write_course
from tests.site import TEA, Site, edited

UNITS: tuple[tuple[str, list[int | str]], ...] = (("Drinks", [3, 1]), ("Mint", ["mint_1"]))
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.process(3, question="How is cocoa made at home?")
    one.plain(4, subject="Gardening")
    one.plain(5, subject="Gardening")
    return one


def decks_of(collection: Collection) -> dict[str, int]:
    """Count the cards of each deck that has any."""
    assert collection.db is not None
    rows = collection.db.all("SELECT did, count() FROM cards GROUP BY did")
    return {collection.decks.name(did): count for did, count in rows}


def test_after_its_subjects_a_course_brings_nothing_new(site: Site, learner: Learner) -> None:
    write_course(site)
    site.build()
    build_course(site)
    for subject in ("cooking", "gardening"):
        learner.import_file(site.out / f"{subject}.apkg")
    before = decks_of(learner.collection)

    found = learner.import_file(site.out / "courses" / "basics.apkg")

    assert found == Imported(duplicate=sum(before.values()))
    assert decks_of(learner.collection) == before


def test_after_its_subjects_a_unit_is_found_by_its_search(site: Site, learner: Learner) -> None:
    site.plain("mint_1", subject="Gardening")
    site.plain("mintX1", subject="Gardening")
    site.plain(31)
    units = [f'[[unit]]\ntitle = "{n}"\ntake = {take}' for n, take in UNITS]
    write_course(site, "\n".join(['title = "C"', *units]))
    site.build()
    report = build_course(site)
    for subject in ("cooking", "gardening"):
        learner.import_file(site.out / f"{subject}.apkg")

    assert [name for name, _ in report.searches] == ["C::01 Drinks", "C::02 Mint"]
    for (_, search), (_, pages) in zip(report.searches, UNITS, strict=True):
        found = {learner.collection.get_note(n) for n in learner.collection.find_notes(search)}
        assert {note["Key"].partition("/")[0] for note in found} == set(map(str, pages))


def test_a_student_studies_a_unit_by_pasting_its_search(site: Site, learner: Learner) -> None:
    units = [f'[[unit]]\ntitle = "{n}"\ntake = {take}' for n, take in (("A", [3]), ("B", [1, 4]))]
    write_course(site, "\n".join(['title = "C"', *units]))
    site.build()
    build_course(site)
    for name in ("cooking", "gardening", "courses/basics"):
        learner.import_file(site.out / f"{name}.apkg")
    description = read_package(site.out / "courses" / "basics.apkg").description
    pasted = next(line for line in description.splitlines() if line.startswith("- 02 B: "))

    collection = learner.collection
    deck = collection.sched.get_or_create_filtered_deck(DeckId(0))
    deck.config.search_terms[0].search = pasted.partition("`")[2].rstrip("`")
    made = DeckId(collection.sched.add_or_update_filtered_deck(deck).id)

    found = [collection.get_card(card) for card in collection.decks.cids(made)]
    assert {card.note()["Key"].partition("/")[0] for card in found} == {"1", "4"}


def test_alone_it_has_its_own_decks_and_the_subjects_bring_nothing_new(
    site: Site, learner: Learner
) -> None:
    write_course(site)
    site.build()
    build_course(site)

    found = learner.import_file(site.out / "courses" / "basics.apkg")
    decks = decks_of(learner.collection)

    assert set(decks) == {"Kitchen Basics::01 Drinks", "Kitchen Basics::02 Herbs"}
    parent = learner.collection.decks.by_name("Kitchen Basics")
    assert parent is not None
    assert parent["desc"].startswith("Twelve evenings.")
    assert learner.import_file(site.out / "cooking.apkg").new == 0
    assert learner.import_file(site.out / "gardening.apkg").new == 0
    assert sum(decks.values()) == found.new


def test_a_change_published_by_a_course_is_the_same_change_in_the_subject(
    site: Site, learner: Learner
) -> None:
    write_course(site)
    site.build()
    learner.import_file(site.out / "cooking.apkg")
    site.process(1, edited(TEA, 3, text="A woollen cosy covers everything for about five minutes."))

    build_course(site)
    first = learner.import_file(site.out / "courses" / "basics.apkg")
    site.build()
    second = learner.import_file(site.out / "cooking.apkg")

    assert first.updated > 0
    assert (second.new, second.updated) == (0, 0)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside this checkout")
def test_a_course_over_three_subjects_and_five_weeks(tmp_path: Path, learner: Learner) -> None:
    site = Site(tmp_path)
    folders = ("nursing", "biology", "psychology")
    paths = [CORPUS / folder for folder in folders]
    report = site.build(*paths)
    ids = {
        built.subject: list(dict.fromkeys(n.page_id for n in read_package(built.path).notes))
        for built in report.packages
    }
    nursing, biology, psychology = (ids[name.capitalize()] for name in folders)
    alone = set(nursing) & set(biology) | set(nursing) & set(psychology)
    weeks = [
        nursing[:4],
        [*nursing[4:6], *[i for i in biology if i not in alone][:3]],
        [i for i in psychology if i not in alone and i not in biology][:4],
        [i for i in biology if i not in alone][3:7],
        nursing[6:9],
    ]
    units = [
        f'[[unit]]\ntitle = "Week {n}"\ntake = {week}' for n, week in enumerate(weeks, start=1)
    ]
    write_course(site, "\n".join(['title = "Body and Mind"', *units]), "mind")
    build_on = tuple(map(str, paths))
    made = build_course(site, "mind", paths=build_on)
    assert {p.code for p in made.problems if p.code.startswith("QT5")} == {"QT508"}

    for subject in ("Nursing", "Biology"):
        learner.import_file(site.out / package_file_name(subject))
    before = decks_of(learner.collection)
    package = read_package(site.out / "courses" / "mind.apkg")
    found = learner.import_file(package.path)

    psychological = [n for n in package.notes if n.deck.endswith("Week 3")]
    assert {n.page_id for n in psychological} >= set(weeks[2])  # or notes that ask the same
    assert found.new == len(psychological)
    assert found.duplicate == len(package.notes) - len(psychological)
    new = {name: n for name, n in decks_of(learner.collection).items() if name not in before}
    assert set(new) == {"Body and Mind::03 Week 3"}
    assert learner.import_file(package.path).new == 0


def test_pictures_arrive_with_their_cards(site: Site, learner: Learner) -> None:
    (site.pages / "cooking" / "pot.png").write_bytes(b"\x89PNG a pot")
    site.page(9, "What is a pot?", "A pot ![a round pot](pot.png) holds hot tea for guests.")
    write_course(site, 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [9]\n')
    site.build()
    build_course(site)

    for path in (site.out / "courses" / "basics.apkg", site.out / "cooking.apkg"):
        learner.import_file(path)

    folder = Path(learner.collection.media.dir())
    assert [file.read_bytes() for file in folder.iterdir()] == [b"\x89PNG a pot"]
    found = learner.collection.media.check()
    assert (list(found.missing), list(found.unused)) == ([], [])
