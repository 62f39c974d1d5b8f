"""What several folders of tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"

# A machine may be busy; speed is measured in benchmarks.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def _every_card_is_good_enough() -> Iterator[None]:
    """Let commands make the cards of pages that are not about what a card is worth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QT2ANKI_CARD_THRESHOLD", "0")
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real pages to measure on; a checkout that stands alone does without them."""
    if not CORPUS.is_dir():
        pytest.skip("no real pages beside this checkout")
    return CORPUS
