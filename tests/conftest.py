"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

# These tests repeat what quicker ones cover: in Anki, in a browser, at full size, end to end.
_UNMEASURED = frozenset(
    """
    anki benchmarks browser hostile build/test_path_ids.py build/test_pipeline.py
    build/test_rebuilds.py checks/test_hostile.py outline/test_outline.py preview/test_make.py
    test_docs_commands.py test_examples.py topics/test_topic_decks.py watch/test_process.py
    """.split()
)
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TESTS = Path(__file__).parent
CORPUS = TESTS.parents[1] / "shared" / "corpus"

# Otherwise, every program that a test starts would compile all modules again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A machine may be busy; speed is measured in benchmarks.
EXAMPLES = int(os.environ.get("QT2ANKI_EXAMPLES", "50"))
settings.register_profile("patient", deadline=None, max_examples=EXAMPLES)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage in tests of examples only, since measuring doubles their time."""
    for item in items:
        is_property = hasattr(getattr(item, "obj", None), "hypothesis")
        has_real_pages = "corpus" in getattr(item, "fixturenames", ())
        module = item.path.relative_to(TESTS)
        is_repeated = not _UNMEASURED.isdisjoint((module.parts[0], module.as_posix()))
        if is_property or has_real_pages or is_repeated:
            item.add_marker("no_cover")


def pytest_xdist_auto_num_workers() -> int:
    """Use one process more than there are cores, since many tests wait for other programs."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop the first of two measurements that pytest-cov starts in workers: it is never paused."""
    if hasattr(session.config, "workerinput") and (needless := Coverage.current()):
        needless.stop()


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
