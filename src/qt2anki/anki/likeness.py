"""Compare texts by their words; a word and the same word misspelt are one."""

from __future__ import annotations

from difflib import SequenceMatcher

Words = frozenset[str]

_MOST_TYPOS = 3  # words in which two texts differ, where typos are looked for
_LIKE_A_TYPO = 0.8


def likeness(one: Words, other: Words) -> float:
    """Return the share of words that two sets have in common (Jaccard), 0 to 1.

    A word and the same word misspelt are one.
    """
    left, right = sorted(one - other), sorted(other - one)
    same = len(one & other)
    if 0 < len(left) <= _MOST_TYPOS and 0 < len(right) <= _MOST_TYPOS:
        for word in left:
            twin = next((w for w in right if is_typo(word, w)), None)
            if twin:
                right.remove(twin)
                same += 1
    union = len(one) + len(right)  # less those that are in *one*, but for a typo
    return same / union if union else 1.0


def is_typo(one: str, other: str) -> bool:
    """Whether two different words are likely to be one, misspelt; numbers never are."""
    is_close = one[:1] == other[:1] and abs(len(one) - len(other)) <= 1
    if not is_close or any(map(str.isdigit, one + other)):
        return False
    if sorted(one) == sorted(other):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKE_A_TYPO
