"""Fixtures with a real browser: Debian's chromium, and previews of the sample pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Job, Progress
from qt2anki.config import Settings
from qt2anki.preview.make_preview import STAMP, Material, gather, links_from, make_preview
from tests.browser.viewer import Viewer

INPUT = Path(__file__).parents[2] / "input"

Open = Callable[..., Viewer]


@pytest.fixture(scope="session")
def material() -> Material:
    """The cards of the sample pages."""
    settings = Settings(card_threshold=0)
    job = Job((str(INPUT),), Path("nowhere"), settings, load_note_types(), STAMP)
    return gather(job, Progress())


@pytest.fixture(scope="session")
def sample(material: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preview of the sample pages, audited."""
    file = tmp_path_factory.mktemp("preview") / "preview.html"
    link = links_from(file.parent, material.sources)
    file.write_text(make_preview(material, link=link, with_audit=True).html, encoding="utf-8")
    return file


@pytest.fixture
def look(browser: Browser) -> Iterator[Open]:
    """Give a function that opens a file in a browser without a network.

    At the end nothing may have been written to the console, requested or opened.
    """
    viewers: list[Viewer] = []

    def open_file(
        file: Path,
        *,
        width: int = 1280,
        height: int = 860,
        scheme: Literal["light", "dark"] = "light",
        script: str = "",
    ) -> Viewer:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=scheme, offline=True)  # type: ignore[arg-type]
        if script:
            context.add_init_script(script)
        viewers.append(Viewer(context, file))
        return viewers[-1].open()

    yield open_file
    for viewer in viewers:
        viewer.context.close()
    assert [fault for viewer in viewers for fault in viewer.faults] == []
