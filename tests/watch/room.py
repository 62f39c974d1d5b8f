"""A site under a watch, in which everything but the files is made for the test."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Job, Progress
from qt2anki.messages import Problem
from qt2anki.preview.server import News
from qt2anki.watch.draft import Draft
from qt2anki.watch.live_preview import LivePreview
from qt2anki.watch.loop import Outcome, Task, Watch
from qt2anki.watch.notifier import Notifier, PolledFiles, WatchedPaths, polled_files
from tests.site import Site

Step = Callable[[], object]


class Script:
    """A notifier: at each wait the next step happens, and after the last the end."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.waits: list[float | None] = []
        self.is_ringing = False
        self.pictures: tuple[Path, ...] = ()
        self.paths = WatchedPaths(())

    def hush(self) -> None:
        self.is_ringing = False

    def ring(self) -> None:
        self.is_ringing = True

    def expect(self, files: PolledFiles, pictures: Sequence[Path]) -> None:
        self.pictures = tuple(pictures)
        if polled_files(self.paths, pictures) != files:
            self.is_ringing = True

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
            cache=self.site.root / "out" / ".qt2anki-cache",
        )

    def publish(self) -> None:
        """Build as people do; a watch afterwards is one without --out."""
        self.site.build()
        self.draft = Draft(self.site.root / "out", (self.site.out,))
        self.published = "dist"

    def watch(self, *steps: Step) -> None:
        self.script.steps = list(steps)
        published = (self.site.out,) if self.draft else ()
        out = self.site.root / "out"
        paths = WatchedPaths((self.site.pages,), published=published, output=out)
        self.script.paths = paths
        task = Task(self.job, paths, self.published)
        one = Watch(task, self.live, self.news, self.tell)
        with pytest.raises(KeyboardInterrupt):
            one.run(cast("Notifier", self.script), _progress)

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
    yield Progress()
