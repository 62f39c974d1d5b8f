"""The terms in a sentence that are not keywords of its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from qt2anki.html.fragment import plain_text
from qt2anki.notes.frequency import is_english, is_specialist
from qt2anki.notes.patterns import pattern
from qt2anki.notes.words import root

_BOLD = re.compile(r"(?<!\*)\*\*([^*\n]{3,60})\*\*(?!\*)")
_LONG_WORD = re.compile(r"(?<![\w-])[a-z]{6,24}(?![\w-])")
_PREFIX = re.compile(r"^(?:re|over|under|out|un|non|mis|dis|inter|fore|counter|multi)")
_NO_TERMS = frozenset(
    "amidst amongst whilst albeit likewise hereby therein whereby wherein notwithstanding".split()
)
_SHORTEST_PART = 3
_CALLED = ("called", "known as", "termed", "referred to")


def bold_words(sentence: str) -> Iterator[str]:
    """Yield what *sentence* has in bold, but for the label it opens with."""
    if "**" not in sentence:
        return
    for bold in _BOLD.finditer(sentence):
        if bold.start() and not bold[1].rstrip().endswith(":"):
            yield plain_text(bold[1])


def rare_words(sentence: str) -> Iterator[str]:
    """Yield the words of a plain *sentence* that no other field has."""
    for word in _LONG_WORD.findall(sentence):
        if word not in _NO_TERMS and is_specialist(root(word)) and not _is_compound(word):
            yield word


@lru_cache(maxsize=1024)
def _is_compound(word: str) -> bool:
    """Whether *word* is made of everyday words: groundbreaking, reshape."""
    if is_english(root(_PREFIX.sub("", word))):
        return True
    cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    return any(is_english(root(word[:at])) and is_english(root(word[at:])) for at in cuts)


def named_words(sentence: str) -> Iterator[str]:
    """Yield what a plain *sentence* says that something is called, in words or in brackets."""
    if any(map(sentence.__contains__, _CALLED)):
        yield from (found["name"] for found in pattern("called").finditer(sentence))
    yield from (found["name"] for found in pattern("kind_of_thing").finditer(sentence))
    if "(" in sentence:
        yield from (found["name"] for found in pattern("in_brackets").finditer(sentence))
