"""The hard gates: checks that every card must pass.

The measures are those of a reader: *front* is everything visible on the front, with context
line, title and question. Each gate says why it refuses, so that a build can report it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import ceil
from types import MappingProxyType

from qt2anki.notes.words import content_words, root, roots, word_count

FRONT_MOST_WORDS = 60
CORE_MOST_WORDS = 60
CLOZE_MOST_WORDS = 8
_SHORTEST_WORD = 3
_SHORTEST_PART = 4
_STARTS = (
    ("hyper", "hypo"),
    ("endo", "exo"),
    ("endo", "ecto"),
    ("intra", "inter"),
    ("intra", "extra"),
    ("pre", "post"),
    ("homo", "hetero"),
    ("mono", "poly"),
    ("micro", "macro"),
    ("sub", "super"),
    ("over", "under"),
    ("prokaryot", "eukaryot"),
    ("ana", "cata"),
    ("in", "out"),
    ("ab", "ad"),
    ("", "non"),
    ("", "un"),
)
_OPPOSITE_STARTS = (*_STARTS, *((other, one) for one, other in _STARTS))
_SHORTEST_CORE = 5  # "plast" of plasticity in neuroplasticity
_SHORTEST_START = 5
_MOST_SHARED = 0.7
_SHORTEST_STEM = 3
_GREEK_END = re.compile(r"(?:s[ei]?s?|t(?:ic)?)$")
_LATIN_END = re.compile(r"(?:a|ae|um|us?|is?|ic|al|ar|ine?)$")
_TWO_ENDS = re.compile(r"(?:from|between) |[^,;:(]{3,40}? (?:to|from|with|and|into) (?:the|an?) ")
_HEAD_END = re.compile(
    r"[,;:(]| (?:that|which|who|where|when|of|for|in|on|to|by|from|with|at|through|between|during"
    r"|due|into|via|as|is|are|can|may|will)\b"
)


def residual(answer: str, *, known: frozenset[str]) -> frozenset[str]:
    """Return the roots that *answer* adds to those that the student sees anyway (*known*)."""
    return roots(answer) - known


def leaks(answer: str, *, known: frozenset[str], front: frozenset[str]) -> bool:
    """Whether the front shows, in any form, a word of the answer that is not part of the topic.

    *known* and *front* are the roots of the topic and of everything on the front.
    """
    return echoes(roots(answer) - known, front - known)


def adds_to(answer: str, *, known: frozenset[str]) -> bool:
    """Whether a word of the answer is not just a different form of a word that the student sees.

    A word with a prefix counts: prophase, if the question has phase.
    """
    fresh = roots(answer) - known
    return any(not any(_is_form(*sorted((new, seen), key=len)) for seen in known) for new in fresh)


def head_is_told(answer: str, known: frozenset[str]) -> bool:
    """Whether most of the first noun phrase of *answer* is on the front.

    An example is "a steep concentration gradient". If the answer names two things that something is
    between, or that it joins, the second may be the one asked for.
    """
    if _TWO_ENDS.match(answer):
        return False
    own = head(answer)
    told = len(echoed_of(own, known))
    return told > 1 and 2 * told > len(own)


def tells_difference(title: str, answer: str, *, told: frozenset[str]) -> bool:
    """Whether *title* names its difference: obstructive shock, when something is obstructed.

    *told* are the roots that other titles of the page share, those of its question.
    """
    own = roots(title)
    apart, said = own - told, roots(answer)
    return 0 < len(apart) < len(own) and echoed_of(apart, said) == apart


def echoes(secret: frozenset[str], shown: frozenset[str]) -> bool:
    """Whether a *shown* root is one of *secret*, part of one, or begins as one of them does."""
    if not secret.isdisjoint(shown):
        return True
    for hidden in secret:
        start, core = hidden[:3], hidden[:_SHORTEST_CORE]
        for seen in shown:
            # Most pairs share neither a beginning nor a core.
            may_be = seen[:3] == start or core in seen or seen[:_SHORTEST_CORE] in hidden
            if may_be and _is_echo(hidden, seen):
                return True
    return False


def echoed_of(secret: frozenset[str], shown: frozenset[str]) -> frozenset[str]:
    """Return those of the *secret* roots that are *shown* in some form; see echoes()."""
    return frozenset(one for one in secret if echoes(frozenset((one,)), shown))


def head(answer: str) -> frozenset[str]:
    """Return the roots of the first noun phrase of *answer*, before its details."""
    return roots(_HEAD_END.split(answer, maxsplit=1)[0])


def has_opposite(secret: frozenset[str], shown: frozenset[str]) -> bool:
    """Whether the opposite of one of the *secret* roots is *shown*: posterior for anterior."""
    pairs = _opposites()
    for hidden in secret:
        if not shown.isdisjoint(pairs.get(hidden, ())):
            return True
        for one, other in _OPPOSITE_STARTS:
            if hidden.startswith(one) and f"{other}{hidden[len(one) :]}" in shown:
                return True
    return False


@cache
def _opposites() -> Mapping[str, frozenset[str]]:
    text = files("qt2anki.notes").joinpath("data", "opposites.txt").read_text("utf-8")
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for line in text.splitlines():
        group = frozenset(map(root, line.split()))
        for one in group:
            found[one] |= group - {one}
    return MappingProxyType(dict(found))


def other_forms(secret: frozenset[str], text: str) -> frozenset[str]:
    """Return the roots of *text* that give away one of *secret*: ``form`` for formation."""
    return frozenset(seen for seen in roots(text) if echoes(secret, frozenset((seen,))))


def _is_echo(hidden: str, seen: str) -> bool:
    short, long = (hidden, seen) if len(hidden) <= len(seen) else (seen, hidden)
    if len(short) < _SHORTEST_PART:
        return long in (short, short + short[-1:])  # gelling, of gel
    if len(short) > _SHORTEST_CORE and long.find(short[:_SHORTEST_CORE]) > 0:
        return True
    return long.endswith(short) or _is_form(short, long) or _is_of_same_stem(short, long)


def _is_of_same_stem(short: str, long: str) -> bool:
    """Whether two roots differ only in a Greek or Latin ending: osmosis, osmotic; aorta, aortic."""
    if short[:3] != long[:3]:
        return False
    greek = [_GREEK_END.sub("", word) for word in (short, long)]
    if len(greek[0]) >= _SHORTEST_STEM and greek[0] == greek[1]:
        return True
    latin = [_LATIN_END.sub("", word) for word in (short, long)]
    return len(latin[0]) >= _SHORTEST_PART and latin[0] == latin[1]


def _is_form(short: str, long: str) -> bool:
    """Whether two roots, the shorter one first, begin so similarly that they are one word."""
    if len(short) < _SHORTEST_PART:
        return short == long
    if short[:_SHORTEST_PART] != long[:_SHORTEST_PART]:
        return False
    return long.startswith(short[: max(_SHORTEST_START, ceil(_MOST_SHARED * len(short)))])


def says_something(answer: str, *, known: frozenset[str]) -> bool:
    """Whether the answer has a number, or a word of three letters, whose root is not *known*."""
    return any(
        root(word) not in known and (len(word) >= _SHORTEST_WORD or word.isdigit())
        for word in content_words(answer)
    )


def front_fits(*front: str) -> bool:
    """Whether the front can be read in about 15 seconds (238 words a minute, Brysbaert 2019).

    *front* has its texts.
    """
    most = len(" ".join(front).split())
    return most <= FRONT_MOST_WORDS or sum(map(word_count, front)) <= FRONT_MOST_WORDS


def core_fits(answer: str) -> bool:
    """Whether the graded answer of a Q&A card is short enough to recall at once."""
    return 0 < word_count(answer) <= CORE_MOST_WORDS


def cloze_fits(answer: str) -> bool:
    """Whether a hidden text is short enough to recall word for word."""
    return 0 < word_count(answer) <= CLOZE_MOST_WORDS
