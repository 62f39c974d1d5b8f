"""``CHANGES.md``: what each build changed, for students, newest first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qt2anki.anki.files import write_atomically
from qt2anki.build.job import Built
from qt2anki.errors import PackageError
from qt2anki.html.anki_escape import escape_markdown
from qt2anki.messages import plural
from qt2anki.release.changes import PageDiff, Status, count_by_status

FILE_NAME = "CHANGES.md"
_TOP = """\
# What is new in these decks

Import the new package over the old deck: your review history stays. Cards that were removed stay in
your collection until you delete them."""
_MOST_QUESTIONS = 20  # named for one deck; a new subject may bring thousands


def summary(differences: Sequence[PageDiff], *, is_first: bool) -> str:
    """Say in a few words what changed in a deck: "3 new, 1 removed", "first version"."""
    return "first version" if is_first else _counted(differences)


def with_version(description: str, said: str, stamp: int) -> str:
    """Add to a deck's description its version and one line of what changed (see summary()).

    An import always brings the description, even where it updates no note, so this is how
    students know which version they have.
    """
    return f"{description}\n\nVersion {version_of(stamp)}: {said}."


def version_of(stamp: int) -> str:
    """Return the version of a deck that changed at *stamp* (seconds since 1970), by UTC.

    It is made of the time of the change alone: a build that changes nothing makes no version.
    """
    return datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC).strftime("%Y-%m-%d.%H%M")


def read_changelog(folders: Iterable[Path]) -> str:
    """Return the CHANGES.md of the first of the *folders* that has one, "" without any.

    Raises PackageError when it cannot be read, so a build asks before it writes a package.
    """
    return next(filter(None, map(_read, folders)), "")


def update_changelog(folder: Path, earlier: str, packages: Iterable[Built], stamp: int) -> bool:
    """Add an entry to CHANGES.md in *folder* and return whether the file was written.

    *earlier* is what :func:`read_changelog` returned. Raises PackageError when it cannot be
    written.
    """
    news = [built for built in packages if built.is_news]
    text = add_entry(earlier, news, stamp) if news else earlier
    return bool(text) and write_atomically(folder / FILE_NAME, text.encode("utf-8"))


def add_entry(earlier: str, packages: Iterable[Built], stamp: int) -> str:
    """Return CHANGES.md with one more entry; *earlier* is its present text ("": no file yet)."""
    head, mark, older = earlier.partition("\n## ")
    top = head.strip() or _TOP
    return "\n".join([top, "", *_entry(packages, stamp)]) + mark + older


def _read(folder: Path) -> str:
    path = folder / FILE_NAME
    try:
        return path.read_text(encoding="utf-8") if folder.is_dir() else ""
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise PackageError(
            f"the list of changes cannot be read: {error}",
            hint="move it away; the next build starts a new one",
            source=path.as_posix(),
        ) from error


def _entry(packages: Iterable[Built], stamp: int) -> Iterator[str]:
    yield f"## {version_of(stamp)}"
    yield ""
    for built in sorted(packages, key=lambda each: each.deck):
        yield f"**{escape_markdown(built.deck)}**: {_sentence(built)}"
        yield ""
        if not built.is_first:
            yield from _questions(built.differences)


def _sentence(built: Built) -> str:
    said = summary(built.differences, is_first=built.is_first)
    if built.is_first:
        notes = sum(count for _, count in built.notes)
        pages = built.pages - built.pages_without_cards
        return f"{said}, {plural(notes, 'note')} on {plural(pages, 'question')}."
    return f"{said}." if built.size else f"{said}; this deck no longer exists."


def _questions(pages: Sequence[PageDiff]) -> Iterator[str]:
    for page in pages[:_MOST_QUESTIONS]:
        yield f"- {escape_markdown(page.question)} ({_counted([page])})"
    if len(pages) > _MOST_QUESTIONS:
        yield f"- and {plural(len(pages) - _MOST_QUESTIONS, 'more question')}"
    yield ""


def _counted(pages: Iterable[PageDiff]) -> str:
    """Count in a student's words: a step with a new title has changed."""
    counts = count_by_status(pages)
    told = (
        (counts[Status.NEW], "new"),
        (counts[Status.CHANGED] + counts[Status.MOVED], "changed"),
        (counts[Status.RETIRED], "removed"),
    )
    return ", ".join(f"{count} {word}" for count, word in told if count)
