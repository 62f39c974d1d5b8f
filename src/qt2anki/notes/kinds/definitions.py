"""Which sentences define a term, and which term."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from qt2anki.notes.soft_gates import names_gap

_LONGEST = 600  # characters of a sentence that are looked at
_NO_SUBJECT = (
    "This|These|That|It|They|There|What|He|She|His|Her|Its|Their|One|Each|Such|If|When|In|At|By|For"
    "|On|As|With|Another|Both|Some|Many"
)
_TERM = (
    rf"(?:(?:A|An|The) )?(?P<term>(?!(?:{_NO_SUBJECT})\b)[^\s,;:.()][^,;:.()]{{1,60}}?"
    r"(?: \([^()]{2,40}\))?)"
)
_MEANS = (
    r" (?P<verb>(?:is|are|was) (?:an? |the |any |one of |defined as|described as)"
    r"|refers? to|(?:is|are) (?:the )?(?:term|name)|denotes?|means|can be defined as)"
)
_SUBJECT = re.compile(_TERM + _MEANS)
_VERB_OF_SUBJECT = re.compile(_MEANS)
_VERB_REACH = 150  # characters: the longest term, what may be around it, and the verb
_NO_MEANING = re.compile(
    r"(?:an? |the |one of the )?(?:(?:very|most|more|primary|main|major|key|another|common)[\s-])*"
    r"(?:crucial|essential|important|significant|vital|critical|key|fundamental|powerful|valuable"
    r"|major|central|cornerstone|significant|prime|classic|good|great|notable|result|example"
    r"|part of|factor|focus|first|same|most|best|reason|way to|part|source of|cause of|concern"
    r"|challenge|common (?:cause|symptom|example)|leading cause|primary (?:cause|reason)|topic)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"(?:this|it) (?:is|was|refers|\w+ (?:is|refers)|describes|denotes|occurs when|states|involves"
    r" the (?:process|use|movement|transfer|study|ability|application))\b"
    r"|(?:refers?|referring) to\b|defined as\b|these are\b",
    re.IGNORECASE,
)
# A definition without a verb: "The process of ...".
_PHRASE = re.compile(
    r"(?:the|an?) (?:\w+ )?(?:process|ability|measure|measurement|study|state|condition|amount"
    r"|number|rate|tendency|act|practice|movement|loss|science|branch|belief|idea|degree|extent"
    r"|type|form|kind|method|substance|protein|enzyme|hormone|molecule|structure|disease|disorder"
    r"|layer|part|cell|tool|device|technique|system|theory|principle|law|point|region|area|set"
    r"|group|class|family|phenomenon|reaction|force|property|technology|style|genre|document"
    r"|quantity|value|ratio|time|period|place|person|statement|function|relationship|difference)s?"
    r" (?:of|by|that|in|for|to|which|where|when|between|who|used|with|at|characteri[sz]ed|caused"
    r"|from|on)\b",
    re.IGNORECASE,
)
# What is only said of it, where a definition names its kind: "This acid is mainly used in ...".
_NO_GENUS = re.compile(
    r"(?:this|these|it|they)(?: \w+){0,3}? (?:is|are|was|were) (?:\w+ly |often |also )?"
    r"(?:\w+ed|found|known|made|seen|built|held|given|taken|driven)\b(?! (?:as|by) )"
    r"|(?:this|these|it|they)(?: \w+){0,3}? (?:is|are|was|were) (?:also )?(?:one of|another)\b"
    r"|(?:this|these|it|they)(?: \w+){0,2}? (?:occurs?|involves?|includes?|helps?)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|which|who|where|when|whose)\b")
_VERB = re.compile(
    r"\b(?:is|are|was|were|can|may|must|will|has|have|depends?|involves?|plays?|includes?|increases?"
    r"|decreases?|affects?|determines?|allows?|helps?|leads?|provides?|requires?|often)\b"
)
_NO_START = re.compile(
    r"(?:this|it|these|they) (?:is|are|was|were) (?:\w+ly )?(?:crucial|essential|important"
    r"|significant|vital|critical|key|the (?:most|first|main|primary|key|same|best"
    r"|foundation|cornerstone|basis)|an? (?:crucial|essential|important|significant|vital|critical"
    r"|key|fundamental|major|common"
    r"|prime|classic|great|powerful|primary|main)|one of|often|because|why|where|when|also|not"
    r"|particularly|especially|typically|usually|achieved|done|due|supported|based|known|seen"
    r"|evident|used|reflected|made|necessary|likely|common|similar|called|followed|responsible)\b",
    re.IGNORECASE,
)


# Clues whose subject is the very term: "This ...", "A monitor that ...", "Secretes ...".
_IS_SUBJECT = re.compile(
    r"(?:this|these|it)\b(?! (?:means|mean|can help|help|efforts?|practices?|skills?"
    r"|factors?|includes? (?:both|a (?:variety|range))|approach also|also|aspect))"
    r"|(?!(?:as|when|if|while|although|since|because)\b)[^.,]{4,80}, (?:this|these|it|they)\b"
    r"(?! (?:is|are) (?:important|crucial|essential|vital))"
    r"|also (?:known|called|referred)\b"
    r"|(?:an?|the) (?:[\w▢-]+ ){1,6}(?:that|which|who|used|designed|where|in which|whose"
    r"|characteri[sz]ed|caused|located|involving|consisting|containing)\b"
    r"|(?:[\w▢-]+ ){1,3}that\b"
    r"|(?:occurs?|measures?|involves?|refers?|describes?|states?|uses?|consists?|located|found|caused"
    r"|characteri[sz]ed|known|used|responsible|produced|composed|contains?|converts?|produces?"
    r"|secretes?|regulates?|transports?|connects?|stores?|controls?|comprises?|represents?|covers?"
    r"|carries|holds?|forms?|defines?|named|invented|discovered|introduced|published|founded|built"
    r"|written|developed by)\b",
    re.IGNORECASE,
)
_BOX_DOES = re.compile(
    r"(?:(?:the|an?) )?▢(?:,? (?:or )?\(?▢\)?,?)* (?:(?:is|are|was|were) "
    r"(?!crucial|essential|important|vital|significant|key|often|also|not|more|less)"
    r"|serves? as|occurs?|involves?|consists? of|measures?|states?|uses?|describes?|refers?|means"
    r"|arises?|contains?|begins?|represents?|denotes?|deals?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A sentence (Markdown) that says what *term* (Markdown) is."""

    term: str
    sentence: str


def defines(sentence: str) -> bool:
    """Whether the first plain *sentence* below a title says what the title is."""
    if _NO_START.match(sentence) or _NO_GENUS.match(sentence):
        return False
    return _starts_as_definition(sentence) or find_definition(sentence) is not None


def _starts_as_definition(sentence: str) -> bool:
    if _STARTS.match(sentence):
        return True
    head = _RELATIVE.split(sentence, maxsplit=1)[0]
    return bool(_PHRASE.match(sentence)) and not _VERB.search(head)


def identifies(clue: str, *, names_term: bool = False) -> bool:
    """Whether *clue*, in which the term is boxed (▢), speaks of the term and not around it.

    With *names_term* its first sentence had the whole term in it: then "This ..." is about
    something else.
    """
    if _NO_START.match(clue):
        return False
    before, box, after = clue.partition("▢")
    if _BOX_DOES.match(clue) or (box and names_gap(before, after)):
        return True
    return not names_term and (bool(_IS_SUBJECT.match(clue)) or _starts_as_definition(clue))


@lru_cache(maxsize=256)
def find_definition(sentence: str) -> Definition | None:
    """Read ``**Term** is defined as ...`` and its kin; None for any other *sentence*."""
    text = sentence[:_LONGEST].replace("**", "").replace("__", "")
    if not _VERB_OF_SUBJECT.search(text, 0, _VERB_REACH):
        return None
    found = _SUBJECT.match(text)
    if found is None:
        return None
    rest = found.string[found.end() :]
    verb = found["verb"].strip()
    article = found["verb"].split()[-1] if verb.endswith((" a", " an", " the")) else ""
    if _NO_MEANING.match(f"{article} {rest}".strip()):
        return None
    return Definition(found["term"].strip("*_ "), sentence)
