"""Sentences that sound like knowledge and hold none."""

from __future__ import annotations

import re

from qt2anki.generate.frequency import is_technical
from qt2anki.generate.words import content_words, root, vague_words

_HOLLOW = re.compile(
    r"\b(?:(?:wide|broad|diverse|full) (?:range|array|variety) of|a (?:range|variety|number) of"
    r"|insights?"
    r"|plays?(?: an?)?(?: \w+){0,2} role|implications|complexit\w+|navigat\w+|broader|multifaceted"
    r"|pivotal|cornerstone|tapestry|powerful tools?|key (?:concept|aspect|element|factor"
    r"|component)s?"
    r"|landscapes?|interplay|underscor\w+|highlight\w*|illustrat\w+|emphasi[sz]\w+|exemplif\w+"
    r"|reflects?|framework for|deeper understanding|understanding of|straightforward|remarkable"
    r"|meaningful|fascinating|raises? (?:\w+ )?questions|opportunit\w+|challenges|successful\w*"
    r"|it is (?:advisable|necessary|important|essential|crucial|vital)|can (?:help|lead|be)"
    r"|may (?:help|lead|be)|has been|have been|continues? to|rich|unique|dynamics?|beneficial"
    r"|perspectives|aspects|factors|often (?:overlook|face)\w*|legacy|commitment|journey"
    r"|testament)\b"
)
_FIGURE = re.compile(r"\d|\\[(\[]")


def is_hollow(sentence: str, *, known: frozenset[str]) -> bool:
    """Whether *sentence* (plain text) praises, or tells nothing technical beyond *known* roots."""
    if vague_words(sentence) or _HOLLOW.search(sentence.lower()):
        return True
    new = (root(word) for word in content_words(sentence))
    return not (_FIGURE.search(sentence) or any(is_technical(w) for w in new if w not in known))
