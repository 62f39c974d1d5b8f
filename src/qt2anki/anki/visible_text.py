"""Return the visible text of a field or a side of a card, and compare such texts."""

from __future__ import annotations

import html
import re
from difflib import SequenceMatcher
from functools import lru_cache
from unicodedata import normalize

from qt2anki.anki.cloze import revealed

_INVISIBLE = re.compile(r"<!--|<(?:style|script|template)\b", re.IGNORECASE)
_ENDS = {"<!--": "-->", "<style": "</style>", "<script": "</script>", "<template": "</template>"}
# A picture separates the words before it from those after it, as a block does.
_INLINE_TAG = re.compile(
    r"</?(?:a|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u"
    r"|var)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


@lru_cache(maxsize=4096)
def visible_blocks(fragment: str) -> tuple[str, ...]:
    """Return the text of every block (paragraph, list item, cell, line) on a separate line.

    Cloze deletions are revealed; alternative texts of images and hints of deletions are left out.
    """
    text = normalize("NFC", _without_invisible(revealed(fragment))).replace("\n", " ")
    lines = _TAG.sub("\n", _INLINE_TAG.sub("", text)).split("\n")
    folded = (" ".join(html.unescape(line).split()) for line in lines)
    return tuple(line for line in folded if line)


def visible_text(fragment: str) -> str:
    """Return all visible text of some HTML on one line, with a space between blocks."""
    return " ".join(visible_blocks(fragment))


def visible_words(fragment: str) -> frozenset[str]:
    """Return the set of words of some HTML, in lower case and without punctuation."""
    return frozenset(re.findall(r"\w+", visible_text(fragment).casefold()))


def _without_invisible(text: str) -> str:
    """Remove comments, styles and scripts; an unclosed one hides the rest."""
    folded = text.lower() if _INVISIBLE.search(text) else ""
    kept: list[str] = []
    position = 0
    while (start := _INVISIBLE.search(text, position)) is not None:
        kept.append(text[position : start.start()])
        mark = _ENDS[start[0].lower()]
        end = folded.find(mark, start.end())
        position = end + len(mark) if end >= 0 else len(text)
    return "".join((*kept, text[position:]))


Words = frozenset[str]

_MOST_TYPOS = 3  # words in which two texts differ; if there are more, typos are not searched
_LIKE_A_TYPO = 0.8


def likeness(one: Words, other: Words) -> float:
    """Return the share of words that two sets have in common (Jaccard), typos included, 0 to 1."""
    left, right = sorted(one - other), sorted(other - one)
    same = len(one & other)
    if 0 < len(left) <= _MOST_TYPOS and 0 < len(right) <= _MOST_TYPOS:
        for word in left:
            twin = next((w for w in right if is_typo(word, w)), None)
            if twin:
                right.remove(twin)
                same += 1
    union = len(one) + len(right)  # minus those that are in *one* with a typo
    return same / union if union else 1.0


def is_typo(one: str, other: str) -> bool:
    """Whether one of two different words is likely a typo of the other; numbers never are."""
    is_close = one[:1] == other[:1] and abs(len(one) - len(other)) <= 1
    if not is_close or any(map(str.isdigit, one + other)):
        return False
    if sorted(one) == sorted(other):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKE_A_TYPO
