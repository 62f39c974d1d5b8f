"""What a preview must bear: very many cards, and cards that mean harm."""

from __future__ import annotations

import time
from pathlib import Path

from tests.browser.conftest import Open
from tests.browser.made import made_card, write_preview

MANY = 10_000
LOADED = "window.parent.loaded = top.loaded = window.loaded = true"
HOSTILE = [
    f"<script>{LOADED}</script>",
    f'<img src="x.png" onerror="{LOADED}">',
    f'<svg onload="{LOADED}"></svg>',
    f'<iframe srcdoc="&lt;script&gt;{LOADED}&lt;/script&gt;"></iframe>',
    '<img src="https://tracker.example/pixel.png" alt="">',
    '<link rel="stylesheet" href="https://tracker.example/a.css">',
    "<style>@import url(https://t.example/b.css); #qa { background: url(//t.example) }</style>",
    '<meta http-equiv="refresh" content="0; url=https://tracker.example/">',
    '<form action="https://tracker.example/"><button id="send">Send</button></form>',
    '<video src="https://tracker.example/v.mp4" autoplay></video>',
    '<base href="https://tracker.example/">',
    "<plaintext>",
    "</script><script>" + LOADED + "</script>",
    r"\(\require{unicode}\href{javascript:top.loaded=true}{x}\)",
    r"\(\frac{1}{\)",
    "</body></html><!--",
]


def test_ten_thousand_cards_open_quickly(look: Open, tmp_path: Path) -> None:
    cards = [
        made_card(n, f"Why does leaf {n} fall?", f"<p>{f'Because of wind {n}. ' * 20}</p>")
        for n in range(MANY)
    ]
    file = write_preview(tmp_path / "many.html", cards)
    assert file.stat().st_size < 2_000_000

    started = time.perf_counter()
    viewer = look(file)
    opened = time.perf_counter() - started
    started = time.perf_counter()
    viewer.search("wind 7777")
    searched = time.perf_counter() - started

    assert viewer.page.locator(".row").count() < 40
    assert "1 of 10,000 cards" in viewer.count
    assert viewer.text.strip() == "Why does leaf 7777 fall?"
    assert opened < 8  # 0.7 s alone on a machine of two cores
    assert searched < 8


def test_a_card_runs_and_loads_nothing(look: Open, tmp_path: Path) -> None:
    cards = [made_card(n, f"Harmless {n}? {html}", "Yes") for n, html in enumerate(HOSTILE)]
    viewer = look(write_preview(tmp_path / "hostile.html", [*cards, made_card(99, "Last", "")]))

    for number, html in enumerate(HOSTILE):
        assert f"Harmless {number}?" in viewer.text, html
        viewer.page.click("#flip")
        viewer.page.wait_for_timeout(30)
        assert viewer.page.evaluate("window.loaded") is None, html
        assert viewer.card("document.defaultView.loaded") is None, html
        assert viewer.page.url.startswith(viewer.file.as_uri()), html
        viewer.page.click("#next")

    assert viewer.text.strip() == "Last"
    refused = [fault for fault in viewer.faults if not fault.startswith("request:")]
    walls = ("violates", "Blocked", "Refused")  # the words of the browser's own refusals
    assert all(any(wall in fault for wall in walls) for fault in refused)
    viewer.faults[:] = [fault for fault in viewer.faults if fault not in refused]


# What the test for listeners sends never comes to be heard, as in a browser that calls none.
DEAF = "if (window === top) { const E = Event; window.Event = function () { return new E('x'); } }"


def test_without_a_sandbox_a_card_still_runs_nothing(look: Open, tmp_path: Path) -> None:
    cards = [made_card(1, f'A<img src="data:," onerror="{LOADED}">', "B"), made_card(2, "C", "")]

    viewer = look(write_preview(tmp_path / "deaf.html", cards), script=DEAF)

    assert viewer.page.get_attribute("#card", "sandbox") is None
    viewer.click_card()
    assert viewer.text.split() == ["A", "B"]
    viewer.page.keyboard.press("ArrowRight")
    assert viewer.text.strip() == "C"
    viewer.page.wait_for_timeout(50)
    assert viewer.page.evaluate("window.loaded") is None
    assert viewer.faults
    assert all("violates" in fault or "Blocked" in fault for fault in viewer.faults)
    viewer.faults.clear()


def test_links_open_elsewhere_and_without_a_way_back(look: Open, tmp_path: Path) -> None:
    front = '<a href="https://pages.example/7">there</a> <a href="javascript:alert(1)">here</a>'
    viewer = look(write_preview(tmp_path / "links.html", [made_card(1, front, "x")]))
    viewer.page.evaluate("window.open = (...all) => { window.opened = all }")

    for link in ("first", "last"):
        viewer.card(f"document.querySelector('a:{link}-of-type').click()")

    assert viewer.page.evaluate("window.opened") == [
        "https://pages.example/7",
        "_blank",
        "noopener",
    ]
    assert viewer.text.split() == ["there", "here"]
