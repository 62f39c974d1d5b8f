"""Fixtures of hostile input: packages built from it, and a browser to open them in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from qt2anki.anki.package_reader import PublishedPackage, read_packages
from qt2anki.build.job import Report
from tests.browser.conftest import look
from tests.hostile.pages import build_pages, write_pages, write_subjects
from tests.hostile.vectors import VECTORS

__all__ = ["look"]


@dataclass(frozen=True)
class Attack:
    """What a build made of hostile pages."""

    root: Path
    report: Report
    packages: tuple[PublishedPackage, ...]


def _attack(root: Path) -> Attack:
    report = build_pages(root / "pages", root / "dist")
    return Attack(root, report, read_packages([root / "dist"]))


@pytest.fixture(scope="session")
def attack(tmp_path_factory: pytest.TempPathFactory) -> Attack:
    """Every vector in every place of a page."""
    root = tmp_path_factory.mktemp("attack")
    write_pages(root / "pages", VECTORS)
    return _attack(root)


@pytest.fixture(scope="session")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Attack:
    """Every vector as a subject, and so as a deck, a file and a tag."""
    root = tmp_path_factory.mktemp("subjects")
    write_subjects(root / "pages", VECTORS)
    return _attack(root)
