from __future__ import annotations

import time
from pathlib import Path

import pytest

from qt2anki.config import Settings
from qt2anki.notes.frame import frame_for
from qt2anki.notes.kinds.compare import compare_candidates
from qt2anki.notes.kinds.formula_cards import formula_candidates, variable_candidates
from qt2anki.notes.kinds.points import point_candidates
from qt2anki.notes.kinds.table_rows import table_candidates
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import find_sequences
from tests.golden import golden
from tests.notes.asked import Maker, asked, candidates
from tests.reading import read_one

MAKERS = (
    compare_candidates,
    formula_candidates,
    variable_candidates,
    table_candidates,
    point_candidates,
)


@pytest.mark.parametrize(("page", "expected"), golden("compare.md"))
def test_compare(page: str, expected: str) -> None:
    assert asked(page, compare_candidates) == expected


@pytest.mark.parametrize(("page", "expected"), golden("formulas.md"))
def test_formulas(page: str, expected: str) -> None:
    assert asked(page, formula_candidates) == expected


@pytest.mark.parametrize(("page", "expected"), golden("variables.md"))
def test_variables(page: str, expected: str) -> None:
    assert asked(page, variable_candidates) == expected


@pytest.mark.parametrize(("page", "expected"), golden("tables.md"))
def test_tables(page: str, expected: str) -> None:
    assert asked(page, table_candidates) == expected


@pytest.mark.parametrize(("page", "expected"), golden("points.md"))
def test_points(page: str, expected: str) -> None:
    assert asked(page, point_candidates) == expected


@pytest.mark.no_cover
@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    "line",
    [
        pytest.param("$$" + "x = y + " * 60_000 + "$$", id="formula"),
        pytest.param("where " + "$x$ and " * 30_000, id="signs"),
        pytest.param("The law is given by " + "for example this law " * 20_000 + ":", id="lead"),
        pytest.param("| a | b |\n|---|---|\n| " + "1" * 400_000 + "x | 2 |", id="table"),
        pytest.param("1. **A**: " + "in contrast, " * 30_000, id="point"),
        pytest.param("output " * 50_000 + ":\n\n```c\nx\n```", id="code"),
    ],
)
def test_hostile_text_ends_soon(make: Maker, line: str) -> None:
    start = time.process_time()

    candidates(f"What is it?\n\nThe law is given by:\n\n{line}\n\n$$a = b$$\n\n{line}", make)

    assert time.process_time() - start < 20


def test_real_pages_give_every_note_a_key_of_its_own(corpus: Path) -> None:
    for file in sorted(corpus.rglob("*.md"))[::6]:
        page = read_one(file.read_text(encoding="utf-8"), str(file)).page
        if page is None:
            continue
        outline = read_outline(page.answer)
        frame = frame_for(page, Settings())
        sequences = find_sequences(outline, question=page.question)
        keys = [one.note.key for make in MAKERS for one in make(frame, outline, sequences)]
        assert len(keys) == len(set(keys)), file


def test_points_keep_their_keys_when_they_change_places() -> None:
    def keys(*points: str) -> set[str]:
        page = "How do rye and oats differ?\n\n" + "\n".join(points)
        return {one.note.key for one in candidates(page, compare_candidates)}

    roots = "- **Roots**:\n   - **Rye**: Two metres deep.\n   - **Oats**: Hardly one metre."
    frost = "- **Frost**:\n   - **Rye**: Survives snow.\n   - **Oats**: Dies in November."
    bread = "- **Bread**:\n   - **Rye**: Sour loaves.\n   - **Oats**: Flat cakes."

    assert keys(roots, frost) == {"cmp/roots", "cmp/frost"}
    assert keys(roots, bread, frost) == {"cmp/roots", "cmp/frost", "cmp/bread"}
    assert keys(frost, roots) == keys(roots, frost)
