"""The loop of a watch: everything but the files is made for the test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.build.job import Job, Progress, Report
from qt2anki.build.pipeline import build
from qt2anki.errors import BusyError, PackageError
from qt2anki.watch import loop as loop_module
from qt2anki.watch.live_preview import ALL
from tests.watch.room import Room
from tests.watch.test_live import find_something


@pytest.fixture
def room(tmp_path: Path) -> Room:
    one = Room(tmp_path)
    one.site.plain(1)
    return one


def test_a_ring_without_a_change_builds_nothing(room: Room) -> None:
    room.watch(lambda: None, lambda: room.site.plain(2), lambda: None)

    assert room.lines == [
        "1 page; nothing has been published in that folder yet; wrote cooking.apkg; 1 warning",
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


def test_without_a_page_the_last_cards_stay(room: Room) -> None:
    room.previous, room.published = (room.site.root / "nothing",), "nothing"
    before: list[str] = []

    def leave() -> None:
        before.append(room.live.versions()[ALL])
        room.site.pages.rename(room.site.root / "away")

    room.watch(leave)

    assert room.live.versions()[ALL] == before[0]
    assert "; the cards are those of " in room.heard()["text"]


def test_idle_time_is_for_the_audit(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.site.process(3)
    room.site.build()
    find_something(monkeypatch, room.site)
    before: list[str] = []

    def look() -> None:
        before.append(room.heard()["versions"][ALL])
        room.live.serve(ALL)

    room.watch(look)

    assert room.heard()["versions"] == room.live.versions()
    assert room.heard()["versions"][ALL] != before[0]


def test_a_settings_value_is_read_anew(room: Room) -> None:
    def change() -> None:
        room.site.settings = replace(room.site.settings, tag_root="Tea")
        room.site.plain(2)

    room.watch(change)

    assert "1 changed" in room.lines[1]
