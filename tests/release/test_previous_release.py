"""What several packages remember together, and what they may not be."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.errors import PackageError
from qt2anki.model import Deck, Note
from qt2anki.release.previous_release import read_previous_release, subject_key
from qt2anki.release.retirement import retired_deck, retired_note
from tests.anki_formats.decks import STAMP, cloze_note, deck_of, pack, qa_note

RETIRED = "QuickTakes::retired"


def write(path: Path, deck: Deck) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack(deck, load_note_types(), stamp=STAMP))
    return path


def grave(*notes: Note) -> Deck:
    stones = [retired_note(n, retired_tag=RETIRED, last_mod=n.mod, stamp=STAMP) for n in notes]
    return retired_deck("Botany", stones, deck_root="QuickTakes", retired_tag=RETIRED)


def test_a_folder_is_read_with_its_retired_notes(tmp_path: Path) -> None:
    write(tmp_path / "botany.apkg", deck_of([qa_note(1), cloze_note(1)]))
    write(tmp_path / "retired" / "botany.apkg", grave(qa_note(2, mod=5)))

    memory = read_previous_release([tmp_path])

    assert set(memory.live) == set(memory.retired) == {"botany"}
    assert [note.key for note in memory.pages[1].live] == ["qa", "step/sap-rises/next"]
    assert [note.key for note in memory.pages[2].retired] == ["qa"]
    assert memory.homes == {1: frozenset({"botany"})}
    assert memory.last_mod["qa-2"] == STAMP


def test_files_may_be_named_one_by_one(tmp_path: Path) -> None:
    live = write(tmp_path / "a.apkg", deck_of([qa_note(1)]))
    retired = write(tmp_path / "b.apkg", grave(qa_note(2, mod=5)))

    memory = read_previous_release([retired, live, live])

    assert set(memory.pages) == {1, 2}
    assert set(memory.retired) == {"botany"}


def test_a_folder_that_is_not_there_remembers_nothing(tmp_path: Path) -> None:
    assert read_previous_release([tmp_path / "none"]).is_empty


def test_of_a_note_in_two_packages_the_newest_state_counts(tmp_path: Path) -> None:
    one = write(tmp_path / "1.apkg", deck_of([qa_note(1, mod=STAMP, Answer="<p>old</p>")]))
    new = qa_note(1, mod=STAMP + 5, Answer="<p>new</p>")
    other = write(tmp_path / "2.apkg", deck_of([new], subject="Optics"))

    for order in ([one, other], [other, one]):
        memory = read_previous_release(order)
        assert [note.fields for note in memory.pages[1].live] == [new.fields]
        assert memory.homes[1] == {"botany", "optics"}


def test_a_note_that_is_live_somewhere_is_not_retired(tmp_path: Path) -> None:
    write(tmp_path / "botany.apkg", deck_of([qa_note(1, mod=7)]))
    write(tmp_path / "retired" / "botany.apkg", grave(qa_note(1, mod=7)))

    memory = read_previous_release([tmp_path])

    assert memory.pages[1].retired == ()
    assert memory.last_mod["qa-1"] == STAMP


def test_what_belongs_to_a_subject_is_remembered_apart(tmp_path: Path) -> None:
    note = qa_note(1, key="abbr/Botany/ATP", Key="abbr/Botany/ATP", Order="1.02")

    memory = read_previous_release([write(tmp_path / "a.apkg", deck_of([note]))])

    assert set(memory.pageless) == {"qa-1"}
    assert memory.pages == {}


def test_two_packages_of_one_subject_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "botany.apkg", deck_of([qa_note(1)]))
    write(tmp_path / "copy.apkg", deck_of([qa_note(1)]))

    with pytest.raises(PackageError, match=r"copy\.apkg: .* same subject as .*botany\.apkg"):
        read_previous_release([tmp_path])


def test_a_package_of_live_and_retired_notes_is_refused(tmp_path: Path) -> None:
    mixed = [qa_note(1), qa_note(2, tags=(RETIRED,))]

    with pytest.raises(PackageError, match=r"a\.apkg: the package has both live and retired"):
        read_previous_release([write(tmp_path / "a.apkg", deck_of(mixed))])


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Computer science", "COMPUTER  Science ", True),
        ("Law::Torts", "Law: Torts", True),
        ("Biology", "Botany", False),
    ],
)
def test_spellings_of_a_subject(one: str, other: str, *, is_same: bool) -> None:
    assert (subject_key(one) == subject_key(other)) is is_same


def test_a_memory_may_be_forgotten_in_any_thread() -> None:
    held = [read_previous_release([])]

    def forget() -> None:
        held.clear()
        gc.collect()

    with ThreadPoolExecutor(1) as executor:
        executor.submit(forget).result()
    # What went wrong in a finalizer fails the test when it is over.
