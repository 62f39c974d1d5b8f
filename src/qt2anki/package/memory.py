"""What was published last, page by page: the only memory a build has.

Each package holds its notes with key, fields, tags and time of the last change, so nothing else
has to be kept, and nothing can be lost beside it or disagree with it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as field_of
from pathlib import Path

from qt2anki.errors import PackageError
from qt2anki.package.content import AnyNote, field
from qt2anki.package.published import PublishedNote, PublishedPackage, read_package

RETIRED_FOLDER = "retired"
COURSES_FOLDER = "courses"
_COLONS = re.compile(r":+")
_RETIRED_END = f"::{RETIRED_FOLDER}"
RETIRED_ROOT = " retired"  # behind the root of the deck names


@dataclass(frozen=True, slots=True)
class PageMemory:
    """The published notes of one page, each once, in their order on the page."""

    live: tuple[PublishedNote, ...] = ()
    retired: tuple[PublishedNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """All packages published last: of subjects, of their retired notes, and of courses.

    A course has notes of subjects, so its package is only a second witness of them: of their
    names and times, not of what a subject holds, or what has gone from it.
    """

    live: Mapping[str, PublishedPackage]  # by subject_key
    retired: Mapping[str, PublishedPackage]
    pages: Mapping[int, PageMemory]
    pageless: Mapping[str, PublishedNote]  # by guid; what belongs to a subject, not to a page
    homes: Mapping[int, frozenset[str]]  # of each page, the live packages that have notes of it
    last_mod: Mapping[str, int]  # of each guid, whatever package has it
    courses: Mapping[str, PublishedPackage] = field_of(default_factory=dict)  # by file name

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of all packages."""
        every = (*self.live.values(), *self.retired.values(), *self.courses.values())
        return tuple(package.path for package in every)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was published before, as far as we were told."""
        return not self.live and not self.retired and not self.courses


def read_memory(paths: Iterable[Path]) -> Memory:
    """Read the packages published last: files, or folders, ``retired`` and ``courses`` included.

    A folder that does not exist holds none. Raises PackageError for whatever is no package of
    ours, for a wrong memory would cost learners their histories.
    """
    files = [file for path in paths for file in _files(path)]
    return memory_of(read_package(file) for file in dict.fromkeys(files))


def _files(path: Path) -> list[Path]:
    if path.is_file() or path.suffix == ".apkg":
        return [path]
    folders = (path, path / RETIRED_FOLDER, path / COURSES_FOLDER)
    return [file for folder in folders for file in sorted(folder.glob("*.apkg"))]


def memory_of(packages: Iterable[PublishedPackage]) -> Memory:
    """Put together what several packages hold; of a note in several the newest state counts."""
    live: dict[str, PublishedPackage] = {}
    retired: dict[str, PublishedPackage] = {}
    courses: dict[str, PublishedPackage] = {}
    for package in packages:
        if package.course:
            courses[package.path.name] = package
        elif package.notes:
            home = retired if _is_retired(package) else live
            _add(home, package)
    notes = _newest(live.values())
    ghosts = {guid: note for guid, note in _newest(retired.values()).items() if guid not in notes}
    for guid, note in _newest(courses.values()).items():
        known = notes.get(guid) or ghosts.get(guid)
        if known is None or note.mod > known.mod:
            ghosts.pop(guid, None)
            notes[guid] = note
    every = [n for p in (*live.values(), *retired.values(), *courses.values()) for n in p.notes]
    return Memory(
        live=live,
        retired=retired,
        pages=_by_page(notes, ghosts),
        pageless={guid: note for guid, note in {**ghosts, **notes}.items() if _is_pageless(note)},
        homes=_homes(live),
        last_mod={n.guid: n.mod for n in sorted(every, key=lambda note: note.mod)},
        courses=courses,
    )


def _is_retired(package: PublishedPackage) -> bool:
    marked = [is_retired(note) for note in package.notes]
    if any(marked) and not all(marked):
        raise PackageError(
            "the package has live notes and retired ones, as no build writes it",
            hint="restore the package published last, or build it again from its pages",
            source=package.path.as_posix(),
        )
    return all(marked)


def _add(home: dict[str, PublishedPackage], package: PublishedPackage) -> None:
    subject = subject_of(package)
    other = home.setdefault(subject_key(subject), package)
    if other is not package:
        raise PackageError(
            f"the package is of the same subject as {other.path.as_posix()}: {subject!r}",
            hint="name one of them only, the one published last",
            source=package.path.as_posix(),
        )


def is_retired(note: AnyNote) -> bool:
    """Whether a note has the tag of the retired, whatever the root of the tags was then."""
    return any(tag.endswith(_RETIRED_END) and "::subject::" not in tag for tag in note.tags)


def subject_of(package: PublishedPackage) -> str:
    """Return the subject of a package: the last level of its deck's name."""
    if len(package.deck_names) != 1:
        raise PackageError(
            f"the package has {len(package.deck_names)} decks; a build writes one",
            hint="name the package that was built, not one exported from Anki",
            source=package.path.as_posix(),
        )
    return package.deck_names[0].rpartition("::")[2]


def subject_key(subject: str) -> str:
    """Return what is the same for all spellings of a subject, also for that in a deck's name."""
    return " ".join(_COLONS.sub(": ", subject.casefold()).split()).strip(": ")


def _newest(packages: Iterable[PublishedPackage]) -> dict[str, PublishedNote]:
    newest: dict[str, PublishedNote] = {}
    for package in packages:
        for note in package.notes:
            if note.guid not in newest or newest[note.guid].mod < note.mod:
                newest[note.guid] = note
    return newest


def _homes(live: Mapping[str, PublishedPackage]) -> dict[int, frozenset[str]]:
    homes: dict[int, set[str]] = defaultdict(set)
    for subject, package in live.items():
        for note in package.notes:
            if note.page_id is not None and not _is_pageless(note):
                homes[note.page_id].add(subject)
    return {page_id: frozenset(subjects) for page_id, subjects in homes.items()}


def _is_pageless(note: PublishedNote) -> bool:
    return field(note, "Key") == note.key


def _by_page(
    live: Mapping[str, PublishedNote], retired: Mapping[str, PublishedNote]
) -> dict[int, PageMemory]:
    found: dict[int, tuple[list[PublishedNote], list[PublishedNote]]] = defaultdict(
        lambda: ([], [])
    )
    for side, notes in enumerate((live, retired)):
        for note in sorted(notes.values(), key=lambda note: (field(note, "Order"), note.key)):
            if note.page_id is not None and not _is_pageless(note):
                found[note.page_id][side].append(note)
    return {page: PageMemory(tuple(one), tuple(two)) for page, (one, two) in found.items()}
