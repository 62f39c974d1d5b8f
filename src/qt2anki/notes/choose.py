"""Which of a page's possible notes are worth a learner's time.

A card costs its learner about a minute and a half over the years (LessWrong, "How to use spaced
repetition"), so a page gets few: the open question always, then the kinds in the order of their
worth. What is cut depends on the page alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from qt2anki.config import Settings
from qt2anki.model import Kind, Note
from qt2anki.notes.candidate import Candidate

PROFILES: dict[str, frozenset[Kind]] = {
    "core": frozenset(
        (Kind.QA, Kind.NEXT, Kind.EXPLAIN, Kind.COMPARE, Kind.FORMULA, Kind.CODE, Kind.TABLE)
    ),
    "standard": frozenset(Kind) - {Kind.VARIABLE},
    "full": frozenset(Kind),
}
"""The kinds of notes each profile makes (the names are those of the settings)."""

_WORTH = (
    Kind.QA,
    Kind.COMPARE,
    Kind.NEXT,
    Kind.EXPLAIN,
    Kind.FORMULA,
    Kind.CODE,
    Kind.TABLE,
    Kind.TERM,
    Kind.CLOZE,
    Kind.NUMBER,
    Kind.NAME,
    Kind.SUMMARY,
    Kind.VARIABLE,
    Kind.POINT,
)
_MOST_NOTES = 16
_MOST_NOTES_LONG = 24
_LONG_SEQUENCE = 7  # steps; asked from two sides they fill the budget
_MOST_ANGLES = 2
# A step may be asked from all three sides: they are one family, and the third is cut first.
_NO_ANGLE = frozenset((Kind.QA, Kind.NAME))
_MOST_CLOZES_OF_PROSE = 3
# Points are asked openly, which carries over to new questions (Hinze & Wiley 2011), but they are
# loose to grade: a page gives its three most telling ones, unless all are asked for.
_MOST_POINTS = 3


def wanted_kinds(settings: Settings) -> frozenset[Kind]:
    """Return the kinds of notes that the settings ask for."""
    return frozenset(map(Kind, settings.kinds)) or PROFILES[settings.profile]


def wants_every_point(settings: Settings) -> bool:
    """Whether the learner asked for all points of a page."""
    return settings.profile == "full" or Kind.POINT.value in settings.kinds


def choose(
    candidates: Sequence[Candidate],
    *,
    kinds: Collection[Kind],
    every_point: bool = False,
    kept: Collection[str] = (),
) -> tuple[Note, ...]:
    """Choose notes of *kinds* within the page's budget; they stay in the given order.

    *every_point* is for learners who want all points, not the best. *kept* are the keys of notes
    that learners already have: they come first, so that a better note that appears on the page
    does not push one out that is being learnt.
    """
    wanted = [candidate for candidate in candidates if candidate.note.kind in kinds]
    steps = sum(candidate.note.kind is Kind.EXPLAIN for candidate in wanted)
    budget = _MOST_NOTES_LONG if steps > _LONG_SEQUENCE else _MOST_NOTES
    points = budget if every_point else _MOST_POINTS
    chosen: set[str] = set()
    angles: Counter[str] = Counter()
    for candidate in sorted(wanted, key=lambda one: _rank(one, kept)):
        is_point_too_many = candidate.note.kind is Kind.POINT and points == 0
        if len(chosen) < budget and _has_room(candidate, angles) and not is_point_too_many:
            points -= candidate.note.kind is Kind.POINT
            chosen.add(candidate.note.key)
            angles.update(_places(candidate))
    return tuple(one.note for one in wanted if one.note.key in chosen)


def _rank(candidate: Candidate, kept: Collection[str]) -> tuple[bool, int, int, float]:
    # Equal ranks keep their order on the page: sorting is stable.
    note = candidate.note
    worth = _WORTH.index(note.kind)
    is_new = note.key not in kept and note.kind is not Kind.QA
    return (is_new, worth, candidate.vague, candidate.frequency)


def _has_room(candidate: Candidate, angles: Counter[str]) -> bool:
    if candidate.note.kind in _NO_ANGLE:
        return True
    most = _MOST_ANGLES if candidate.unit else _MOST_CLOZES_OF_PROSE
    return angles[candidate.unit] < most


def _places(candidate: Candidate) -> Iterable[str]:
    return () if candidate.note.kind in _NO_ANGLE else (candidate.unit,)
