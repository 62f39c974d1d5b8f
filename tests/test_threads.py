"""The threads of one process share no helper that keeps state."""

from __future__ import annotations

import functools
import gc
import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qt2anki.config import Settings
from qt2anki.model import Page
from qt2anki.notes.make_notes import PageNotes, make_notes
from qt2anki.source.discover import discover
from qt2anki.source.read_file import read_file

INPUT = Path(__file__).parent.parent / "input"
THREADS = 8
ROUNDS = int(os.environ.get("QT2ANKI_ROUNDS", "3"))
CACHED = type(functools.cache(repr))


@pytest.fixture
def eager_switches() -> Iterator[None]:
    """Switch between threads as often as the interpreter can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def forget() -> None:
    """Empty the caches of qt2anki, so that all the work is done again."""
    for found in gc.get_objects():
        if isinstance(found, CACHED) and "qt2anki" in str(found.__module__):
            found.cache_clear()


def notes_of(page: Page) -> PageNotes:
    return make_notes(page, Settings(profile="full"))


@pytest.mark.no_cover
@pytest.mark.usefixtures("eager_switches")
def test_threads_make_the_notes_that_one_thread_makes() -> None:
    files = [read_file(source) for source in discover((str(INPUT),)).sources]
    pages = [one.page for found in files for one in found if one.page]
    expected = {page.source: notes_of(page) for page in pages}

    with ThreadPoolExecutor(THREADS) as threads:
        for chance in map(random.Random, range(ROUNDS)):
            forget()
            chance.shuffle(pages)
            made = threads.map(notes_of, pages)
            assert {page.source: notes for page, notes in zip(pages, made, strict=True)} == expected
