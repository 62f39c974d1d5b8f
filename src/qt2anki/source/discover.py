"""Find the files a user named, and read each one as text."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qt2anki.messages import Problem, make_problem, shown_path, sort_problems

STDIN_NAME: Final = "<stdin>"
MAX_BYTES: Final = 2 * 1024 * 1024
"""A real page has 7 kB; what is larger than this is something else, or has no end."""
_PAGE_ENDINGS = (".md", ".markdown", ".mdx")
_READMES = frozenset(f"readme{ending}" for ending in _PAGE_ENDINGS)
_USUAL_BYTES = 64 * 1024

NO_TEXT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
"""What a YAML 1.1 document (section 5.1) cannot hold; Anki drops it or fails on it, too."""


@dataclass(frozen=True, slots=True)
class Source:
    """One page's file: *name* is for people and for Page.source, *path* is None for stdin.

    *root* is the folder that its path counts from, and in which it may have pictures: the one that
    was named, or one above it from which pages were published before.
    """

    name: str
    path: Path | None
    root: Path | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files named on the command line, sorted by name, each once."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file's text with LF as its only line end; None if it could not be read."""

    text: str | None
    problems: tuple[Problem, ...]


def discover(paths: Sequence[str]) -> Discovery:
    """Find the pages under *paths*: files, folders with all below them, and "-" for stdin.

    A file named directly is read whatever its name. In a folder, pages are the files *.md,
    *.markdown and *.mdx; README.md, hidden files, and CHANGES.md next to packages are skipped. The
    order of *paths* changes nothing.
    """
    found: dict[str, Source] = {}
    problems: list[Problem] = []
    for place, item in look(paths):
        if isinstance(item, Problem):
            problems.append(item)
        elif place not in found or plainness(item.name) < plainness(found[place].name):
            found[place] = item
    sources = tuple(sorted(found.values(), key=lambda source: folder_order(source.name)))
    return Discovery(sources, sort_problems(problems))


def look(paths: Sequence[str]) -> Iterator[tuple[str, Source | Problem]]:
    """Yield the files under *paths* under each of their names, and problems, with true paths."""
    for path in sorted(dict.fromkeys(paths), key=plainness):  # a folder before those in it
        for place, item in _look(path):
            yield shown_path(place), item


def plainness(name: str) -> tuple[int, str]:
    """Order the names of one file, so that it has the shortest whichever was named first."""
    return name.count("/"), name


def folder_order(name: str) -> tuple[str, ...]:
    """Sort files folder by folder, like a file manager, not by the raw text of paths."""
    return tuple(name.split("/"))


def read_source(source: Source) -> SourceText:
    """Read one page's file (or stdin, to its end) as strict UTF-8.

    A byte order mark is removed with a warning, CR LF and lone CR become LF with a note. Anything
    else that is not text is an error at its line and column.
    """
    data = load_source(source)
    if isinstance(data, Problem):
        return SourceText(None, (data,))
    return decode_bytes(data, source.name)


def load_source(source: Source) -> bytes | Problem:
    """Return the bytes of one page's file (or stdin, to its end), or why there are none."""
    try:
        if source.path is not None:
            data = read_bytes(source.path)
        elif sys.stdin is None:  # as Python sets it when the shell has closed it
            raise OSError(errno.EBADF, "standard input is closed")
        else:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(source.name, error)
    if len(data) > MAX_BYTES:
        text = f"larger than {MAX_BYTES // 1024**2} MB, so it is not a page"
        return make_problem("QT103", source.name, text)
    return data


def read_bytes(path: Path | str) -> bytes:
    """Return a file's bytes, at most one more than the maximum; raises OSError."""
    with open(path, "rb") as stream:  # noqa: PTH123  # of a name it is much the quicker
        data = stream.read(_USUAL_BYTES)  # read() allocates this size
        return data if len(data) < _USUAL_BYTES else data + stream.read(MAX_BYTES + 1 - len(data))


def decode_bytes(data: bytes, source: str) -> SourceText:
    """Turn the bytes of the file named *source* into text; see read_source."""
    found: tuple[Problem, ...] = ()
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        hint = "Save it as UTF-8 without a byte order mark (BOM)."
        text = "starts with a byte order mark, which is removed"
        found = (make_problem("QT106", source, text, hint=hint, line=1),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return SourceText(None, (_not_utf8(data, error, source),))
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        said, hint = "has line endings other than LF", "Nothing is lost, but other tools expect LF."
        found += (make_problem("QT108", source, said, hint=hint, line=line),)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = find_control(text, source)
    return SourceText(None, (*found, control)) if control else SourceText(text, found)


def find_control(text: str, source: str) -> Problem | None:
    """Report the first character in *text* that YAML documents cannot contain."""
    found = NO_TEXT.search(text)
    if not found:
        return None
    return make_problem(
        "QT107",
        source,
        f"the character U+{ord(found[0]):04X} is not text",
        hint="Delete it; it is often invisible in an editor.",
        line=text.count("\n", 0, found.start()) + 1,
        column=found.start() - text.rfind("\n", 0, found.start()),
    )


def _look(name: str) -> Iterator[tuple[str, Source | Problem]]:
    """Yield the files and problems under *name*, each with its true path."""
    if name == "-":
        yield STDIN_NAME, Source(STDIN_NAME, None)
        return
    path = Path(name)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
            hint = f"Paths are relative to {shown_path(Path.cwd())}."
            text = "no such file or folder"
            yield name, make_problem("QT101", shown_path(name), text, hint=hint)
        else:
            yield name, _unreadable(shown_path(name), error)
        return
    if not stat.S_ISDIR(mode):
        yield str(path.resolve()), _source(path, path.parent)
        return
    has_pages = False
    for place, item in _walk(path):
        has_pages = has_pages or isinstance(item, Source)
        yield place, item
    if not has_pages:
        hint = "Pages are *.md, *.markdown or *.mdx files, except README.md and hidden files."
        yield name, make_problem("QT102", shown_path(path), "no pages in this folder", hint=hint)


def _walk(root: Path) -> Iterator[tuple[str, Source | Problem]]:
    """Walk a folder and all folders below it; links to folders are never followed."""
    true_root = root.resolve()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        true_folder = true_root / folder.relative_to(root)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield str(folder), _unreadable(shown_path(folder), error)
            continue
        is_output = any(entry.name.endswith(".apkg") for entry in entries)
        for entry in entries:
            if entry.name.startswith(".") or (is_output and entry.name == "CHANGES.md"):
                continue
            path = folder / entry.name
            if entry.is_symlink():
                yield from _follow(path, root)
            elif entry.is_dir():
                waiting.append(path)
            elif is_page_name(entry.name) and entry.is_file():
                place = os.path.join(true_folder, entry.name)  # noqa: PTH118  # quicker, for every page
                yield place, _source(path, root)


def _follow(link: Path, root: Path) -> Iterator[tuple[str, Source | Problem]]:
    """Follow a link to a page under *root*; folders there are found without links."""
    true_root = root.resolve()
    target = Path(os.path.realpath(link))
    if target != true_root and true_root not in target.parents:
        text = "this link leads outside the folder and is not followed"
        hint = "To read its target as well, pass it on the command line."
        yield str(link), make_problem("QT104", shown_path(link), text, hint=hint)
    elif not target.exists():
        text = "this link is broken"
        yield str(link), make_problem("QT101", shown_path(link), text, hint="Remove it.")
    elif is_page_name(link.name) and target.is_file():
        yield str(target), _source(link, root)


def _source(path: Path, root: Path) -> Source | Problem:
    """Name a file; a name that is not text cannot be in messages and reports."""
    name = path.as_posix()
    if (shown := shown_path(path)) != name:
        return make_problem("QT103", shown, "the file's name is not UTF-8", hint="Rename it.")
    return Source(name, path, root)


def is_page_name(name: str) -> bool:
    """Whether a file of that name, found in a folder, is a page."""
    folded = name.lower()
    return folded.endswith(_PAGE_ENDINGS) and folded not in _READMES


def _unreadable(name: str, error: OSError) -> Problem:
    text = f"cannot be read: {(error.strerror or str(error)).lower()}"
    return make_problem("QT103", name, text)


def _not_utf8(data: bytes, error: UnicodeDecodeError, source: str) -> Problem:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, place = "UTF-16, not UTF-8", (1, 1)
    else:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("utf-8")
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        text = f"byte 0x{data[error.start]:02X} is not UTF-8"
    hint = "Save the file as UTF-8."
    return make_problem("QT105", source, text, hint=hint, line=place[0], column=place[1])
