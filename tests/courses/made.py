"""Courses over a small site of our own."""

from __future__ import annotations

from pathlib import Path

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import PublishedPackage, read_package
from qt2anki.build.job import Job, Progress, Report
from qt2anki.corrections.corrections_file import read_corrections
from qt2anki.courses.build_courses import build_courses
from qt2anki.courses.course_files import choose_courses
from tests.site import DAY, Site

COURSE = """\
title = "Kitchen Basics"
description = "Twelve evenings."

[[unit]]
title = "Drinks"
take = [3, 1]

[[unit]]
title = "Herbs"
take = [{ subject = "Gardening" }]
"""


def write_course(site: Site, text: str = COURSE, name: str = "basics") -> Path:
    path = site.root / "courses" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def build_course(
    site: Site,
    *names: str,
    previous: tuple[Path, ...] = (),
    paths: tuple[str, ...] = (),
    cache: Path | None = None,
    may_retire: bool = False,
) -> Report:
    """Build courses a day later than the last time."""
    site.now += DAY
    job = Job(
        paths=paths or (str(site.pages),),
        out=site.out,
        settings=site.settings,
        note_types=load_note_types(),
        stamp=site.now,
        previous=previous,
        processes=1,
        cache=cache,
        may_retire=may_retire,
        corrections=read_corrections([site.corrections]),
    )
    courses = choose_courses(names or ("basics",), site.root, None)
    return build_courses(job, courses, Progress())


def course_package(site: Site, name: str = "basics") -> PublishedPackage:
    return read_package(site.out / "courses" / f"{name}.apkg")
