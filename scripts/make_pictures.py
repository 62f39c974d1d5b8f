"""Take the pictures of cards for the documentation: sample pages, our own templates.

    python scripts/make_pictures.py [CHROMIUM]

Needs the dependency group "tests" (playwright) and a Chromium; writes docs/images/*.png. Formulas
are left out, because only Anki typesets them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from qt2anki.anki.cards import joined_html
from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_packages
from qt2anki.build.job import Progress
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings
from qt2anki.preview.preview_cards import PreviewCard, preview_cards

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
NIGHT = "nightMode night_mode"
# Picture -> key of the note, width in pixels, whether it is night. Front and back side by side.
PICTURES: dict[str, tuple[str, int, bool]] = {
    "next": ("900002/step/fibrin-formation/next", 520, False),
    "explain": ("900002/step/platelet-adhesion/explain", 520, False),
    "name": ("900002/step/vascular-spasm/name", 520, False),
    "next-night": ("900002/step/fibrin-formation/next", 390, True),
    "compare": ("900008/cmp/wall", 520, False),
}
GAP = 24


def main() -> None:
    """Build the samples, find the cards by their keys and take their pictures."""
    with tempfile.TemporaryDirectory() as folder:
        cards = {card.key: card for card in _cards(Path(folder))}
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (key, width, is_night) in PICTURES.items():
            page = browser.new_page(device_scale_factor=1.5)
            _take(page, cards[key], width, is_night=is_night)
            page.screenshot(path=IMAGES / f"{name}.png", full_page=True)
            page.close()
        browser.close()


def _cards(folder: Path) -> tuple[PreviewCard, ...]:
    job = Job((str(ROOT / "input"),), folder, Settings(), load_note_types(), stamp=1, processes=1)
    build(job, Progress())
    return tuple(preview_cards(read_packages([folder]), marks={}))


def _take(page: Page, card: PreviewCard, width: int, *, is_night: bool) -> None:
    page.set_viewport_size({"width": 2 * width + 3 * GAP, "height": 60})
    sides = "".join(
        f'<section class="card" style="width:{width}px">{joined_html(side)}</section>'
        for side in (card.sides.front, card.sides.back)
    )
    classes = NIGHT if is_night else ""
    page.set_content(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{card.css}</style>'
        f'<body class="card {classes}" style="margin:{GAP}px;display:flex;gap:{GAP}px;'
        f'align-items:flex-start">{sides}</body></html>'
    )


if __name__ == "__main__":
    main()
