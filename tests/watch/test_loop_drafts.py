"""Watches that write nothing, and pictures that no look comes across."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path

import pytest

from qt2anki.build.job import Job, Progress, Report
from qt2anki.build.pipeline import build
from qt2anki.errors import PackageError
from qt2anki.watch import loop as loop_module
from tests.watch.room import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    one = Room(tmp_path)
    one.site.plain(1)
    return one


def test_subjects_that_are_not_looked_at_are_not_told_of_in_drafts(room: Room) -> None:
    room.site.plain(7, subject="Botany")
    room.site.build()
    room.site.path(7, "Botany").unlink()
    room.previous, room.published = (room.site.out,), "dist"

    room.watch()

    assert room.lines == ["1 page; compared with dist: no note has changed; 1 warning"]


def test_whoever_takes_all_pages_of_a_subject_away_hears_of_it(room: Room) -> None:
    room.site.plain(7, subject="Botany")
    room.site.plain(8, subject="Zoology")
    room.publish()
    room.site.path(8, "Zoology").unlink()  # nobody looks at it

    room.watch(room.site.path(7, "Botany").unlink, lambda: room.site.plain(2))

    assert [codes.count("QT404") for codes in room.problems] == [0, 1, 0]
    assert room.lines[1].startswith("1 page gone (page-7.md): no note has changed; ")
    told = [problem for problem in room.heard()["problems"] if "QT404" in problem]
    assert len(told) == 1  # as long as it is so
    assert told[0].startswith(f"{(room.site.out / 'botany.apkg').as_posix()}: ")
    assert "no page of 'Botany' was read" in told[0]


def test_a_draft_goes_on_without_what_it_was_made_of(room: Room) -> None:
    room.publish()
    away = room.site.root / "away"

    room.watch(
        lambda: room.site.plain(2),
        lambda: room.site.out.rename(away),
        lambda: room.site.plain(3),
        lambda: away.rename(room.site.out),
    )

    assert [line.rpartition("; ")[0] for line in room.lines] == [
        "1 page; compared with dist: no note has changed",
        "1 page new (page-2.md): 1 new",
        "1 package gone (cooking.apkg): compared with the previous draft: no note has changed",
        "1 page new (page-3.md): 1 new",
        "1 package new (cooking.apkg): compared with dist: 2 new",
    ]


def test_a_draft_that_is_cleaned_away_begins_anew(room: Room) -> None:
    room.publish()

    def clean() -> None:
        shutil.rmtree(room.site.root / "out")
        room.site.plain(3)

    room.watch(lambda: room.site.plain(2), clean)

    assert room.lines[2].startswith("3 pages; compared with dist: 2 new; ")


def test_a_draft_that_cannot_be_made_is_tried_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.publish()
    copy = shutil.copy2

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def make_room() -> None:
        monkeypatch.setattr(shutil, "copy2", copy)
        room.site.plain(2)

    monkeypatch.setattr(shutil, "copy2", full)

    room.watch(make_room)

    assert room.lines[0] == "not built"
    assert room.lines[1].startswith("2 pages; compared with dist: 1 new; ")


@pytest.mark.parametrize("name", ["cooking.apkg", "another.apkg"])
def test_a_package_that_cannot_be_used_is_the_published_one(room: Room, name: str) -> None:
    room.publish()
    whole = (room.site.out / "cooking.apkg").read_bytes()
    file = room.site.out / name
    file.write_bytes(whole if name == "another.apkg" else whole[:100])

    room.watch()

    assert room.lines == ["not built"]
    (told,) = room.heard()["problems"]
    assert (room.site.root / "out").as_posix() not in told
    assert told.startswith(f"{room.site.out.as_posix()}/co")


def test_a_fault_of_the_draft_itself_is_told_as_it_is(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.publish()
    file = (room.site.root / "out" / "cooking.apkg").as_posix()

    def refused(_job: Job, _progress: Progress) -> Report:
        raise PackageError("the file cannot be written", source=file)

    monkeypatch.setattr(loop_module, "build", refused)

    room.watch()

    assert room.heard()["problems"] == [f"{file}: the file cannot be written"]


def test_pictures_in_hidden_folders(room: Room) -> None:
    bone = room.site.pages / "cooking" / ".assets" / "bone.png"
    text = "Herb 1 grows on dry slopes and tastes of lemon ![a bone](.assets/bone.png) and pepper."
    other = bone.with_name("other.png")  # no page shows it
    bone.parent.mkdir()
    other.write_bytes(b"\x89PNG")
    room.site.plain(1, answer=text)
    glanced: list[tuple[Path, ...]] = []

    room.watch(
        lambda: glanced.append(room.script.pictures),
        lambda: bone.write_bytes(b"\x89PNG one"),
        lambda: bone.write_bytes(b"\x89PNG other"),
        bone.unlink,
        lambda: room.site.plain(1),
        lambda: glanced.append(room.script.pictures),
    )

    shown, after = glanced
    assert (bone.resolve() in shown, other.resolve() in shown, after) == (True, False, ())
    assert [line.partition(": ")[0] for line in room.lines[1:]] == [
        "1 picture new (bone.png)",
        "1 picture changed (bone.png)",
        "1 picture gone (bone.png)",
        "1 page changed (page-1.md)",
    ]
    # Without its picture, the note stays as published.
    assert ["1 changed" in line for line in room.lines[1:]] == [True, True, False, True]


def test_a_picture_that_was_there_is_no_news(room: Room) -> None:
    bone = room.site.pages / ".assets" / "bone.png"
    bone.parent.mkdir()
    bone.write_bytes(b"\x89PNG")
    os.utime(bone, (0, 0))

    room.watch(
        lambda: room.site.plain(1, answer="Herb ![x](/.assets/bone.png) smells of lemon."),
        lambda: None,
    )

    assert room.script.pictures == (bone.resolve(),)
    assert len(room.lines) == 2


def test_a_picture_that_is_saved_while_its_first_page_is_built(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    bone = room.site.pages / ".assets" / "bone.png"
    bone.parent.mkdir()
    bone.write_bytes(b"\x89PNG")
    room.site.plain(1, answer="Herb ![x](/.assets/bone.png) smells of fresh lemon and pepper.")

    def slow(job: Job, progress: Progress) -> Report:
        report = build(job, progress)
        if not room.lines:
            bone.write_bytes(b"\x89PNG other")
            os.utime(bone, ns=(time.time_ns(), time.time_ns()))  # whatever the disk counts in
        return report

    monkeypatch.setattr(loop_module, "build", slow)

    room.watch(lambda: None)

    assert [line.partition(": ")[0] for line in room.lines[1:]] == ["1 picture new (bone.png)"]
