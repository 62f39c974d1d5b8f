"""Decisions about the cards of pages, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from qt2anki.build.card_candidates import (
    REFUSED,
    abbreviation_candidates,
    candidates_of,
    made_from_of,
    read_pages_with_pictures,
)
from qt2anki.build.job import Job
from qt2anki.build.note_cache import request_for
from qt2anki.corrections import edit
from qt2anki.corrections.correction import PAGELESS, Correction, correction_of
from qt2anki.corrections.corrections_file import Corrections, correction_files, read_corrections
from qt2anki.errors import Qt2AnkiError
from qt2anki.model import Note, PageId
from qt2anki.notes.kinds.abbreviations import Meaning
from qt2anki.notes.make_notes import PageNotes
from qt2anki.preview.preview_cards import PreviewCard
from qt2anki.release.previous_release import read_previous_release
from qt2anki.review.reviewed_card import (
    ReviewedCard,
    ReviewedPage,
    preview_of,
    problems_about,
    reviewed_card,
    reviewed_page,
    seen_as,
)

_ATTEMPTS = 5  # to write a file that others write too

Values = Mapping[str, object] | None
"""The table of a correction, None for none."""


class RefusedVerdictError(Qt2AnkiError):
    """A verdict that cannot be applied; nothing was written."""


@dataclass(frozen=True, slots=True)
class ReviewVerdict:
    """A decision about a card, and the correction that it was based on (*seen*)."""

    key: str
    seen: str
    decision: edit.Decision | None
    texts: Mapping[str, str] = field(default_factory=dict)


class ReviewSession:
    """Reads the pages of a job once, and corrections before each verdict; not thread-safe.

    *places* are those of the corrections.
    """

    def __init__(self, job: Job, places: Sequence[Path]) -> None:
        self._settings = job.settings
        self._places = places
        self._note_types = {"qa": job.note_types.qa, "cloze": job.note_types.cloze}
        self._previous = read_previous_release((job.out,))
        found = read_pages_with_pictures(job.paths, job.settings, self._previous.pages)
        self._every = {one.page.page_id: one.page for one in found}
        self._pictures = {name: path for one in found for name, path in one.files}
        self._pages = {
            str(one.page.page_id): one.page
            for one in found
            if not job.subjects or any(s.casefold() in job.subjects for s in one.page.subjects)
        }
        # Key, correction before the verdict, and what identifies the one after it
        self._undo: list[tuple[str, Values, str]] = []
        self._last = Corrections()
        self._shown: dict[str, tuple[object, tuple[ReviewedCard, ...]]] = {}  # by page
        self._meanings: dict[str, tuple[Meaning, ...]] = {}  # of acronyms, by page

    def cards(self) -> tuple[ReviewedCard, ...]:
        """Return all cards, by page; abbreviations come last."""
        known = self._known()
        return tuple(card for group in (*self._pages, PAGELESS) for card in self._of(group, known))

    def cards_of(self, key: str) -> tuple[ReviewedCard, ...]:
        """Return the card *key* as it is now, if it still exists, or all cards of a page."""
        self._check(key)
        cards = self._of(key.partition("/")[0], self._known())
        return tuple(one for one in cards if "/" not in key or one.card.key == key)

    def page(self, page_id: str) -> ReviewedPage | None:
        """Return a page, None for an unknown one."""
        page = next((one for one in self._every.values() if str(one.page_id) == page_id), None)
        if page is None:
            return None
        by = self._known().by_key.get(page_id)
        published = request_for(page, self._previous, Corrections()).published.keys
        return reviewed_page(page, by, self._settings, published, self._pictures)

    def rendered(self, verdict: ReviewVerdict) -> PreviewCard:
        """Return the card with a new wording, without writing it."""
        self._check(verdict.key)
        known = self._known()
        values = edit.decided(known.by_key.get(verdict.key), None, verdict.texts, "")
        tried = correction_of(verdict.key, values, "", None)
        note = _accepted(tried, self._applied(tried, known))
        return preview_of(note, self._every[note.page_id], self._note_types[note.note_type])

    def decide(self, verdict: ReviewVerdict) -> None:
        """Write a verdict.

        Raises CorrectionsChangedError if someone else has decided about the card since it was
        shown, RefusedVerdictError for invalid wording, and PackageError if the disk fails.
        """

        def values(old: Correction | None, known: Corrections) -> Values:
            new = edit.decided(old, verdict.decision, verdict.texts, "")
            tried = correction_of(verdict.key, new, "", None)
            found = self._applied(tried, known)
            if not tried.drop:
                _accepted(tried, found)
            return edit.decided(old, verdict.decision, verdict.texts, made_from_of(tried, found))

        self._change(verdict.key, verdict.seen, values)

    def settle(self, page_id: str, seen: str, *, is_sequence: bool | None) -> None:
        """Write whether the list of a page is a sequence, None: let the evidence decide."""

        def values(old: Correction | None, _known: Corrections) -> Values:
            reason = {"reason": old.reason} if old and old.reason else {}
            return None if is_sequence is None else {"is_sequence": is_sequence, **reason}

        self._change(page_id, seen, values)

    def undo(self) -> str | None:
        """Take the last verdict back; return the key of its card or page, None if there is none.

        Raises CorrectionsChangedError if someone else has decided about it since.
        """
        if not self._undo:
            return None
        key, values, seen = self._undo[-1]
        try:
            self._change(key, seen, lambda _old, _known: values)
        except edit.CorrectionsChangedError:
            self._undo.pop()
            raise
        del self._undo[-2:]  # the verdict, and this change
        return key

    def _change(
        self, key: str, seen: str, values: Callable[[Correction | None, Corrections], Values]
    ) -> None:
        """Write *values* of the correction of *key*, unless it has changed since it was *seen*."""
        self._check(key)
        page = self._pages.get(key.partition("/")[0])
        subject = page.subjects[0] if page else PAGELESS
        for attempt in range(_ATTEMPTS):
            # Texts are read before their corrections, and a write replaces exactly these texts, so
            # that no decision made in the meantime is overwritten.
            found = correction_files(path for path in self._places if path.exists())
            files = {path: edit.read_text(path) for path in found}
            known = self._known()
            old = known.by_key.get(key)
            path = edit.file_for(key, known, self._places, subject)
            if seen_as(old) != seen:
                raise edit.CorrectionsChangedError(
                    f"{key}: someone else has reviewed this card in the meantime",
                    hint="look at it again; nothing was written",
                )
            try:
                file = files.get(path) or edit.CorrectionsText(path, "", "")
                edit.set_correction(file, key, values(old, known))
                break
            except edit.CorrectionsChangedError:
                if attempt == _ATTEMPTS - 1:
                    raise
        after = self._known().by_key.get(key)
        self._undo.append((key, old.values if old else None, seen_as(after)))

    def _known(self) -> Corrections:
        """Read the corrections; unchanged files are not parsed again."""
        found = read_corrections(self._places)
        if found.texts != self._last.texts:
            self._last = found
        return self._last

    def _check(self, key: str) -> None:
        if key.partition("/")[0] not in {*self._pages, PAGELESS}:
            raise RefusedVerdictError(f"{key}: there is no such page here")

    def _applied(self, tried: Correction, known: Corrections) -> PageNotes:
        """Apply a correction without writing it."""
        applied = [replace(tried, proposed=False)]
        return self._candidates(tried.page, known.for_page(tried.page, applied))

    def _candidates(self, group: str, known: Corrections) -> PageNotes:
        """Return the candidates of a page, or of all abbreviations."""
        if group != PAGELESS:
            found = candidates_of(self._pages[group], self._previous, self._settings, known)
            self._meanings[group] = found.meanings
            return found
        for page in self._pages.keys() - self._meanings.keys():
            self._candidates(page, Corrections())
        meanings = [meaning for found in self._meanings.values() for meaning in found]
        return abbreviation_candidates(meanings, self._every, self._previous, self._settings, known)

    @cached_property
    def _topics(self) -> Mapping[PageId | None, str]:
        """The topics of pages in the latest published decks."""
        packages = (self._previous.live[key] for key in self._previous.live)
        return {note.page_id: one.topic_of(note) for one in packages for note in one.notes}

    def _of(self, group: str, known: Corrections) -> tuple[ReviewedCard, ...]:
        """Return the cards of a page, or all abbreviations; make them if corrections changed."""
        state = [(one.key, one.values) for one in known.of_page(group)]
        if self._shown.get(group, (None,))[0] != state:
            self._shown[group] = (state, tuple(self._reviewed(group, known)))
        return self._shown[group][1]

    def _reviewed(self, group: str, known: Corrections) -> Iterator[ReviewedCard]:
        """Make cards; proposals are shown as if confirmed, and cards that are dropped, too."""
        own = known.of_page(group)
        proposed = tuple(replace(one, proposed=False) for one in own if one.proposed)
        dropped = (one for one in own if one.drop and not one.is_own)  # those have no text left
        shown = tuple(replace(one, drop=False, keep=True) for one in dropped)
        found = self._candidates(group, known.for_page(group, proposed + shown))
        for note in found.notes:
            page, by = self._every[note.page_id], known.by_key.get(note.fields[0])
            topic = page.topic or self._topics.get(page.page_id, "")
            yield reviewed_card(note, page, topic, found, by, self._note_types[note.note_type])


def _accepted(tried: Correction, found: PageNotes) -> Note:
    """Return the note that a correction makes; raise RefusedVerdictError if it is invalid."""
    for problem in problems_about(found.problems, tried.key):
        if problem.code in REFUSED:
            said = problem.text.removeprefix(f"{tried.key}: ")
            raise RefusedVerdictError(said, hint=problem.hint)
    note = next((note for note in found.notes if note.fields[0] == tried.key), None)
    if note is None:
        raise RefusedVerdictError("the page has no such card")
    return note
