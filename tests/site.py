"""A small site of our own, written page by page, and its builds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from click.testing import CliRunner

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.build.job import Progress, Report
from qt2anki.build.pipeline import Job, build
from qt2anki.cli import main
from qt2anki.config import Settings
from qt2anki.corrections.corrections_file import read_corrections
from qt2anki.model import Deck, PageId
from qt2anki.release.previous_release import PreviousRelease, read_previous_release
from qt2anki.release.reconcile import note_again
from tests.anki_formats.decks import pack

DAY = 86_400
START = 1_795_000_000

Steps = tuple[tuple[str, str], ...]
TEA: Steps = (
    ("Boiling Phase", "Fresh cold water in the kettle is heated until large bubbles break on top."),
    ("Warming Phase", "A splash from the kettle rinses the empty teapot and is poured away again."),
    ("Mixing Phase", "One spoonful of dry black tea for every cup falls into the warm pot."),
    ("Steeping Phase", "A knitted cosy covers everything for about four quiet minutes."),
    ("Serving Phase", "The drink runs slowly through a small strainer over each saucer."),
)
"""A process, of whose notes most pass the gates."""


RETIRING: dict[str, dict[str, object]] = {
    "a different language": {"language": "fr"},
    "reviewed cards only": {"only_reviewed": True},
    "fewer kinds": {"kinds": ("qa",)},
    "a high threshold": {"card_threshold": 990},
}
"""Settings with which a build would retire most cards of a published deck."""


def tea_of(page_id: PageId) -> Steps:
    """Return TEA for page 1, and for others with titles of their own: a deck asks nothing twice."""
    words = ("Session", "Phase", "Period", "Section", "Interval", "Episode", "Cycle")
    word = words[(page_id if isinstance(page_id, int) else len(page_id)) % len(words)]
    return tuple((title.replace("Phase", word), text) for title, text in TEA)


@dataclass
class Site:
    """A folder of pages, a folder of packages, and a clock."""

    root: Path
    now: int = START
    settings: Settings = field(default_factory=partial(Settings, card_threshold=0))
    is_cached: bool = True
    cache: Path | None = None  # in the output folder, unless it is said to be elsewhere

    @property
    def pages(self) -> Path:
        return self.root / "pages"

    @property
    def out(self) -> Path:
        return self.root / "dist"

    @property
    def corrections(self) -> Path:
        """The file of corrections, which need not exist."""
        return self.root / "corrections.toml"

    def process(
        self,
        page_id: PageId,
        steps: Steps = (),
        *,
        subject: str = "Cooking",
        question: str = "",
        lead: str = "Here are the steps in order:",
        date: str = "2026-05-01",
    ) -> Path:
        """Write a page whose answer is a list of steps, by default those of tea_of()."""
        steps = steps or tea_of(page_id)
        items = [f"{n}. **{title}**: {text}" for n, (title, text) in enumerate(steps, start=1)]
        answer = "\n\n".join((lead, *items))
        question = question or f"How is drink number {page_id} made at home?"
        return self.page(page_id, question, answer, subject=subject, date=date)

    def plain(self, page_id: PageId, *, subject: str = "Cooking", answer: str = "") -> Path:
        """Write a page with a main question only."""
        text = answer or f"Herb {page_id} grows on dry slopes and tastes of lemon and pepper."
        return self.page(page_id, f"Where does herb {page_id} thrive?", text, subject=subject)

    def page(
        self,
        page_id: PageId,
        question: str,
        answer: str,
        *,
        subject: str = "Cooking",
        date: str = "2026-05-01",
    ) -> Path:
        """Write a page into the folder of its subject."""
        path = self.path(page_id, subject)
        path.parent.mkdir(parents=True, exist_ok=True)
        values = {"question": question, "answer": answer.replace("\n", "\\n"), "subject": subject}
        lines = [f"{key}: {json.dumps(value)}" for key, value in values.items()]
        text = "\n".join(("---", f"id: {page_id}", f"date: {date}", *lines, "---", "&nbsp;", ""))
        # All at once: a watch must not see half a page if this process has to wait.
        (self.root / "page.part").write_text(text, encoding="utf-8")
        (self.root / "page.part").replace(path)
        return path

    def path(self, page_id: PageId, subject: str = "Cooking") -> Path:
        return self.pages / subject.casefold().replace(" ", "-") / f"page-{page_id}.md"

    def build(
        self,
        *paths: Path,
        subjects: Sequence[str] = (),
        previous: Sequence[Path] = (),
        out: Path | None = None,
        may_retire: bool = False,
        is_partial: bool = False,
        rewritten: Sequence[PageId] = (),
        progress: Progress | None = None,
    ) -> Report:
        """Build a day later than the last time."""
        self.now += DAY
        job = Job(
            paths=tuple(str(path) for path in paths or (self.pages,)),
            out=out or self.out,
            settings=self.settings,
            note_types=load_note_types(),
            stamp=self.now,
            previous=tuple(previous),
            subjects=tuple(subject.casefold() for subject in subjects),
            processes=1,
            may_retire=may_retire,
            is_partial=is_partial,
            rewritten=rewritten,
            cache=self._cache(out or self.out),
            corrections=read_corrections([self.corrections]),
        )
        return build(job, progress or Progress())

    def _cache(self, out: Path) -> Path | None:
        return self.cache or out / ".qt2anki-cache" if self.is_cached else None

    def memory(self) -> PreviousRelease:
        return read_previous_release([self.out])

    def notes(self, subject: str = "Cooking") -> dict[str, PublishedNote]:
        """Return the live notes of a subject by ``page/key``."""
        package = self.memory().live[subject.casefold()]
        return {f"{note.page_id}/{note.key}": note for note in package.notes}

    def retired(self, subject: str = "Cooking") -> dict[str, PublishedNote]:
        """Return the retired notes of a subject by ``page/key``."""
        package = self.memory().retired.get(subject.casefold())
        return {f"{n.page_id}/{n.key}": n for n in package.notes} if package else {}

    def explained(self, key: str) -> str:
        """Return what ``qt2anki explain-card`` prints about a card."""
        config = self.root / "qt2anki.toml"
        config.write_text(f"card_threshold = {self.settings.card_threshold}\n", encoding="utf-8")
        options = ["--config", str(config), "--out", str(self.out)]
        return CliRunner().invoke(main, ["explain-card", key, str(self.pages), *options]).stdout

    def reverse_new_cards(self, subject: str = "Cooking") -> None:
        """Publish a subject's package with its new cards in the opposite order."""
        package = self.memory().live[subject.casefold()]
        notes = tuple(map(note_again, reversed(package.notes)))
        deck = Deck(subject, package.deck_names[0], package.description, notes)
        ids = {note.guid: note.note_id for note in package.notes}
        stamp = max(note.mod for note in notes)
        package.path.write_bytes(pack(deck, load_note_types(), stamp=stamp, note_ids=ids))

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Return bytes and file time of all packages by name."""
        paths = sorted(self.out.rglob("*.apkg"))
        return {
            path.relative_to(self.out).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in paths
        }


def edited(steps: Steps, at: int, *, title: str = "", text: str = "") -> Steps:
    """Return *steps* with another title or text for one of them."""
    old_title, old_text = steps[at]
    return (*steps[:at], (title or old_title, text or old_text), *steps[at + 1 :])


def kinds(report: Report) -> dict[str, int]:
    """Count the changes of a build by kind, each note once."""
    changes = [change for built in report.packages for change in built.changes]
    changes += [change for grave in report.retired for change in grave.changes]
    once = {(change.kind, change.guid) for change in changes}
    return {kind: sum(k == kind for k, _ in once) for kind in sorted({k for k, _ in once})}


def with_settings(site: Site, **values: object) -> None:
    """Change settings for the builds to come."""
    site.settings = replace(site.settings, **values)  # type: ignore[arg-type]
