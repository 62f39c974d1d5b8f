"""Sentences that sound like knowledge and hold none."""

from __future__ import annotations

import re

from qt2anki.notes.frequency import is_technical
from qt2anki.notes.words import roots, vague_words

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
    tells = any(map(is_technical, roots(sentence) - known)) or bool(_FIGURE.search(sentence))
    return not tells or praises(sentence)


def praises(sentence: str) -> bool:
    """Whether *sentence* (plain text) has a word that praises or generalizes."""
    return vague_words(sentence) > 0 or bool(_HOLLOW.search(sentence.lower()))
