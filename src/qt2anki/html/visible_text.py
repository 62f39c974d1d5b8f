"""What a reader sees of HTML that is finished: a field of a note, or a side of a card."""

from __future__ import annotations

import html
import re

_INVISIBLE = re.compile(r"<!--|<(?:style|script)\b", re.IGNORECASE)
_ENDS = {"<!--": "-->", "<style": "</style>", "<script": "</script>"}
_INLINE_TAG = re.compile(
    r"</?(?:a|b|code|del|em|i|mark|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.IGNORECASE
)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_CLOZE = re.compile(r"\{\{c[0-9,]+::|(?:::[^:{}<>]*)?\}\}")


def seen_text(field: str) -> str:
    """Return the text of some HTML on one line; of a cloze deletion, what it hides.

    A block is parted from its neighbours by a blank, inline markup is not. Alternative texts of
    images and hints of cloze deletions are left out.
    """
    text = _CLOZE.sub("", _without_invisible(field))
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE_TAG.sub("", text))).split())


def seen_words(field: str) -> frozenset[str]:
    """Return the different words of some HTML, in small letters, without their punctuation."""
    return frozenset(re.findall(r"\w+", seen_text(field).casefold()))


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Return how much two sets of words have in common, 0 to 1 (Jaccard); two empty ones: 1."""
    union = left | right
    return len(left & right) / len(union) if union else 1.0


def _without_invisible(text: str) -> str:
    """Take comments, styles and scripts out; one that is not closed hides the rest."""
    folded = text.lower() if _INVISIBLE.search(text) else ""
    kept: list[str] = []
    position = 0
    while (start := _INVISIBLE.search(text, position)) is not None:
        kept.append(text[position : start.start()])
        mark = _ENDS[start[0].lower()]
        end = folded.find(mark, start.end())
        position = end + len(mark) if end >= 0 else len(text)
    return "".join((*kept, text[position:]))
