"""Find the pictures next to pages, and name them by their content.

A page says ``![A leaf](figures/leaf.png)``. If the file exists, below the folder being built, its
path is replaced by its name in Anki, so that a card changes if the picture does, and identical
pictures are one file. Other pictures stay unchanged, and cards show their text.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Final
from unicodedata import normalize
from urllib.parse import unquote

from qt2anki.messages import Problem, make_problem
from qt2anki.model import Page
from qt2anki.source.discover import Source, read_source
from qt2anki.source.spans import find_spans, outside

MEDIA_SCHEME: Final = "qt2anki-media:"
"""Is before the name of a file that was found; a page itself cannot say it."""

MEDIA_NAME: Final = re.compile(r"qt2anki-[0-9a-f]{32}\.[a-z]{3,4}")
MOST_BYTES: Final = 10 * 1024 * 1024
PICTURE_ENDINGS: Final = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"))
_IMAGE = re.compile(
    r"(?<!\\)!\[(?P<alt>[^\[\]]{0,500})\]\("
    r"(?:<(?P<angled>[^<>\n]{1,500})>|(?P<plain>[^\s()<>]{1,500}))"
    r"(?:\s{1,9}\"[^\"\n]{0,500}\"|\s{1,9}'[^'\n]{0,500}')?\s{0,9}\)"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# Where a picture can be: at its path, or in one of these below the folder being built.
_USUAL_FOLDERS = ("", "/", "/attachments/", "/assets/", "/images/", "/media/", "/static/")
_LFS_POINTER = b"version https://git-lfs."
_MISSING = "there is no such file"
_MOST_PROBLEMS = 25  # of one page; fixing these usually fixes the rest
_NO_ALT = re.compile(r"[\\$`{}<>*_~]")  # would be read as markup or math later


class _Unfit(Exception):  # noqa: N818  # never leaves this module
    """A picture cannot be used, with the reason and a hint."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """A page whose pictures have their names in Anki, and their files."""

    page: Page
    files: tuple[tuple[str, Path], ...]
    problems: tuple[Problem, ...]
    looked_for: tuple[Path, ...] = ()


def with_pictures(page: Page, sources: Sequence[Source]) -> Pictures:
    """Find the pictures of *page*, which was read from *sources*; more than one if they agree.

    A path is taken from the folder of the page, or with a slash before it from the folder that is
    read; nothing outside that is ever opened, wherever links lead. Otherwise it is searched in the
    usual folders of Obsidian, Hugo and Jekyll.
    """
    if "![" not in page.answer and "![" not in page.question:
        return Pictures(page, (), ())
    finder = _Finder(tuple(sources))
    question, answer = finder.rewritten(page.question), finder.rewritten(page.answer)
    return Pictures(
        replace(page, question=question, answer=answer),
        tuple(finder.files.items()),
        tuple(finder.problems),
        tuple(finder.looked_for),
    )


def picture_faults(source: Source) -> Callable[[str], tuple[str, str] | None]:
    """Return a function that says why a picture of a page cannot be on its cards, and what to do.

    It returns None if the picture can. The content of pictures is not read.
    """
    finder = _Finder((source,), _checked_name)

    def fault(target: str) -> tuple[str, str] | None:
        try:
            finder.look(target)
        except _Unfit as unfit:
            reason, hint = unfit.args
            return reason, hint
        return None

    return fault


class _Finder:
    """Looks for the pictures of one page, for each path and in each file only once."""

    def __init__(
        self, sources: tuple[Source, ...], name_of: Callable[[Path], str] | None = None
    ) -> None:
        self.files: dict[str, Path] = {}
        self.problems: list[Problem] = []
        self.looked_for: dict[Path, None] = {}
        self._sources = sources
        self._name_of = name_of or _name_of
        self._found: dict[str, str] = {}  # by the path on the page; "" if it is refused
        self._names: dict[Path, str] = {}

    def rewritten(self, text: str) -> str:
        """Return *text* with the names that its pictures have in Anki."""
        parts: list[str] = []
        last = 0
        for image in outside(find_spans(text), _IMAGE.finditer(text)):
            parts += [text[last : image.start()], self._taken(image)]
            last = image.end()
        return "".join((*parts, text[last:]))

    def _taken(self, image: re.Match[str]) -> str:
        target = image["angled"] or image["plain"]
        if target not in self._found:
            try:
                self._found[target] = self.look(target)
            except _Unfit as unfit:
                self._found[target] = ""
                if len(self.problems) < _MOST_PROBLEMS:
                    self.problems.append(_problem(target, self._sources[0], *unfit.args))
        name = self._found[target]
        if not name:
            return image[0].replace(MEDIA_SCHEME, "")
        return f"![{' '.join(_NO_ALT.sub('', image['alt']).split())}]({MEDIA_SCHEME}{name})"

    def look(self, target: str) -> str:
        """Return the name of a picture; raises _Unfit with what is wrong at its path."""
        refused: list[_Unfit] = []
        for folder in _USUAL_FOLDERS:
            place = f"{folder}{target.lstrip('/') if folder else target}"
            # Pages are read in NFC; a file copied from a Mac may have a name in NFD.
            places = dict.fromkeys((place, normalize("NFD", place)))
            for written, source in product(places, self._sources):
                try:
                    path = _path_of(written, source)
                    self.looked_for[path] = None
                    name = self._names[path] = self._names.get(path) or self._name_of(path)
                except _Unfit as unfit:
                    refused.append(unfit)
                else:
                    self.files.setdefault(name, path)
                    return name
            if any(unfit.args[0] != _MISSING for unfit in refused):
                break
        raise refused[0]


def _path_of(target: str, source: Source) -> Path:
    """Return the resolved path of a picture; raises _Unfit if it cannot be used."""
    if _SCHEME.match(target):
        raise _Unfit("it is not a file next to the page", "Put the file into the page's folder.")
    if source.path is None or source.root is None:
        raise _Unfit("a page from standard input has no folder", "Pass the page's file.")
    written = unquote(target)
    root = Path(os.path.realpath(source.root))
    start = root if written.startswith("/") else source.path.parent
    try:
        path = Path(os.path.realpath(start / written.lstrip("/")))
    except (OSError, ValueError) as error:
        raise _Unfit("it is not a path", "Check the path.") from error
    if root not in path.parents:
        raise _Unfit("it is outside the folder that is read", "Move it into that folder.")
    if path.suffix.lower() not in PICTURE_ENDINGS:
        raise _Unfit(
            "it is not a picture", f"Pictures end in {', '.join(sorted(PICTURE_ENDINGS))}."
        )
    return path


def _name_of(path: Path) -> str:
    """Return the name of a picture in Anki."""
    return media_name(_read(path), path.suffix)


def _checked_name(path: Path) -> str:
    """Return the name of a picture on disk after the same checks."""
    _read(path, len(_LFS_POINTER))
    return path.name


def _read(path: Path, most: int = -1) -> bytes:
    """Read a picture, or its first bytes; raises _Unfit if it cannot be used."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would never end
            raise _Unfit("it is not a file", "Check the path.")
        if status.st_size > MOST_BYTES:
            raise _Unfit(f"it is larger than {MOST_BYTES // 1024**2} MB", "Make it smaller.")
        with path.open("rb") as file:
            data = file.read(most)
        if data.startswith(_LFS_POINTER):
            raise _Unfit("it is a Git LFS pointer", "Fetch it with git lfs pull.")
        return data
    except FileNotFoundError as error:
        raise _Unfit(_MISSING, "Check the path.") from error
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise _Unfit(f"it cannot be read: {why}", "Check the path.") from error


def media_name(data: bytes, ending: str) -> str:
    """Return the name of a file in Anki, which depends only on its content."""
    return f"qt2anki-{hashlib.sha256(data).hexdigest()[:32]}{ending.lower()}"


def _problem(target: str, source: Source, reason: str, hint: str) -> Problem:
    # The page no longer has line numbers.
    written = (read_source(source).text if source.path else None) or ""
    at = written.find(target)
    place = (written.count("\n", 0, at) + 1, at - written.rfind("\n", 0, at))
    line, column = place if at >= 0 else (None, None)
    text = f"the picture '{target}' is left out, and its text is shown instead: {reason}"
    return make_problem("QT216", source.name, text, hint=hint, line=line, column=column)
