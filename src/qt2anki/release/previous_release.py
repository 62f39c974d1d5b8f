"""Read the previous release, page by page: all that a build knows about earlier releases.

Each package has its notes with key, fields, tags and time of the last change. So there is no other
state that could be lost or become inconsistent.
"""

from __future__ import annotations

import re
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from unicodedata import normalize

from qt2anki.anki.files import file_digest
from qt2anki.anki.note_content import AnyNote, field
from qt2anki.anki.package_file import open_file, packages_in
from qt2anki.anki.package_reader import PublishedNote, PublishedPackage, read_package
from qt2anki.errors import PackageError
from qt2anki.model import PageId
from qt2anki.release.package_index import (
    Index,
    NotePlace,
    PackageCache,
    PackageEntry,
    Packages,
    Side,
)

RETIRED_FOLDER = "retired"
COURSES_FOLDER = "courses"
_COLONS = re.compile(r":+")
_RETIRED_END = f"::{RETIRED_FOLDER}"
RETIRED_ROOT = " retired"  # after the root of the deck names

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """The published notes of one page, each once, in their order on the page."""

    live: tuple[PublishedNote, ...] = ()
    retired: tuple[PublishedNote, ...] = ()


class PreviousRelease:
    """All of the latest published packages: of subjects, of their retired notes, and of courses.

    A course has notes of subjects, so its package only confirms their names and times, not which
    notes a subject has or has lost. Contents are read when needed; for a note in several packages,
    the newest state counts.
    """

    def __init__(self, index: Index, cache: PackageCache) -> None:
        self.index = index
        self._cache = cache
        heads = tuple(index.heads())
        self._heads = {head.number: head for head in heads}
        self.live_heads = {subject_key(h.name): h for h in heads if h.side == "live"}
        self.retired_heads = {subject_key(h.name): h for h in heads if h.side == "retired"}
        self.course_heads = {head.name: head for head in heads if head.side == "course"}
        self.live = Packages(self.live_heads, cache)  # by subject_key
        self.retired = Packages(self.retired_heads, cache)
        self.courses = Packages(self.course_heads, cache)  # by file name
        each = self._each
        self.pages: Mapping[PageId, PublishedPage] = _Lookup(
            self._page, lambda: each("page", "page IS NOT NULL")
        )
        # Notes that belong to no page (abbreviations), by guid.
        self.pageless: Mapping[str, PublishedNote] = _Lookup(
            self._pageless, lambda: each("guid", "page IS NULL")
        )
        # The live packages that have notes of each page.
        self.homes: Mapping[PageId, frozenset[str]] = _Lookup(
            self._homes, lambda: each("page", "page IS NOT NULL AND side = 'live'")
        )
        # The states of each GUID in any package.
        self.last_mod: Mapping[str, int] = _Lookup(index.newest, lambda: each("guid", "TRUE"))

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of all packages."""
        return tuple(head.path for head in self._heads.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is no earlier release."""
        return not self._heads

    def only_in_courses(self) -> frozenset[PageId]:
        """Return the pages with notes that only packages of courses have."""
        others = (
            "SELECT guid FROM published JOIN packages ON packages.id = package"
            " WHERE rank IS NOT NULL AND side != 'course'"
        )
        condition = f"page IS NOT NULL AND side = 'course' AND guid NOT IN ({others})"
        return frozenset(self._each("page", condition))

    def newest(self, guid: str) -> PublishedNote | None:
        """Return the newest live state of a note, or None."""
        live, _ = self._states(self.index.places("guid", guid))
        return self._note(live[guid]) if guid in live else None

    def retired_state(self, guid: str) -> PublishedNote | None:
        """Return the state of a note in a package of retired notes."""
        places = [one for one in self.index.places("guid", guid) if one.side == "retired"]
        return self._note(places[-1]) if places else None

    def subjects_with(self, guid: str) -> frozenset[str]:
        """Return the subjects (subject_key) whose live packages have a note."""
        places = self.index.places("guid", guid)
        return frozenset(self._subject_of(place) for place in places if place.side == "live")

    def _subject_of(self, place: NotePlace) -> str:
        return subject_key(self._heads[place.package].name)

    def had(self, guid: str, subject: str, subjects: Sequence[str]) -> bool:
        """Whether students may have a note from the deck of *subject*, or lose it without it.

        *subjects* are those of its page. A course has its notes from the deck of the first of them.
        """
        key, keys = subject_key(subject), set(map(subject_key, subjects))
        return any(
            place.side == "retired"
            or (place.side == "course" and key == subject_key(subjects[0]))
            or (place.side == "live" and self._subject_of(place) not in keys - {key})
            for place in self.index.places("guid", guid)
        )

    def _page(self, page_id: PageId) -> PublishedPage | None:
        live, retired = self._states(self.index.places("page", page_id))
        if not live and not retired:
            return None
        return PublishedPage(self._in_order(live), self._in_order(retired))

    def _pageless(self, guid: str) -> PublishedNote | None:
        places = self.index.places("guid", guid)
        live, retired = self._states(one for one in places if one.page_id is None)
        place = live.get(guid) or retired.get(guid)
        return self._note(place) if place else None

    def _homes(self, page_id: PageId) -> frozenset[str] | None:
        places = [place for place in self.index.places("page", page_id) if place.side == "live"]
        return frozenset(map(self._subject_of, places)) or None

    def _states(
        self, places: Iterable[NotePlace]
    ) -> tuple[dict[str, NotePlace], dict[str, NotePlace]]:
        """Return the newest live and retired state of each guid; no guid is in both.

        A course is used only for what no subject package contains.
        """
        newest: dict[Side, dict[str, NotePlace]] = {"live": {}, "retired": {}, "course": {}}
        for place in places:
            known = newest[place.side].get(place.guid)
            if known is None or self._counts_more(place, known):
                newest[place.side][place.guid] = place
        live = newest["live"]
        retired = {guid: place for guid, place in newest["retired"].items() if guid not in live}
        for guid, place in newest["course"].items():
            known = live.get(guid) or retired.get(guid)
            if known is None or place.mod > known.mod:
                retired.pop(guid, None)
                live[guid] = place
        return live, retired

    def _counts_more(self, place: NotePlace, known: NotePlace) -> bool:
        """Prefer the newer of two states; equal ones are the same, so the one already read wins."""
        if place.mod != known.mod:
            return place.mod > known.mod
        packages = (self._heads[place.package], self._heads[known.package])
        return self._cache.holds(packages[0]) and not self._cache.holds(packages[1])

    def _in_order(self, places: Mapping[str, NotePlace]) -> tuple[PublishedNote, ...]:
        notes = map(self._note, places.values())
        return tuple(sorted(notes, key=lambda note: (field(note, "Order"), note.key)))

    def _note(self, place: NotePlace) -> PublishedNote:
        return self._cache.package(self._heads[place.package]).notes[place.position]

    def _each(self, column: str, condition: str) -> Iterator[Any]:
        return (
            row[0]
            for row in self.index.select(
                f"SELECT DISTINCT {column} FROM published JOIN packages ON packages.id = package"  # noqa: S608  # both are ours
                f" WHERE rank IS NOT NULL AND {condition} ORDER BY {column}"
            )
        )


class _Lookup(Mapping[K, V]):
    """A mapping whose values are looked up lazily."""

    def __init__(self, find: Callable[[K], V | None], keys: Callable[[], Iterator[K]]) -> None:
        self._find = find
        self._keys = keys

    def __getitem__(self, key: K) -> V:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[K]:
        return self._keys()

    def __len__(self) -> int:
        return sum(1 for _ in self._keys())


def read_previous_release(
    paths: Iterable[Path], database: sqlite3.Connection | None = None
) -> PreviousRelease:
    """Read the latest published packages: files, or folders, ``retired`` and ``courses`` included.

    A folder that does not exist has none. Packages that *database* has with the same bytes are not
    read again. Raises PackageError for a package that no build wrote, because students would lose
    their histories.
    """
    files = list(dict.fromkeys(file for path in paths for file in _files(path)))
    own = database or sqlite3.connect("", check_same_thread=False)
    index = Index(own)
    if database is None:  # the garbage collector may close the file in any thread
        weakref.finalize(index, own.close)
    index.keep_only(files)
    for rank, file in enumerate(files):
        with open_file(file) as stream:
            digest, size = file_digest(stream), stream.tell()
        if not index.known(file, digest, rank):
            package = read_package(file, digest=digest)
            if package.notes:
                head = _head_of(package, digest, size)
                index.add(head, package.notes, rank, package.left_out)
    _refuse_twins(index)
    return PreviousRelease(index, PackageCache())


def _files(path: Path) -> list[Path]:
    if path.is_file() or path.suffix == ".apkg":
        return [path]
    folders = (path, path / RETIRED_FOLDER, path / COURSES_FOLDER)
    return [file for folder in folders for file in packages_in(folder)]


def _head_of(package: PublishedPackage, digest: str, size: int) -> PackageEntry:
    marked = set() if package.course else set(map(is_retired, package.notes))
    if len(marked) > 1:
        text = "the package has both live and retired notes, which no build writes"
        hint = "restore the latest published package, or build it again from its pages"
        raise PackageError(text, hint=hint, source=package.path.as_posix())
    side: Side = "course" if package.course else "retired" if marked == {True} else "live"
    name = package.path.name if package.course else subject_of(package)
    return PackageEntry(0, package.path, side, name, digest, size, len(package.notes))


def _refuse_twins(index: Index) -> None:
    first: dict[tuple[Side, str], PackageEntry] = {}
    for head in index.heads():
        if head.side == "course":
            continue
        other = first.setdefault((head.side, subject_key(head.name)), head)
        if other is not head:
            text = f"the package has the same subject as {other.path.as_posix()}: {head.name!r}"
            hint = "pass only the latest published one"
            raise PackageError(text, hint=hint, source=head.path.as_posix())


def is_retired(note: AnyNote) -> bool:
    """Whether a note has the tag of retired notes, below any tag root."""
    # Subjects, topics and pages may be called "retired".
    own = f"::page{_RETIRED_END}" if note.page_id == RETIRED_FOLDER else ()
    return any(
        tag.endswith(_RETIRED_END)
        and not ("::subject::" in tag or "::topic::" in tag or tag.endswith(own))
        for tag in note.tags
    )


def subject_of(package: PublishedPackage) -> str:
    """Return the subject of a package: the last level of the name of its deck."""
    if not package.has_topics and len(package.deck_names) != 1:
        text = f"the package has {len(package.deck_names)} decks; a build writes one"
        hint = "pass the package that was built, not one exported from Anki"
        raise PackageError(text, hint=hint, source=package.path.as_posix())
    return package.deck.rpartition("::")[2]


def subject_key(subject: str) -> str:
    """Return a key that is equal for all spellings of a subject, including that in a deck name."""
    return " ".join(_COLONS.sub(": ", normalize("NFC", subject).casefold()).split()).strip(": ")
