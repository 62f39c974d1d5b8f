"""``CHANGES.md``: what each build changed, for students, newest first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qt2anki.anki.files import write_atomically
from qt2anki.build.job import Built
from qt2anki.errors import PackageError
from qt2anki.html.anki_escape import escape_markdown
from qt2anki.notes.phrases import ENGLISH, counted, phrase
from qt2anki.release.changes import PageDiff, Status, count_by_status

FILE_NAME = "CHANGES.md"
_MOST_QUESTIONS = 20  # named for one deck; a new subject may bring thousands


def summary(differences: Sequence[PageDiff], language: str, *, is_first: bool) -> str:
    """Say in a few words what changed in a deck: "3 new, 1 removed", "first version"."""
    return phrase("first_version", language) if is_first else _counted(differences, language)


def with_version(description: str, said: str, stamp: int, language: str) -> str:
    """Add to a deck's description its version and one line of what changed (see summary()).

    An import always brings the description, even where it updates no note, so this is how
    students know which version they have.
    """
    version = phrase("version", language, version=version_of(stamp), changes=said)
    return f"{description}\n\n{version}"


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
    packages = sorted(packages, key=lambda each: each.deck)
    languages = {built.language for built in packages}
    language = languages.pop() if len(languages) == 1 else ENGLISH
    top = head.strip() or phrase("changes_top", language)
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
    for built in packages:
        yield f"**{escape_markdown(built.deck)}**: {_sentence(built)}"
        yield ""
        if not built.is_first:
            yield from _questions(built.differences, built.language)


def _sentence(built: Built) -> str:
    language = built.language
    if built.is_first:
        notes = counted("notes", sum(count for _, count in built.notes), language)
        pages = counted("questions", built.pages - built.pages_without_cards, language)
        return phrase("first_entry", language, notes=notes, questions=pages)
    said = _counted(built.differences, language)
    return f"{said}." if built.size else phrase("gone", language, changes=said)


def _questions(pages: Sequence[PageDiff], language: str) -> Iterator[str]:
    for page in pages[:_MOST_QUESTIONS]:
        yield f"- {escape_markdown(page.question)} ({_counted([page], language)})"
    if len(pages) > _MOST_QUESTIONS:
        yield f"- {counted('more_questions', len(pages) - _MOST_QUESTIONS, language)}"
    yield ""


def _counted(pages: Iterable[PageDiff], language: str) -> str:
    """Count in a student's words: a step with a new title has changed."""
    counts = count_by_status(pages)
    told = (
        ("new", counts[Status.NEW]),
        ("changed", counts[Status.CHANGED] + counts[Status.MOVED]),
        ("removed", counts[Status.RETIRED]),
    )
    return ", ".join(counted(name, count, language) for name, count in told if count)
