"""Apply the corrections of one page to its notes."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from qt2anki.anki.note_content import AnyNote, as_generated, field, without_reason
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.anki.visible_text import is_typo, visible_text
from qt2anki.config import Settings
from qt2anki.config.values import InvalidValue
from qt2anki.corrections.correction import OWN, Correction
from qt2anki.corrections.corrections_file import FILE, Corrections
from qt2anki.corrections.wording import (
    check_wording,
    have_same_front,
    made_from,
    own_note,
    question_and_answer,
    reworded,
    said_by,
    stems,
)
from qt2anki.errors import PackageError
from qt2anki.messages import Problem, nearest, plural
from qt2anki.model import Kind, Note, Page
from qt2anki.notes.choose import Choice, Graded, wanted_kinds
from qt2anki.notes.frame import Frame, without_full_answer
from qt2anki.notes.make_notes import CorrectedNotes
from qt2anki.notes.phrases import phrase
from qt2anki.notes.ranker import tier_of

_BEST = 1000  # the score of a card that a person has written
_LONGEST = 160  # characters of a card in a message


@dataclass(frozen=True, slots=True)
class CorrectionsOfPage:
    """The corrections of a page, or of abbreviations; see :meth:`apply`.

    *published* has the keys of its notes that students have or had, *live* the notes that they
    have, by key, and *retired_own* the retired notes that people had written.
    """

    corrections: tuple[Correction, ...]
    settings: Settings
    published: Collection[str] = ()
    live: Mapping[str, Note] = dataclasses.field(default_factory=dict)
    retired_own: Mapping[str, AnyNote] = dataclasses.field(default_factory=dict)

    def apply(
        self, frame: Frame, choices: Sequence[Choice], kept: Sequence[Graded] = ()
    ) -> CorrectedNotes:
        """Drop, keep, reword and add notes, and report corrections that need attention.

        No other card takes the place of a dropped one. A card that is kept or reworded needs no
        score.
        """
        wanted = {one.name: one for one in self.corrections if not one.proposed}
        known = {note.key: note for note, _ in kept}
        known |= {one.candidate.note.key: one.candidate.note for one in choices}
        kinds = wanted_kinds(self.settings)
        chosen = [
            (one.candidate.note, tier_of(one.score))
            for one in choices
            if not one.left_out
            or (one.candidate.note.key in wanted and one.candidate.note.kind in kinds)
        ]
        chosen += [one for one in kept if all(one[0].key != note.key for note, _ in chosen)]
        problems = [p for one in wanted.values() for p in _news(one, known, self.published, frame)]
        left_out = {one.candidate.note.key for one in choices if one.left_out}
        others = {note.key: note for note, _ in chosen if note.key not in left_out}
        # A card made from the page that has the name of a card of people is only reworded.
        taken = {note.key for note, _ in chosen}
        new = (one for one in wanted.values() if one.is_own and one.name not in taken)
        own = [(None, one, tier_of(_BEST)) for one in new]
        notes: list[Graded] = []
        good: set[str] = set()
        for note, by, tier in [*((n, wanted.get(n.key), tier) for n, tier in chosen), *own]:
            made = self._corrected(note, by, frame, others)
            if isinstance(made, Problem):
                problems.append(made)
                made = note if note and note.key not in left_out else None
                live = self.live.get(note.key if note else by.name) if by else None
                if live is not None and (live.generated or live.key.startswith(OWN)):
                    made = others[live.key] = live  # the version that students have
            elif made is not None and by is not None:
                good.add(made.key)
            if made is not None:
                notes.append((made, tier))
        if self.settings.only_reviewed:
            notes = [one for one in notes if one[0].key in good]
        written = [note for note, _ in notes if note.kind is Kind.OWN]
        notes = [
            (note, tier)
            for note, tier in notes
            if note in written
            or note.key in self.live
            or not any(have_same_front(note, one) for one in written)
        ]
        return CorrectedNotes(tuple(notes), tuple(problems), self._why_none(len(chosen)))

    def _corrected(
        self,
        note: Note | None,
        by: Correction | None,
        frame: Frame,
        others: dict[str, Note],
    ) -> Note | Problem | None:
        """Return the corrected *note*, or the note that is written in *by* if there is none.

        A published wording has passed the gates, and stays if its page changes.
        """
        if by is None:
            return note
        if by.drop:
            return None
        try:
            made = reworded(note, by, frame) if note else own_note(by, frame)
            old = self.retired_own.get(made.key)
            if note is None and old is not None and said_by(old) != said_by(made):
                text = f"the name is tied to a retired card: {_clipped(said_by(old))}"
                hint = "Choose a different name after own/, or leave it out to have one made from"
                hint += " the question. To correct the retired card, build with its old text first."
                return by.problem("QT606", text, hint)
            live = self.live.get(made.key)
            if live is not None and live.note_type != made.note_type:
                raise InvalidValue(
                    "a card published as a question cannot become a gap, or the other way round",
                    "Drop it, and write a card with a different name after own/.",
                )
            if (note is None or made.generated) and not _is_worded_so(live, made):
                check_wording(made, frame, [one for key, one in others.items() if key != made.key])
            known = tuple(filter(None, (live, note)))
            if known and not any(_are_alike(one, made, frame) for one in known):
                raise InvalidValue(
                    "its key is tied to a card with a different question and answer:"
                    f" {_clipped(said_by(known[0]))}",
                    "Drop that card, and write this one with a different name after own/.",
                )
        except InvalidValue as refused:
            return by.problem("QT602", refused.text, refused.hint)
        others[made.key] = made
        return made

    def _why_none(self, chosen: int) -> str:
        if self.settings.only_reviewed:
            return "no card of the page has been approved"
        return "corrections drop all of its cards" if chosen else ""


def is_reviewed(note: AnyNote, corrections: Corrections) -> bool:
    """Whether someone has found the card good, reworded it or written it."""
    by = corrections.by_key.get(note.fields[0])
    if by is None or by.drop or by.proposed:
        return False
    return by.is_own or bool(note.generated) or not by.has_wording


def read_by_people(notes: Sequence[AnyNote], corrections: Corrections, language: str) -> str:
    """Return a sentence with the share of *notes* that people have read; "" below one percent."""
    read = sum(is_reviewed(one, corrections) for one in notes) if corrections.by_key else 0
    share = 100 * read // len(notes) if read else 0
    return phrase("read_by_people", language, share=str(share)) if share else ""


def is_said(read: str, description: str, language: str) -> bool:
    """Whether *description* has the sentence *read* of read_by_people(), or none if it is ""."""
    before, after = map(re.escape, phrase("read_by_people", language, share="\0").split("\0"))
    found = re.search(f"^{before}[0-9]+{after}$", description, re.MULTILINE)
    return (found[0] if found else "") == read


def undone_corrections(
    published: Iterable[PublishedNote], notes: Iterable[Note]
) -> tuple[PublishedNote, ...]:
    """Return the published notes that were written or reworded, but not in *notes*."""
    corrected = {n.guid: n for n in published if n.key.startswith(OWN) or n.generated}
    for note in notes if corrected else ():
        if note.guid in corrected and (note.generated or not corrected[note.guid].generated):
            del corrected[note.guid]
    return tuple(corrected.values())


def refuse_undone(notes: Iterable[PublishedNote]) -> None:
    """Refuse to undo the corrections of *notes* if there is no file of corrections."""
    every = {note.guid: note.key.startswith(OWN) for note in notes}
    if every:
        own = sum(every.values())
        raise PackageError(
            "there is no file of corrections, but the published packages have"
            f" {plural(own, 'note')} written and {plural(len(every) - own, 'note')} reworded by"
            " people, which this build would retire or change back; nothing was written",
            hint=f"restore {FILE}, or pass it with --corrections; or, if you no longer"
            " want any corrections, add --allow-retire",
        )


def _are_alike(old: AnyNote, made: AnyNote, frame: Frame) -> bool:
    """Whether two cards have a question, or content words or misspellings of them, in common."""
    if question_and_answer(old)[0] == question_and_answer(made)[0]:
        return True
    extra = visible_text(without_full_answer(without_reason(field(old, "Extra"))))
    words, others = stems(f"{said_by(old)} {extra}", frame), stems(said_by(made), frame)
    pairs = product(words, others)
    return not words or not others or any(a == b or is_typo(a, b) for a, b in pairs)


def _is_worded_so(published: AnyNote | None, made: Note) -> bool:
    if published is None or published.note_type != made.note_type:
        return False
    names = ("Question", "Answer") if made.note_type == "qa" else ("Text",)
    return all(field(published, name) == field(made, name) for name in names)


def _news(
    one: Correction, known: Mapping[str, Note], published: Collection[str], frame: Frame
) -> Iterator[Problem]:
    """Yield problems with corrections whose cards have changed since."""
    note = known.get(one.name)
    confirm = f"To confirm the correction: qt2anki corrections add {one.key}"
    if one.is_own:
        if one.made_from and one.made_from != page_digest(frame.page) and not one.drop:
            text = f"page {one.page} has changed since this card was written"
            yield one.problem("QT603", f"{text}: {_clipped(one.summary)}", confirm)
    elif note is not None:
        if one.made_from and one.made_from != made_from(as_generated(note)):
            now = _clipped(said_by(as_generated(note)))
            text = f"the page has changed since this was written: {_clipped(one.summary)}"
            yield one.problem("QT603", f"{text}; the page now produces: {now}", confirm)
    else:
        near = nearest(one.name, known, cutoff=0)
        if one.name in published or one.made_from:
            text = f"the page no longer has this card: {_clipped(one.summary)}"
            if near:
                text += f"; the most similar is {one.page}/{near}: {_clipped(said_by(known[near]))}"
            yield one.problem("QT604", text)
        else:
            hint = f"Did you mean {one.page}/{near}?" if near else ""
            yield one.problem("QT601", "there is no such card", hint)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def page_digest(page: Page) -> str:
    """Return the digest (8 hexadecimal digits) of a page for which people write cards."""
    text = f"{page.question}\0{page.answer}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=4).hexdigest()
