"""All pages of a job read and put into one catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from qt2anki.build.job import Job, Progress
from qt2anki.build.parallel import Spread, spread_over
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.release.previous_release import Memory
from qt2anki.release.retirement_scope import Faults, FaultyFile, faults_of, known_subjects
from qt2anki.source.catalog import Catalog, catalog
from qt2anki.source.discover import Discovery, Source, discover
from qt2anki.source.pictures import with_pictures
from qt2anki.source.recover_id import FileReading, read_file


@dataclass(frozen=True, slots=True)
class Read:
    """What reading found: the catalogue, what could not be read, and all that was wrong."""

    catalog: Catalog
    faults: Faults
    problems: tuple[Problem, ...]
    files: tuple[FileReading, ...]
    pictures: Mapping[str, Path]  # those next to pages, by their names in Anki


def find_pages(job: Job) -> tuple[Discovery, AbstractContextManager[Spread]]:
    """Find the files of *job*, and a way to share the work on them."""
    discovery = discover(job.paths)
    return discovery, spread_over(job.processes, open_pool=job.open_pool)


def read_pages(
    job: Job, discovery: Discovery, memory: Memory, spread: Spread, progress: Progress
) -> Read:
    """Read all files that were found; faults in them are in the result."""
    files: list[FileReading] = []
    total = len(discovery.sources)
    progress.pages("read", 0, total)
    read = partial(read_file, names=job.settings.front_matter)
    for file in spread(read, discovery.sources):
        files.append(file)
        progress.pages("read", len(files), total)
    return _read(job, memory, discovery, files)


def _read(job: Job, memory: Memory, discovery: Discovery, files: Sequence[FileReading]) -> Read:
    pages = [file.reading.page for file in files if file.reading.page]
    found = catalog(pages, known_subjects(memory) | dict(job.settings.subject_aliases))
    faults = faults_of(_faulty(files, found), discovery.problems, memory)
    problems = [problem for file in files for problem in file.reading.problems]
    problems += [*discovery.problems, *found.problems]
    shown = [with_pictures(page, sources) for page, sources in _with_sources(found, files)]
    problems += [problem for one in shown for problem in one.problems]
    return Read(
        replace(found, pages=tuple(one.page for one in shown)),
        faults,
        tuple(problems),
        tuple(files),
        dict(named for one in shown for named in one.files),
    )


def _faulty(files: Sequence[FileReading], found: Catalog) -> Iterator[FaultyFile]:
    usable = {page.page_id for page in found.pages}
    for file in files:
        is_read = file.reading.page is not None
        if not is_read or file.page_id not in usable:
            yield FaultyFile(file.source.name, file.page_id, is_read)


def _with_sources(
    found: Catalog, files: Sequence[FileReading]
) -> Iterator[tuple[Page, tuple[Source, ...]]]:
    """Pair each page with its files: one in the folder of each of its subjects."""
    sources: dict[PageId | None, list[Source]] = defaultdict(list)
    for file in files:
        sources[file.page_id].append(file.source)
    return ((page, tuple(sources[page.page_id])) for page in found.pages)
