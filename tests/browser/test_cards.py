"""The cards themselves, on a page like that of Anki's reviewer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from qt2anki.anki.cards import joined_html
from qt2anki.preview.make_preview import Material
from qt2anki.preview.preview_cards import PreviewCard, preview_cards
from tests.browser.viewer import WCAG, violations

# A box that scrolls takes the focus by itself in today's browsers; axe-core asks for a tabindex.
BY_BROWSERS = "scrollable-region-focusable"
NIGHT = "nightMode night_mode"


@pytest.fixture(scope="module")
def varied(material: Material) -> list[PreviewCard]:
    """Cards of every kind, and the longest of each, which hold tables, code and formulas."""
    cards = preview_cards(material.packages, marks={})
    longest: dict[str, PreviewCard] = {}
    for card in sorted(cards, key=lambda card: len(joined_html(card.sides.back))):
        longest[card.kind] = card
        for sign in ("<table", "<pre", "qt-math"):
            if sign in joined_html(card.sides.back):
                longest[sign] = card
    return list(longest.values())


def reviewer_page(card: PreviewCard, html: str, classes: str) -> str:
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Card</title>"
        f"<style>body {{ margin: 20px }} {card.css}</style></head>"
        f"<body class='card card{card.ord + 1} {classes}'><main id=qa>{html}</main></body></html>"
    )


@pytest.mark.parametrize("classes", ["", NIGHT], ids=["light", "night"])
def test_cards_can_be_read_by_everybody(
    browser: Browser, varied: list[PreviewCard], classes: str
) -> None:
    found: list[str] = []
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for card in varied:
        back = joined_html(card.sides.back).replace("<details", "<details open")
        page.set_content(reviewer_page(card, back, classes))
        against = violations(page, tags=WCAG, but=[BY_BROWSERS])
        found += [f"{card.key}: {violation}" for violation in against]
    page.close()

    assert len(varied) > 5
    assert found == []


@pytest.mark.parametrize("width", [320, 390, 1000])
def test_no_card_moves_sideways(browser: Browser, material: Material, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    cards = preview_cards(material.packages, marks={})
    qa = [card for card in cards if "<details" in joined_html(card.sides.back)]
    page.set_content(reviewer_page(qa[0], "", ""))
    wide = []
    for card in qa:
        page.evaluate(
            "html => { document.getElementById('qa').innerHTML = html }",
            joined_html(card.sides.back).replace("<details", "<details open"),
        )
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(card.key)
    page.close()

    assert wide == []


def test_on_a_phone_code_wraps_and_what_scrolls_has_an_edge(
    browser: Browser, material: Material
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    hidden = []
    for card in preview_cards(material.packages, marks={}):
        back = joined_html(card.sides.back).replace("<details", "<details open")
        page.set_content(reviewer_page(card, back, ""))
        hidden += page.evaluate(
            """[...document.querySelectorAll("#qa *")]
               .filter(box => box.scrollWidth > box.clientWidth + 1)
               .filter(box => getComputedStyle(box).overflowX === "auto")
               .filter(box => box.matches("pre")
                           || getComputedStyle(box).backgroundImage === "none")
               .map(box => box.outerHTML.slice(0, 99))"""
        )
    page.close()

    assert hidden == []


# As MathJax 3.2 writes formulas, with the rules of its own style sheet that matter here.
TERM = "<mjx-mi>velocity</mjx-mi><mjx-mo space=3><mjx-c>+</mjx-c></mjx-mo>"
CHTML = (
    "<style>mjx-math { display: inline-block; white-space: nowrap; line-height: 0 }"
    "mjx-mi, mjx-mo, mjx-c { display: inline-block }</style>"
    "<mjx-container jax=CHTML display=true style='display: block'>"
    f"<mjx-math>{9 * TERM}</mjx-math></mjx-container>"
)
SVG = (
    "<mjx-container jax=SVG display=true style='display: block'>"
    "<svg width=600 height=60 viewBox='0 0 600 60'></svg></mjx-container>"
)


@pytest.mark.parametrize("formula", [CHTML, SVG], ids=["chtml", "svg"])
def test_on_a_phone_a_long_formula_is_seen_whole(
    browser: Browser, varied: list[PreviewCard], formula: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    html = f"<div class='qt qt-back'><div class=qt-a><div class=qt-math>{formula}</div></div></div>"
    page.set_content(reviewer_page(varied[0], html, ""))
    wide = page.evaluate(
        """[...document.querySelectorAll("#qa *")]
           .filter(box => box.getBoundingClientRect().right > 390)
           .map(box => box.outerHTML.slice(0, 99))"""
    )
    lines = page.evaluate(
        "new Set([...document.querySelectorAll('mjx-mi')].map(box => box.offsetTop)).size"
    )
    page.close()

    assert wide == []
    assert lines == 0 if formula == SVG else lines > 1


def test_the_gap_is_no_colour_alone(browser: Browser, varied: list[PreviewCard]) -> None:
    card = next(card for card in varied if 'class="cloze"' in joined_html(card.sides.front))
    page = browser.new_page()
    page.set_content(reviewer_page(card, joined_html(card.sides.back), ""))
    line = page.eval_on_selector(".cloze", "gap => getComputedStyle(gap).textDecorationLine")
    page.close()

    assert line == "underline"


def test_pictures_of_cards_differ_by_night(
    browser: Browser, varied: list[PreviewCard], tmp_path: Path
) -> None:
    page = browser.new_page()
    pictures: list[bytes] = []
    for classes in ("", NIGHT):
        page.set_content(reviewer_page(varied[0], joined_html(varied[0].sides.back), classes))
        pictures.append(page.screenshot(path=tmp_path / f"card{len(pictures)}.png"))
    page.close()

    assert pictures[0] != pictures[1]
