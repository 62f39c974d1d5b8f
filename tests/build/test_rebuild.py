"""What a second build does to what the first one published."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest

from qt2anki.anki.note_content import field
from qt2anki.errors import PackageError
from tests.anki_formats.decks import run_sql
from tests.site import START, TEA, Site, edited, kinds, tea_of, with_settings

INPUT = Path(__file__).parents[2] / "input"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Give a site with a process and two plain pages in Cooking, and one page in Botany."""
    one = Site(tmp_path)
    one.process(1)
    for page_id in (2, 3):
        one.plain(page_id)
    one.plain(4, subject="Botany")
    return one


def test_the_first_build_says_so(site: Site) -> None:
    first = site.build()
    second = site.build()

    assert first.is_first
    assert not second.is_first
    assert kinds(first) == {}  # as all of it is new, nothing is named
    assert {note.mod for note in site.notes().values()} == {site.now - 86_400}


def test_unchanged_pages_leave_every_file_alone_whatever_the_clock_says(site: Site) -> None:
    site.build()
    before = site.files()
    site.now += 1_000_000

    again = site.build()

    assert kinds(again) == {}
    assert not any(built.is_written for built in again.packages)
    assert site.files() == before


def test_a_different_order_of_new_cards_is_no_change_of_a_note(site: Site) -> None:
    site.build()
    newest = site.files()["cooking.apkg"]
    site.reverse_new_cards()
    before = site.memory().live["cooking"]
    botany = site.files()["botany.apkg"]

    report = site.build()

    after = site.memory().live["cooking"]
    assert kinds(report) == {}
    assert [built.subject for built in report.packages if built.is_written] == ["Cooking"]
    assert site.files()["botany.apkg"] == botany
    assert site.files()["cooking.apkg"][0] == newest[0]
    assert after.description == before.description
    assert after.notes != before.notes
    assert sorted(after.notes, key=lambda n: n.guid) == sorted(before.notes, key=lambda n: n.guid)
    assert not any(built.is_written for built in site.build().packages)


PAGE = """---
id: 5
question: How does a Crème Brûlée set?
subject: Pâtisserie
---
The custard sets in three stages, in order:

1. **Tempering**: Once the cream is hot, it is poured over the yolks as in any café.
2. **Poaching**: Then the dishes bake in a water bath until only their centres quiver gently.
3. **Caramelising**: Finally, sugar on the cold custard is burnt to a crust by a torch.

A gâteau needs `two  spaces`. Its crumb is dry.
"""


@pytest.mark.parametrize(
    "looks_the_same",
    [
        pytest.param(lambda text: normalize("NFD", text), id="decomposed letters"),
        pytest.param(lambda text: text.replace(" the ", "  the "), id="double spaces"),
        pytest.param(lambda text: text.replace("\n", " \n"), id="a space at the end of lines"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda text: f"\ufeff{text}\n\n", id="a byte order mark, empty lines"),
    ],
)
def test_what_looks_the_same_is_no_change(
    tmp_path: Path, looks_the_same: Callable[[str], str]
) -> None:
    site = Site(tmp_path)
    path = site.plain(5)
    path.write_text(PAGE, encoding="utf-8", newline="")
    site.build()
    before = site.files()

    path.write_text(looks_the_same(PAGE), encoding="utf-8", newline="")
    report = site.build()

    assert kinds(report) == {}
    assert all(problem.severity != "error" for problem in report.problems)
    assert site.files().keys() == before.keys()


def test_a_folder_whose_name_is_composed_otherwise_is_the_same_subject(tmp_path: Path) -> None:
    site = Site(tmp_path)
    folder = site.pages / normalize("NFC", "Pâtisserie")
    folder.mkdir(parents=True)
    page = PAGE.replace("subject: Pâtisserie\n", "").replace("id: 5\n", "")
    (folder / "brûlée.md").write_text(page, encoding="utf-8")
    site.build()
    before = site.files()

    (folder / "brûlée.md").rename(folder / normalize("NFD", "brûlée.md"))
    folder.rename(site.pages / normalize("NFD", "Pâtisserie"))
    report = site.build()

    assert kinds(report) == {}
    assert site.files() == before


def test_ids_may_be_names(site: Site) -> None:
    site.process("tea.green", question="How is green tea made?")
    site.process("10-tea", question="How is iced tea made?", date="2026-06-01")
    site.build()
    before = site.files()

    assert kinds(site.build()) == {}
    assert site.files() == before

    site.process("tea.green", edited(TEA, 2, text=TEA[2][1].replace("spoonful", "spoon")))
    changed = site.build()

    assert kinds(changed).keys() == {"changed"}
    tags = {tag for note in site.notes().values() for tag in note.tags if "::page::" in tag}
    assert tags == {f"QuickTakes::page::{name}" for name in (1, 2, 3, "10-tea", "tea.green")}

    # A page that cannot be read stays as it was published, whatever its id is.
    known = site.notes()
    site.path("tea.green").write_text("---\nid: tea.green\nanswer: [\n---\n", encoding="utf-8")
    site.path(2).write_text("---\nid: 2\nanswer: [\n---\n", encoding="utf-8")
    site.build()

    assert site.notes() == known


def test_the_same_packages_elsewhere_have_the_same_bytes(site: Site, tmp_path: Path) -> None:
    site.build()

    site.build(previous=[site.out], out=tmp_path / "copy")

    copies = {path.name: path.read_bytes() for path in (tmp_path / "copy").glob("*.apkg")}
    assert copies == {name: data for name, (data, _) in site.files().items()}


def test_a_typo_updates_the_notes_that_show_it_and_no_other(site: Site) -> None:
    site.build()
    before = site.notes()

    site.process(1, edited(TEA, 2, text=TEA[2][1].replace("spoonful", "spoon")))
    again = site.build()

    after = site.notes()
    changed = {name for name in after if after[name].mod != before[name].mod}
    assert {name.rpartition("/")[0] for name in changed} <= {"1/step/mixing-phase", "1"}
    assert "1/step/mixing-phase/explain" in changed
    assert {after[name].mod for name in changed} == {site.now}
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }
    assert kinds(again) == {"changed": len(changed)}


def test_a_new_date_of_the_page_touches_no_note(site: Site) -> None:
    site.build()
    before = site.notes()

    site.process(1, date="2026-09-09")
    again = site.build()

    assert kinds(again) == {}
    assert site.notes() == before


def test_time_never_runs_backwards_for_a_note(site: Site) -> None:
    site.build()
    before = site.notes()["2/qa"].mod

    site.now = START - 1_000_000
    site.plain(2, answer="Herb 2 grows in wet ditches and tastes of soap and honey.")
    site.build()

    assert site.notes()["2/qa"].mod == before + 1


def test_a_renamed_step_keeps_its_names(site: Site) -> None:
    site.build()
    before = site.notes()

    site.process(1, edited(TEA, 1, title="Rinsing Phase"))
    site.build()
    settled = site.build()

    after = site.notes()
    assert {name: note.guid for name, note in after.items()} == {
        name: note.guid for name, note in before.items()
    }
    assert "Rinsing Phase" in field(after["1/step/warming-phase/explain"], "Question")
    assert kinds(settled) == {}


def test_a_title_that_moves_to_another_step_does_not_take_the_history_along(site: Site) -> None:
    site.build()
    before = site.notes()

    site.process(1, edited(edited(TEA, 0, title=TEA[1][0]), 1, title="Rinsing Phase"))
    site.build()
    settled = site.build()

    after = site.notes()
    boil = after["1/step/boiling-phase/explain"]
    assert boil.guid == before["1/step/boiling-phase/explain"].guid
    assert "Warming Phase" in field(boil, "Question")
    assert "cold water in the kettle" in field(boil, "Answer")
    assert "Rinsing Phase" in field(after["1/step/warming-phase/explain"], "Question")
    assert kinds(settled) == {}


def test_steps_that_change_places_keep_their_notes(site: Site) -> None:
    site.build()
    before = site.notes()

    site.process(1, (TEA[0], TEA[2], TEA[1], *TEA[3:]))
    again = site.build()

    after = site.notes()
    assert {name: note.guid for name, note in after.items()} == {
        name: note.guid for name, note in before.items()
    }
    assert set(kinds(again)) == {"changed"}
    explained = [name for name in after if name.endswith(("/explain", "/name"))]
    assert explained
    assert all(after[name] == before[name] for name in explained)


def test_a_step_that_goes_is_retired_with_all_its_notes_and_comes_back(site: Site) -> None:
    site.build()
    before = site.notes()
    step = {name for name in before if name.startswith("1/step/warming-phase/")}

    site.process(1, (TEA[0], *TEA[2:]))
    gone = site.build()
    graves = site.retired()

    assert kinds(gone)["retired"] == len(step)
    assert step == set(graves)
    assert not step & set(site.notes())
    for name in step:
        assert graves[name].guid == before[name].guid
        assert graves[name].mod == site.now
        assert "QuickTakes::retired" in graves[name].tags
        assert "No longer in the source" in field(graves[name], "Extra")

    files = site.files()
    site.build()
    assert site.files() == files
    site.process(1)
    back = site.build()

    assert kinds(back)["returned"] == len(step)
    assert site.retired() == {}
    assert not (site.out / "retired" / "cooking.apkg").exists()
    after = site.notes()
    assert {name: note.guid for name, note in after.items()} == {
        name: note.guid for name, note in before.items()
    }
    assert all(after[name].mod == site.now for name in step)
    assert all("QuickTakes::retired" not in after[name].tags for name in step)


def test_a_new_step_never_gets_the_name_of_one_that_was_retired(site: Site) -> None:
    site.build()
    guids = {note.guid for note in site.notes().values()}
    site.process(1, (TEA[0], *TEA[2:]))
    site.build()

    text = "Soak twelve muddy flowerpots outdoors in rain, vinegar and coarse sand."
    site.process(1, (TEA[0], *TEA[2:], ("Warming Phase", text)))
    site.build()

    new = {name for name, note in site.notes().items() if note.guid not in guids}
    assert {name.rpartition("/")[0] for name in new} == {"1/step/warming-phase~2"}


def test_a_page_that_goes_is_retired_and_takes_its_notes_back(site: Site) -> None:
    site.build()
    before = site.notes()
    site.path(3).unlink()

    gone = site.build()
    assert kinds(gone) == {"retired": 1}
    assert set(site.retired()) == {"3/qa"}

    site.plain(3)
    assert kinds(site.build()) == {"returned": 1}
    assert site.notes()["3/qa"].guid == before["3/qa"].guid
    assert site.retired() == {}


def test_only_part_of_the_site_read_retires_nothing(site: Site) -> None:
    site.build()
    before = site.files()

    report = site.build(site.pages / "botany")

    assert kinds(report) == {}
    assert [p.code for p in report.problems if p.code > "QT4"] == ["QT404"]
    assert site.files() == before


def test_a_filter_writes_one_subject_and_leaves_the_others(site: Site) -> None:
    site.build()
    before = site.files()
    site.path(3).unlink()
    site.plain(4, subject="Botany", answer="Herb 4 hides in old walls and smells of garlic.")

    report = site.build(subjects=["Botany"])

    assert kinds(report) == {"changed": 1}
    assert [p.code for p in report.problems if p.code > "QT4"] == []
    assert site.files()["cooking.apkg"] == before["cooking.apkg"]


def test_a_large_part_of_a_deck_is_retired_on_request_only(site: Site) -> None:
    for page_id in range(10, 20):
        site.plain(page_id)
    site.build()
    before = site.files()
    for page_id in range(10, 20):
        site.path(page_id).unlink()

    with pytest.raises(PackageError, match=r"Cooking: 10 of \d+ notes, on 10 pages.*nothing was"):
        site.build()
    assert site.files() == before

    assert kinds(site.build(may_retire=True)) == {"retired": 10}


def test_a_subject_is_retired_by_name_only(site: Site) -> None:
    site.build()
    site.path(4, "Botany").unlink()
    assert kinds(site.build()) == {}

    report = site.build(subjects=["Botany"], may_retire=True)

    assert kinds(report) == {"retired": 1}
    assert not (site.out / "botany.apkg").exists()
    assert set(site.retired("Botany")) == {"4/qa"}
    assert kinds(site.build()) == {}


def test_a_page_that_breaks_stays_as_it_was_published(site: Site) -> None:
    site.build()
    before = site.notes()
    text = site.path(1).read_text(encoding="utf-8")
    site.path(1).write_text(text.replace("question:", "quest:"), encoding="utf-8")

    report = site.build()

    assert site.notes() == before
    assert set(kinds(report)) == {"kept"}
    assert "QT401" in {problem.code for problem in report.problems}
    site.path(1).write_text(text, encoding="utf-8")
    assert kinds(site.build()) == {}
    assert site.notes() == before


def test_nothing_that_was_not_found_is_retired_while_a_file_might_be_it(site: Site) -> None:
    site.build()
    before = site.notes()
    site.path(3).write_bytes(b"\xff\xfe no text")

    report = site.build()

    assert site.notes() == before
    assert "QT402" in {problem.code for problem in report.problems}


def test_two_pages_that_fight_for_one_id_leave_its_notes_as_published(site: Site) -> None:
    site.build()
    before = site.notes()
    path = site.page(3, "Where does it not thrive at all?", "It never thrives.", subject="Botany")

    report = site.build()

    assert site.notes() == before
    assert {"QT201", "QT401"} <= {problem.code for problem in report.problems}
    path.unlink()
    assert kinds(site.build()) == {}


def test_a_subject_spelled_otherwise_keeps_its_name(site: Site) -> None:
    site.build()
    before = site.files()
    for path in sorted(site.pages.glob("cooking/*.md")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"Cooking"', '"COOKING"'), encoding="utf-8")

    assert kinds(site.build()) == {}
    assert site.files() == before


def test_a_subject_that_is_really_renamed_takes_its_notes_along(site: Site) -> None:
    site.build()
    before = {name: note.guid for name, note in site.notes("Botany").items()}
    site.path(4, "Botany").unlink()
    site.plain(4, subject="Plant Science")

    report = site.build()

    assert {name: note.guid for name, note in site.notes("Plant Science").items()} == before
    assert [p.code for p in report.problems if p.code > "QT4"] == ["QT403"]
    assert not (site.out / "botany.apkg").exists()
    assert site.retired("Botany") == {}
    assert kinds(site.build()) == {}


@pytest.mark.parametrize("name", ["C::D", "C ::D", ":C"])
def test_a_renamed_subject_with_colons_leaves_no_package_behind(tmp_path: Path, name: str) -> None:
    site = Site(tmp_path)
    site.process(1, subject=name)
    site.build()
    site.path(1, name).unlink()
    site.process(1, subject="Plain")

    site.build()

    assert site.files().keys() == {"plain.apkg"}
    assert kinds(site.build()) == {}


@pytest.mark.parametrize("name", ["C::D", "C ::D", ":C"])
def test_a_broken_page_of_a_subject_with_colons_stays_as_published(
    tmp_path: Path, name: str
) -> None:
    site = Site(tmp_path)
    path = site.process(1, subject=name)
    right = path.read_text("utf-8")
    for page_id in (2, 3):
        site.plain(page_id, subject=name)
    site.build()
    before = site.files()
    path.write_text(right.replace("question:", "quest:"), "utf-8")
    for page_id in (2, 3):
        site.path(page_id, name).unlink()
        site.plain(page_id, subject="Plain")

    site.build()

    assert site.files().keys() == before.keys() | {"plain.apkg"}
    path.write_text(right, "utf-8")
    site.build()
    notes = [note for package in site.memory().live.values() for note in package.notes]
    assert {note.page_id for note in notes} == {1, 2, 3}
    assert kinds(site.build()) == {}


def test_a_page_in_two_subjects_is_the_same_note_in_both(site: Site) -> None:
    site.plain(4)
    site.build()
    assert site.notes("Cooking")["4/qa"].guid == site.notes("Botany")["4/qa"].guid

    for subject in ("Cooking", "Botany"):
        site.plain(4, subject=subject, answer="Herb 4 hides in old walls and smells of garlic.")
    site.build()

    one, other = site.notes("Cooking")["4/qa"], site.notes("Botany")["4/qa"]
    assert (one.fields, one.tags, one.mod) == (other.fields, other.tags, other.mod)
    assert one.mod == site.now


def test_an_abbreviation_is_one_note_in_all_subjects_and_keeps_its_name(site: Site) -> None:
    text = "Thyme is dried in a warm air cabinet (WAC). The WAC is made of beech."
    site.plain(5, answer=text)
    site.plain(6, subject="Botany", answer=text)
    site.build()

    one, other = (
        next(note for note in site.notes(subject).values() if note.key.startswith("abbr/"))
        for subject in ("Botany", "Cooking")
    )
    assert (one.guid, one.fields, one.tags, one.mod) == (
        other.guid, other.fields, other.tags, other.mod,
    )  # fmt: skip

    site.plain(5, answer=f"{text} It holds eight trays.")
    site.build()

    assert site.notes("Cooking")[f"{other.page_id}/{other.key}"].mod == other.mod

    site.plain(6, subject="Botany", answer=text.replace("air", "aire"))
    site.path(5).unlink()
    site.build()

    assert one.guid in {note.guid for note in site.notes("Botany").values()}


def test_a_page_that_leaves_one_of_its_subjects_is_not_retired(site: Site) -> None:
    site.plain(4)
    site.plain(5, subject="Botany")
    site.build()
    site.path(4, "Botany").unlink()

    report = site.build()

    assert kinds(report) == {"changed": 1}
    assert site.retired("Botany") == {}
    assert "4/qa" not in site.notes("Botany")
    assert "QuickTakes::subject::Botany" not in site.notes("Cooking")["4/qa"].tags


def test_one_folder_read_leaves_a_page_the_tags_of_its_other_subject(site: Site) -> None:
    site.plain(4)
    site.build()
    before = site.notes("Cooking")

    site.build(site.pages / "cooking")

    assert site.notes("Cooking") == before


def test_a_list_near_the_threshold_stays_what_it_was(site: Site) -> None:
    with_settings(site, sequence_threshold=4.0)
    site.build()
    steps = {name for name in site.notes() if "/step/" in name}
    assert steps
    score = 4.0

    for threshold in (score, score + 0.25):
        with_settings(site, sequence_threshold=threshold)
        assert kinds(site.build()) == {}


@pytest.mark.parametrize("data", [b"", b"PK no zip", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_memory_stops_the_build_before_it_writes(site: Site, data: bytes) -> None:
    site.build()
    (site.out / "botany.apkg").write_bytes(data)
    before = site.files()
    site.plain(2, answer="Herb 2 grows in wet ditches and tastes of soap and honey.")

    with pytest.raises(PackageError, match=r"botany\.apkg"):
        site.build()

    assert site.files() == before


def test_a_build_that_stopped_between_two_files_is_mended_by_the_next(site: Site) -> None:
    site.build()
    old = (site.out / "cooking.apkg").read_bytes()
    site.path(3).unlink()
    site.build()
    names, live, graves = set(site.files()), site.notes(), site.retired()

    (site.out / "cooking.apkg").write_bytes(old)
    site.build()

    assert set(site.files()) == names
    assert site.notes() == live
    assert site.retired() == graves


def test_a_control_character_that_was_published_is_not_published_again(site: Site) -> None:
    site.build()
    run_sql(
        site.out / "cooking.apkg",
        "UPDATE notes SET flds = replace(flds, 'lemon', '\x02wzxhzdk:0\x03')",
    )
    site.path(3).unlink()
    site.path(2).write_text("---\nid: 2\n---\n", encoding="utf-8")

    site.build()

    for notes in (site.retired(), {"2/qa": site.notes()["2/qa"]}):
        (note,) = notes.values()
        assert "tastes of wzxhzdk:0 and pepper" in field(note, "Answer")


@pytest.mark.parametrize("spoil", ["a file", "a loop", "no permission"])
def test_retired_notes_that_cannot_be_read_stop_the_build(site: Site, spoil: str) -> None:
    site.build()
    folder = site.out / "retired"
    if spoil == "a file":
        folder.write_bytes(b"")
    elif spoil == "a loop":
        folder.symlink_to(folder)
    elif os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    else:
        folder.mkdir(mode=0)
    before = {path.name: path.read_bytes() for path in site.out.glob("*.apkg")}
    site.path(3).unlink()

    with pytest.raises(PackageError, match=r"retired: the folder cannot be read"):
        site.build()

    assert {path.name: path.read_bytes() for path in site.out.glob("*.apkg")} == before


@pytest.mark.parametrize("root", ["Default", "default", "Default::Pages"])
def test_decks_below_the_default_deck_are_remembered(site: Site, root: str) -> None:
    with_settings(site, deck_root=root)
    site.build()
    before = site.notes()

    again = site.build()

    assert kinds(again) == {}
    assert site.notes() == before


@pytest.mark.parametrize("name", ["botany.APKG", "elsewhere/botany.apkg"])
def test_a_package_of_the_release_that_is_missing_stops_the_build(site: Site, name: str) -> None:
    site.build()
    (site.out / "elsewhere").mkdir()
    (site.out / "botany.apkg").rename(site.out / name)
    before = site.files()

    with pytest.raises(PackageError, match=r"missing: botany\.apkg"):
        site.build()

    assert site.files() == before
    (site.out / name).rename(site.out / "botany.apkg")
    assert kinds(site.build()) == {}


def test_a_retired_package_that_is_missing_stops_the_build(site: Site) -> None:
    site.build()
    site.path(3).unlink()
    site.build()
    (site.out / "retired" / "cooking.apkg").unlink()

    with pytest.raises(PackageError, match=r"missing: retired/cooking\.apkg"):
        site.build()


def test_a_release_without_its_manifest_is_taken_as_it_is(site: Site) -> None:
    site.build()
    (site.out / "botany.apkg").unlink()
    (site.out / "manifest.json").unlink()

    site.build()

    assert (site.out / "botany.apkg").exists()


@pytest.mark.parametrize("name", ["plants.apkg", "botany.APKG"])
def test_a_package_under_a_new_name_is_refused_before_there_are_two(site: Site, name: str) -> None:
    site.build()
    (site.out / "botany.apkg").rename(site.out / name)
    (site.out / "manifest.json").unlink()
    before = site.files()

    with pytest.raises(PackageError, match=r"rename it to botany\.apkg"):
        site.build()

    assert site.files() == before


def test_a_larger_profile_changes_and_retires_no_published_note(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for subject in ("biology", "nursing"):
        shutil.copytree(INPUT / subject, site.pages / subject, dirs_exist_ok=True)
    reports = []
    for profile in ("core", "standard", "full", "standard"):
        with_settings(site, profile=profile, card_threshold=None)
        reports.append(kinds(site.build()).keys())

    assert reports == [set(), {"new"}, {"new"}, {"retired"}]  # a first release lists nothing


@pytest.mark.parametrize("is_cached", [False, True])
def test_text_that_left_with_a_subject_is_newer_when_it_is_taken_back(
    tmp_path: Path, *, is_cached: bool
) -> None:
    site = Site(tmp_path, is_cached=is_cached)
    other = edited(TEA, 3, text="A woollen cosy covers everything for about five minutes.")
    for page_id, subject in ((1, "Cooking"), (1, "Crafts"), (2, "Cooking"), (3, "Crafts")):
        site.process(page_id, subject=subject)
    site.build()
    for subject in ("Cooking", "Crafts"):
        site.process(1, other, subject=subject)
    site.build(subjects=["Cooking"])
    newest = site.notes()
    site.path(1).unlink()
    site.process(1, subject="Crafts")
    site.build(subjects=["Cooking"])
    site.process(1)

    site.build()

    after = site.notes("Crafts")
    both = newest.keys() & after.keys()
    changed = [key for key in both if newest[key].fields != after[key].fields]
    assert changed
    assert all(after[key].mod > newest[key].mod for key in changed)
    before = site.files()
    assert kinds(site.build()) == {}
    site.is_cached = not is_cached
    assert kinds(site.build()) == {}
    assert site.files() == before


def test_an_older_release_over_a_newer_one_is_reported_and_no_note_is_live_and_retired(
    site: Site,
) -> None:
    site.build()
    old = Path(shutil.copytree(site.out, site.root / "old"))
    site.process(1, TEA[:4])
    site.build()
    assert site.retired()
    site.process(1)

    report = site.build(previous=[old])

    assert "QT410" in {problem.code for problem in report.problems}
    assert len(site.notes()) == len(site.memory().live["cooking"].notes)
    assert not site.retired().keys() & site.notes().keys()
    assert not (site.out / "retired" / "cooking.apkg").exists()


def test_packages_that_are_not_newer_than_the_last_release_are_not_reported(site: Site) -> None:
    site.build()
    old = Path(shutil.copytree(site.out, site.root / "old"))

    report = site.build(previous=[old])

    assert "QT410" not in {problem.code for problem in report.problems}


def test_a_page_that_moved_to_a_subject_that_is_not_built_stays(site: Site) -> None:
    site.process(5)
    site.build()
    before = site.notes()
    site.path(5).unlink()
    site.process(5, subject="Botany")

    report = site.build(subjects=["Cooking"])

    assert kinds(report).keys() <= {"kept"}
    assert site.notes() == before
    site.build()
    assert not site.retired()
    moved = {note.guid for note in before.values() if note.page_id == 5}
    assert moved <= {note.guid for note in site.notes("Botany").values()}
    assert moved.isdisjoint(note.guid for note in site.notes().values())


@pytest.mark.parametrize("is_cached", [False, True])
def test_a_page_may_be_called_retired(tmp_path: Path, *, is_cached: bool) -> None:
    site = Site(tmp_path, is_cached=is_cached)
    site.process("retired")
    site.process(2)
    site.build()
    before = {note.guid for note in site.notes().values()}
    site.process("retired", tea_of(3))

    site.build()

    assert {note.guid for note in site.notes().values()} == before
    site.path("retired").unlink()
    report = site.build(may_retire=True)
    assert {note.page_id for note in site.retired().values()} == {"retired"}
    assert kinds(report)["retired"]
    assert kinds(site.build()) == {}
