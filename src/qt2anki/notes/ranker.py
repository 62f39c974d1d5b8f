"""Score candidates: how likely a strict reader is to keep the card, in thousandths.

The weights are frozen integers (hundredths of log-odds) that ``scripts/train_ranker.py`` learns
from graded cards. Adding them up gives the same score on every machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from qt2anki.model import Kind
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.features import features_of

_CURVE = (  # the logistic function, in thousandths, at -6.0, -5.5 ... 6.0
    2, 4, 7, 11, 18, 29, 47, 76, 119, 182, 269, 378, 500,
    622, 731, 818, 881, 924, 953, 971, 982, 989, 993, 996, 998,
)  # fmt: skip
_CURVE_FROM, _CURVE_STEP = -600, 50
# No graded page has a deliberately short answer, so such cards were not graded.
_BY_HAND = {"cue whole": 300, "trait short-page": 100}
LEAST_SCORES = {"core": 800, "standard": 600, "extra": 300}
"""The tiers, with the score that a card of each usually has at least."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The learned table: the weight of each feature, and its difference for each kind."""

    base: int
    kinds: dict[str, int]
    features: dict[str, int]
    by_kind: dict[str, dict[str, int]]


def score(candidate: Candidate) -> int:
    """Return the probability that a strict reader keeps the card, 0 to 1000."""
    if candidate.fixed_score is not None:
        return candidate.fixed_score
    base, own = _weights_of(candidate.note.kind)
    return as_score(base + sum([own.get(name, 0) for name in features_of(candidate)]))


def score_parts(candidate: Candidate) -> tuple[tuple[str, int], ...]:
    """Return the parts of the score: features and their weights in hundredths of log-odds."""
    if candidate.fixed_score is not None:
        return ()
    kind = candidate.note.kind
    base, own = _weights_of(kind)
    found = ((name, own.get(name, 0)) for name in sorted(features_of(candidate)))
    return ((f"kind {kind}", base), *(pair for pair in found if pair[1]))


@cache
def _weights_of(kind: Kind) -> tuple[int, dict[str, int]]:
    """Add up the weights that apply to one kind."""
    table = weights()
    own = dict(table.features)
    for name, weight in table.by_kind.get(kind, {}).items():
        own[name] = own.get(name, 0) + weight
    return table.base + table.kinds.get(kind, 0), own


def tier_of(score: int) -> str:
    """Return the tier for *score*."""
    return next((tier for tier, least in LEAST_SCORES.items() if score >= least), "extra")


@cache
def weights() -> Weights:
    """Read the table of weights."""
    text = files("qt2anki.notes").joinpath("data", "ranker.json").read_text("utf-8")
    table = Weights(**json.loads(text))
    return replace(table, features=table.features | _BY_HAND)


def as_score(log_odds: int) -> int:
    """Return the score for *log_odds* (hundredths), by linear interpolation."""
    at, rest = divmod(log_odds - _CURVE_FROM, _CURVE_STEP)
    if at < 0:
        return _CURVE[0]
    if at >= len(_CURVE) - 1:
        return _CURVE[-1]
    return _CURVE[at] + (_CURVE[at + 1] - _CURVE[at]) * rest // _CURVE_STEP
