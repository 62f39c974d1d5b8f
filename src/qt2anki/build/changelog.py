"""Write ``CHANGES.md``: what each build changed, for students, newest first.

It is written after the packages. Before them, its new entry is written to a journal, so that the
next build can add the entry if this build is stopped in between.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qt2anki.anki.files import file_digest, remove_file, write_atomically
from qt2anki.anki.package_file import open_file, packages_in
from qt2anki.build.job import Built
from qt2anki.errors import refused
from qt2anki.html.anki_escape import escape_markdown
from qt2anki.model import Note
from qt2anki.notes.phrases import ENGLISH, counted, phrase
from qt2anki.release.changes import PageDiff, Status, count_by_status

FILE_NAME = "CHANGES.md"
_JOURNAL = ".qt2anki-changes.json"
_MOST_QUESTIONS = 20  # listed per deck; a new subject may have thousands


def with_version(
    text: str,
    known: str,
    differences: Sequence[PageDiff],
    notes: Sequence[Note],
    stamp: int,
    language: str,
    *,
    is_first: bool = False,
) -> str:
    """Add its version and a summary of the changes ("3 new") to a deck's description.

    *known* is the description of the release before if that has the same notes, and so the same
    version; else the version is the time of the build, or of the newest note if that is later. An
    import always updates the description, even if it updates no note, so students can see which
    version they have.
    """
    if known:
        return "\n\n".join((text, known.rpartition("\n\n")[2]))
    said = phrase("first_version", language) if is_first else _counted(differences, language)
    newest = max((note.mod for note in notes), default=0)
    version = phrase(
        "version",
        language,
        version=version_of(max(stamp, newest)),
        changes=said or phrase("order_changed", language),
    )
    return f"{text}\n\n{version}"


def version_of(stamp: int) -> str:
    """Return the version of a deck that changed at *stamp* (seconds since 1970), in UTC."""
    return datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC).strftime("%Y-%m-%d.%H%M")


def read_changelog(folders: Iterable[Path]) -> str:
    """Return the CHANGES.md of the first of the *folders* that has one, else ""."""
    return next(filter(None, map(_read, folders)), "")


def update_changelog(folder: Path, earlier: str, packages: Iterable[Built], stamp: int) -> bool:
    """Add an entry to *earlier*, the CHANGES.md of *folder*, and return whether it was written."""
    news = [built for built in packages if built.is_news]
    text = add_entry(earlier, news, stamp) if news else earlier
    is_written = bool(text) and write_atomically(folder / FILE_NAME, text.encode("utf-8"))
    remove_file(folder / _JOURNAL)
    return is_written


def add_entry(earlier: str, packages: Iterable[Built], stamp: int) -> str:
    """Return CHANGES.md with one more entry; *earlier* is its current text ("": no file yet)."""
    packages = _by_deck(packages)
    entry = _entry(version_of(stamp), map(_section, packages))
    return _with_entry(earlier, _top(packages), entry)


def write_journal(folder: Path, packages: Iterable[tuple[Built, str]], stamp: int) -> None:
    """Write the entry of packages about to be published, and their digests ("" if removed)."""
    digests = {built: digest for built, digest in packages if built.is_news}
    if digests:
        rows = [(built.path.name, digests[built], _section(built)) for built in _by_deck(digests)]
        text = json.dumps((_top(digests), version_of(stamp), rows), ensure_ascii=False)
        write_atomically(folder / _JOURNAL, text.encode("utf-8"))


def complete_changelog(folder: Path, earlier: str) -> str:
    """Add the packages that a stopped build has published to *earlier*, and return the text."""
    journal = folder / _JOURNAL
    if not journal.is_file():
        return earlier
    files = {}
    for path in packages_in(folder):
        with open_file(path) as file:
            files[path.name] = file_digest(file)
    what = "the list of changes of an interrupted build cannot be read"
    hint = "move the file elsewhere; CHANGES.md will not list what that build published"
    with refused(what, journal, hint=hint, kinds=(OSError, ValueError, TypeError)):
        top, version, rows = json.loads(journal.read_bytes())
        sections = [section for name, digest, section in rows if digest == files.get(name, "")]
        entry = _entry(version, sections)
        if sections and entry not in earlier:
            earlier = _with_entry(earlier, top, entry)
            write_atomically(folder / FILE_NAME, earlier.encode("utf-8"))
    remove_file(journal)
    return earlier


def _with_entry(earlier: str, top: str, entry: str) -> str:
    head, mark, older = earlier.partition("\n## ")
    return f"{head.strip() or top}\n\n{entry}{mark}{older}"


def _top(packages: Iterable[Built]) -> str:
    languages = {built.language for built in packages}
    return phrase("changes_top", languages.pop() if len(languages) == 1 else ENGLISH)


def _read(folder: Path) -> str:
    path, hint = folder / FILE_NAME, "move it elsewhere; the next build starts a new one"
    what, kinds = "the list of changes cannot be read", (OSError, UnicodeDecodeError)
    with refused(what, path, hint=hint, kinds=kinds):
        return path.read_text(encoding="utf-8") if path.exists() else ""


def _entry(version: str, sections: Iterable[str]) -> str:
    return "\n".join((f"## {version}", "", *sections))


def _by_deck(packages: Iterable[Built]) -> list[Built]:
    return sorted(packages, key=lambda built: built.deck)


def _section(built: Built) -> str:
    lines = [f"**{escape_markdown(built.deck)}**: {_sentence(built)}", ""]
    if not built.is_first:
        lines += _questions(built.differences, built.language)
    if built.searches:
        lines += [*list_searches(built.searches, built.language), ""]
    return "\n".join(lines)


def list_searches(searches: Iterable[tuple[str, str]], language: str) -> Iterator[str]:
    """Yield the lines of Markdown that list the searches of a course's units."""
    yield phrase("unit_searches", language)
    yield ""
    for deck, search in searches:
        yield f"- {escape_markdown(deck.rpartition('::')[2])}: `{search}`"


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
    """Count changes as students see them: a step with a new title has changed."""
    counts = count_by_status(pages)
    told = (
        ("new", counts[Status.NEW]),
        ("changed", counts[Status.CHANGED] + counts[Status.MOVED]),
        ("removed", counts[Status.RETIRED]),
    )
    return ", ".join(counted(name, count, language) for name, count in told if count)
