"""Look, build, tell, wait: with everything but the files made for the test."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from qt2anki.errors import BusyError, PackageError
from qt2anki.job import Job, NoProgress, Progress
from qt2anki.messages import Problem
from qt2anki.package.note_types import load_note_types
from qt2anki.pipeline import build
from qt2anki.preview.news import News
from qt2anki.report import Report
from qt2anki.watch import loop as loop_module
from qt2anki.watch.draft import Draft
from qt2anki.watch.live import ALL, LivePreview
from qt2anki.watch.loop import Task, Watch
from qt2anki.watch.places import Places, Stamp
from qt2anki.watch.wakes import Wakes
from qt2anki.watch.words import Outcome
from tests.site import Site

Step = Callable[[], object]


class Script:
    """Stands for the wakes: at each wait the next step happens, and after the last the end."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.waits: list[float | None] = []
        self.is_ringing = False
        self.pictures: tuple[Path, ...] = ()

    def hush(self) -> None:
        self.is_ringing = False

    def ring(self) -> None:
        self.is_ringing = True

    def glance_at(self, pictures: Mapping[Path, Stamp | None]) -> None:
        self.pictures = tuple(pictures)

    def wait(self, seconds: float | None = None) -> None:
        self.waits.append(seconds)
        if self.is_ringing:
            return
        if not self.steps:
            raise KeyboardInterrupt
        self.steps.pop(0)()


class Room:
    """A site, and a watch of it that has been told what happens."""

    def __init__(self, root: Path) -> None:
        self.site = Site(root)
        self.lines: list[str] = []
        self.problems: list[list[str]] = []
        self.news = News()
        self.previous: tuple[Path, ...] = ()
        self.published = ""
        self.draft: Draft | None = None
        self.script = Script()
        self.live = LivePreview(with_audit=True, asked=self.script.ring)

    def job(self) -> Job:
        return Job(
            paths=(str(self.site.pages),),
            out=self.site.root / "out",
            settings=self.site.settings,
            note_types=load_note_types(),
            stamp=self.site.now,
            previous=self.draft.previous() if self.draft else self.previous,
            processes=1,
            may_retire=self.draft is not None,
        )

    def publish(self) -> None:
        """Build as people do; a watch afterwards is one without --out."""
        self.site.build()
        self.draft = Draft(self.site.root / "out", (self.site.out,))
        self.published = "dist"

    def watch(self, *steps: Step) -> None:
        self.script.steps = list(steps)
        published = (self.site.out,) if self.draft else ()
        places = Places((self.site.pages,), published=published, output=self.site.root / "out")
        task = Task(self.job, places, self.published)
        one = Watch(task, self.live, self.news, self.tell)
        with pytest.raises(KeyboardInterrupt):
            one.run(cast("Wakes", self.script), _progress)

    def tell(self, line: str, outcome: Outcome, new_problems: Sequence[Problem]) -> None:
        assert line.startswith(outcome.at)
        self.lines.append(line.removeprefix(f"{outcome.at} ").rpartition("; ")[0])
        self.problems.append([problem.code for problem in new_problems])

    def heard(self) -> dict[str, Any]:
        found = self.news.after(0, 1)
        assert found is not None
        told: dict[str, Any] = json.loads(found[1])
        return told


@contextlib.contextmanager
def _progress() -> Iterator[Progress]:
    yield NoProgress()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    one = Room(tmp_path)
    one.site.plain(1)
    return one


def test_a_ring_without_a_change_builds_nothing(room: Room) -> None:
    room.watch(lambda: None, lambda: room.site.plain(2), lambda: None)

    assert room.lines == [
        "1 page; nothing is published in that folder yet; wrote cooking.apkg; 1 warning",
        "1 page new (page-2.md): wrote cooking.apkg; 1 new; 2 warnings",
    ]
    assert room.problems == [["QT123"], ["QT123"]]


def test_a_change_during_a_build_leads_to_one_more(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(job: Job, progress: Progress) -> Report:
        report = build(job, progress)
        if not room.site.path(2).exists():
            room.site.plain(2)
            room.script.ring()
        return report

    monkeypatch.setattr(loop_module, "build", slow)

    room.watch()

    assert [line.partition(";")[0] for line in room.lines] == [
        "1 page",
        "1 page new (page-2.md): wrote cooking.apkg",
    ]


def test_a_page_is_built_once_it_is_written_to_its_end(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = room.site.plain(2).read_bytes()
    page = room.site.path(2)
    page.unlink()
    parts = [whole[:40], whole[:90], whole]

    def write_on(_seconds: float) -> None:
        if parts:
            page.write_bytes(parts.pop(0))

    monkeypatch.setattr("time.sleep", write_on)

    room.watch(lambda: page.write_bytes(b""))

    assert room.lines[1:] == ["1 page new (page-2.md): wrote cooking.apkg; 1 new; 2 warnings"]


def test_what_never_stands_still_is_built_as_it_is(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = room.site.pages / "seismograph.png"
    ticks = iter(range(1_000))
    monkeypatch.setattr("time.sleep", lambda _: picture.write_bytes(bytes(next(ticks))))

    room.watch(lambda: picture.write_bytes(b""))

    assert room.lines[1].startswith("1 picture new (seismograph.png): ")
    assert next(ticks) == 20


def test_a_busy_folder_is_tried_again_and_told_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []

    def busy(job: Job, progress: Progress) -> Report:
        times.append(1)
        if len(times) < 4:
            raise BusyError("another build is at work")
        return build(job, progress)

    monkeypatch.setattr(loop_module, "build", busy)

    room.watch(*[lambda: None] * 3)

    assert room.lines[0] == "not built"
    assert len(room.lines) == 2
    assert room.script.waits == [1.0, 1.0, 1.0, None]


def test_a_refusal_leaves_the_cards_as_they_were(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        def refused(_job: Job, _progress: Progress) -> Report:
            raise PackageError("the disk is full", hint="make room")

        monkeypatch.setattr(loop_module, "build", refused)
        room.site.plain(2)

    versions: list[dict[str, str]] = []

    room.watch(lambda: versions.append(room.live.versions()), refuse)

    told = room.heard()
    assert told["level"] == "bad"
    assert told["problems"] == ["the disk is full\n  hint: make room"]
    assert told["versions"] == versions[0]
    assert "; the cards are those of " in told["text"]
    assert room.script.waits[-1] is None


def test_problems_are_told_once_and_again_when_they_come_back(room: Room) -> None:
    bad = room.site.pages / "bad.md"

    room.watch(
        lambda: bad.write_text("x", encoding="utf-8"),
        lambda: room.site.plain(2),
        bad.unlink,
        lambda: bad.write_text("x", encoding="utf-8"),
    )

    assert [codes.count("QT110") for codes in room.problems] == [0, 1, 0, 0, 1]


def test_subjects_that_are_not_looked_at_are_not_told_of_in_drafts(room: Room) -> None:
    room.site.plain(7, subject="Botany")
    room.site.build()
    room.site.path(7, "Botany").unlink()
    room.previous, room.published = (room.site.out,), "dist"

    room.watch()

    assert room.lines == ["1 page; since dist: no note has changed; 1 warning"]


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
        "1 page; since dist: no note has changed",
        "1 page new (page-2.md): 1 new",
        "1 package gone (cooking.apkg): since the draft before: no note has changed",
        "1 page new (page-3.md): 1 new",
        "1 package new (cooking.apkg): since dist: 2 new",
    ]


def test_a_draft_that_is_cleaned_away_begins_anew(room: Room) -> None:
    room.publish()

    def clean() -> None:
        shutil.rmtree(room.site.root / "out")
        room.site.plain(3)

    room.watch(lambda: room.site.plain(2), clean)

    assert room.lines[2].startswith("1 page new (page-3.md): since dist: 2 new; ")


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
    assert room.lines[1].startswith("1 page new (page-2.md): since dist: 1 new; ")


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


def test_without_a_page_the_last_cards_stay(room: Room) -> None:
    room.previous, room.published = (room.site.root / "nothing",), "nothing"
    before: list[str] = []

    def leave() -> None:
        before.append(room.live.versions()[ALL])
        room.site.pages.rename(room.site.root / "away")

    room.watch(leave)

    assert room.live.versions()[ALL] == before[0]
    assert "; the cards are those of " in room.heard()["text"]


def test_idle_time_is_for_the_audit(room: Room) -> None:
    room.site.process(3)
    before: list[str] = []

    def look() -> None:
        before.append(room.heard()["versions"][ALL])
        room.live.serve(ALL)

    room.watch(look)

    assert room.heard()["versions"] == room.live.versions()
    assert room.heard()["versions"][ALL] != before[0]


def test_pictures_in_hidden_folders(room: Room) -> None:
    bone = room.site.pages / "cooking" / ".assets" / "bone.png"
    text = "Herb 1 looks like ![a bone](.assets/bone.png) and it smells of fresh lemon."
    bone.parent.mkdir()
    (bone.parent / "other.png").write_bytes(b"\x89PNG")  # no page shows it
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

    assert glanced == [(bone.resolve(),), ()]
    assert [line.partition(": ")[0] for line in room.lines[1:]] == [
        "1 picture new (bone.png)",
        "1 picture changed (bone.png)",
        "1 picture gone (bone.png)",
        "1 page changed (page-1.md)",
    ]
    assert all("1 changed" in line for line in room.lines[1:])


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


def test_a_settings_value_is_read_anew(room: Room) -> None:
    def change() -> None:
        room.site.settings = replace(room.site.settings, tag_root="Tea")
        room.site.plain(2)

    room.watch(change)

    assert "1 changed" in room.lines[1]
