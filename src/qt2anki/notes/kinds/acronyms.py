"""Find acronyms and their meanings in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SMALL_WORDS = frozenset("a an and at by de for from in into of on or per the to with".split())
_ACRONYM = re.compile(r"[A-Z](?=[A-Za-z0-9&/-]*[A-Z])[A-Za-z0-9&/-]{1,9}")
_IN_BRACKETS = re.compile(r"\(([^()]{2,90})\)")
_WORD = re.compile(r"[^\s()\[\],;:.!?\"“”]+")
_CLAUSE = re.compile(r"[()\[\],;:.!?\"“”]")
_PARTS = re.compile(r"[\s\-‐‑/]+")
_ROMAN = re.compile(r"[IVXLC]+")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*)*\d(?:[A-Z][a-z]?\d*)*[+-]?")
_BOND = re.compile(r"^[A-Z]-|-[A-Z]$|/.$")  # C-F: carbon-fluorine
_LONG_WORD = 8
_LEAST_OF_INNER = 6  # letters of a word that contributes more than its initial, unlike "based"
_REACH = 140  # characters before a bracket; an expansion starts within them


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and the words it stands for, as a page writes them."""

    short: str
    long: str
    is_name: bool = False  # the page uses the short form as the name, and explains it in brackets


def find_acronyms(text: str) -> Iterator[Acronym]:
    """Yield each ``Expansion Words (ABC)`` and ``ABC (expansion words)`` of the plain *text*."""
    for bracket in _IN_BRACKETS.finditer(text):
        inside = bracket[1].strip()
        before = text[max(0, bracket.start() - _REACH) : bracket.start()].rstrip()
        short = singular(inside)
        if is_acronym(short):
            long = _expansion_before(before, short)
            if long:
                yield Acronym(short, _singular_phrase(long) if short != inside else long)
            continue
        word = _WORD.findall(before[-24:])
        short = singular(word[-1]) if word and not _CLAUSE.match(before[-1:]) else ""
        if is_acronym(short) and stands_for(short, inside, is_delimited=True):
            yield Acronym(short, inside, is_name=True)


def is_acronym(text: str) -> bool:
    """Whether *text* is written as an acronym and is not a number, formula or unit."""
    if not _ACRONYM.fullmatch(text) or not 2 <= len(text) <= 10:
        return False
    return not (_BOND.search(text) or _ROMAN.fullmatch(text) or _FORMULA.fullmatch(text))


def singular(text: str) -> str:
    """Remove the plural or possessive s from an acronym: ``SNAREs``."""
    return re.sub(r"(?<=[A-Z])['’]?s$", "", text)


def _singular_phrase(phrase: str) -> str:
    """Make the last word of *phrase* singular, as for "proton pump inhibitors (PPIs)"."""
    if phrase.endswith("ies"):
        return f"{phrase[:-3]}y"
    if re.search(r"(?:ss|x|z|ch|sh)es$", phrase):
        return phrase[:-2]
    return phrase[:-1] if re.search(r"[^sui]s$", phrase) else phrase


def stands_for(short: str, long: str, *, is_delimited: bool = False) -> bool:
    """Whether the words of *long* contain the letters of *short*, in order.

    The first word gives the first letter. Two letters in three are initials; the others follow the
    initial inside its word (``ATP``: adenosine triphosphate). Function words may be skipped, and so
    may one other word if all letters are initials (``CDC``). One long word may give all letters
    (``EEG``: electroencephalogram). If brackets mark the extent of the words (*is_delimited*), half
    of them may be skipped (``SNARE``).
    """
    letters = "".join(char for char in short.lower() if char.isalpha())
    parts = [part.lower() for part in _PARTS.split(long) if part]
    if len(letters) < 2 or not parts or not _gives_first(parts[0], letters[0]):
        return False
    if is_delimited and parts[0] in _SMALL_WORDS:  # THC (the active component of cannabis)
        return False
    if len(parts) == 1:
        is_name = long[0].isupper() and len(letters) < 3  # Pennsylvania (PA)
        return len(long) >= _LONG_WORD and not is_name and len(letters) in _taken(parts[0], letters)
    most_unused = len(parts) // 2 if is_delimited else 1
    for unused, initials in _readings(parts, letters, most_unused).items():
        if is_delimited and 3 * initials >= 2 * len(letters):
            return True
        if initials == len(letters) or (not unused and 3 * initials >= 2 * len(letters)):
            return True
    return False


def _readings(parts: list[str], letters: str, most_unused: int) -> dict[int, int]:
    """Return the maximum number of initials among the letters, by the number of skipped words."""
    best = {(0, 0): 0}  # (letters read, words unused) -> initials
    for place, part in enumerate(parts):
        following: dict[tuple[int, int], int] = {}
        for (read, unused), initials in best.items():
            idle = unused + (part not in _SMALL_WORDS)
            options = [(read, idle, initials)] if place and idle <= most_unused else []
            options += [
                (read + count, unused, initials + 1) for count in _taken(part, letters[read:])
            ]
            for at, without, found in options:
                following[at, without] = max(found, following.get((at, without), 0))
        best = following
    return {unused: initials for (read, unused), initials in best.items() if read == len(letters)}


def _taken(word: str, letters: str) -> range:
    """Return how many of the next *letters* the *word* may give: its initial, and later ones."""
    if not letters or not _gives_first(word, letters[0]):
        return range(0)
    at = 1
    count = 1
    may_give_more = len(word) >= _LEAST_OF_INNER
    while may_give_more and count < len(letters) and (at := word.find(letters[count], at) + 1):
        count += 1
    return range(1, count + 1)


def _gives_first(word: str, letter: str) -> bool:
    return word.startswith((letter, "ex") if letter == "x" else letter)


def _expansion_before(before: str, short: str) -> str:
    """Return the words at the end of *before* that *short* stands for.

    This is the shortest run of words that fits, unless one of its words gives two letters and the
    word before it could give the first of them: "proton pump inhibitors (PPI)".
    """
    clause = _CLAUSE.split(before)[-1]
    found = list(_WORD.finditer(clause))
    best = ""
    for word in reversed(found[-(2 * len(short) + 2) :]):
        long = clause[word.start() :].strip()
        if word.group().lower() in _SMALL_WORDS or not stands_for(short, long):
            continue
        if not best:
            best = long
        if _has_initials_only(short, long):
            return long
    return best


def _has_initials_only(short: str, long: str) -> bool:
    letters = "".join(char for char in short.lower() if char.isalpha())
    parts = [part.lower() for part in _PARTS.split(long) if part.lower() not in _SMALL_WORDS]
    return len(parts) == len(letters) and all(map(_gives_first, parts, letters))
