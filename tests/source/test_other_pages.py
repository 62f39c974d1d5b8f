"""Pages in the formats of other programs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

from qt2anki.config.settings import PageFormat, Settings
from qt2anki.messages import format_problem
from qt2anki.notes.make_notes import make_notes
from qt2anki.source.discover import Source
from qt2anki.source.read_file import parse_pages
from tests.golden import golden
from tests.source.test_page import values

ROOT = Path("vault")


def read(path: str, text: str, page_format: PageFormat | None = None) -> str:
    """Return what becomes of a file at *path* below the folder that is built."""
    source = Source(path, ROOT / PurePosixPath(path), ROOT)
    lines: list[str] = []
    for reading in parse_pages(text, source, page_format or PageFormat()):
        lines += [] if reading.page is None else values(reading.page)
        lines += [format_problem(problem) for problem in reading.problems]
    return "\n".join(lines)


@pytest.mark.parametrize(("file", "expected"), golden("other-pages.md"))
def test_other_pages(file: str, expected: str) -> None:
    path, _, text = file.partition("\n")

    assert read(path, text) == expected


def test_a_missing_key_names_what_the_page_has() -> None:
    told = read("x.md", "---\nid: 1\nheadline: What is salt?\nkicker: x\n---\nA mineral.")

    assert "question: x" in told  # the name of the file
    text = "---\nheadline: What?\nquestion: What?\nbody_text: A mineral.\nsubject: X\n---\n"
    assert read("x.md", text).endswith(
        "x.md:1: error QT120: there is no answer\n"
        "  hint: Write it below the front matter, or add a line 'answer: ...' to the front matter; "
        "if the value is under "
        "'headline', 'body_text', map that key under [front_matter] in the settings."
    )


def test_settings_name_keys_and_subjects() -> None:
    page_format = PageFormat((("answer", "body"), ("question", "headline")), "Minerals")
    text = "---\nid: 1\nheadline: What is salt?\nanswer: old\n---\nA mineral."

    assert read("x.md", text, page_format) == "\n".join(
        ("page_id: 1", "question: What is salt?", "answer: A mineral.", "subjects: Minerals")
    )
    assert "error QT120: there is no headline" in read(
        "x.md", text.replace("headline", "title"), page_format
    )


def test_a_long_path_and_a_reserved_one_make_ids() -> None:
    long = "/".join(["a" * 30] * 8)

    ids = [
        read(f"{path}.md", "# What?\n\nThis.").partition("\n")[0]
        for path in (f"{long}/x", f"{long}/y", "abbr", "🍞")
    ]

    assert len(set(ids)) == 4
    assert all(len(page_id) < 180 for page_id in ids)
    assert ids[2:] == ["page_id: abbr-page", "page_id: page"]


def test_most_shapes_give_cards_and_the_others_say_why() -> None:
    """Some pages of the table are too short for a card, regardless of their format."""
    fates: Counter[str] = Counter()
    for case in golden("other-pages.md"):
        path, _, text = str(case.values[0]).partition("\n")
        source = Source(path, ROOT / PurePosixPath(path), ROOT)
        readings = parse_pages(text, source, PageFormat())
        made = [make_notes(each.page, Settings()) for each in readings if each.page]
        assert all(one.notes or one.problems for one in made)
        assert made or any(problem.hint for each in readings for problem in each.problems)
        fates["cards" if made and all(one.notes for one in made) else "a message"] += 1

    assert fates["cards"] >= 60
    assert fates.total() >= 90
