"""Sentences that sound like knowledge and hold none."""

from __future__ import annotations

import re

from qt2anki.notes.words import vague_words

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


def praises(sentence: str) -> bool:
    """Whether *sentence* (plain text) has a word that praises or generalizes."""
    return vague_words(sentence) > 0 or bool(_HOLLOW.search(sentence.lower()))
