"""What a build changed, told to students: ``CHANGES.md``, newest first, without internal names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qt2anki.diff import PageDiff, Status, count_by_status
from qt2anki.errors import PackageError
from qt2anki.messages import visible
from qt2anki.package.files import write_atomically

FILE_NAME = "CHANGES.md"
_TOP = """\
# What is new in these decks

Import the new package over the old deck: your review history stays. Cards that were removed stay in
your collection until you delete them."""
_MOST_QUESTIONS = 20  # named for one deck; a new subject may bring thousands
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class DeckNews:
    """What is different in one deck since it was published last."""

    deck: str
    is_first: bool  # nothing of this deck was published before
    notes: int  # in the deck now
    pages: int  # that they are of
    differences: tuple[PageDiff, ...]


def summary_line(news: DeckNews) -> str:
    """Say in a few words what changed: "3 new, 1 removed", "first version"."""
    if news.is_first:
        return "first version"
    return _counted(count_by_status(news.differences)) or "only the looks or the order"


def with_version(description: str, news: DeckNews, stamp: int) -> str:
    """Add to a deck's description its version, its date and one line of what changed.

    An import always brings the description, even where it updates no note, so this is how
    students know which version they have.
    """
    return f"{description}\n\nVersion {version_of(stamp)}: {summary_line(news)}."


def version_of(stamp: int) -> str:
    """Return the version of a deck that changed at *stamp* (seconds since 1970), by UTC.

    It is made of the time of the change alone: a build that changes nothing makes no version.
    """
    return _moment(stamp).strftime("%Y-%m-%d.%H%M")


def update_changelog(folder: Path, decks: Sequence[DeckNews], stamp: int) -> bool:
    """Put what is new on top of CHANGES.md in *folder* and tell whether there was anything.

    Raises PackageError when the file cannot be read or written.
    """
    if not decks:
        return False
    path = folder / FILE_NAME
    try:
        earlier = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        earlier = ""
    except (OSError, UnicodeDecodeError) as error:
        raise PackageError(
            f"the list of changes cannot be read: {error}",
            hint="move it away; the next build starts a new one",
            source=path.as_posix(),
        ) from error
    return write_atomically(path, add_entry(earlier, decks, stamp).encode("utf-8"))


def add_entry(earlier: str, decks: Iterable[DeckNews], stamp: int) -> str:
    """Return CHANGES.md with one more entry; *earlier* is what stands in it ("": no file yet)."""
    head, mark, older = earlier.partition("\n## ")
    top = head.strip() or _TOP
    return "\n".join([top, "", *_entry(decks, stamp)]) + mark + older


def _entry(decks: Iterable[DeckNews], stamp: int) -> Iterator[str]:
    yield f"## {version_of(stamp)}"
    yield ""
    for news in sorted(decks, key=lambda each: each.deck):
        yield f"**{_escaped(news.deck)}**: {_sentence(news)}"
        yield ""
        if not news.is_first:
            yield from _questions(news.differences)


def _sentence(news: DeckNews) -> str:
    if news.is_first:
        return f"first version, {_number(news.notes, 'note')} on {_number(news.pages, 'question')}."
    return f"{summary_line(news)}."


def _questions(pages: Sequence[PageDiff]) -> Iterator[str]:
    for page in pages[:_MOST_QUESTIONS]:
        yield f"- {_escaped(page.question)} ({_counted(count_by_status([page]))})"
    if len(pages) > _MOST_QUESTIONS:
        yield f"- and {_number(len(pages) - _MOST_QUESTIONS, 'more question')}"
    if pages:
        yield ""


def _counted(counts: Mapping[Status, int]) -> str:
    """Count in a student's words: a step that has another title now is a changed one."""
    told = (
        (counts[Status.NEW], "new"),
        (counts[Status.CHANGED] + counts[Status.MOVED], "changed"),
        (counts[Status.RETIRED], "removed"),
    )
    return ", ".join(f"{count} {word}" for count, word in told if count)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _moment(stamp: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC)


def _escaped(text: str) -> str:
    return _MARKDOWN_SIGNS.sub(r"\\\1", visible(text))
