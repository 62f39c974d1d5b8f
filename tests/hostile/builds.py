"""Builds of a small site in processes of their own, and what they leave."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.site import TEA, Site, edited


def small_site(root: Path) -> Site:
    """Write twelve pages of three subjects."""
    one = Site(root)
    for page_id in range(1, 13):
        one.process(page_id, subject=f"Subject {'ABC'[page_id % 3]}")
    return one


def command(site: Site, out: Path, *more: str) -> list[str]:
    build = [sys.executable, "-m", "qt2anki", "build", str(site.pages), "--out", str(out), "-q"]
    return [*build, "--first-release", *more]


def environment(stamp: int) -> dict[str, str]:
    return os.environ | {"SOURCE_DATE_EPOCH": str(stamp), "PYTHONDONTWRITEBYTECODE": "1"}


def run(arguments: Sequence[str], stamp: int, **more: object) -> subprocess.CompletedProcess[str]:
    options = {"capture_output": True, "text": True, "env": environment(stamp), "timeout": 60}
    return subprocess.run(arguments, **options | more)  # type: ignore[call-overload,no-any-return] # noqa: PLW1510, S603


def packages(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.apkg")}


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix == ".part"]


def change(site: Site) -> None:
    """Edit a page of every subject."""
    for page_id in (1, 2, 3):
        steps = edited(TEA, 1, text="Rinse the pot twice with water that is nearly boiling by now.")
        site.process(page_id, steps, subject=f"Subject {'ABC'[page_id % 3]}")


def children(group: int) -> list[str]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] == str(group) and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


def assert_gone(group: int) -> None:
    """Wait until no process of *group* is left."""
    if not Path("/proc/self/stat").exists():
        return
    deadline = time.monotonic() + 20
    while children(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children(group) == []
