"""Fixtures with real Anki: its own engine and a temporary collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.anki.learner import Learner, Report, check_packages


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    """Give a learner with an empty collection."""
    one = Learner(tmp_path / "learner")
    yield one
    one.close()


@pytest.fixture
def check(tmp_path: Path) -> Callable[[Sequence[Path]], Report]:
    """Give a function that imports packages into one fresh collection and checks every card."""

    def run(paths: Sequence[Path]) -> Report:
        one = Learner(tmp_path / "checker")
        try:
            return check_packages(one, paths)
        finally:
            one.close()

    return run
