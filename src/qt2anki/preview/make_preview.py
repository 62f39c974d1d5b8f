"""Make the preview: one HTML file with all cards, from pages or packages.

The file runs only our own scripts. Its content security policy lets just these (and MathJax) run,
by their hashes, and no request leaves the page, whatever a card contains.
https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import os
import re
import tempfile
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
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
_MATHJAX = "mathjax/tex-svg-full.js.gz"
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
    if are_packages(job.paths):
        return _material(map(Path, job.paths), source_paths, job, topics)
    pages = (path for path in job.paths if path != "-")  # which can be read only once
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
        found = _material([Path(folder)], (*pages, *source_paths), job, topics)
        of_pages = tuple(p for p in problems if not p.code.startswith("QT4"))  # not of releases
        return replace(found, problems=of_pages)


def are_packages(paths: Sequence[str]) -> bool:
    """Whether all *paths* are packages or folders with packages."""
    return all(
        path.endswith(".apkg") or (Path(path).is_dir() and any(Path(path).glob("*.apkg")))
        for path in paths
    )


def _material(
    paths: Iterable[Path], source_paths: Sequence[str], job: Job, topics: Sequence[str]
) -> Material:
    """Read the packages of the job's subjects and of *topics* (empty: all), and their sources."""
    packages = []
    for one in read_packages(paths):
        names = {name.rpartition("::")[2].casefold() for name in (one.deck, *one.deck_names)}
        notes = one.notes
        if topics:
            notes = tuple(n for n in notes if one.topic_of(n).casefold() in topics)
        is_wanted = not job.subjects or not names.isdisjoint(job.subjects)
        if is_wanted and (notes or not topics):
            packages.append(replace(one, notes=notes))
    pictures = read_pictures({package.path: names_of(package) for package in packages})
    sources, problems = read_sources(source_paths, job.settings.page_format, packages)
    return Material(tuple(packages), pictures, sources, problems)


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


@dataclass(frozen=True, slots=True)
class Live:
    """The subject and version of a page that a server keeps up to date.

    The page reloads when the server reports a different version of *subject* ("": all of them).
    """

    subject: str
    version: str


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
    data = payload(cards, link, pictures)
    body = {
        "title": html.escape(title),
        "payload": packed(data, is_served=live is not None),
        "mathjax": packed_mathjax() if has_math(cards) else "",
    }
    scripts = _SCRIPTS if live is None else (_BACK, *_SCRIPTS, _LIVE)
    return shell_page("page.html", body, scripts, live=live)


def plain_page(content: str, *, title: str, live: Live) -> str:
    """Return a page without cards that waits for some; *content* is HTML."""
    body = {"title": html.escape(title), "content": content}
    return shell_page("plain.html", body, (_BACK, _LIVE), live=live)


def shell_page(
    asset: str,
    body: dict[str, str],
    scripts: tuple[str, ...],
    *,
    live: Live | None = None,
    styles: tuple[str, ...] = (),
    is_served: bool = False,
) -> str:
    """Return an HTML page of the file *asset*, filled with *body*, that runs only our *scripts*.

    A page that *is_served* may connect to its server, as a live preview does. In *body*, *title* is
    HTML, and MathJax may run if *mathjax* has its source code.
    """
    script = "\n".join(_asset(f"js/{name}.js") for name in scripts)
    hashes = [_hash(script.encode("utf-8"))] + ([_hash(mathjax())] if body.get("mathjax") else [])
    policy = [
        "default-src 'none'",
        f"script-src {' '.join(hashes)}",
        "style-src 'unsafe-inline'",  # the styles of the deck and of formulas
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if is_served or live:
        policy.insert(-2, "connect-src 'self'")  # for news and verdicts
    attributes = ""
    if live:
        styles = ("live.css", *styles)
        subject, version = html.escape(live.subject), html.escape(live.version)
        attributes = f' data-subject="{subject}" data-version="{version}"'
    values = {
        "live": attributes,
        "title": body["title"],
        "policy": "; ".join(policy),
        "style": "".join(map(_asset, ("page.css", *styles))),
        "body": _filled(asset, body),
        "script": script,
    }
    return _filled("shell.html", values)


def _filled(name: str, values: dict[str, str]) -> str:
    return re.sub("@([a-z]+)@", lambda slot: values[slot[1]], _asset(name))


def _asset(name: str) -> str:
    return _bytes(name).decode("utf-8")


@cache
def _bytes(name: str) -> bytes:
    return (Path(__file__).with_name("assets") / name).read_bytes()


def packed_mathjax() -> str:
    """Return the source code of MathJax, compressed, in Base64."""
    return _base64(_bytes(_MATHJAX))


def mathjax() -> bytes:
    """Return the source code of MathJax."""
    return gzip.decompress(_bytes(_MATHJAX))


def packed(text: str, *, is_served: bool = True) -> str:
    """Return JSON in a form for script elements of a page: compressed, in Base64."""
    return _base64(gzip.compress(text.encode("utf-8"), 1 if is_served else 9, mtime=0))


def _hash(data: bytes) -> str:
    return f"'sha256-{_base64(hashlib.sha256(data).digest())}'"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
