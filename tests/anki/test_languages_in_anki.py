"""Pages in other languages, built and imported into real Anki."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qt2anki.anki.cards import joined_html, render_card
from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import PublishedPackage, read_packages
from qt2anki.build.job import Progress
from qt2anki.build.job import Report as Built
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings
from tests.anki.learner import Report
from tests.golden import golden

STAMP = 1_795_000_000


def write_pages(folder: Path) -> None:
    """Write the pages of the golden file, each with its language, a subject for each language."""
    for number, case in enumerate(golden("languages.md")):
        language, question, answer = str(case.values[0]).split("\n", 2)
        (folder / language).mkdir(parents=True, exist_ok=True)
        (folder / language / f"{number}.md").write_text(
            f'---\nid: {number}\nlang: {language}\nquestion: "{question}"\n---\n{answer}\n',
            encoding="utf-8",
        )


def built(pages: Path, out: Path) -> Built:
    settings = Settings(profile="full")
    return build(Job((str(pages),), out, settings, load_note_types(), STAMP), Progress())


def sides(package: PublishedPackage) -> list[str]:
    """Return the HTML of both sides of every card."""
    types = {one.kind: one for one in package.note_types}
    cards = (render_card(note, types[note.note_type], 0, deck="X") for note in package.notes)
    return [joined_html(side) for card in cards for side in (card.front, card.back)]


def test_cards_in_ten_languages_arrive_in_anki(
    tmp_path: Path, check: Callable[[Sequence[Path]], Report]
) -> None:
    write_pages(tmp_path / "pages")
    first = built(tmp_path / "pages", tmp_path / "out")

    assert check([package.path for package in first.packages]).faults == []
    subjects = {package.subject for package in first.packages if package.notes}
    assert {"Ar", "De", "Es", "Fr", "Hi", "Ja", "Pl", "Pt", "Zh"} <= subjects
    again = built(tmp_path / "pages", tmp_path / "out")
    assert not any(package.is_written for package in again.packages)
    for package in read_packages([one.path for one in first.packages]):
        for html in sides(package):
            assert "Full answer" not in html
            assert ' dir="rtl"' in html or package.path.stem != "ar"
