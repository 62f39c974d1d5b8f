"""Choose which of a page's candidates become cards.

A card costs a student about a minute and a half over the years (LessWrong, "How to use spaced
repetition"). So a page gets few cards, those that are most likely to be worth keeping. The choice
depends on the page, its published notes and the settings, not on other pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from qt2anki.config import Settings
from qt2anki.model import Kind, Note
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.ranker import score, tier_of

KINDS_OF: dict[str, frozenset[Kind]] = {
    "core": frozenset(
        (
            Kind.QA,
            Kind.NEXT,
            Kind.EXPLAIN,
            Kind.COMPARE,
            Kind.FORMULA,
            Kind.TABLE,
            Kind.POINT,
            Kind.GLOSS,
            Kind.OWN,
        )
    ),
    "standard": frozenset(Kind) - {Kind.VARIABLE, Kind.NAME},
    "full": frozenset(Kind),
}
"""The kinds of notes each profile makes (the names are those of the settings)."""

THRESHOLDS = {"core": 800, "standard": 650, "full": 300}
"""The score a card needs in each profile, unless the settings name another."""

NEEDED: Mapping[Kind, Mapping[str, int]] = {
    Kind.QA: {"set": 900},
    Kind.GLOSS: {"title-subject": 850, "praised": 850, "number-answer": 850},
    Kind.TERM: {"": 680, "boxes": 850, "number": 850},
    Kind.CLOZE: {"": 750, "keyword": 650, "adjective": 650, "explained": 650, "named": 800},
    Kind.NUMBER: {"year": 500, "number": 800},
    Kind.COMPARE: {"": 700, "contrast": 500},
    Kind.DOES: {"": 720, "contrast": 600, "state": 800, "shared-words": 800},
    Kind.POINT: {"": 720, "headed": 1000},
    Kind.EXPLAIN: {"": 720},
    Kind.MEMBER: {"": 900},
    Kind.ALIAS: {"": 900},
}
"""The score that new cards of some kinds need in ``core`` and ``standard``.

Readers kept fewer of these, or of years and contrasts more, than their scores promised. The highest
score of a card's cue and traits counts, or else that of "".
"""

_CORE = 850  # for a new card in ``core``, unless it asks for a definition in words of its own

_STEPS_OF_PAGE = 470  # if the question of a page is answered by a process, its steps are the answer
_TO_DO = frozenset(("commands", "terms-few"))  # "Count the atoms": of four, readers kept none
_SLACK = 100  # points that a published card may lack: scores change with every edit
_MOST_NOTES = 16
_MOST_NOTES_LONG = 24
_LONG_SEQUENCE = 7  # steps; two cards about each would fill the budget
_MOST_ANGLES = 2
# Not counted as angles: a step may be asked in three ways, the third of which is cut first.
_NO_ANGLE = frozenset((Kind.QA, Kind.NAME))
_MOST_CLOZES_OF_PROSE = 3
_ASKED = "a better card asks about the same term"
_UNWANTED = "the settings do not ask for this kind"


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate, its score, and why it is left out ("" if it becomes a card)."""

    candidate: Candidate
    score: int
    left_out: str = ""


Graded = tuple[Note, str]
"""A note with its tier."""


def chosen(choices: Iterable[Choice]) -> tuple[Graded, ...]:
    """Return the notes that become cards, with their tiers."""
    return tuple((one.candidate.note, tier_of(one.score)) for one in choices if not one.left_out)


def wanted_kinds(settings: Settings) -> frozenset[Kind]:
    """Return the kinds of notes that the settings ask for."""
    return frozenset(map(Kind, settings.kinds)) or KINDS_OF[settings.profile]


def judge(
    candidate: Candidate,
    settings: Settings,
    *,
    published: int | None = None,
    estimate: Callable[[Candidate], int] = score,
) -> Choice:
    """Score *candidate*, and leave it out if its kind or its score excludes it.

    A *published* card needs a lower score than a new one, and has at least that score.
    """
    is_published = published is not None
    points = max(estimate(candidate), published or 0)
    if candidate.note.kind not in wanted_kinds(settings):
        return Choice(candidate, points, _UNWANTED)
    if candidate.note.kind is Kind.NEXT and "first-step" in candidate.traits and not is_published:
        return Choice(candidate, points, "a new card does not ask which step is first")
    given = settings.card_threshold
    needed = THRESHOLDS[settings.profile] if given is None else given
    if given is None and settings.profile != "full" and candidate.fixed_score is None:
        least = _least_of_kind(candidate, settings.profile)
        needed = min(needed, least) if is_published else least
    if is_published:
        needed -= _SLACK
    low = f"a {'published' if is_published else 'new'} card needs a score of {needed}"
    return Choice(candidate, points, low if points < needed else "")


def _least_of_kind(candidate: Candidate, profile: str) -> int:
    """Return the score that a new card needs in ``core`` or ``standard``."""
    scores = NEEDED.get(candidate.note.kind, {})
    marks = {candidate.cue, *candidate.traits} - {""}
    least = max((scores[mark] for mark in scores.keys() & marks), default=scores.get(""))
    if profile == "core":
        is_plain = candidate.note.kind is Kind.GLOSS and "shared-words" not in candidate.traits
        return max(least or 0, THRESHOLDS["core"] if is_plain else _CORE)
    if candidate.cue == "steps" and not _TO_DO.issubset(candidate.traits):
        return _STEPS_OF_PAGE
    return THRESHOLDS["standard"] if least is None else least


def choose(
    candidates: Sequence[Candidate],
    settings: Settings,
    kept: Mapping[str, int] = MappingProxyType({}),
    *,
    estimate: Callable[[Candidate], int] = score,
) -> tuple[Choice, ...]:
    """Choose the best of *candidates* within the page's budget; they stay in the given order.

    *kept* maps the keys of notes that students already have to their minimum scores, so that no new
    note of the page displaces a note that is being learned.
    """
    choices = [
        judge(one, settings, published=kept.get(one.note.key), estimate=estimate)
        for one in candidates
    ]
    if kept and not settings.kinds:
        choices = list(_unless_replaced(choices, kept))
    steps = sum(candidate.note.kind is Kind.EXPLAIN for candidate in candidates)
    room = _MOST_NOTES_LONG if steps > _LONG_SEQUENCE else _MOST_NOTES
    angles: Counter[str] = Counter()
    learned = {
        name
        for choice in choices
        if choice.candidate.note.key in kept and not choice.left_out
        for name in _defines(choice.candidate)
    }
    choices = [_unless_learned(choice, kept, learned) for choice in choices]
    terms = [
        choice.candidate
        for choice in choices
        if choice.candidate.note.kind is Kind.TERM and not choice.left_out
    ]
    # A note about a term also asks for its definition.
    defined = {name for one in terms for name in _defines(one)}
    clues = {(_name(one), one.sentence) for one in terms}
    choices = [_unless_twin(choice, kept, clues) for choice in choices]
    # Equal ranks keep their order on the page: sorting is stable.
    for at in sorted(range(len(choices)), key=lambda at: _rank(choices[at], kept)):
        unit = candidates[at].unit
        has_angle = candidates[at].note.kind not in _NO_ANGLE
        if choices[at].left_out:
            continue
        is_new = candidates[at].note.key not in kept
        most = _MOST_ANGLES if unit else _MOST_CLOZES_OF_PROSE
        names = _defines(candidates[at])
        if candidates[at].note.kind is not Kind.TERM and not defined.isdisjoint(names):
            choices[at] = replace(choices[at], left_out=_ASKED)
        elif is_new and room <= 0:
            choices[at] = replace(choices[at], left_out="the page has enough better cards")
        elif is_new and has_angle and angles[unit] >= most:
            why = "better cards ask about the same part of the page"
            choices[at] = replace(choices[at], left_out=why)
        else:
            room -= 1
            defined.update(names)
            angles[unit] += has_angle
    return tuple(choices)


def _unless_replaced(choices: Sequence[Choice], kept: Collection[str]) -> Iterator[Choice]:
    """Keep a published note about a term if its profile would make a new note about it instead.

    Otherwise, students would lose a history for a new card about the same fact.
    """
    new = {
        name
        for choice in choices
        if choice.candidate.note.key not in kept and not choice.left_out
        for name in _defines(choice.candidate)
    }
    for choice in choices:
        note = choice.candidate.note
        is_unwanted = note.kind is Kind.TERM and choice.left_out == _UNWANTED
        if is_unwanted and note.key in kept and not new.isdisjoint(_defines(choice.candidate)):
            yield replace(choice, left_out="")
        else:
            yield choice


def _unless_learned(choice: Choice, kept: Collection[str], learned: Collection[str]) -> Choice:
    """Leave out a new note about a term whose definition students learn from a different note."""
    note = choice.candidate.note
    is_new = note.kind is Kind.TERM and note.key not in kept and not choice.left_out
    if is_new and not _defines(choice.candidate).isdisjoint(learned):
        return replace(choice, left_out=_ASKED)
    return choice


def _unless_twin(
    choice: Choice, kept: Collection[str], clues: Collection[tuple[str, str]]
) -> Choice:
    """Leave out a new gap that hides the term of a note in the sentence that is its clue."""
    one = choice.candidate
    is_new_gap = one.note.kind is Kind.CLOZE and one.note.key not in kept and not choice.left_out
    is_twin = is_new_gap and (_name(one), one.sentence) in clues
    return replace(choice, left_out=_ASKED) if is_twin else choice


def _defines(candidate: Candidate) -> frozenset[str]:
    """Return the names of the term that a card asks for or defines, and its sentence."""
    note = candidate.note
    if note.kind not in (Kind.TERM, Kind.GLOSS) and candidate.cue != "definition":
        return frozenset()
    name = _name(candidate)
    return frozenset((name, candidate.sentence) if candidate.cue == "definition" else (name,))


def _name(candidate: Candidate) -> str:
    return candidate.note.key.rpartition("/")[2]


def _rank(choice: Choice, kept: Collection[str]) -> tuple[bool, int]:
    """Return a sort key: the main question and published notes first, then the highest scores."""
    note = choice.candidate.note
    return (note.key not in kept and note.kind is not Kind.QA, -choice.score)
