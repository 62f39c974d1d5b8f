"""Split running text into sentences."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from qt2anki.source.pattern_files import PatternFile
from qt2anki.source.spans import find_spans, outside

_WORDS = PatternFile(Path(__file__).with_name("outline.toml"))
PATTERNS = _WORDS.patterns()
_ABBREVIATIONS = _WORDS.words("abbreviations")
_ERAS_AND_PLACES = _WORDS.words("eras_and_places")
_COUNTED = _WORDS.words("counted")
_OPENERS = _WORDS.words("openers")
_END = PATTERNS["sentence_end"]
_STARTS = PATTERNS["sentence_start"]
_SPACES = re.compile(r"\s*+")
_NEXT_WORD = re.compile(r"\S++")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘*_]*$")


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of *text*, in order; joined by spaces they are the text again.

    A full stop inside math or code, after an abbreviation or an initial, or before a lower-case
    letter does not end a sentence.
    """
    text = " ".join(text.split()) if "`" not in text else text.strip()
    found: list[str] = []
    start = 0
    for match in outside(find_spans(text), _END.finditer(text)):
        end = match.end()
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
    before = text[max(start, stop - 24) : stop]
    last = before.rpartition(" ")[2]
    if not last.isalpha():
        found = _LAST_WORD.search(before)
        last = found.group() if found else ""
    last = last.lower()
    if last in _COUNTED and text[after].isdigit():
        return False
    if not _is_initials(last, text[stop - 1]) and last not in _ABBREVIATIONS:
        return True
    next_word = _NEXT_WORD.match(text, after)
    opener = next_word.group().strip("\"'“‘([*_,").lower() if next_word else ""
    return opener in _OPENERS and last not in ("e.g", "i.e", "vs", "v")


def _is_initials(word: str, last_letter: str) -> bool:
    """Whether *word* is what precedes a surname: J.R.R. Tolkien."""
    is_one = last_letter.isupper() and word not in _ERAS_AND_PLACES
    return is_one and all(len(letter) == 1 and letter.isalpha() for letter in word.split("."))
