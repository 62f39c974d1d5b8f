"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

# These tests repeat what quicker ones cover, in Anki, in a browser or at full size.
_UNMEASURED = frozenset({"anki", "benchmarks", "browser", "hostile"})
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"

# A machine may be busy; speed is measured in benchmarks.
EXAMPLES = int(os.environ.get("QT2ANKI_EXAMPLES", "50"))
settings.register_profile("patient", deadline=None, max_examples=EXAMPLES)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage in tests of examples only, since measuring doubles their time."""
    for item in items:
        is_property = hasattr(getattr(item, "obj", None), "hypothesis")
        has_real_pages = "corpus" in getattr(item, "fixturenames", ())
        if is_property or has_real_pages or item.path.parent.name in _UNMEASURED:
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Set up unmeasured tests without measuring: the mark alone covers only the call."""
    measured = Coverage.current() if item.get_closest_marker("no_cover") else None
    if measured:
        measured.stop()
    try:
        yield
    finally:
        if measured:
            measured.start()


@pytest.fixture(scope="session", autouse=True)
def _every_card_is_good_enough() -> Iterator[None]:
    """Let commands make the cards of pages that are not about what a card is worth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QT2ANKI_CARD_THRESHOLD", "0")
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real pages for measurements; tests are skipped without them."""
    if not CORPUS.is_dir():
        pytest.skip("no real pages beside this checkout")
    return CORPUS


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, once a process: a second session of Playwright beside it would fail."""
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if program is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield one
        one.close()
