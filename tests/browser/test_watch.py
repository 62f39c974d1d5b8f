"""A writer looks at the preview while ``qt2anki watch`` runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.viewer import READY, violations
from tests.site import TEA, Site, edited
from tests.watch.running import LIMIT, Running, watching

pytest.importorskip("watchfiles")
MILLISECONDS = LIMIT * 1000
CARD = "document.getElementById('card').contentDocument.body.textContent"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.plain(2, subject="Botany")
    return one


@pytest.fixture
def watch(site: Site) -> Iterator[Running]:
    with watching(site.root, "pages", "--no-audit") as one:
        one.line("2 pages;")
        yield one


@pytest.fixture
def tab(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Give what opens an address; at the end nothing may have gone wrong in the browser."""
    faults: list[str] = []
    context = browser.new_context(color_scheme="light")

    def open_tab(url: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(MILLISECONDS)
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        page.wait_for_selector("#live p")
        return page

    expect.set_options(timeout=MILLISECONDS)
    yield open_tab
    context.close()
    expect.set_options(timeout=5000)
    assert [fault for fault in faults if "ERR_CONNECTION_REFUSED" not in fault] == []


def wait_for_card(page: Page, words: str) -> None:
    page.wait_for_function(f"words => {CARD}.includes(words)", arg=words)


def test_the_page_comes_back_by_itself_to_the_same_side_of_the_same_card(
    site: Site, watch: Running, tab: Callable[[str], Page]
) -> None:
    page = tab(watch.url)
    page.wait_for_selector(READY)
    page.fill("#query", "Boiling Phase: what happens")
    expect(page.locator("#count")).to_contain_text(" of ")
    page.click("#flip")
    wait_for_card(page, "kettle")
    name = page.inner_text("#about span")
    page.evaluate("() => { window.isOld = true }")

    site.process(1, edited(TEA, 0, text=TEA[0][1].replace("kettle", "samovar")))

    # The page says so just before it is loaded again, too.
    page.wait_for_function(
        "() => !window.isOld && document.body.innerText.includes('1 page changed')"
    )
    page.fill("#query", "")
    wait_for_card(page, "samovar")
    assert page.inner_text("#about span") == name
    assert page.inner_text("#flip") == "Show question"
    assert watch.process.poll() is None


def test_problems_are_shown_above_the_cards(
    site: Site, watch: Running, tab: Callable[[str], Page]
) -> None:
    page = tab(watch.url)
    bar = page.locator("#live")
    bad = site.pages / "bad.md"

    bad.write_text("no front matter", encoding="utf-8")

    expect(bar).to_have_attribute("data-level", "bad")
    expect(bar.locator("p")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d 1 page new \(bad\.md\): "))
    expect(bar.locator("li").first).to_contain_text("pages/bad.md:1: error QT110")
    page.wait_for_selector(READY)
    assert violations(page) == []
    bad.unlink()
    expect(bar).to_have_attribute("data-level", "good")


def test_a_page_waits_for_the_first_card(tmp_path: Path, tab: Callable[[str], Page]) -> None:
    site = Site(tmp_path)
    site.pages.mkdir()

    with watching(tmp_path, "pages") as watch:
        page = tab(watch.url)
        expect(page.locator("h1")).to_have_text("Waiting for cards")
        expect(page.locator("#live li")).to_contain_text(["QT102"])
        assert violations(page) == []
        site.plain(1)
        expect(page.locator("h1")).to_have_text("Cooking: preview")
        page.wait_for_selector(READY)


def test_a_tab_of_one_subject_leaves_the_others_alone(
    site: Site, watch: Running, tab: Callable[[str], Page]
) -> None:
    page = tab(f"{watch.url}?subject=Botany")
    expect(page.locator("h1")).to_have_text("Botany: preview")
    page.wait_for_selector(READY)
    page.evaluate("window.isTheSame = true")

    site.process(1, edited(TEA, 0, text=TEA[0][1].replace("kettle", "samovar")))

    expect(page.locator("#live p")).to_contain_text("1 page changed (page-1.md)")
    assert page.evaluate("window.isTheSame")


def test_findings_come_by_themselves(site: Site, tab: Callable[[str], Page]) -> None:
    with watching(site.root, "pages") as watch:
        watch.line("2 pages;")
        page = tab(watch.url)

        expect(page.locator("#finding option").nth(1)).to_contain_text("any (")


def test_the_end_is_seen(watch: Running, tab: Callable[[str], Page]) -> None:
    page = tab(watch.url)
    page.wait_for_selector(READY)

    assert watch.stop() == 0

    expect(page.locator("#live")).to_have_attribute("data-level", "off")
    expect(page.locator("#live p")).to_contain_text("qt2anki watch has stopped")
    page.click("#flip")
