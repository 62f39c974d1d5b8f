"""Which fact of a page is which fact published before: a history must stay with its fact.

A fact is found again by what it says. A title may be reworded, a text may be mended, steps may be
moved; and a title may move to another step, where it must not draw that step's history along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qt2anki.anki.note_content import AnyNote
from qt2anki.release.fingerprints import Fact, likeness, text_likeness

_ENOUGH = 0.5
_SAME_KEY_TEXT = 0.2  # below it, a key that is equal may have come to name another fact
_UNSEEN_TEXT = 0.7  # of an equal title, where the text of one of the two cannot be seen
_MOST_PAIRS = 100_000  # pages have 24 facts at most; a page made to be slow may have more


@dataclass(frozen=True, slots=True)
class _Pair:
    new: int
    old: int
    rank: tuple[float, ...]  # smaller is better


def match_facts(new: Sequence[Fact[AnyNote]], old: Sequence[Fact[AnyNote]]) -> dict[int, int]:
    """Find for facts of a page (by index) those published before that they are; others are new.

    No published fact is taken twice. Live ones are preferred to retired ones, unless title and
    text are the same; among equals the better likeness decides, then equal contents, an equal
    name and the nearer place, so that the result never depends on chance.
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
    new: Sequence[Fact[AnyNote]], old: Sequence[Fact[AnyNote]]
) -> Iterable[tuple[int, int]]:
    """Yield the pairs worth comparing: all, or where that is too many, those of one title."""
    if len(new) * len(old) <= _MOST_PAIRS:
        return ((one, other) for one in range(len(new)) for other in range(len(old)))
    return _of_one_title(new, old)


def _of_one_title(
    new: Sequence[Fact[AnyNote]], old: Sequence[Fact[AnyNote]]
) -> Iterator[tuple[int, int]]:
    by_title: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for at, fact in enumerate(old):
        by_title[fact.family, fact.title].append(at)
    for one, fact in enumerate(new):
        for other in by_title[fact.family, fact.title][: _MOST_PAIRS // len(new) + 1]:
            yield one, other


def _pair(
    new: Sequence[Fact[AnyNote]], old: Sequence[Fact[AnyNote]], one: int, other: int
) -> _Pair | None:
    left, right = new[one], old[other]
    if left.family != right.family or not _types_agree(left, right):
        return None
    score = fact_likeness(left, right)
    if score < _ENOUGH:
        return None
    same_contents = len(left.contents & right.contents)
    rank = (
        float(score < 1 and right.is_retired),
        -score,
        float(right.is_retired),
        -same_contents,
        float(left.name != right.name),
        abs(left.place - right.place),
    )
    return _Pair(one, other, rank)


def _types_agree(left: Fact[AnyNote], right: Fact[AnyNote]) -> bool:
    """Anki never updates a note whose type has changed, so such a note must be another."""
    common = left.notes.keys() & right.notes.keys()
    return all(left.notes[part].note_type == right.notes[part].note_type for part in common)


def fact_likeness(left: Fact[AnyNote], right: Fact[AnyNote]) -> float:
    """Return how sure it is that two facts of a page are one, 0 to 1; 0.5 is enough.

    Half title, half text; but a text that stayed while its title changed is the same step under
    a new name, and one whose title came from another step is that step no more.
    """
    if "/" not in left.name:  # there is one of it on a page: the main question, the summary
        return float(left.name == right.name)
    title = likeness(left.title, right.title)
    text = text_likeness(left, right)
    if text is None:
        return title if not left.texts and not right.texts else _UNSEEN_TEXT * title
    if _is_cloze_fact(left):  # its answer is the fact: another gap in one sentence is another
        return (title + text) / 2 if title >= _ENOUGH else 0.0
    if left.family != "step" and left.name == right.name and text >= _SAME_KEY_TEXT:
        title = 1.0
    return max((title + text) / 2, text)


def _is_cloze_fact(fact: Fact[AnyNote]) -> bool:
    return all(not part and note.note_type == "cloze" for part, note in fact.notes.items())
