"""The example pages of other programs, built and imported into real Anki."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_packages
from qt2anki.build.job import Progress
from qt2anki.build.pipeline import Job, build
from qt2anki.config import resolve_settings
from tests.anki.learner import Report

EXAMPLES = Path(__file__).parents[2] / "examples" / "pages"
STAMP = 1_795_000_000


@pytest.mark.parametrize(
    ("name", "pages", "asked", "warnings"),
    [
        (
            "jekyll-faq",
            4,
            {
                "gluten/qa",
                "sticky-rye/qa",
                "_posts.2026-03-01-oven-spring/qa",
                "_posts.2026-03-08-steam",
            },
            {"QT117"},
        ),
        (
            "hugo-garden",
            3,
            {"content.soil.loam/qa", "germination", "content.plants.words"},
            {"QT117"},
        ),
        (
            "obsidian-vault",
            4,
            {"formation/qa", "soaring/qa", "flight-questions#alula/qa", "flight-questions#keel/qa"},
            set(),
        ),
    ],
)
def test_pages_of_other_programs_arrive_in_anki(
    name: str,
    pages: int,
    asked: set[str],
    warnings: set[str],
    tmp_path: Path,
    check: Callable[[Sequence[Path]], Report],
) -> None:
    folder = EXAMPLES / name
    settings = resolve_settings(folder).settings
    report = build(Job((str(folder),), tmp_path, settings, load_note_types(), STAMP), Progress())

    found = check([package.path for package in report.packages])

    assert found.faults == []
    packages = read_packages([built.path for built in report.packages])
    keys = {note.fields[0] for package in packages for note in package.notes}
    for key in asked:
        assert any(f"{one}/".startswith(f"{key}/") for one in keys), (key, sorted(keys))
    assert sum(built.pages for built in report.packages) == pages
    told = {problem.code for problem in report.problems if problem.severity != "note"}
    assert told == warnings
