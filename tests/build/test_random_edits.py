"""Any history of a site: pages edited, broken, moved, exchanged and corrected, built in any way."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from qt2anki.anki.note_content import content_of
from qt2anki.anki.package_reader import PublishedNote, read_packages
from qt2anki.errors import PackageError
from tests.site import Site, kinds

pytestmark = pytest.mark.no_cover

HISTORIES = int(os.environ.get("QT2ANKI_HISTORIES", "1"))
BUILDS = 8
SUBJECTS = ("Anatomy", "Cooking", "Medicine")


class Author:
    """Somebody who changes pages at random."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        self.chance = random.Random(seed)  # noqa: S311  # the same history in every run
        self.removed: dict[Path, str] = {}

    def change(self) -> None:
        """Make a change to a random page."""
        path = self.chance.choice(sorted(self.site.pages.rglob("*.md")))
        changes: tuple[Callable[[Path, str], None], ...] = (
            self.edit, self.break_, self.fix, self.remove, self.restore, self.list_elsewhere,
            self.exchange, self.name_topic, self.correct,
        )  # fmt: skip
        self.chance.choice(changes)(path, path.read_text(encoding="utf-8"))

    def edit(self, path: Path, text: str) -> None:
        path.write_text(text.replace(" the ", " a ", 1), encoding="utf-8")

    def break_(self, path: Path, text: str) -> None:
        path.write_text(text.replace("question: ", "question: [", 1), encoding="utf-8")

    def fix(self, path: Path, text: str) -> None:
        path.write_text(text.replace("question: [", "question: "), encoding="utf-8")

    def remove(self, path: Path, text: str) -> None:
        if len(self.removed) < 2:
            self.removed[path] = text
            path.unlink()

    def restore(self, _path: Path, _text: str) -> None:
        for path, text in self.removed.items():
            path.write_text(text, encoding="utf-8")
        self.removed.clear()

    def list_elsewhere(self, path: Path, text: str) -> None:
        subject = self.chance.choice(SUBJECTS)
        other = self.site.pages / subject.casefold() / path.name
        new = re.sub(r'subject: "\w+"', f'subject: "{subject}"', text)
        other.write_text(new, encoding="utf-8")
        if self.chance.random() < 0.5 and other != path:
            path.unlink()

    def exchange(self, path: Path, text: str) -> None:
        other = self.chance.choice(sorted(self.site.pages.rglob("*.md")))
        own, its = (re.search(r"id: \d+\n", each) for each in (text, other.read_text("utf-8")))
        if own and its:
            swapped = other.read_text(encoding="utf-8").replace(its[0], own[0])
            other.write_text(text.replace(own[0], its[0]), encoding="utf-8")
            path.write_text(swapped, encoding="utf-8")

    def name_topic(self, path: Path, text: str) -> None:
        if "topic:" not in text:
            topic = self.chance.choice(("Tea", "TEA", "retired"))
            path.write_text(text.replace("subject:", f"topic: {topic}\nsubject:"), "utf-8")

    def correct(self, _path: Path, _text: str) -> None:
        note = self.chance.choice(list(live(self.site.out).values()))
        what = self.chance.choice(("drop", "keep"))
        text = f'[card."{note.fields[0]}"]\n{what} = true\n' if self.chance.random() < 0.7 else ""
        self.site.corrections.write_text(text, encoding="utf-8")


def live(out: Path) -> dict[str, PublishedNote]:
    """Return the notes that students get, each in its newest state."""
    notes = (
        note for package in read_packages(sorted(out.glob("*.apkg"))) for note in package.notes
    )
    return {note.guid: note for note in sorted(notes, key=lambda note: note.mod)}


def packages(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.apkg")}


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_no_history_of_edits_loses_anything(tmp_path: Path, seed: int) -> None:
    site, twin = Site(tmp_path), tmp_path / "twin"
    for page_id in range(1, 9):
        write = site.process if page_id in {1, 4} else site.plain
        write(page_id, subject=SUBJECTS[page_id % 3])
    site.build()
    author = Author(site, seed)
    for _ in range(BUILDS):
        for _ in range(author.chance.randint(1, 3)):
            author.change()
        before, now = live(site.out), site.now
        shutil.rmtree(twin, ignore_errors=True)
        shutil.copytree(site.out, twin)
        subjects = author.chance.choice(((), (), (), (author.chance.choice(SUBJECTS),)))
        try:
            site.build(subjects=subjects)
        except PackageError as refusal:
            if "nothing was written" in str(refusal):
                continue
            raise
        after = live(site.out)

        retired = live(site.out / "retired").keys()
        assert before.keys() <= after.keys() | retired
        assert after.keys().isdisjoint(retired)
        for guid in before.keys() & after.keys():
            old, new = before[guid], after[guid]
            if (content_of(old), set(old.tags)) == (content_of(new), set(new.tags)):
                assert new.mod == old.mod  # an update would overwrite students' edits

        site.now, site.is_cached = now, False
        site.build(subjects=subjects, out=twin)
        site.is_cached = True
        assert packages(twin) == packages(site.out)
        assert kinds(site.build(subjects=subjects)).keys() <= {"kept"}
