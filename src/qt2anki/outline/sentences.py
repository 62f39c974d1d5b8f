"""Cut running text into sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from qt2anki.source.spans import find_spans

# A full stop after one of these ends no sentence.
_ABBREVIATIONS = frozenset(
    "al approx art ca cf ch cir dept dr e.g eds eq eqs esp ex fig figs gen gov govt hon i.e jr lt"
    " mr mrs ms nos pp prof resp rev sec sen sgt sr st viz vol vols vs v ph.d u.s u.k".split()
)
# Initials that mostly end a sentence where a capital letter follows.
_ERAS_AND_PLACES = frozenset(("a.d", "b.c", "b.c.e", "c.e", "d.c", "a.m", "p.m"))
# After one of these a number goes on: "No. 5", "p. 12".
_COUNTED = frozenset(("no", "p"))
# After "vitamin C." or "the U.S." one of these opens a new sentence all the same.
_OPENERS = frozenset(
    "a an and as at by each for from he how however if in it its many no on once she since some"
    " such that the their there these they this those thus to we what when while with you".split()
)
# The look behind keeps a row of full stops from being read again from each of them; it comes second
# because a search for one of a few characters is quick.
_END = re.compile(r"[.!?](?<![.!?]{2})[.!?]*+[\"'”’)\]*_]*+(?=\s|$)")
_SPACES = re.compile(r"\s*+")
_NEXT_WORD = re.compile(r"\S++")
_STARTS = re.compile(r"[\"'“‘(\[*_`]*[A-Z0-9À-ÖØ-Þ$\\`]|[\"'“‘(\[*_]*[^\x00-\x7f]")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘*_]*$")


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of *text*, in order; joined by spaces they are the text again.

    A full stop inside math or code, after an abbreviation or an initial, or before a small
    letter ends no sentence.
    """
    text = " ".join(text.split()) if "`" not in text else text.strip()
    covered = find_spans(text)
    starts = [span.start for span in covered]
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if covered:
            before = bisect_right(starts, match.start()) - 1
            if before >= 0 and match.start() < covered[before].end:
                continue
        if end < len(text) and not _ends_here(text, start, match.start(), end):
            continue
        found.append(text[start:end].strip())
        start = end
    if text[start:].strip():
        found.append(text[start:].strip())
    return tuple(found)


def first_sentence(text: str) -> str:
    """Return the first sentence of *text*, "" for empty text."""
    found = sentences(text)
    return found[0] if found else ""


def last_sentence(text: str) -> str:
    """Return the last sentence of *text*, "" for empty text."""
    found = sentences(text)
    return found[-1] if found else ""


def _ends_here(text: str, start: int, stop: int, end: int) -> bool:
    spaces = _SPACES.match(text, end)
    after = spaces.end() if spaces else end
    if not _STARTS.match(text, after):
        return False
    if text[stop] != ".":
        return True
    last = _last_word(text[max(start, stop - 24) : stop])
    if last in _COUNTED and text[after].isdigit():
        return False
    if not _is_initials(last, text[stop - 1]) and last not in _ABBREVIATIONS:
        return True
    next_word = _NEXT_WORD.match(text, after)
    opener = next_word.group().strip("\"'“‘([*_,").lower() if next_word else ""
    return opener in _OPENERS and last not in ("e.g", "i.e", "vs", "v")


def _is_initials(word: str, last_letter: str) -> bool:
    """Whether *word* is what precedes a surname: J.R.R. Tolkien."""
    if not last_letter.isupper() or word in _ERAS_AND_PLACES:
        return False
    return all(len(letter) == 1 and letter.isalpha() for letter in word.split("."))


def _last_word(text: str) -> str:
    word = text.rpartition(" ")[2]
    if not word.isalpha():
        found = _LAST_WORD.search(text)
        word = found.group() if found else ""
    return word.lower()
