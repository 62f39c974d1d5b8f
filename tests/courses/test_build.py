from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.errors import PackageError, SettingsError
from qt2anki.release.previous_release import read_previous_release
from tests.courses.made import COURSE, build_course, course_package, write_course
from tests.site import RETIRING, TEA, Site, Steps, edited, kinds, with_settings


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.process(2, question="How is punch made at home?")
    one.process(3, question="How is cocoa made at home?")
    one.plain(4, subject="Gardening")
    write_course(one)
    return one


def test_notes_are_those_of_the_subjects(site: Site) -> None:
    site.build()

    report = build_course(site)

    subjects = {
        note.guid: note for package in site.memory().live.values() for note in package.notes
    }
    package = course_package(site)
    assert [p.code for p in report.problems if p.code.startswith("QT5")] == ["QT508"]
    assert package.course == "Kitchen Basics"
    assert package.deck_names == ("Kitchen Basics::01 Drinks", "Kitchen Basics::02 Herbs")
    for note in package.notes:
        subject = subjects[note.guid]
        assert (note.fields, note.tags, note.mod) == (subject.fields, subject.tags, subject.mod)
    assert {note.page_id for note in package.notes} == {1, 3, 4}
    assert kinds(report) == {}


def test_new_cards_come_in_lessons_of_pages_as_they_are_taken(site: Site) -> None:
    taken = [*range(41, 29, -1)]
    for page_id in taken:
        site.plain(page_id)
    write_course(site, f'title = "C"\n[[unit]]\ntitle = "One"\ntake = {taken}\n')

    build_course(site)

    assert [note.page_id for note in course_package(site).notes] == taken


def test_equal_pages_give_equal_bytes(site: Site) -> None:
    build_course(site)
    before = site.files()

    report = build_course(site)

    assert site.files() == before
    assert [built.is_written for built in report.packages] == [False]


def test_without_subject_packages_the_course_is_the_memory(site: Site) -> None:
    build_course(site)
    before = {note.guid: note for note in course_package(site).notes}

    site.build()
    subjects = {note.guid: note for note in site.notes().values()}

    shared = before.keys() & subjects.keys()
    assert shared
    assert all(subjects[guid].mod == before[guid].mod for guid in shared)
    assert site.retired() == {}


def test_a_change_has_one_time_wherever_it_is_published_first(site: Site) -> None:
    site.build()
    build_course(site)
    site.process(1, edited(TEA, 3, text="A woollen cosy covers everything for about five minutes."))

    report = build_course(site)
    at_course = {note.guid: note for note in course_package(site).notes}
    changed = {note.guid for note in at_course.values() if note.mod == site.now}
    site.build()

    assert kinds(report) == {"changed": len(changed)}
    assert changed
    subject = {note.guid: note for note in site.notes().values()}
    assert all(subject[guid].mod == at_course[guid].mod for guid in changed)


def test_a_page_left_out_of_a_course_is_not_retired(site: Site) -> None:
    site.build()
    build_course(site)
    write_course(site, COURSE.replace("[3, 1]", "[3]"))
    assert build_course(site).retired == ()

    assert {note.page_id for note in course_package(site).notes} == {3, 4}
    report = site.build()
    assert report.retired == ()


def test_a_course_published_alone_retires_what_its_pages_no_longer_have(site: Site) -> None:
    build_course(site)
    site.process(1, (*TEA[:3], TEA[4]))
    report = build_course(site)
    gone = site.retired("Kitchen Basics")
    assert kinds(report) == {"changed": 1, "retired": len(gone)}
    assert {key.rpartition("/")[0] for key in gone} == {"1/step/steeping-phase"}
    assert kinds(build_course(site)) == {}

    other = (TEA[3][0], "Dirty cups soak in hot soapy water until the brown stains come off.")
    site.process(1, (*TEA[:3], TEA[4], other))
    build_course(site)

    keys = {note.key for note in course_package(site).notes if note.page_id == 1}
    keys = {key for key in keys if "steeping" in key}
    assert keys == {"step/steeping-phase~2/explain"}
    assert site.retired("Kitchen Basics") == gone


@pytest.mark.parametrize("values", RETIRING.values(), ids=RETIRING)
def test_settings_that_retire_most_of_a_course_published_alone_are_refused(
    site: Site, values: dict[str, object]
) -> None:
    site.corrections.write_text('[card."4/qa"]\nkeep = true\n', "utf-8")
    write_course(site, 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [1, 2, 3, 4]\n')
    build_course(site)
    before = site.files()
    with_settings(site, **values)

    with pytest.raises(PackageError, match="although their texts are still there") as caught:
        build_course(site)

    assert "C: " in str(caught.value)
    assert site.files() == before
    assert kinds(build_course(site, may_retire=True))["retired"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('take = [1, 2]\nkinds = ["qa"]\n', id="fewer kinds"),
        pytest.param("take = [4]\n", id="fewer pages"),
    ],
)
def test_a_course_file_that_leaves_out_most_cards_is_followed(site: Site, text: str) -> None:
    write_course(site, 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [1, 2, 3, 4]\n')
    build_course(site)
    write_course(site, f'title = "C"\n[[unit]]\ntitle = "One"\n{text}')

    report = build_course(site)

    assert kinds(report)["retired"] > len(course_package(site).notes)


@pytest.mark.parametrize("is_named", [True, False])
def test_other_ids_of_pages_of_a_course_published_alone_are_refused(
    site: Site, is_named: bool
) -> None:
    path = site.process(2)
    text = path.read_text(encoding="utf-8")
    if not is_named:
        path.write_text(text.replace("id: 2\n", ""), encoding="utf-8")
    write_course(site, 'title = "C"\n[[unit]]\ntitle = "One"\ntake = ["cooking/*.md"]\n')
    build_course(site)
    before = site.files()
    if is_named:
        path.write_text(text.replace("id: 2\n", "id: 12\n"), encoding="utf-8")
    else:
        path.rename(path.with_name("punch.md"))

    with pytest.raises(PackageError, match="would get a different id than the published"):
        build_course(site)

    assert site.files() == before
    with pytest.raises(PackageError, match="would get a different id than the published"):
        site.build()
    assert kinds(build_course(site, may_retire=True)).keys() == {"new", "retired"}
    assert kinds(build_course(site)) == {}


def test_a_page_retired_by_its_subject_may_come_again_under_a_new_id(site: Site) -> None:
    site.build()
    build_course(site)
    text = site.path(1).read_text(encoding="utf-8")
    site.path(1).unlink()
    site.build(may_retire=True)
    site.path(21).write_text(text.replace("id: 1\n", "id: 21\n"), encoding="utf-8")

    assert kinds(site.build())["new"]


def test_subjects_are_built_after_a_course_has_read_their_pages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qt2anki.build.source_files.RACY", -(10**15))  # trust times of files
    site.build()
    build_course(site, cache=site.out / ".qt2anki-cache")
    site.build()
    site.process(2, edited(TEA, 3, text="A woollen cosy covers everything for five minutes."))
    build_course(site, cache=site.out / ".qt2anki-cache")

    report = site.build()

    assert kinds(report)["changed"]
    assert kinds(site.build()) == {}


def test_a_missing_package_of_a_course_is_noticed(site: Site) -> None:
    write_course(site, name="other")
    build_course(site, "basics", "other")
    (site.out / "courses" / "basics.apkg").unlink()

    with pytest.raises(
        PackageError, match=r"the latest published courses are missing: basics\.apkg"
    ):
        build_course(site, "basics", "other")

    build_course(site, "other")
    site.build()
    with pytest.raises(PackageError, match="missing"):
        build_course(site)
    build_course(site, may_retire=True)
    assert course_package(site).notes


@pytest.mark.parametrize("titles", [("Bio::Exam",), ("A::Exam", "B::Exam"), ("Exam", "Exam")])
def test_what_courses_leave_out_is_remembered_under_any_titles(
    site: Site, titles: tuple[str, ...]
) -> None:
    names = [f"c{number}" for number in range(len(titles))]
    for number, (name, title) in enumerate(zip(names, titles, strict=True), start=1):
        unit = f'title = "{title}"\n[[unit]]\ntitle = "U"\ntake = [{number}]\n'
        write_course(site, unit, name=name)

    def build(steps: Steps) -> set[str]:
        """Build pages of *steps*, and return all retired notes."""
        for number in range(1, len(titles) + 1):
            word = "Phase" if number == 1 else "Session"
            own = tuple((title.replace("Phase", word), text) for title, text in steps)
            site.process(number, own, question=f"How is drink {number} made at home?")
        build_course(site, *names)
        packages = site.memory().retired.values()
        return {f"{n.page_id}/{n.key}" for package in packages for n in package.notes}

    assert not build(TEA)
    first = build((*TEA[:3], TEA[4]))
    second = build((*TEA[:2], TEA[4]))

    assert {key.partition("/")[0] for key in first} == set("12"[: len(titles)])
    assert first < second
    assert build((*TEA[:2], TEA[4])) == second


def test_a_course_published_alone_gets_left_out_cards_back(site: Site) -> None:
    build_course(site)
    site.process(1, tuple((title.replace("Phase", "Stage"), text) for title, text in TEA))
    build_course(site)
    before = {note.guid for note in course_package(site).notes}
    write_course(site, COURSE.replace("take = [3, 1]", 'kinds = ["qa"]\ntake = [3, 1]'))
    build_course(site)
    left = {note.guid for note in site.retired("Kitchen Basics").values()}
    assert left
    assert left < before

    write_course(site)
    build_course(site)

    assert {note.guid for note in course_package(site).notes} == before
    assert site.retired("Kitchen Basics") == {}


def test_text_that_a_course_took_along_and_back_is_newer_everywhere(site: Site) -> None:
    site.build()
    build_course(site)
    site.process(1, edited(TEA, 3, text="A woollen cosy covers everything for about five minutes."))
    build_course(site)
    at_course = {note.guid: note for note in course_package(site).notes}
    site.process(1)
    write_course(site, COURSE.replace("[3, 1]", "[3]"))
    build_course(site)

    site.build()

    changed = [note for note in site.notes().values() if note.guid in at_course]
    changed = [note for note in changed if note.fields != at_course[note.guid].fields]
    assert changed
    assert all(note.mod > at_course[note.guid].mod for note in changed)
    assert kinds(site.build()) == {}
    assert kinds(build_course(site)) == {}


def test_a_retired_note_is_not_brought_back_by_an_old_course(site: Site) -> None:
    site.build()
    build_course(site)
    site.process(1, TEA[:-1])
    site.build()
    gone = {note.guid for note in site.retired().values()}
    assert gone

    site.build()
    write_course(site, name="other")
    build_course(site, "other")

    assert {note.guid for note in site.retired().values()} == gone


def test_course_packages_are_no_subjects_wherever_they_lie(site: Site) -> None:
    site.build()
    build_course(site)
    flat = site.root / "flat"
    flat.mkdir()
    for path in site.out.rglob("*.apkg"):
        (flat / path.name).write_bytes(path.read_bytes())

    memory = read_previous_release([flat])

    assert set(memory.live) == {"cooking", "gardening"}
    assert list(memory.courses) == ["basics.apkg"]


def test_a_page_that_asks_the_same_is_taken_in_its_place(site: Site) -> None:
    site.plain(7, subject="Gardening")
    site.page(8, "Where does herb 7 thrive?", "On walls, and by the sea.", subject="Gardening")
    write_course(site, COURSE.replace("[3, 1]", "[3, 8]").replace('{ subject = "Gardening" }', "4"))

    report = build_course(site)

    assert {note.page_id for note in course_package(site).notes} == {3, 7, 4}
    assert [p.code for p in report.problems if p.code.startswith("QT5")] == ["QT506"]


def test_a_profile_takes_fewer_kinds(site: Site) -> None:
    with_settings(site, profile="full")
    build_course(site)
    every = {note.guid: note for note in course_package(site).notes}
    write_course(site, 'profile = "core"\n' + COURSE)
    build_course(site)

    some = {note.guid: note for note in course_package(site).notes}

    assert some.keys() < every.keys()
    assert all(some[guid].fields == every[guid].fields for guid in some)
    assert not any("::kind::term" in tag for note in some.values() for tag in note.tags)


def test_a_unit_takes_some_kinds_and_drops_some_cards(site: Site) -> None:
    build_course(site)
    every = {note.fields[0]: note.deck for note in course_package(site).notes}
    drinks = [key for key, deck in every.items() if deck.endswith("Drinks")]
    assert "1/qa" in drinks
    chosen = 'kinds = ["qa"]\ndrop = ["1/qa", "3"]\n'
    write_course(site, COURSE.replace("take = [3, 1]\n", "take = [3, 1]\n" + chosen))

    report = build_course(site)

    left = {note.fields[0] for note in course_package(site).notes}
    assert left == set(every) - set(drinks)
    assert "QT507" not in {problem.code for problem in report.problems}


def test_a_card_to_drop_that_is_not_there_is_reported(site: Site) -> None:
    path = write_course(site, 'drop = ["1/qb"]\n' + COURSE)

    report = build_course(site)

    found = [(p.source, p.line, p.text, p.hint) for p in report.problems if p.code == "QT507"]
    text = "there is no card '1/qb' to drop"
    assert found == [(path.as_posix(), 1, text, "Did you mean '1/qa'?")]


def test_a_course_of_reviewed_cards_has_no_others(site: Site) -> None:
    site.corrections.write_text('[card."1/qa"]\nkeep = true\n', "utf-8")
    write_course(site, "only_reviewed = true\n" + COURSE)
    build_course(site)

    assert [note.fields[0] for note in course_package(site).notes] == ["1/qa"]


def test_a_lost_file_of_corrections_is_noticed_by_courses(site: Site) -> None:
    site.corrections.write_text('[card."1/qa"]\ndrop = true\n', "utf-8")
    build_course(site)
    site.corrections.unlink()

    with pytest.raises(PackageError, match=r"1 correction \(1 card dropped\)"):
        build_course(site)
    site.corrections.write_text("# None.\n", "utf-8")
    build_course(site)
    site.corrections.unlink()
    build_course(site)


def test_an_own_card_of_a_course_is_not_lost_with_the_file_of_corrections(site: Site) -> None:
    table = '[card."1/own/why"]\nquestion = "Why tea?"\nanswer = "It is warm."\n'
    site.corrections.write_text(table, "utf-8")
    build_course(site)
    before = site.files()
    site.corrections.unlink()
    (site.out / "manifest.json").unlink()

    with pytest.raises(PackageError, match="1 note written and 0 notes reworded by people"):
        build_course(site)
    assert site.files() == before


def test_kinds_that_the_subjects_do_not_have_are_refused(site: Site) -> None:
    with_settings(site, kinds=("qa",))
    path = write_course(site, 'kinds = ["qa", "term"]\n' + COURSE)

    with pytest.raises(SettingsError, match=rf"{path.as_posix()}:1: kinds: the decks have no"):
        build_course(site)


def test_a_wider_profile_than_the_subjects_have_is_refused(site: Site) -> None:
    with_settings(site, profile="core")
    path = write_course(site, 'profile = "full"\n' + COURSE)

    with pytest.raises(SettingsError, match=rf"{path.as_posix()}:1: profile: the decks have"):
        build_course(site)


def test_a_course_with_an_error_is_not_written(site: Site) -> None:
    build_course(site)
    before = site.files()
    write_course(site, COURSE.replace("[3, 1]", "[3, 11]"))

    report = build_course(site)

    assert [p.code for p in report.problems if p.severity == "error"] == ["QT502"]
    assert site.files() == before


def test_a_page_without_cards_is_told(site: Site) -> None:
    site.page(6, "What is zest?", "I cannot answer this question based on the given information.")
    write_course(site, COURSE.replace("[3, 1]", "[3, 6]"))

    report = build_course(site)

    assert "QT505" in [problem.code for problem in report.problems]
    assert report.packages[0].pages_without_cards == 1


def test_the_description_says_what_is_new(site: Site) -> None:
    build_course(site)
    first = course_package(site).description
    write_course(site, COURSE.replace("Twelve", "Thirteen"))
    build_course(site)
    second = course_package(site).description
    site.plain(5, subject="Gardening")
    build_course(site)

    assert first.startswith("Twelve evenings.")
    assert ": first version." in first
    assert second.startswith("Thirteen evenings.")
    assert second.endswith(": first version.")
    assert "- 01 Drinks: `(tag:QuickTakes::page::1 or tag:QuickTakes::page::3) -tag:" in first
    assert course_package(site).description.endswith(" new.")


def test_the_changelog_has_the_searches_of_units(site: Site) -> None:
    build_course(site)

    text = (site.out / "CHANGES.md").read_text(encoding="utf-8")
    assert "**Kitchen Basics**: first version" in text
    assert "- 02 Herbs: `(tag:QuickTakes::page::4) -tag:QuickTakes::retired`" in text


def test_students_who_have_the_cards_already_are_told_of(site: Site) -> None:
    assert "QT508" not in [problem.code for problem in build_course(site).problems]
    site.build()

    (problem,) = [one for one in build_course(site).problems if one.code == "QT508"]
    assert problem.text.startswith("published decks of subjects contain 3 of 3 pages")


def test_a_unit_with_another_number_is_reported(site: Site) -> None:
    build_course(site)
    drinks, herbs = COURSE.split("[[unit]]")[1:]
    write_course(site, f'title = "Kitchen Basics"\n[[unit]]{herbs}\n[[unit]]{drinks}')

    texts = [one.text for one in build_course(site).problems if one.code == "QT509"]
    assert [text.partition(";")[0] for text in texts] == [
        "Kitchen Basics::02 Herbs is now Kitchen Basics::01 Herbs",
        "Kitchen Basics::01 Drinks is now Kitchen Basics::02 Drinks",
    ]


def test_a_unit_with_a_key_is_recognized_by_it(site: Site) -> None:
    write_course(site, COURSE.replace('title = "Herbs"', 'title = "Herbs"\nkey = "green"'))
    build_course(site)
    write_course(site, COURSE.replace('title = "Herbs"', 'title = "Plants"\nkey = "green"'))

    texts = [one.text for one in build_course(site).problems if one.code == "QT509"]
    assert [text.partition(";")[0] for text in texts] == [
        "Kitchen Basics::02 Herbs is now Kitchen Basics::02 Plants"
    ]


def test_subjects_are_built_in_the_order_of_the_settings(site: Site) -> None:
    with_settings(site, subject_order=("gardening",))

    assert [built.subject for built in site.build().packages] == ["Gardening", "Cooking"]


def test_pages_with_other_keys_are_built(site: Site) -> None:
    path = site.plain(9, subject="Botany")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("question:", "prompt:"), encoding="utf-8")
    with_settings(site, front_matter=(("question", "prompt"),))

    report = site.build(path)

    assert [built.subject for built in report.packages] == ["Botany"]
    assert set(site.notes("Botany")) == {"9/qa"}


def test_a_course_with_a_page_that_cannot_be_read_stays_as_published(site: Site) -> None:
    text = 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [{ subject = "Cooking" }]\n'
    write_course(site, text)
    build_course(site)
    before = course_package(site)
    path = site.path(3)
    page = path.read_text(encoding="utf-8")
    path.write_text(page.replace("question:", "question: [", 1), encoding="utf-8")

    report = build_course(site)

    assert course_package(site).notes == before.notes
    assert "QT510" in {p.code for p in report.problems if p.severity == "error"}

    path.write_text(page, encoding="utf-8")
    build_course(site)
    assert course_package(site).notes == before.notes


def test_a_course_of_part_of_its_pages_stays_as_published(site: Site) -> None:
    for page_id in range(10, 20):
        site.plain(page_id, subject="Gardening")
    text = 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [{ subject = ["Cooking", "Gardening"] }]\n'
    write_course(site, text)
    build_course(site)
    before = course_package(site)

    report = build_course(site, paths=(str(site.pages / "cooking"),))

    assert course_package(site).notes == before.notes
    assert "QT510" in {p.code for p in report.problems}
