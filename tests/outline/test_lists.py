"""Only what a reader would take for one list is joined (more cases: data/outlines.md)."""

from __future__ import annotations

import pytest

from qt2anki.model import Block, Formula, Heading, Item, Listing, Paragraph
from qt2anki.outline.lists import join_split_lists


def numbered(*markers: str, text: str = "text") -> Listing:
    return Listing("numbered", tuple(Item(m, "", "", text, ()) for m in markers), "", "")


BULLETS = Listing("bullets", (Item("-", "", "", "point", ()),), "", "")
FORMULA = Formula("x", "")
TEXT = Paragraph("Words.")


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([numbered("1."), TEXT, numbered("2.")], id="the next number"),
        pytest.param([numbered("1."), FORMULA, numbered("2."), numbered("3.")], id="twice"),
        pytest.param([numbered("1."), FORMULA, numbered("1.")], id="always 1"),
        pytest.param([numbered("1.", text="These:"), BULLETS], id="awaited bullets"),
        pytest.param(
            [numbered("1.", text=""), BULLETS, numbered("2.")], id="bullets in place of text"
        ),
    ],
)
def test_joined(blocks: list[Block]) -> None:
    (joined,) = join_split_lists(blocks)

    assert isinstance(joined, Listing)
    lists = [b for b in blocks if isinstance(b, Listing) and b.style == "numbered"]
    assert len(joined.items) == sum(len(b.items) for b in lists)
    assert len(joined.items[0].blocks) == len([b for b in blocks[1:2] if b not in lists])


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([numbered("1."), TEXT, numbered("1.")], id="a new list after text"),
        pytest.param([numbered("1.", "2."), FORMULA, numbered("1.")], id="begins again"),
        pytest.param([numbered("1."), FORMULA, numbered("3.")], id="a number is missing"),
        pytest.param([numbered("1."), Heading(2, "x"), numbered("2.")], id="a heading between"),
        pytest.param([numbered("1."), BULLETS], id="bullets nobody awaits"),
        pytest.param([numbered("1.", text="These:"), TEXT, BULLETS], id="text between"),
        pytest.param([BULLETS, TEXT, BULLETS], id="bullets have no numbers"),
        pytest.param([], id="nothing"),
    ],
)
def test_left_alone(blocks: list[Block]) -> None:
    assert join_split_lists(blocks) == tuple(blocks)
