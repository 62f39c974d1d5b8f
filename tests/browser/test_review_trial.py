"""An instructor reads cards with the keyboard, and students get what was decided."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from qt2anki.verify.rehearsal import is_kept, rehearse
from tests.browser.viewer import READY
from tests.review.made import served, written
from tests.site import Site, kinds

INPUT = Path(__file__).parents[2] / "input"
READ, DROPPED, REWORDED, ADDED = 48, 6, 3, 1


def key_of(page: Page) -> str:
    return page.inner_text("#about").split(" · ")[1]


def read_cards(page: Page, *, pause: float = 0) -> None:
    """Read cards by keys: most are good, some are dropped or reworded, and one is added."""
    about, progress = page.locator("#about"), page.locator("#progress")
    for number in range(1, READ + 1):
        key = key_of(page)
        page.wait_for_timeout(pause)
        page.keyboard.press("Space")
        if number % 8 == 0 and number // 8 <= DROPPED:
            page.keyboard.press("d")
            page.keyboard.press(str(number % 9 + 1))
        elif number % 16 == 1 and number // 16 < REWORDED:
            page.keyboard.press("e")
            text = page.locator("textarea[name=text], textarea[name=answer]")
            is_cloze = text.get_attribute("name") == "text"
            # New wording must share a word with the old one.
            word = max(
                re.findall(r"[A-Za-z]+", re.sub(r"<[^>]*>", " ", text.input_value())), key=len
            )
            new = f"Somebody has written {word} and {{{{c1::xylotheca {number}}}}}."
            text.fill(new if is_cloze else f"Xylotheca {number}.")
            page.keyboard.press("Control+Enter")
            expect(about).to_contain_text("reworded")
            page.keyboard.press("n")
        else:
            page.keyboard.press("g")
        expect(about).not_to_contain_text(f"· {key} ·")
        if number % 40 == 0 and number // 40 <= ADDED:
            key_before = key_of(page)
            page.keyboard.press("a")
            page.keyboard.type(f"What did a person add here as number {number}?")
            page.locator("textarea[name=answer]").fill(f"Arboretum {number}.")
            page.keyboard.press("Control+Enter")
            expect(about).to_contain_text("written by hand")
            page.keyboard.press("n")
            expect(about).to_contain_text(f"· {key_before} ·")  # it has not been read yet
    expect(progress).to_contain_text(f"{READ + ADDED} of ")


def trial(browser: Browser, site: Site, *, pause: float = 0) -> None:
    """Read the cards of a published site, build again, and compare with real Anki."""
    site.build()
    old = site.root / "old"
    shutil.copytree(site.out, old)
    with served(site) as server, browser.new_context() as context:
        page = context.new_page()
        page.goto(server.url)
        page.wait_for_selector(READY)
        read_cards(page, pause=pause)
    states = Counter(
        "dropped" if one.drop else "added" if one.is_own else "reworded" if one.has_wording else ""
        for one in written(site).values()
    )
    assert states == {
        "dropped": DROPPED,
        "added": ADDED,
        "reworded": REWORDED,
        "": READ - DROPPED - REWORDED,
    }

    report = site.build()
    verdict = rehearse(sorted(site.out.glob("*.apkg")), sorted(old.glob("*.apkg")))

    assert kinds(report) == {"changed": REWORDED, "new": ADDED, "retired": DROPPED}
    student = verdict.old_student
    assert student is not None
    assert is_kept(verdict)
    assert sum(one.new for one in student.imports) == ADDED
    assert sum(one.updated for one in student.imports) == REWORDED
    assert (student.gone, student.lost) == (DROPPED, 0)


def test_cards_are_read_with_the_keyboard(browser: Browser, tmp_path: Path) -> None:
    site = Site(tmp_path, now=1_700_000_000)
    for subject in ("biology", "chemistry"):
        shutil.copytree(INPUT / subject, site.pages / subject)
    trial(browser, site)
