"""Somebody reviews cards with the keyboard, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qt2anki.review.review_server import ReviewServer
from qt2anki.review.reviewed_card import ReviewedCard
from tests.browser.viewer import READY, violations
from tests.corrections.stages import QA
from tests.review.made import card_of, reviewed_site, served, session_of, verdict_on, written
from tests.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return reviewed_site(tmp_path)


@pytest.fixture
def server(site: Site) -> Iterator[ReviewServer]:
    with served(site) as one:
        yield one


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1000, "height": 800}) as one:
        yield one


def open_review(context: BrowserContext, server: ReviewServer) -> Page:
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(server.url)
    page.wait_for_selector(READY)
    assert faults == []
    return page


def key_of(page: Page) -> str:
    return page.inner_text("#about").split(" · ")[1]


def shown(page: Page) -> str:
    return page.frame_locator("#card").locator("body").inner_text()


def test_cards_are_read_with_the_keyboard_alone(
    context: BrowserContext, server: ReviewServer, site: Site
) -> None:
    page = open_review(context, server)
    progress, about = page.locator("#progress"), page.locator("#about")
    total = int(progress.inner_text().split()[2])
    first = key_of(page)
    front = shown(page)

    page.keyboard.press("Space")
    assert shown(page).startswith(front.strip()[:20])
    assert len(shown(page)) > len(front)
    page.keyboard.press("g")
    expect(progress).to_contain_text(f"1 of {total} read")

    dropped = key_of(page)
    assert dropped != first
    page.keyboard.press("d")
    expect(page.locator("#choices")).to_be_visible()
    page.keyboard.press("2")
    expect(progress).to_contain_text(f"2 of {total} read")

    page.keyboard.press("u")
    expect(progress).to_contain_text(f"1 of {total} read")
    expect(about).to_contain_text(dropped)
    page.keyboard.press("d")
    page.keyboard.press("1")
    expect(progress).to_contain_text(f"2 of {total} read")
    page.keyboard.press("n")
    page.keyboard.press("p")

    found = written(site)
    assert found[first].keep
    assert (found[dropped].drop, found[dropped].reason) == (True, "echo")


def test_a_wording_is_shown_while_it_is_typed(
    context: BrowserContext, server: ReviewServer, site: Site
) -> None:
    page = open_review(context, server)
    page.select_option("#kind", "qa")
    page.fill("#query", "1")
    expect(page.locator("#about")).to_contain_text(QA)
    page.locator("#query").press("Escape")

    page.keyboard.press("e")
    answer = page.locator("textarea[name=answer]")
    assert "1. Prophase\n" in answer.input_value()
    answer.fill("Prophase, **and so on**.")
    expect(page.frame_locator("#card").locator("strong", has_text="and so on")).to_be_visible()
    answer.fill("word " * 70)
    expect(page.locator("#fault")).to_contain_text("70 words")
    answer.fill("Prophase, *metaphase* and the others.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#about")).to_contain_text("reworded")

    assert written(site)[QA].answer == "Prophase, *metaphase* and the others."
    assert written(site)[QA].question is None

    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.locator("#wording")).to_be_hidden()


_KEEP_THE_FOCUS_AFTER_A_VERDICT = """() => {
  const keep = () => { window.focused = document.activeElement.localName; };
  new MutationObserver(keep).observe(document.getElementById("about"), { childList: true });
}"""


@pytest.mark.parametrize("keys", [["e", "x", "Control+Enter"], ["d", "1"]])
def test_no_key_is_lost_in_a_form_that_has_just_been_closed(
    context: BrowserContext, server: ReviewServer, keys: list[str]
) -> None:
    page = open_review(context, server)
    page.evaluate(_KEEP_THE_FOCUS_AFTER_A_VERDICT)

    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("#progress")).to_contain_text("1 of ")

    assert page.evaluate("window.focused") == "body"


def test_a_card_of_ones_own_is_added(
    context: BrowserContext, server: ReviewServer, site: Site
) -> None:
    page = open_review(context, server)
    page.fill("#query", "1")
    page.locator("#query").press("Escape")

    page.keyboard.press("a")
    page.keyboard.type("What pulls chromatids apart?")
    page.locator("textarea[name=answer]").fill("Fibers of the spindle.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#about")).to_contain_text("written by hand")

    (own,) = (one for one in written(site).values() if one.is_own)
    assert own.question == "What pulls chromatids apart?"


def test_a_conflict_shows_what_somebody_else_has_decided(
    context: BrowserContext, server: ReviewServer, site: Site
) -> None:
    page = open_review(context, server)
    other = session_of(site)
    other.decide(verdict_on(card_of(other, key_of(page)), "drop", reason="vague"))

    page.keyboard.press("g")

    expect(page.locator("#fault")).to_contain_text("someone else")
    expect(page.locator("#about")).to_contain_text("dropped")
    assert [one.drop for one in written(site).values()] == [True]


def test_the_list_of_a_page_is_settled(
    context: BrowserContext, server: ReviewServer, site: Site
) -> None:
    page = open_review(context, server)
    page.select_option("#order", "kind")
    page.select_option("#kind", "next")
    expect(page.locator("#sequence")).to_contain_text("is treated as a sequence")
    page.locator("#kind").evaluate("node => node.blur()")

    page.keyboard.press("s")
    page.keyboard.press("2")
    expect(page.locator("#about")).to_contain_text("nothing to read")
    assert written(site)["1"].is_sequence is False

    page.keyboard.press("u")
    expect(page.locator("#about")).to_contain_text("/next")
    expect(page.locator("#sequence")).to_contain_text("is treated as a sequence.")
    assert written(site) == {}


def test_pictures_are_shown(browser: Browser, tmp_path: Path) -> None:
    site = reviewed_site(tmp_path)
    path = site.page(9, "What has a leaf?", "A leaf has ribs. ![A leaf](leaf.svg)")
    leaf = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>'
    (path.parent / "leaf.svg").write_text(leaf, "utf-8")
    with served(site) as server, browser.new_context() as context:
        page = open_review(context, server)
        page.fill("#query", "9")
        page.locator("#query").press("Escape")
        page.keyboard.press("Space")
        for frame in ("#card", "#answer"):
            image = page.frame_locator(frame).locator("img").first
            expect(image).to_have_js_property("naturalWidth", 40)


@pytest.mark.parametrize("order", ["topic", "kind", "page", "doubtful"])
def test_cards_come_in_the_order_that_is_chosen(
    context: BrowserContext, server: ReviewServer, order: str
) -> None:
    page = open_review(context, server)
    page.select_option("#order", order)
    by_key = {one.card.key: one for one in server.session.cards()}
    shown_keys = []
    for _ in by_key:
        shown_keys.append(key_of(page))
        page.keyboard.press("ArrowRight")

    places: dict[str, Callable[[ReviewedCard], tuple[str, ...] | int | str]] = {
        "topic": lambda one: (one.page.subjects[0], one.topic),
        "kind": lambda one: one.card.kind,
        "page": lambda one: int(one.page.page_id),
        "doubtful": lambda one: one.score,
    }
    found: list[Any] = [places[order](by_key[key]) for key in shown_keys]
    assert found == sorted(found)
    assert len(set(shown_keys)) == len(by_key)


def test_after_the_last_card_there_is_a_message(
    context: BrowserContext, server: ReviewServer
) -> None:
    page = open_review(context, server)
    page.select_option("#kind", "qa")
    page.locator("#kind").evaluate("node => node.blur()")
    keys = []
    for _ in range(2):
        keys.append(key_of(page))
        page.keyboard.press("g")
        expect(page.locator("#about")).not_to_contain_text(keys[-1])
    expect(page.locator("#about")).to_contain_text("You have reached the end")
    assert page.is_disabled("#good")

    page.keyboard.press("g")
    page.keyboard.press("p")
    assert key_of(page) == keys[1]
    page.keyboard.press("n")
    page.keyboard.press("u")
    expect(page.locator("#about")).to_contain_text(f"not read · {keys[1]}")


def test_cards_that_a_filter_leaves_none_of(context: BrowserContext, server: ReviewServer) -> None:
    page = open_review(context, server)

    page.select_option("#show", "proposed")

    expect(page.locator("#about")).to_contain_text("nothing to read")
    assert page.is_disabled("#good")


@pytest.mark.parametrize("key", ["e", "a", "d", "s"])
def test_the_card_is_seen_while_a_form_is_open(
    context: BrowserContext, server: ReviewServer, key: str
) -> None:
    page = open_review(context, server)
    page.fill("#query", "1")
    page.locator("#query").press("Escape")
    expect(page.locator("#sequence")).to_be_visible()

    page.keyboard.press(key)

    card = page.locator("#card").bounding_box()
    assert card is not None
    assert card["height"] > 250
    for button in page.locator(".pen:not([hidden]) button").all():
        expect(button).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "scheme"), [(1000, "light"), (390, "dark")])
def test_axe_finds_nothing(
    browser: Browser, server: ReviewServer, scheme: Literal["light", "dark"], width: int
) -> None:
    size = {"width": width, "height": 800}
    with browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True) as context:  # type: ignore[arg-type]
        page = open_review(context, server)
        assert violations(page) == []
        page.keyboard.press("e")
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("d")
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.fill("#query", "1")
        page.locator("#query").press("Escape")
        expect(page.locator("#sequence")).to_be_visible()
        page.keyboard.press("s")
        assert violations(page) == []
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide
