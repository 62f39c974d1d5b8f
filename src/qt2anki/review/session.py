"""The cards under review, and decisions about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from qt2anki.anki.cards import render_card
from qt2anki.anki.note_content import field_names
from qt2anki.anki.note_types import NoteTypes
from qt2anki.anki.package_reader import PublishedNote, PublishedNoteType, PublishedTemplate
from qt2anki.build.card_candidates import (
    REFUSED,
    PageCandidates,
    candidates_of,
    made_from_of,
    read_pages,
)
from qt2anki.config import Settings
from qt2anki.corrections.correction import Correction, correction_of
from qt2anki.corrections.corrections_file import (
    Corrections,
    correction_files,
    read_corrections,
)
from qt2anki.corrections.edit import (
    CorrectionsChangedError,
    CorrectionsText,
    Decision,
    decided,
    file_for,
    read_text,
    set_correction,
)
from qt2anki.errors import Qt2AnkiError
from qt2anki.html.block_html import blocks_html
from qt2anki.messages import Problem
from qt2anki.model import Note, Page
from qt2anki.notes.frame import without_full_answer
from qt2anki.outline.blocks import read_blocks
from qt2anki.preview.preview_cards import PreviewCard
from qt2anki.release.previous_release import read_previous_release

State = Literal["", "good", "dropped", "reworded", "own", "proposed", "changed"]
"""The state of a card: "" if nobody has read it, "changed" if its page has changed since."""

_EDITED = ("Question", "Answer", "Text", "Extra")
_NO_SCORE = 500  # of a card that is kept because students have it
_ATTEMPTS = 5  # to write a file that others write too


class RefusedVerdictError(Qt2AnkiError):
    """A verdict that cannot be applied; nothing was written."""


@dataclass(frozen=True, slots=True)
class ReviewedCard:
    """A note as it is reviewed, by its first card.

    *seen* identifies its correction: a verdict names the one that it is about.
    """

    card: PreviewCard
    page: Page
    fields: Mapping[str, str]  # what can be reworded, as HTML: question and answer, or text
    score: int
    state: State
    seen: str
    reason: str = ""
    problem: str = ""  # what the corrections report about it


@dataclass(frozen=True, slots=True)
class ReviewVerdict:
    """A decision about a card, and the correction that it was based on (*seen*)."""

    key: str
    seen: str
    decision: Decision | None
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Undo:
    key: str
    values: Mapping[str, object] | None
    seen: str  # after the verdict


class ReviewSession:
    """Reads pages once, and corrections before each verdict; not thread-safe."""

    def __init__(
        self,
        paths: Sequence[str],
        out: Path,
        settings: Settings,
        places: Sequence[Path],
        note_types: NoteTypes,
    ) -> None:
        self._settings = settings
        self._places = places
        self._note_types = {kind: _published(note_types, kind) for kind in ("qa", "cloze")}
        self._previous = read_previous_release((out,))
        pages = read_pages(paths, settings, self._previous.pages)
        self._pages = {str(page.page_id): page for page in pages}
        self._undo: list[_Undo] = []

    def cards(self, subjects: Sequence[str] = ()) -> tuple[ReviewedCard, ...]:
        """Return all cards of *subjects* (case-folded; empty: all), by page."""
        known = read_corrections(self._places)
        wanted = (page for page in self._pages.values() if _is_of(page, subjects))
        return tuple(card for page in wanted for card in self._cards_of(page, known))

    def card(self, key: str) -> ReviewedCard | None:
        """Return a card as it is now, None for one that is gone."""
        return self._card(key, self._page_of(key), read_corrections(self._places))

    def answer(self, page_id: str) -> tuple[str, str] | None:
        """Return the question of a page and its answer as HTML, None for an unknown page."""
        page = self._pages.get(page_id)
        return (page.question, blocks_html(read_blocks(page.answer))) if page else None

    def rendered(self, verdict: ReviewVerdict) -> PreviewCard:
        """Return the card with a new wording, without writing it."""
        page, known = self._page_of(verdict.key), read_corrections(self._places)
        old = known.by_key.get(verdict.key)
        tried = _correction(verdict, decided(old, None, verdict.texts, ""))
        return self._preview(_accepted(tried, self._applied(tried, page, known)), page)

    def decide(self, verdict: ReviewVerdict) -> ReviewedCard | None:
        """Write a verdict and return the card as it is now, None for one that is gone.

        Raises CorrectionsChangedError if somebody else has decided about the card since it was
        shown, RefusedVerdictError for invalid wording, and PackageError if the disk fails.
        """
        page = self._page_of(verdict.key)
        for attempt in range(_ATTEMPTS):
            files = self._files()
            known = read_corrections(self._places)
            old = known.by_key.get(verdict.key)
            if _seen(old) != verdict.seen:
                raise CorrectionsChangedError(
                    f"{verdict.key}: somebody else has decided about this card",
                    hint="look at it again; nothing was written",
                )
            tried = _correction(verdict, decided(old, verdict.decision, verdict.texts, ""))
            found = self._applied(tried, page, known)
            if not tried.drop:
                _accepted(tried, found)
            digest = made_from_of(tried, found)
            values = decided(old, verdict.decision, verdict.texts, digest)
            try:
                self._write(verdict.key, values, known, page, files)
            except CorrectionsChangedError:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            break
        after = read_corrections(self._places)
        seen = _seen(after.by_key.get(verdict.key))
        self._undo.append(_Undo(verdict.key, old.values if old else None, seen))
        return self._card(verdict.key, page, after)

    def undo(self) -> tuple[str, ReviewedCard | None] | None:
        """Take the last verdict back; return the key and the card, None if there is none left.

        Raises CorrectionsChangedError if somebody else has decided about the card since.
        """
        if not self._undo:
            return None
        last = self._undo[-1]
        files = self._files()
        known = read_corrections(self._places)
        if _seen(known.by_key.get(last.key)) != last.seen:
            self._undo.pop()
            raise CorrectionsChangedError(
                f"{last.key}: somebody else has decided about this card since",
                hint="it stays as they left it",
            )
        page = self._page_of(last.key)
        self._write(last.key, last.values, known, page, files)
        self._undo.pop()
        return last.key, self._card(last.key, page, read_corrections(self._places))

    def _files(self) -> dict[Path, CorrectionsText]:
        """Read the text of the files before their corrections.

        A write replaces exactly these texts, so no decision made in the meantime is overwritten.
        """
        found = correction_files(path for path in self._places if path.exists())
        return {path: read_text(path) for path in found}

    def _write(
        self,
        key: str,
        values: Mapping[str, object] | None,
        known: Corrections,
        page: Page,
        files: Mapping[Path, CorrectionsText],
    ) -> None:
        path = file_for(key, known, self._places, page.subjects[0])
        set_correction(files.get(path) or CorrectionsText(path, "", ""), key, values)

    def _page_of(self, key: str) -> Page:
        page = self._pages.get(key.partition("/")[0])
        if page is None:
            raise RefusedVerdictError(f"{key}: there is no such page here")
        return page

    def _candidates(self, page: Page, known: Corrections) -> PageCandidates:
        return candidates_of(page, self._previous, self._settings, known)

    def _applied(self, tried: Correction, page: Page, known: Corrections) -> PageCandidates:
        """Apply a correction without writing it."""
        return self._candidates(page, replace(known, more=(replace(tried, proposed=False),)))

    def _card(self, key: str, page: Page, known: Corrections) -> ReviewedCard | None:
        found = (card for card in self._cards_of(page, known) if card.card.key == key)
        return next(found, None)

    def _cards_of(self, page: Page, known: Corrections) -> Iterator[ReviewedCard]:
        """Yield the cards of a page: proposals as if confirmed, and those that are dropped."""
        own = known.of_page(page.page_id)
        proposed = tuple(replace(one, proposed=False) for one in own if one.proposed)
        dropped = (one for one in own if one.drop and not one.is_own)  # those have no text left
        shown = tuple(replace(one, drop=False, keep=True) for one in dropped)
        found = self._candidates(page, replace(known, more=proposed + shown))
        for note in found.notes:
            yield self._reviewed(note, page, found, known)

    def _reviewed(
        self, note: Note, page: Page, found: PageCandidates, known: Corrections
    ) -> ReviewedCard:
        key = note.fields[0]
        by = known.by_key.get(key)
        scores = (one.score for one in found.choices if one.candidate.note.fields[0] == key)
        told = " ".join(p.text for p in _about(found.problems, key))
        values = dict(zip(field_names(note), note.fields, strict=True))
        return ReviewedCard(
            self._preview(note, page),
            page,
            {n.lower(): without_full_answer(values[n]) for n in _EDITED if n in values},
            next(scores, _NO_SCORE),
            _state(by, found),
            _seen(by),
            by.reason if by else "",
            told,
        )

    def _preview(self, note: Note, page: Page) -> PreviewCard:
        note_type = self._note_types[note.note_type]
        shown = PublishedNote(
            note.guid, note.key, note.note_type, note.fields, note.tags, 0, 0, page.page_id
        )
        return PreviewCard(
            guid=note.guid,
            key=note.fields[0],
            ord=0,
            page_id=page.page_id,
            kind=note.kind.value,
            tier="",
            tags=(),
            decks=(page.subjects[0],),
            css=note_type.css,
            sides=render_card(shown, note_type, 0, deck=page.subjects[0]),
        )


def _accepted(tried: Correction, found: PageCandidates) -> Note:
    """Return the note that a correction makes; raise RefusedVerdictError if it is invalid."""
    for problem in _about(found.problems, tried.key):
        if problem.code in REFUSED:
            said = problem.text.removeprefix(f"{tried.key}: ")
            raise RefusedVerdictError(said, hint=problem.hint)
    note = next((note for note in found.notes if note.fields[0] == tried.key), None)
    if note is None:
        raise RefusedVerdictError("the page has no such card")
    return note


def _is_of(page: Page, subjects: Sequence[str]) -> bool:
    return not subjects or any(name.casefold() in subjects for name in page.subjects)


def _about(problems: Sequence[Problem], key: str) -> Iterator[Problem]:
    return (problem for problem in problems if problem.text.startswith(f"{key}:"))


def _correction(verdict: ReviewVerdict, values: Mapping[str, object]) -> Correction:
    return correction_of(verdict.key, values, "", None)


def _state(by: Correction | None, found: PageCandidates) -> State:
    if by is None:
        return ""
    if by.proposed:
        return "proposed"
    if by.made_from and by.made_from != made_from_of(by, found):
        return "changed"
    if by.drop:
        return "dropped"
    return "own" if by.is_own else "reworded" if by.has_wording else "good"


def _seen(by: Correction | None) -> str:
    """Return what identifies a correction as it is now, "" for none."""
    if by is None:
        return ""
    return hashlib.blake2b(repr(by.values).encode("utf-8"), digest_size=8).hexdigest()


def _published(note_types: NoteTypes, kind: str) -> PublishedNoteType:
    made = note_types.qa if kind == "qa" else note_types.cloze
    return PublishedNoteType(
        made.kind,
        made.name,
        made.model_id,
        made.mod,
        tuple(one.name for one in made.fields),
        tuple(PublishedTemplate(one.name, one.front, one.back) for one in made.templates),
        made.css,
    )
