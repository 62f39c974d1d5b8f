"""Make the preview file from pages or packages."""

from __future__ import annotations

import html
import os
import tempfile
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from qt2anki.anki.package_reader import PublishedPackage, read_packages
from qt2anki.audit.audit_packages import audit
from qt2anki.audit.rendered_cards import Sources, read_sources
from qt2anki.build import CACHE_FOLDER
from qt2anki.build.cache import copy_cache
from qt2anki.build.pipeline import Job, Progress, build
from qt2anki.messages import Problem
from qt2anki.model import PageId
from qt2anki.preview.html_page import Live, packed, packed_mathjax, shell_page
from qt2anki.preview.preview_cards import (
    NONE,
    Link,
    PreviewCard,
    has_math,
    marks_of,
    names_of,
    payload,
    preview_cards,
    read_pictures,
)

_SCRIPTS = ("data", "text", "filter", "list", "math", "card", "main")  # in this order
_BACK, _LIVE = "back", "live"  # before and after these


def preview_page(
    cards: Sequence[PreviewCard],
    *,
    title: str,
    link: Link,
    pictures: Mapping[str, bytes] = NONE,
    live: Live | None = None,
) -> str:
    """Return the preview of *cards* as HTML; *link* gives the address of a page's source file.

    A picture that is not among *pictures* is shown as its text. Equal cards give equal text.
    MathJax adds about 0.9 MB, so a file without formulas leaves it out.
    """
    with_math = has_math(cards)
    data = payload(cards, link, pictures)
    body = {
        "title": html.escape(title),
        "payload": packed(data, is_served=live is not None),
        "mathjax": packed_mathjax() if with_math else "",
    }
    scripts = _SCRIPTS if live is None else (_BACK, *_SCRIPTS, _LIVE)
    return shell_page("page.html", body, scripts, live=live, with_math=with_math)


def plain_page(content: str, *, title: str, live: Live) -> str:
    """Return a page without cards that waits for some; *content* is HTML."""
    body = {"title": html.escape(title), "content": content}
    return shell_page("plain.html", body, (_BACK, _LIVE), live=live)


STAMP: Final = 1
"""The time of the build: a preview does not show it, and equal pages make equal files."""


@dataclass(frozen=True, slots=True)
class Material:
    """What was read: packages, their pages, and the problems in these."""

    packages: tuple[PublishedPackage, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """The preview file and its counts."""

    html: str
    cards: int  # each once
    cards_in_decks: int  # as a build counts them: a card in two decks is two
    marked: int  # cards with findings


def gather(
    job: Job,
    progress: Progress,
    *,
    source_paths: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
) -> Material:
    """Read the packages that *job* names, or build its pages in a temporary folder.

    *source_paths* are the pages behind packages; *topics* (case-folded; empty: all) select cards.
    The last release is in the output folder of the job, and its cache saves time.
    """
    pages: tuple[str, ...] = ()
    if are_packages(job.paths):
        packages, pictures = _read(map(Path, job.paths), job.subjects, topics)
        problems: tuple[Problem, ...] | None = None
    else:
        pages = tuple(
            path for path in job.paths if path != "-"
        )  # standard input, which can be read only once
        packages, pictures, problems = _built(job, progress, topics)
    page_format = job.settings.page_format
    sources, found = read_sources((*pages, *source_paths), page_format, packages)
    return Material(packages, pictures, sources, found if problems is None else problems)


def are_packages(paths: Sequence[str]) -> bool:
    """Whether all *paths* are packages or folders with packages."""
    return all(
        path.endswith(".apkg") or (Path(path).is_dir() and any(Path(path).glob("*.apkg")))
        for path in paths
    )


def _built(
    job: Job, progress: Progress, topics: tuple[str, ...]
) -> tuple[tuple[PublishedPackage, ...], dict[str, bytes], tuple[Problem, ...]]:
    with tempfile.TemporaryDirectory(prefix="qt2anki-preview-") as folder:
        cache, published = Path(folder, "cache"), job.out / CACHE_FOLDER
        copy_cache(published if published.is_dir() else None, cache)
        draft = replace(
            job,
            out=Path(folder),
            previous=(job.out,) if published.is_dir() else (),
            may_retire=True,  # the result is not published
            rewritten=None,
            cache=cache,
        )
        problems = build(draft, progress).problems
        of_pages = tuple(p for p in problems if not p.code.startswith("QT4"))  # not of releases
        return *_read([Path(folder)], job.subjects, topics), of_pages


def _read(
    paths: Iterable[Path], subjects: tuple[str, ...], topics: tuple[str, ...]
) -> tuple[tuple[PublishedPackage, ...], dict[str, bytes]]:
    """Read the packages of subjects and topics (empty: all), and their pictures."""
    packages = []
    for one in read_packages(paths):
        names = {name.rpartition("::")[2].casefold() for name in (one.deck, *one.deck_names)}
        notes = one.notes
        if topics:
            notes = tuple(n for n in notes if one.topic_of(n).casefold() in topics)
        is_wanted = not subjects or not names.isdisjoint(subjects)
        if is_wanted and (notes or not topics):
            packages.append(replace(one, notes=notes))
    pictures = read_pictures({package.path: names_of(package) for package in packages})
    return tuple(packages), pictures


def make_preview(material: Material, *, link: Link, with_audit: bool) -> Preview:
    """Make the preview of all cards; *with_audit* marks those with findings."""
    packages = material.packages
    marks = marks_of(audit(packages, sources=material.sources or None)) if with_audit else {}
    cards = preview_cards(packages, marks=marks)
    decks = {package.deck for package in packages if package.deck}
    name = f"{len(decks)} decks" if len(decks) != 1 else next(iter(decks)).rpartition("::")[2]
    pictures = material.pictures
    html = preview_page(cards, title=f"{name}: preview", link=link, pictures=pictures)
    in_decks = sum(len(card.decks) for card in cards)
    return Preview(html, len(cards), in_decks, sum(bool(card.marks) for card in cards))


def links_from(folder: Path, sources: Sources) -> Link:
    """Return relative links from *folder* to the files of *sources*."""

    def link(page_id: PageId | None) -> str | None:
        if page_id is None or page_id not in sources:
            return None
        file = Path(sources[page_id].page.source).resolve()
        try:
            relative = Path(os.path.relpath(file, folder.resolve()))
        except ValueError:  # on a different drive of Windows
            return file.as_uri()
        return urllib.parse.quote(relative.as_posix())

    return link
