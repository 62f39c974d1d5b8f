"""The page in the browser while its cards change; what changes them is the test itself."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qt2anki.preview.make_preview import Live, plain_page, preview_page
from qt2anki.preview.preview_cards import PreviewCard
from qt2anki.preview.server import News, PreviewServer, Served
from tests.browser.made import made_card

TITLE = "{} cards, version {}"
CONNECTIONS = 6  # that a browser has at most with one server


class Stage:
    """A server of a page whose cards can be changed."""

    def __init__(self) -> None:
        self.news = News()
        self.server = PreviewServer(self._make, 0, news=self.news)
        self.version = 0
        self.asked = 0
        self.is_free = threading.Event()  # whether pages are made at once
        self.is_free.set()
        self._cards: list[PreviewCard] = []

    @property
    def url(self) -> str:
        return self.server.url

    def show(self, cards: list[PreviewCard]) -> None:
        self.version += 1
        self._cards = cards
        versions = {"": str(self.version)}
        told = {"level": "good", "text": f"build {self.version}", "problems": []}
        self.news.tell(json.dumps({**told, "versions": versions}))

    def _make(self, _subject: str) -> Served:
        self.asked += 1
        assert self.is_free.wait(60)
        live = Live("", str(self.version))
        title = TITLE.format(len(self._cards), self.version)
        if not self._cards:
            return Served(plain_page("", title=title, live=live), {})
        html = preview_page(self._cards, title=title, link=lambda _: None, live=live)
        return Served(html, {})


@pytest.fixture
def stage() -> Iterator[Stage]:
    one = Stage()
    one.show(cards_of("Anise", "Basil", "Chive"))
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    one.is_free.set()
    one.news.end()
    one.server.shutdown()
    thread.join()
    one.server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    faults: list[str] = []
    with browser.new_context(color_scheme="light") as one:
        one.set_default_timeout(10_000)
        one.on("console", lambda message: faults.append(message.text))
        one.on("weberror", lambda error: faults.append(str(error.error)))
        yield one
    assert faults == []


@pytest.fixture
def tab(context: BrowserContext, stage: Stage) -> Callable[..., Page]:
    def open_tab(width: int = 1280) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 760})
        page.goto(stage.url)
        wait_for(page, stage)
        return page

    return open_tab


def cards_of(*fronts: str) -> list[PreviewCard]:
    return [made_card(number, f"{front}?", f"A herb, {front}.") for number, front in named(fronts)]


def named(fronts: tuple[str, ...]) -> list[tuple[int, str]]:
    """Give every herb the same number whatever the others are."""
    return [(ord(front[0]) - ord("A") + 1, front) for front in fronts]


def wait_for(page: Page, stage: Stage) -> None:
    """Wait for the page to be back with the cards of now."""
    expect(page).to_have_title(re.compile(f"version {stage.version}$"), timeout=10_000)
    expect(page.locator("#live p")).to_have_text(f"build {stage.version}")


def see(page: Page, *, is_seen: bool) -> None:
    """Bring a tab to the front, or put it behind another; without a head all are in front."""
    page.evaluate(
        """isHidden => {
          Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        not is_seen,
    )


def key(page: Page) -> str:
    return page.inner_text("#about span")


def side(page: Page) -> str:
    return {"Show question": "back", "Show answer": "front"}[page.inner_text("#flip")]


def stop_coming_back(page: Page, stage: Stage) -> None:
    """Stop the page while it is being fetched, and wait until it has noticed."""
    page.evaluate("(later => { setTimeout = (f, ms) => later(f, ms / 100) })(setTimeout)")
    devtools = page.context.new_cdp_session(page)
    stage.is_free.clear()
    asked = stage.asked
    stage.show(cards_of("Anise", "Basil"))
    while stage.asked == asked:
        page.wait_for_timeout(10)

    devtools.send("Page.stopLoading")
    stage.is_free.set()
    expect(page.locator("#live p")).to_have_text("build 2")


def test_as_many_tabs_as_there_are_connections_come_back(
    stage: Stage, tab: Callable[..., Page]
) -> None:
    pages = [tab() for _ in range(CONNECTIONS)]

    for _ in range(2):
        stage.show(cards_of("Anise", "Basil"))
        for page in pages:
            wait_for(page, stage)


def test_tabs_that_nobody_sees_leave_the_connections_to_others(
    stage: Stage, tab: Callable[..., Page]
) -> None:
    hidden = [tab() for _ in range(CONNECTIONS)]
    for page in hidden:
        see(page, is_seen=False)

    seventh = tab()
    stage.show(cards_of("Anise"))
    wait_for(seventh, stage)

    first = hidden[0]
    expect(first.locator("#live p")).to_have_text("build 1")
    see(first, is_seen=True)
    wait_for(first, stage)


def test_who_stops_the_page_from_coming_back_still_hears_the_news(
    stage: Stage, tab: Callable[..., Page]
) -> None:
    page = tab()
    stop_coming_back(page, stage)
    page.click(".row >> nth=1")
    stage.show(cards_of("Anise", "Basil", "Chive"))

    wait_for(page, stage)
    assert key(page) == "2/qa"


def test_what_was_seen_before_a_stop_is_forgotten(stage: Stage, tab: Callable[..., Page]) -> None:
    page = tab()
    stop_coming_back(page, stage)
    page.click(".row >> nth=1")
    page.reload()
    wait_for(page, stage)

    assert key(page) == "2/qa"


def test_a_narrow_window_comes_back_to_the_card(stage: Stage, tab: Callable[..., Page]) -> None:
    page = tab(360)
    page.click(".row >> nth=1")
    page.click("#flip")

    stage.show(cards_of("Anise", "Basil the Great"))

    wait_for(page, stage)
    assert page.is_visible("#card")
    assert not page.is_visible("#list")
    assert (key(page), side(page)) == ("2/qa", "back")
    page.click("#to-list")
    stage.show(cards_of("Anise", "Basil"))
    wait_for(page, stage)
    assert page.is_visible("#list")


def steps(*titles: str) -> list[PreviewCard]:
    made = [made_card(2, f"{title}?", "Then.", key=f"2/step/{title}/next") for title in titles]
    return [*cards_of("Anise"), *made, *cards_of("Chive")]


def test_a_card_that_was_away_is_shown_again(stage: Stage, tab: Callable[..., Page]) -> None:
    stage.show(steps("boil", "warm", "pour", "steep"))
    page = tab()
    page.click(".row >> nth=3")
    page.click("#flip")
    assert key(page) == "2/step/pour/next"

    for titles, near in (
        (("boil", "warm", "pou", "steep"), "2/step/pou/next"),
        (("boil",), "2/step/boil/next"),
        ((), "1/qa"),
        (("boil", "warm", "steep"), "2/step/steep/next"),
    ):
        stage.show(steps(*titles))
        wait_for(page, stage)
        assert (key(page), side(page)) == (near, "front")

    stage.show(steps("boil", "warm", "pour", "steep"))
    wait_for(page, stage)
    assert (key(page), side(page)) == ("2/step/pour/next", "back")


def test_who_goes_on_from_the_nearest_card_wants_no_other(
    stage: Stage, tab: Callable[..., Page]
) -> None:
    page = tab()
    page.click(".row >> nth=1")
    stage.show(cards_of("Anise", "Chive", "Dill"))
    wait_for(page, stage)
    assert key(page) == "1/qa"

    page.click("#next")
    stage.show(cards_of("Anise", "Basil", "Chive", "Dill"))

    wait_for(page, stage)
    assert key(page) == "3/qa"


def test_what_was_seen_outlives_a_page_without_cards(
    stage: Stage, tab: Callable[..., Page]
) -> None:
    page = tab(360)
    page.click(".row >> nth=1")
    page.click("#flip")

    stage.show([])
    wait_for(page, stage)
    stage.show(cards_of("Anise", "Basil", "Chive"))

    wait_for(page, stage)
    assert page.is_visible("#card")
    assert (key(page), side(page)) == ("2/qa", "back")


def test_typing_goes_on_where_it_was(stage: Stage, tab: Callable[..., Page]) -> None:
    page = tab()
    page.click("#query")
    page.keyboard.type("brb")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")

    stage.show(cards_of("Anise", "Basil"))
    wait_for(page, stage)
    page.keyboard.type("he")

    assert page.input_value("#query") == "herb"
    expect(page.locator("#count")).to_have_text("2 cards")


def test_what_is_typed_until_the_page_is_there_is_kept(
    stage: Stage, tab: Callable[..., Page]
) -> None:
    page = tab()
    page.click("#query")
    page.keyboard.type("ba")
    stage.is_free.clear()
    asked = stage.asked

    stage.show(cards_of("Anise", "Basil"))
    while stage.asked == asked:
        page.wait_for_timeout(10)
    page.keyboard.type("sil")
    stage.is_free.set()

    wait_for(page, stage)
    assert page.input_value("#query") == "basil"
    expect(page.locator("#count")).to_have_text("1 of 2 cards")
    assert page.evaluate("document.activeElement.id") == "query"


def test_a_list_and_a_card_keep_the_focus(stage: Stage, tab: Callable[..., Page]) -> None:
    page = tab()
    for number, name in enumerate(("list", "card", "tag", "flip"), start=2):
        page.focus(f"#{name}")
        stage.show(cards_of(*("Anise", "Basil", "Chive", "Dill", "Elder")[:number]))
        wait_for(page, stage)
        assert page.evaluate("document.activeElement.id") == name
