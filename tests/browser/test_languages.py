"""Cards in other languages than English, light and dark, and from right to left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from qt2anki.anki.cards import joined_html
from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Job, Progress
from qt2anki.config import Settings
from qt2anki.preview.make_preview import STAMP, gather
from qt2anki.preview.preview_cards import PreviewCard, preview_cards
from tests.anki.test_languages_in_anki import write_pages
from tests.browser.test_cards import NIGHT, reviewer_page
from tests.browser.viewer import WCAG, violations

WITHOUT_ITALICS = ("Ar", "Hi", "Ja", "Zh")
RIGHT_TO_LEFT = """[...document.querySelectorAll(".qt [lang]")].every(
    part => getComputedStyle(part).direction === "rtl")"""
DOTS_ARE_RIGHT = """[...document.querySelectorAll(".qt-step, .qt-now")].every(step => {
    const text = document.createRange()
    text.selectNodeContents(step)
    return text.getBoundingClientRect().right + 10 < step.getBoundingClientRect().right
})"""
SLANTED = """[...document.querySelectorAll(".qt :is(em, i, .qt-start)")].filter(
    part => getComputedStyle(part).fontStyle !== "normal").length"""


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[PreviewCard]]:
    """All cards of the golden file, by the last part of their deck's name."""
    folder = tmp_path_factory.mktemp("languages")
    write_pages(folder)
    job = Job((str(folder),), folder / "dist", Settings(), load_note_types(), STAMP)
    found: dict[str, list[PreviewCard]] = {}
    for card in preview_cards(gather(job, Progress()).packages, marks={}):
        found.setdefault(card.decks[0].rpartition("::")[2], []).append(card)
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    one = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    yield one
    one.close()


def show(page: Page, card: PreviewCard, classes: str = "") -> None:
    back = joined_html(card.sides.back).replace("<details", "<details open")
    page.set_content(reviewer_page(card, back, classes))


@pytest.mark.parametrize("classes", ["", NIGHT], ids=["light", "night"])
def test_cards_in_every_language_can_be_read(
    page: Page, cards: dict[str, list[PreviewCard]], classes: str
) -> None:
    against = []
    for language, some in cards.items():
        for card in (some[0], some[-1]):
            show(page, card, classes)
            against += [f"{language}: {one}" for one in violations(page, tags=WCAG)]
            assert page.evaluate("document.documentElement.scrollWidth") <= 390

    assert len(cards) >= 9
    assert against == []


def test_arabic_cards_run_from_right_to_left(
    page: Page, cards: dict[str, list[PreviewCard]]
) -> None:
    for card in cards["Ar"]:
        show(page, card)
        assert page.evaluate(RIGHT_TO_LEFT), card.key
        assert page.evaluate(DOTS_ARE_RIGHT), card.key
    show(page, cards["De"][0])
    assert not page.evaluate(RIGHT_TO_LEFT)


def test_italics_are_only_in_scripts_that_have_them(
    page: Page, cards: dict[str, list[PreviewCard]]
) -> None:
    slanted = dict.fromkeys(cards, 0)
    for language, some in cards.items():
        for card in some:
            show(page, card)
            slanted[language] += page.evaluate(SLANTED)

    assert [slanted[language] for language in WITHOUT_ITALICS] == [0, 0, 0, 0]
    assert slanted["Es"] > 0
