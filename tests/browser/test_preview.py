"""A user looks at the preview of the sample pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qt2anki.preview.preview_cards import Mark
from tests.browser.conftest import Open
from tests.browser.made import made_card, write_preview
from tests.browser.viewer import violations


def test_the_first_card_is_there(look: Open, sample: Path) -> None:
    viewer = look(sample)

    total = int(viewer.count.split()[0])
    assert total > 200
    assert viewer.page.inner_text("#place") == f"1 of {total}"
    assert viewer.rows()[0] == " ".join(viewer.text.split())
    assert viewer.page.locator(".row[aria-selected=true]").get_attribute("aria-setsize") == str(
        total
    )


def test_only_rows_in_sight_are_in_the_page(look: Open, sample: Path) -> None:
    viewer = look(sample)
    first = viewer.rows()

    viewer.page.evaluate("document.getElementById('list').scrollTop = 6800")
    viewer.page.wait_for_selector("#row-100")

    assert len(viewer.rows()) < 40
    assert viewer.rows() != first


def test_a_card_turns_by_button_key_and_click(look: Open, sample: Path) -> None:
    viewer = look(sample)
    front = viewer.text
    flip = viewer.page.locator("#flip")

    flip.click()
    back = viewer.text
    assert back.startswith(front.strip()[:20])
    assert len(back) > len(front)
    assert flip.inner_text() == "Show question"

    viewer.page.focus("#list")
    viewer.page.keyboard.press("Space")
    assert viewer.text == front

    viewer.click_card()
    assert viewer.text == back
    viewer.page.keyboard.press("Space")  # the card has the focus now
    assert viewer.text == front


def test_keys_go_through_the_cards(look: Open, sample: Path) -> None:
    viewer = look(sample)
    place = viewer.page.locator("#place")
    viewer.page.focus("#list")

    for key, number in (("ArrowDown", 2), ("j", 3), ("ArrowRight", 4), ("k", 3), ("Home", 1)):
        viewer.page.keyboard.press(key)
        assert place.inner_text().startswith(f"{number} of ")
    viewer.page.keyboard.press("End")
    assert place.inner_text() == " of ".join([viewer.count.split()[0]] * 2)
    assert viewer.page.is_disabled("#next")
    selected = viewer.page.locator(".row[aria-selected=true]")
    assert selected.get_attribute("id") == viewer.page.get_attribute(
        "#list", "aria-activedescendant"
    )

    viewer.click_card()
    viewer.page.keyboard.press("ArrowLeft")
    assert not viewer.page.is_disabled("#next")
    viewer.page.keyboard.press("/")
    viewer.page.keyboard.type("j k")
    assert viewer.page.input_value("#query") == "j k"


def test_turning_keeps_links_and_folded_parts_usable(look: Open, sample: Path) -> None:
    viewer = look(sample)
    viewer.page.click("#flip")
    back = viewer.text
    summary = viewer.card(
        "(({x, y, height}) => ({x: x + 30, y: y + height / 2}))"
        "(document.querySelector('summary').getBoundingClientRect())"
    )

    viewer.click_card(summary["x"], summary["y"])

    assert viewer.card("document.querySelector('details').open")
    assert viewer.page.inner_text("#flip") == "Show question"
    assert len(viewer.text) > len(back)


def test_search_finds_words_on_both_sides_in_any_order(look: Open, sample: Path) -> None:
    viewer = look(sample)

    viewer.search("ELIMINATION gaussian")

    assert re.fullmatch(r"[0-9]+ of [0-9]+ cards", viewer.count)
    assert any("Gaussian elimination" in row for row in viewer.rows())
    viewer.page.fill("#query", "xylophone zebra")
    viewer.page.wait_for_selector("#nothing:not([hidden])")
    assert viewer.page.is_disabled("#flip")
    assert viewer.text.strip() == ""
    viewer.page.click("text=Clear")
    assert viewer.page.input_value("#query") == ""
    assert viewer.page.is_visible(".row")


def test_a_search_begins_at_the_card_that_was_seen_or_at_the_first(
    look: Open, tmp_path: Path
) -> None:
    made = [made_card(n, f"Herb {n} {word}?", "x") for n, word in enumerate("yzzyz")]
    viewer = look(write_preview(tmp_path / "made.html", made))
    viewer.page.click(".row >> nth=3")

    viewer.search("y")
    assert viewer.page.inner_text("#place") == "2 of 2"
    viewer.search("z")
    assert viewer.page.inner_text("#place") == "1 of 3"
    viewer.page.click("text=Clear")
    assert viewer.page.inner_text("#place") == "2 of 5"


@pytest.mark.parametrize(
    ("select", "value", "tag"),
    [
        ("#deck", "Nursing", "::subject::Nursing"),
        ("#kind", "step::next", "::kind::step::next"),
        ("#tier", "core", "::tier::core"),
    ],
)
def test_filters(look: Open, sample: Path, select: str, value: str, tag: str) -> None:
    viewer = look(sample)

    viewer.page.select_option(select, value)

    assert " of " in viewer.count
    for _ in range(5):
        assert tag in viewer.page.inner_text("#card-tags")
        viewer.page.click("#next")


def test_a_tag_of_a_card_filters(look: Open, sample: Path) -> None:
    viewer = look(sample)
    tag = viewer.page.locator(".tag", has_text="::page::")
    name = tag.inner_text()

    tag.click()

    assert viewer.page.input_value("#tag") == name
    assert " of " in viewer.count
    assert viewer.page.locator(".tag", has_text=name).is_visible()


def test_findings_are_marked_and_can_be_filtered(look: Open, tmp_path: Path) -> None:
    mark = Mark("vague", "praise", is_hard=False)
    cards = [made_card(1, "A", "x", marks=(mark,)), made_card(2, "B", "x", marks=(mark,))]
    viewer = look(write_preview(tmp_path / "made.html", [*cards, made_card(3, "C", "x")]))

    viewer.page.select_option("#finding", "any")

    assert viewer.count.startswith("2 of ")
    assert viewer.page.is_visible("#findings")
    assert viewer.page.locator(".row-mark").count() == viewer.page.locator(".row").count() == 2
    viewer.page.select_option("#finding", index=2)
    assert viewer.page.locator("#findings b", has_text="vague").first.is_visible()
    assert violations(viewer.page) == []


def test_the_samples_have_no_findings(look: Open, sample: Path) -> None:
    assert not look(sample).page.locator("#finding").is_visible()


def test_what_is_to_be_mended_stands_out(look: Open, tmp_path: Path) -> None:
    fault, wish = Mark("leak", "shown", is_hard=True), Mark("vague", "praise", is_hard=False)
    cards = [made_card(1, "A", "x", marks=(wish,)), made_card(2, "B", "x", marks=(fault, wish))]
    viewer = look(write_preview(tmp_path / "made.html", [*cards, made_card(3, "C", "x")]))

    marks = viewer.page.locator(".row-mark").all_inner_texts()
    assert marks == ["finding", "\N{WARNING SIGN} fault"]
    options = viewer.page.locator("#finding option").all_inner_texts()
    assert options == ["all cards", "any (2)", "fault: leak (1)", "vague (2)"]
    viewer.page.select_option("#finding", "leak")
    assert viewer.page.locator("#findings li").all_inner_texts() == [
        "Fault: leak: shown",
        "vague: praise",
    ]
    assert violations(viewer.page) == []


def test_night_and_phone(look: Open, sample: Path) -> None:
    viewer = look(sample)
    assert "nightMode" not in viewer.card("document.body.className")
    light = viewer.card("getComputedStyle(document.body).backgroundColor")

    viewer.page.click("text=Night")
    viewer.page.click("text=Phone")

    classes = viewer.card("document.body.className").split()
    assert {"card", "card1", "nightMode", "night_mode"} <= set(classes)
    assert viewer.card("getComputedStyle(document.body).backgroundColor") != light
    assert viewer.card("document.documentElement.clientWidth") == 390
    assert "mobile" in viewer.card("document.documentElement.className")
    viewer.page.click("#next")
    assert "nightMode" in viewer.card("document.body.className")


def test_night_by_the_wish_of_the_system(look: Open, sample: Path) -> None:
    viewer = look(sample, scheme="dark")

    assert "nightMode" in viewer.card("document.body.className")


def test_formulas_are_typeset_without_a_network(look: Open, sample: Path) -> None:
    viewer = look(sample)
    viewer.search("photoelectric")

    viewer.page.click("#flip")

    viewer.wait_for_card("document.querySelectorAll('mjx-container svg').length > 2")
    assert "\\(" not in viewer.card("document.getElementById('qa').innerText")
    height = viewer.card("document.querySelector('mjx-container').getBoundingClientRect().height")
    assert 5 < height < 200


def test_the_address_brings_back_what_was_seen(look: Open, sample: Path) -> None:
    viewer = look(sample)
    viewer.search("metaphase")
    viewer.page.click("text=Night")
    viewer.page.click("#next")
    seen = viewer.text, viewer.count, viewer.page.inner_text("#place")

    viewer.page.reload()
    viewer.page.wait_for_selector("html[data-ready]")

    assert (viewer.text, viewer.count, viewer.page.inner_text("#place")) == seen
    assert "nightMode" in viewer.card("document.body.className")


def test_the_source_file_is_linked(look: Open, sample: Path) -> None:
    viewer = look(sample)

    address = viewer.page.get_attribute("#about a", "href")

    assert address is not None
    assert (sample.parent / address).resolve().is_file()


def test_a_phone_shows_the_list_or_the_card(look: Open, sample: Path) -> None:
    viewer = look(sample, width=390, height=844)
    assert not viewer.page.is_visible("#card")

    viewer.page.click(".row >> nth=3")

    assert viewer.page.is_visible("#card")
    assert not viewer.page.is_visible("#list")
    assert viewer.page.inner_text("#place").startswith("4 of ")
    assert viewer.text.strip()
    viewer.page.click("#to-list")
    viewer.page.keyboard.press("ArrowDown")
    viewer.page.keyboard.press("Enter")
    assert viewer.page.inner_text("#place").startswith("5 of ")
    assert viewer.page.is_visible("#card")
    width = viewer.page.evaluate("document.documentElement.scrollWidth")
    assert width == 390


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_nothing_stands_in_the_way_of_anybody(
    look: Open, sample: Path, width: int, scheme: str
) -> None:
    viewer = look(sample, width=width, scheme=scheme)
    found = violations(viewer.page)

    viewer.page.click(".row >> nth=1")
    viewer.page.click("#flip")
    found += violations(viewer.page)

    assert found == []
