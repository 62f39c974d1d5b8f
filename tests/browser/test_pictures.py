"""Pictures on cards, from a page's folder to the screen."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Job, Progress
from qt2anki.config import Settings
from qt2anki.preview import preview_cards as pictures
from qt2anki.preview.make_preview import STAMP, gather, make_preview
from qt2anki.source.pictures import media_name
from tests.browser.conftest import Open
from tests.browser.made import made_card, write_preview
from tests.browser.test_watch import tab  # noqa: F401  # a fixture
from tests.browser.viewer import READY, Viewer
from tests.site import Site
from tests.watch.running import watching

PICTURE = "document.querySelector('#qa img')"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="60">'
    '<rect width="100%" height="100%" fill="seagreen"/></svg>'
)
HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" width="70" height="60" onload="top.hit = 1">
  <script>top.hit = 1; fetch("https://tracker.example/a")</script>
  <style>@import url(https://tracker.example/b.css);</style>
  <image href="https://tracker.example/c.png" width="9" height="9"/>
  <foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml"
    src="x" onerror="top.hit = 1"/></foreignObject>
</svg>"""


def png(width: int, height: int) -> bytes:
    """Return a green picture (PNG, section 5)."""
    row = b"\0" + b"\x20\x80\x40" * width
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    written = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.plain(1, answer="Herb 1 grows on dry slopes.\n\n![A leaf](leaf.png)")
    one.plain(2, answer="Herb 2 grows on wet slopes.\n\n![A <b>root</b>](root.svg)")
    folder = one.path(1).parent
    (folder / "leaf.png").write_bytes(png(50, 40))
    (folder / "root.svg").write_text(SVG.format(width=60), encoding="utf-8")
    return one


def preview(site: Site) -> Path:
    material = gather(
        Job(
            (str(site.pages),),
            site.root / "dist",
            Settings(card_threshold=0),
            load_note_types(),
            STAMP,
        ),
        Progress(),
    )
    file = site.root / "preview.html"
    made = make_preview(material, link=lambda _: None, with_audit=False)
    file.write_text(made.html, encoding="utf-8")
    return file


def turn_to(viewer: Viewer, key: str) -> None:
    viewer.search(key)
    viewer.page.click("#flip")


def width_shown(viewer: Viewer) -> int:
    viewer.wait_for_card(f"{PICTURE}?.complete")
    return int(viewer.card(f"{PICTURE}.naturalWidth"))


@pytest.mark.parametrize("is_package", [False, True], ids=["pages", "packages"])
def test_a_file_shows_pictures_without_a_network(
    site: Site, look: Open, *, is_package: bool
) -> None:
    if is_package:
        site.build()
        site.pages.rename(site.root / "away")
        site.out.rename(site.pages)
    viewer = look(preview(site))

    turn_to(viewer, "1/qa")
    assert width_shown(viewer) == 50
    assert viewer.card(f"{PICTURE}.alt") == "A leaf"
    viewer.page.click("text=Clear")
    turn_to(viewer, "2/qa")
    assert width_shown(viewer) == 60


def test_what_is_too_large_is_text(site: Site, look: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    viewer = look(preview(site))

    turn_to(viewer, "1/qa")

    assert viewer.card(PICTURE) is None
    assert "A leaf" in viewer.card("document.body.textContent")


def test_a_picture_runs_and_loads_nothing(site: Site, look: Open) -> None:
    (site.path(2).parent / "root.svg").write_text(HOSTILE, encoding="utf-8")
    viewer = look(preview(site))

    turn_to(viewer, "2/qa")

    assert width_shown(viewer) == 70
    viewer.page.wait_for_timeout(200)
    assert viewer.page.evaluate("window.hit") is None


def test_the_answer_is_in_sight_below_high_pictures(tmp_path: Path, look: Open) -> None:
    tower = png(300, 4000)
    name = media_name(tower, ".png")
    front = f'<p><img src="{name}" alt="A tower"></p>' * 3
    cards = [made_card(1, front, "<p>It is the tower.</p>" * 60)]
    viewer = look(write_preview(tmp_path / "tower.html", cards, {name: tower}))

    viewer.page.click("#flip")

    viewer.wait_for_card("document.defaultView.scrollY > 700")
    top = viewer.card("document.getElementById('answer').getBoundingClientRect().top")
    assert 0 <= top < viewer.card("document.documentElement.clientHeight")


@pytest.mark.usefixtures("browser")
def test_a_watch_shows_pictures_and_their_changes(
    site: Site,
    tab: Callable[[str], Page],  # noqa: F811
) -> None:
    pytest.importorskip("watchfiles")
    shown = f"document.getElementById('card').contentDocument.{PICTURE.partition('.')[2]}"
    with watching(site.root, "pages", "--no-audit") as watch:
        watch.line("2 pages;")
        page = tab(watch.url)
        page.wait_for_selector(READY)
        page.fill("#query", "2/qa")
        expect(page.locator("#count")).to_contain_text(" of ")
        page.click("#flip")
        page.wait_for_function(f"() => {shown}?.naturalWidth === 60")

        (site.path(2).parent / "root.svg").write_text(SVG.format(width=80), encoding="utf-8")

        page.wait_for_function(f"() => {shown}?.naturalWidth === 80")
