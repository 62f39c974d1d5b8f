"""Match the facts of a page with those published before: a history must stay with its fact.

A fact is recognised by what it says. A title may be reworded, a text corrected, steps moved; and
a title may move to another text, and must not take the history of that title along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qt2anki.anki.likeness import likeness
from qt2anki.release.fingerprints import SHORT, Fingerprint, text_likeness

_ENOUGH = 0.5
_SAME_KEY_TEXT = 0.2  # below it, a key that is equal may have come to name another fact
_UNSEEN_TEXT = 0.7  # of an equal title, where the text of one of the two cannot be seen
_SAME_SENTENCE = 0.8  # around a gap with a new answer
_LEAST_SENTENCE = 4  # words; fewer do not identify a sentence
_MOST_PAIRS = 100_000  # pages have some 50 facts; a page made to be slow may have more


@dataclass(frozen=True, slots=True)
class _Pair:
    new: int
    old: int
    rank: tuple[float, ...]  # smaller is better


def match_facts(new: Sequence[Fingerprint], old: Sequence[Fingerprint]) -> dict[int, int]:
    """Match facts of a page, by index, with published ones; facts without a match are new.

    No published fact is taken twice. Live ones are preferred to retired ones, unless title and
    text are the same; among equals the better likeness decides, then an equal name and the nearer
    place, so that the result never depends on chance.
    """
    pairs = [pair for one, other in _candidates(new, old) if (pair := _pair(new, old, one, other))]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for pair in sorted(pairs, key=lambda pair: (pair.rank, pair.old, pair.new)):
        if pair.new not in found and pair.old not in taken:
            found[pair.new] = pair.old
            taken.add(pair.old)
    return found


def _candidates(
    new: Sequence[Fingerprint], old: Sequence[Fingerprint]
) -> Iterable[tuple[int, int]]:
    """Yield the pairs worth comparing: all, or where that is too many, those of one title."""
    if len(new) * len(old) <= _MOST_PAIRS:
        return ((one, other) for one in range(len(new)) for other in range(len(old)))
    return _of_one_title(new, old)


def _of_one_title(
    new: Sequence[Fingerprint], old: Sequence[Fingerprint]
) -> Iterator[tuple[int, int]]:
    by_title: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for at, fact in enumerate(old):
        by_title[fact.family, fact.title].append(at)
    for one, fact in enumerate(new):
        for other in by_title[fact.family, fact.title][: _MOST_PAIRS // len(new) + 1]:
            yield one, other


def _pair(
    new: Sequence[Fingerprint], old: Sequence[Fingerprint], one: int, other: int
) -> _Pair | None:
    left, right = new[one], old[other]
    if left.family != right.family or not _types_agree(left, right):
        return None
    score = fact_likeness(left, right)
    if score < _ENOUGH:
        return None
    rank = (
        float(score < 1 and right.is_retired),
        -score,
        float(right.is_retired),
        float(left.natural_name != right.natural_name),
        abs(left.place - right.place),
    )
    return _Pair(one, other, rank)


def _types_agree(left: Fingerprint, right: Fingerprint) -> bool:
    """Whether the notes of two facts have the same types: Anki never changes the type of a note."""
    common = left.note_types.keys() & right.note_types.keys()
    return all(left.note_types[part] == right.note_types[part] for part in common)


def fact_likeness(left: Fingerprint, right: Fingerprint) -> float:
    """Return how likely two facts of a page are the same, 0 to 1; 0.5 is enough."""
    if "/" not in left.natural_name:  # a page has one of it: the main question, the summary
        return float(left.natural_name == right.natural_name)
    title, text = likeness(left.title, right.title), text_likeness(left, right)
    has_same_key = left.natural_name == right.natural_name
    if text is None:
        return title if not left.texts and not right.texts else _UNSEEN_TEXT * title
    if left.is_gap and right.is_gap:
        return _gap_likeness(left, right, title, text)
    if right.is_retired and text < _SAME_KEY_TEXT:  # a new step under an old title
        return 0.0
    # Half title, half text. But a text that stayed while its title changed is the same fact under
    # a new name, and one whose title came from another text is that fact no more.
    if has_same_key and text >= _SAME_KEY_TEXT:
        title = 1.0
    return max((title + text) / 2, text)


def _gap_likeness(left: Fingerprint, right: Fingerprint, answer: float, around: float) -> float:
    """Compare two facts that ask for something short: a different answer is a different fact.

    Except where the sentence is the same and the old answer has gone from it: it was corrected.
    """
    enough = _SAME_KEY_TEXT if left.natural_name == right.natural_name else _ENOUGH
    if answer == 1 and around >= enough:
        return max((answer + around) / 2, _ENOUGH)
    if _shows(left, right.title) or _shows(right, left.title) or _numbers(left) != _numbers(right):
        return 0.0
    if answer >= _ENOUGH:
        return (answer + around) / 2 if around >= _ENOUGH else 0.0
    is_one_sentence = around >= _SAME_SENTENCE and len(left.surroundings) >= _LEAST_SENTENCE
    return _ENOUGH if is_one_sentence else 0.0


def _shows(fact: Fingerprint, answer: frozenset[str]) -> bool:
    long = frozenset(word for word in answer if len(word) >= SHORT)
    return bool(long) and long <= fact.surroundings


def _numbers(fact: Fingerprint) -> frozenset[str]:
    return frozenset(word for word in fact.title if word[:1].isdigit())
