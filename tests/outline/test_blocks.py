from __future__ import annotations

import pytest

from qt2anki.model import Code, Formula, Heading, Listing, Paragraph, Quote
from qt2anki.outline.blocks import lead_sentence, read_blocks
from qt2anki.outline.leaf_blocks import PSEUDO_HEADING


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# Oven", Heading(1, "Oven")),
        ("###### Oven:", Heading(6, "Oven")),
        ("## 3. Oven", Heading(2, "Oven", "3.")),
        ("## **3) Oven**", Heading(2, "Oven", "3)")),
        ("## 3. **Oven**", Heading(2, "Oven", "3.")),
        ("## 3.5 kg of flour", Heading(2, "3.5 kg of flour")),
        ("## 1900", Heading(2, "1900")),
        ("## 2.", Heading(2, "2.")),
        ("##", Heading(2, "")),
        ("## Oven ##", Heading(2, "Oven")),
        ("## #", Heading(2, "")),
        ("**Oven**", Heading(PSEUDO_HEADING, "Oven")),
        ("**2. Oven:**", Heading(PSEUDO_HEADING, "Oven", "2.")),
    ],
)
def test_heading(line: str, heading: Heading) -> None:
    assert read_blocks(line) == (heading,)


@pytest.mark.parametrize(
    "line", ["####### Seven", "#Hashtag", "**Oven** heats", "*Oven*", "- - x", "1.5 kg", "2024"]
)
def test_no_heading(line: str) -> None:
    assert not any(isinstance(block, Heading) for block in read_blocks(line))


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param(
            "The rate is: $$k = 1$$",
            (Paragraph("The rate is:"), Formula("k = 1", "The rate is:")),
            id="behind a colon",
        ),
        pytest.param(
            "Here $$k$$ is the rate.", (Paragraph("Here $$k$$ is the rate."),), id="inside"
        ),
        pytest.param("$$k$$.", (Formula("k", ""),), id="a full stop behind it"),
        pytest.param("\\[k\\]", (Formula("k", ""),), id="brackets"),
        pytest.param(
            "So\n$$\nk\n$$\nholds.",
            (Paragraph("So"), Formula("k", "So"), Paragraph("holds.")),
            id="between two lines",
        ),
        pytest.param(
            "$$a$$\n$$b$$", (Formula("a", ""), Formula("b", "")), id="two below each other"
        ),
        pytest.param("Rate: $$k$$ and so on", (Paragraph("Rate: $$k$$ and so on"),), id="text"),
    ],
)
def test_formula(text: str, blocks: tuple[Paragraph | Formula, ...]) -> None:
    assert read_blocks(text) == blocks


def test_code_is_dedented() -> None:
    (block,) = read_blocks("```Py\n    if a:\n        b\n```")

    assert block == Code("if a:\n    b", "py", "", "")


def test_nesting_ends_at_some_depth() -> None:
    deep = read_blocks("> " * 40 + "x")
    depth = 0
    while isinstance(deep[0], Quote):
        deep = deep[0].blocks
        depth += 1

    assert depth == 12
    assert deep == (Paragraph("> " * 28 + "x"),)


def test_a_lead_is_the_last_sentence_before() -> None:
    assert lead_sentence([Paragraph("One. Two:")]) == "Two:"
    assert lead_sentence([Paragraph("**Title**: One. Two:")]) == "Two:"
    assert lead_sentence([Paragraph("One."), Heading(2, "x")]) == ""
    assert lead_sentence([]) == ""


@pytest.mark.parametrize("rule", ["---", "***", "___", "- - -", "* * * *", "-----"])
def test_a_rule_is_no_text(rule: str) -> None:
    assert read_blocks(f"a\n\n{rule}\n\nb") == (Paragraph("a"), Paragraph("b"))


def test_a_list_that_starts_with_zero_or_any_number() -> None:
    (block,) = read_blocks("7. a\n8. b")

    assert isinstance(block, Listing)
    assert [item.marker for item in block.items] == ["7.", "8."]
