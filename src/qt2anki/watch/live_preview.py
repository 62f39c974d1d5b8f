"""The live preview: after a build, only the pages open in a browser are rendered again.

A build hands over its packages, and a page is rendered when a browser requests it. So the cost
depends on the subject being viewed, not on the size of the site.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Final

from qt2anki.anki.package_reader import read_package
from qt2anki.audit.audit_packages import audit
from qt2anki.audit.rendered_cards import read_source_files
from qt2anki.build.cache import page_files
from qt2anki.build.job import Built
from qt2anki.config.settings import PageFormat
from qt2anki.errors import Qt2AnkiError
from qt2anki.messages import plural
from qt2anki.preview.make_preview import Live, plain_page, preview_page
from qt2anki.preview.preview_cards import (
    Mark,
    PreviewCard,
    cards_of,
    each_once,
    marks_of,
    names_of,
    read_pictures,
)
from qt2anki.preview.server import Served, page_link
from qt2anki.watch.notifier import Stamp, stamp_of

ALL: Final = ""  # all subjects together
MOST_CARDS: Final = 20_000
"""More than these are shown subject by subject; a browser has its limits."""

_Marks = Mapping[str, tuple[int, tuple[Mark, ...]]]  # by GUID, with a hash of the note's text


@dataclass(frozen=True, slots=True)
class _Shown:
    """One package as last built, and the audit findings about its notes."""

    subject: str
    path: Path
    stamp: Stamp
    cards: int
    is_audited: bool = False
    audits: int = 0  # how often an audit has changed the marks
    marks: _Marks = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version, which changes if anything that the package's page shows changes."""
        state = f"{self.path}|{self.stamp}|{self.audits}"
        return hashlib.blake2b(state.encode("utf-8", "replace"), digest_size=8).hexdigest()


class LivePreview:
    """The previews that a server shows while pages are edited.

    *asked* is called when someone looks at a subject nobody has looked at before. The threads of
    the server call :meth:`serve`; everything else is for the one that builds.
    """

    def __init__(self, *, with_audit: bool, asked: Callable[[], None]) -> None:
        self._with_audit = with_audit
        self._asked = asked
        self._lock = threading.Lock()
        self._shown: tuple[_Shown, ...] = ()
        self._looked_at: set[str] = set()
        self._cache: Path | None = None
        self._page_format = PageFormat()
        self._made: tuple[Live, Served] | None = None
        # For the page made last, by version: the cards of packages, and the names of their pictures
        self._read: dict[str, tuple[tuple[PreviewCard, ...], tuple[str, ...]]] = {}

    def take(self, packages: Iterable[Built], cache: Path | None, page_format: PageFormat) -> None:
        """Show the packages that were built; *cache* has the file of each page."""
        known = {shown.subject: shown for shown in self._shown}
        found = tuple(
            _shown(built, stamp, known.get(built.subject))
            for built in packages
            if built.size and (stamp := stamp_of(built.path)) is not None
        )
        with self._lock:
            self._shown, self._cache, self._page_format = found, cache, page_format

    def versions(self) -> dict[str, str]:
        """Return the state of every subject, and of all of them together."""
        return {ALL: _version(self._shown), **{one.subject: one.version for one in self._shown}}

    def audit_next(self) -> bool:
        """Audit one package that is being viewed and has changed; return whether there was one."""
        if not self._with_audit:
            return False
        is_whole = sum(one.cards for one in self._shown) <= MOST_CARDS and ALL in self._looked_at
        waiting = (one for one in self._shown if is_whole or one.subject in self._looked_at)
        stale = next((one for one in waiting if not one.is_audited), None)
        if stale is None:
            return False
        marks: _Marks = {}
        with contextlib.suppress(Qt2AnkiError):  # removed or replaced; the next build reports it
            marks = self._audited(stale)
        now, before = ({guid: m for guid, (_, m) in one.items()} for one in (marks, stale.marks))
        has_changed = now != before
        done = replace(stale, is_audited=True, marks=marks, audits=stale.audits + has_changed)
        with self._lock:
            self._shown = tuple(done if one is stale else one for one in self._shown)
        return True

    def serve(self, subject: str) -> Served:
        """Make the page of a subject, or return the last one if it is the same."""
        with self._lock:
            shown = self._shown
            is_new = subject not in self._looked_at
            self._looked_at.add(subject)
        if is_new:
            self._asked()
        wanted = [one for one in shown if subject in (ALL, one.subject)]
        version = _version(shown) if subject == ALL else "".join(one.version for one in wanted)
        live = Live(subject, version)
        if self._made is None or self._made[0] != live:
            try:
                self._made = (live, self._page(wanted, live))
            except Qt2AnkiError as error:
                text = f"<pre>{html.escape(str(error))}</pre>"
                return Served(plain_page(text, title="No cards can be shown", live=live), {})
        return self._made[1]

    def _page(self, wanted: Sequence[_Shown], live: Live) -> Served:
        if not wanted:
            text = "<p>There are no cards to show yet.</p>"
            return Served(plain_page(text, title="Waiting for cards", live=live), {})
        if live.subject == ALL and sum(one.cards for one in wanted) > MOST_CARDS:
            title = f"{len(wanted)} subjects"
            return Served(plain_page(_contents(wanted), title=title, live=live), {})
        self._read = {one.version: self._read.get(one.version) or _rendered(one) for one in wanted}
        paths = {page: Path(files[0].name) for page, files in page_files(self._cache).items()}
        name = wanted[0].subject if len(wanted) == 1 else f"{len(wanted)} decks"
        page = preview_page(
            each_once(chain.from_iterable(cards for cards, _ in self._read.values())),
            title=f"{name}: preview",
            link=lambda page_id: page_link(page_id) if page_id in paths else None,
            pictures=read_pictures({one.path: self._read[one.version][1] for one in wanted}),
            live=live,
        )
        return Served(page, paths)

    def _audited(self, shown: _Shown) -> _Marks:
        package = read_package(shown.path)
        ids = {note.page_id for note in package.notes}
        found = page_files(self._cache)
        files = dict.fromkeys(file for page_id in ids for file in found.get(page_id or 0, ()))
        sources, _ = read_source_files(tuple(files), self._page_format)
        marks = marks_of(audit([package], sources=sources or None))
        return {n.guid: (hash(n.fields), marks[n.guid]) for n in package.notes if n.guid in marks}


def _rendered(one: _Shown) -> tuple[tuple[PreviewCard, ...], tuple[str, ...]]:
    """Read a package; return its cards and the names of the pictures that they show."""
    package = read_package(one.path)
    texts = {note.guid: hash(note.fields) for note in package.notes}
    current = {g: m for g, (text, m) in one.marks.items() if m and texts.get(g) == text}
    return tuple(cards_of(package, current)), names_of(package)


def _shown(built: Built, stamp: Stamp, before: _Shown | None) -> _Shown:
    """Take over a package; an unchanged one keeps its audit findings."""
    cards = sum(count for _, count in built.cards)
    if before is None:
        return _Shown(built.subject, built.path, stamp, cards)
    is_same = before.stamp == stamp and before.path == built.path
    is_audited = before.is_audited and is_same
    return replace(before, path=built.path, stamp=stamp, cards=cards, is_audited=is_audited)


def _version(shown: Iterable[_Shown]) -> str:
    states = "|".join(one.version for one in shown)
    return hashlib.blake2b(states.encode("ascii"), digest_size=8).hexdigest()


def _contents(shown: Iterable[_Shown]) -> str:
    rows = (
        f'<li><a href="/?{urllib.parse.urlencode({"subject": one.subject})}">'
        f"{html.escape(one.subject)}</a>: {plural(one.cards, 'card')}</li>"
        for one in shown
    )
    return f"<p>Too many cards for one page; choose a subject.</p><ul>{''.join(rows)}</ul>"
