from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from qt2anki.model import Block, Item, Listing, Quote
from qt2anki.outline.read_outline import read_outline
from qt2anki.source.discover import discover, read_source
from tests.conftest import EXAMPLES
from tests.golden import golden
from tests.outline.outline_text import letters, put_together, shown
from tests.outline.strategies import answers
from tests.reading import read_one


@pytest.mark.parametrize(("answer", "expected"), golden("outlines.md"))
def test_outline(answer: str, expected: str) -> None:
    assert shown(read_outline(answer)) == expected


@pytest.mark.parametrize(("answer", "expected"), golden("outlines.md"))
def test_an_outline_holds_all_of_its_answer(answer: str, expected: str) -> None:
    assert expected or not answer
    assert letters(put_together(read_outline(answer).blocks)) == letters(answer)


@settings(max_examples=4 * EXAMPLES)
@given(answers)
def test_nothing_of_an_answer_is_lost(answer: str) -> None:
    assert letters(put_together(read_outline(answer).blocks)) == letters(answer)


@given(answers)
def test_the_views_point_into_the_blocks(answer: str) -> None:
    outline = read_outline(answer)

    assert outline.blocks[: len(outline.lead)] == outline.lead
    assert outline.lists == tuple(b for b in outline.blocks if isinstance(b, Listing))
    assert outline.summary is None or outline.summary in outline.blocks


@given(answers)
def test_no_item_is_empty_handed(answer: str) -> None:
    for item in items(read_outline(answer).blocks):
        assert item.title == item.title.strip()
        assert item.text == item.text.strip()
        assert not item.joint or item.title


def items(blocks: tuple[Block, ...]) -> list[Item]:
    found: list[Item] = []
    for block in blocks:
        inner = block.blocks if isinstance(block, Quote) else ()
        for item in block.items if isinstance(block, Listing) else ():
            found.append(item)
            inner = (*inner, *item.blocks)
        found += items(inner)
    return found


def test_nothing_of_a_real_answer_is_lost(corpus: Path) -> None:
    lost = []
    for source in discover([str(corpus)]).sources:
        page = read_one(read_source(source).text or "", source.name).page
        assert page
        if letters(put_together(read_outline(page.answer).blocks)) != letters(page.answer):
            lost.append(source.name)

    assert lost == []


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("x" * 1_000_000, id="a word"),
        pytest.param("**" * 300_000, id="stars"),
        pytest.param("**a** and " * 50_000, id="bold and bold"),
        pytest.param("**a" * 100_000, id="bold that never ends"),
        pytest.param("- " * 100_000, id="bullets in a row"),
        pytest.param("> " * 100_000, id="quotes in a row"),
        pytest.param("1. a\n" * 20_000, id="a list of ones"),
        pytest.param("1. a\n\nb\n\n" * 5_000, id="ones with paragraphs"),
        pytest.param("".join(f"{n}. a\n\nb\n\n" for n in range(1, 999)), id="a torn list"),
        pytest.param("### 1. a\n" * 5_000, id="headings with one number"),
        pytest.param("## 1. a\n### 2. b\n" * 3_000, id="headings in turn"),
        pytest.param("|a" * 50_000 + "\n" + "|-" * 50_000, id="a wide table"),
        pytest.param("| a |\n" * 20_000, id="bars"),
        pytest.param("|a|\n|-|\n" * 10_000, id="tables"),
        pytest.param("-" * 500_000, id="a rule"),
        pytest.param("- - " * 100_000 + "x", id="nearly a rule"),
        pytest.param("#" * 300_000, id="hashes"),
        pytest.param("# " + "#" * 300_000 + "x", id="a heading of hashes"),
        pytest.param("\n".join(" " * n + "- a" for n in range(400)), id="bullets ever deeper"),
        pytest.param("a. " * 100_000, id="sentences"),
        pytest.param("." * 500_000, id="dots"),
        pytest.param("In summary" + " " * 300_000, id="a cue and blanks"),
        pytest.param("$$x$$ " * 20_000, id="formulas on one line"),
        pytest.param("$$a$$\nb\n" * 5_000, id="formulas on lines"),
        pytest.param("a:\n$$\nb\n$$\n" * 5_000, id="formulas with leads"),
        pytest.param("```\na\n```\n" * 5_000, id="fences"),
        pytest.param("# " + " " * 300_000 + "x", id="a heading of blanks"),
        pytest.param("**" + "a " * 300_000, id="bold and blanks"),
        pytest.param(" " * 500_000 + "- x", id="deep margin"),
    ],
)
def test_a_hostile_answer_is_read_soon(hostile: str) -> None:
    started = time.process_time()

    outline = read_outline(hostile)

    assert time.process_time() - started < 4
    assert letters(put_together(outline.blocks)) == letters(hostile)
