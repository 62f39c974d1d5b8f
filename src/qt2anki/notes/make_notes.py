"""Make the notes of a page: read the outline, make candidates, keep the best."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from qt2anki.config import Settings
from qt2anki.messages import Problem, make_problem
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Kind, Note, Outline, Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.choose import Choice, Graded, choose, chosen, wanted_kinds
from qt2anki.notes.features import page_traits
from qt2anki.notes.frame import Frame, frame_for, language_for, numbered, with_full_answer
from qt2anki.notes.hysteresis import steady_sequences
from qt2anki.notes.identity import guid_for
from qt2anki.notes.kinds.abbreviations import Meaning, find_meanings
from qt2anki.notes.kinds.compare import compare_candidates
from qt2anki.notes.kinds.facts import fact_candidates
from qt2anki.notes.kinds.formula_cards import formula_candidates, variable_candidates
from qt2anki.notes.kinds.key_terms import cloze_candidates
from qt2anki.notes.kinds.localized_cards import localized_candidates
from qt2anki.notes.kinds.main_question import main_candidate
from qt2anki.notes.kinds.numbers import number_candidates
from qt2anki.notes.kinds.points import point_candidates
from qt2anki.notes.kinds.steps import step_candidates
from qt2anki.notes.kinds.table_rows import table_candidates
from qt2anki.notes.kinds.terms import term_candidates
from qt2anki.notes.languages import LANGUAGES, Language, guess_language, read_language
from qt2anki.notes.phrases import ENGLISH
from qt2anki.notes.ranker import tier_of
from qt2anki.notes.refusals import is_refusal, points_elsewhere
from qt2anki.notes.text_units import Unit, read_units
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import Sequence as ScoredSequence

_OUTLINE_FAMILIES = (
    (Kind.FORMULA, formula_candidates),
    (Kind.VARIABLE, variable_candidates),
    (Kind.TABLE, table_candidates),
)
_FRONT_AT = {
    "qa": tuple(map(QA_FIELDS.index, ("Context", "Question"))),
    "cloze": tuple(map(CLOZE_FIELDS.index, ("Context", "Title", "Text"))),
}
_ANSWER_AT = QA_FIELDS.index("Answer")
_BY_KEYWORDS = ("item/", "cloze/", "gloss/", "does/", "alias/")  # keys; keywords choose the terms
_MOST_TECHNICAL = 2  # see soft_gates.field_of
_STEP_ORDER = (Kind.NEXT, Kind.EXPLAIN, Kind.NAME)


@dataclass(frozen=True, slots=True)
class PageNotes:
    """The notes of one page in the order in which they are learned, or the reason there are none.

    *meanings* are those of its acronyms, whose notes belong to the subject. *choices* are all
    candidates; callers that need only the notes drop them.
    """

    page: Page
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    meanings: tuple[Meaning, ...] = ()
    choices: tuple[Choice, ...] = ()

    @property
    def generated(self) -> dict[str, Note]:
        """The candidates by the field Key, without corrections."""
        return {one.candidate.note.fields[0]: one.candidate.note for one in self.choices}


@dataclass(frozen=True, slots=True)
class Recognized:
    """The published notes among those that a page could have, by natural key."""

    keys: Mapping[str, str]  # -> the key under which the note is, or can be, published
    live: Mapping[str, int]  # those that students have, with their guaranteed scores

    def named(self, note: Note) -> Note:
        """Give a note the key and GUID under which its fact is published."""
        key = self.keys.get(note.key, note.key)
        if key == note.key:
            return replace(note, natural_key=note.key)
        return replace(
            note,
            guid=guid_for(note.page_id, key),
            key=key,
            natural_key=note.key,
            fields=(f"{note.page_id}/{key}", *note.fields[1:]),
        )


class Published(Protocol):
    """The published notes of a page."""

    @property
    def keys(self) -> frozenset[str]:
        """The natural keys of its notes."""

    @property
    def all_keys(self) -> frozenset[str]:
        """The natural keys of its notes, including retired ones."""

    @property
    def is_part(self) -> bool:
        """Whether only a course is published, which may leave out notes."""

    @property
    def questions(self) -> frozenset[str]:
        """The questions (HTML) of its notes that students have."""

    @property
    def terms(self) -> frozenset[str]:
        """The terms that its notes ask for or explain."""

    def recognize(self, notes: tuple[Note, ...]) -> Recognized:
        """Find which of *notes* are published."""

    def kept(self, page: Page, made: Collection[str]) -> tuple[Note, ...]:
        """Return published notes that corrections must not retire, except those *made* (GUIDs)."""

    def answer_at(self, notes: Sequence[Note]) -> int:
        """Return the one of *notes* that has the whole answer, so no published note changes."""


_START = 400  # characters of an answer that are enough to detect its language


class PageCorrections(Protocol):
    """The corrections of a page's notes by people."""

    def apply(
        self, frame: Frame, choices: Sequence[Choice], kept: Sequence[Graded]
    ) -> CorrectedNotes:
        """Correct the chosen notes, and those *kept* although the page no longer has them."""


@dataclass(frozen=True, slots=True)
class CorrectedNotes:
    """The notes of a page after its corrections, and problems for the authors of these."""

    notes: tuple[Graded, ...]
    problems: tuple[Problem, ...]
    why_none: str = ""  # the reason why there are no notes, if corrections caused it


def make_notes(
    page: Page,
    settings: Settings,
    published: Published | None = None,
    corrections: PageCorrections | None = None,
) -> PageNotes:
    """Make all notes of *page*; the result does not depend on other pages.

    A published note stays as long as it is correct, even if it would not be chosen again. Published
    notes are recognized among all candidates before any is chosen, so no other note takes the
    place, or the key, of one that students have.
    """
    language = language_for(page, settings)
    reason = _reason_for_none(page, language, settings)
    if reason is not None and corrections is None:
        return PageNotes(page, (), (reason,))
    outline = read_outline(page.answer)
    choices: tuple[Choice, ...] = ()
    units: tuple[Unit, ...] = ()
    if reason is None:
        choices, units = _choices(page, outline, settings, published)
    notes_and_tiers = chosen(choices)
    made = {note.guid for note, _ in notes_and_tiers}
    kept = tuple(_kept(page, settings, published, made)) if published else ()
    found = CorrectedNotes((*notes_and_tiers, *kept), ())
    if corrections is not None:
        found = corrections.apply(frame_for(page, settings), choices, kept)
    notes = numbered(found.notes, settings.tag_root)
    at = published.answer_at(notes) if published else 0
    language = language or read_language(ENGLISH)
    notes = (*notes[:at], *with_full_answer(notes[at:], outline, language))
    meanings = find_meanings(page, units) if Kind.ABBR in wanted_kinds(settings) else ()
    problems = list(found.problems)
    if not notes:
        why = found.why_none or _why_none(choices)
        problems.append(reason or make_problem("QT303", page.source, why))
    guess = "" if page.language else guess_language(f"{page.question} {page.answer[:_START]}")
    if guess not in ("", language.code):
        text = f"the page seems to be in the language '{guess}', but is read as '{language.code}'"
        hint = f"Add a line 'lang: {guess}', or set language = \"{guess}\" for all pages."
        problems.append(make_problem("QT305", page.source, text, hint=hint))
    return PageNotes(page, notes, tuple(problems), meanings, choices)


def _kept(
    page: Page, settings: Settings, published: Published, made: Collection[str]
) -> Iterator[tuple[Note, str]]:
    """Yield the notes that a correction must not retire, updated from the page, with their tier."""
    kinds = wanted_kinds(settings)
    for note in published.kept(page, made):
        if note.kind in kinds:
            yield frame_for(page, settings).refreshed(note), tier_of(0)


def _choices(
    page: Page,
    outline: Outline,
    settings: Settings,
    published: Published | None,
) -> tuple[tuple[Choice, ...], tuple[Unit, ...]]:
    frame = frame_for(page, settings)
    known = published.keys if published else frozenset[str]()
    units: tuple[Unit, ...] = ()
    make: Callable[[Frame], Iterator[Candidate]]
    if frame.language.is_english:
        is_part = published is not None and (settings.only_reviewed or published.is_part)
        shown = published.all_keys if published and is_part else known
        sequences = steady_sequences(frame, outline, shown, is_part=is_part)
        units = read_units(outline, sequences)
        questions = published.questions if published else frozenset[str]()
        make = partial(
            _candidates,
            outline=outline,
            sequences=sequences,
            units=units,
            kinds=wanted_kinds(settings),
            published=known,
            questions=questions,
        )
    else:
        make = partial(localized_candidates, outline=outline)
    found = tuple(_without_twins(make(frame)))
    recognized = Recognized({}, {})
    if published:
        found = _with_published(found, published, frame, make)
        recognized = published.recognize(tuple(candidate.note for candidate in found))
    traits = page_traits(page) if found else frozenset()
    candidates = tuple(replace(candidate, page_traits=traits) for candidate in found)
    choices = choose(candidates, settings, recognized.live)
    return tuple(
        replace(one, candidate=replace(one.candidate, note=recognized.named(one.candidate.note)))
        for one in choices
    ), units


def _with_published(
    found: tuple[Candidate, ...],
    published: Published,
    frame: Frame,
    make: Callable[[Frame], Iterator[Candidate]],
) -> tuple[Candidate, ...]:
    """Add candidates for published notes whose terms are no longer keywords of the page.

    Students do not see keywords. No new note of the same kind is made from such a note's sentence.
    """
    keys = published.keys - {candidate.note.key for candidate in found}
    missing = {key for key in keys if key.startswith(_BY_KEYWORDS)}
    if not missing:
        return found
    page = replace(frame.page, keywords=tuple(sorted(published.terms)))
    again = make(replace(frame, page=page, field=_MOST_TECHNICAL))
    more = [one for one in again if one.note.key in missing]
    live = published.recognize(tuple(one.note for one in (*found, *more))).live
    more = [one for one in more if one.note.key in live]
    asked = {(one.note.kind, one.sentence) for one in more}
    rest = (
        one for one in found if one.note.key in live or (one.note.kind, one.sentence) not in asked
    )
    return tuple(_without_twins((*rest, *more)))


def _why_none(choices: Iterable[Choice]) -> str:
    best = max(choices, key=lambda choice: choice.score, default=None)
    if best is None:
        return "no answer short enough"
    return f"no card is good enough: the best, {best.candidate.note.fields[0]}, scores {best.score}"


def _candidates(
    frame: Frame,
    outline: Outline,
    sequences: tuple[ScoredSequence, ...],
    units: tuple[Unit, ...],
    kinds: frozenset[Kind],
    published: frozenset[str],
    questions: frozenset[str],
) -> Iterator[Candidate]:
    """Yield all candidates of a page, in the order in which they are learned.

    Candidates outside of *kinds* are included, because an earlier one can exclude a later one.
    """
    mains = tuple(filter(None, (main_candidate(frame, outline, sequences),)))
    yield from mains
    steps = step_candidates(frame, outline, sequences, published)
    # All notes of one kind come before those of the next: the notes of one step give each other
    # away.
    yield from sorted(steps, key=lambda one: _STEP_ORDER.index(one.note.kind))
    if Kind.COMPARE in kinds:
        yield from compare_candidates(frame, outline, sequences, published)
    for kind, family in _OUTLINE_FAMILIES:
        if kind in kinds:
            yield from family(frame, outline, sequences)
    yield from term_candidates(frame, units)
    answers = {one.note.fields[_ANSWER_AT] for one in mains}
    points = tuple(
        one
        for one in point_candidates(frame, outline, sequences, questions)
        if one.note.fields[_ANSWER_AT] not in answers
    )
    yield from fact_candidates(frame, units, {one.sentence for one in (*points, *mains)})
    yield from cloze_candidates(frame, units, published)
    yield from number_candidates(frame, units, published)
    yield from points


def _reason_for_none(page: Page, language: Language | None, settings: Settings) -> Problem | None:
    if language is None:
        text = f"no cards are made in the language {page.language or settings.language!r}"
        return make_problem("QT304", page.source, text, hint=f"Supported: {', '.join(LANGUAGES)}.")
    refuses = is_refusal if language.is_english else language.refusal.match
    if refuses(page.answer):
        text = "the answer says that it cannot answer, so no card is made"
        return make_problem("QT301", page.source, text)
    if language.is_english and points_elsewhere(page.question):
        text = f"the question is about something not on the page: {page.question!r}"
        return make_problem("QT302", page.source, text)
    return None


def _without_twins(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Drop a note with the same front or key as an earlier one: its answer would be ambiguous."""
    seen: set[tuple[str, ...] | str] = set()
    for candidate in candidates:
        names = (front_of(candidate.note), candidate.note.key)
        if seen.isdisjoint(names):
            seen.update(names)
            yield candidate


def front_of(note: Note) -> tuple[str, ...]:
    """Return the fields on the front of the note's first card."""
    return tuple([note.fields[at].casefold() for at in _FRONT_AT[note.note_type]])
