"""The subject, verb and remainder of a sentence, where they can be told without doubt.

No grammar of English is small enough to be trusted with every sentence. This one knows a table of
verbs and the words around a noun; what it does not recognize it leaves alone.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from qt2anki.notes.verbs import Form, Verb, find_verb

Aux = Literal["be", "modal", ""]

_MOST_WORDS = 12  # of a subject
_CONNECTOR = re.compile(
    r"(?:however|additionally|furthermore|moreover|consequently|therefore|thus|hence|specifically"
    r"|similarly|conversely|notably|historically|biologically|generally|essentially|in addition"
    r"|in contrast|on the other hand|as a result|in general|in fact|for (?:example|instance)"
    r"|in particular|typically|traditionally|importantly|interestingly|clinically|in essence"
    r"|ultimately|finally|overall|meanwhile|instead|subsequently|then|also|simply put), ",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:In|During|At|Under|On|Within|After|Before|Among|For|When|If|Unlike|Inside|Outside"
    r"|Throughout|According to|Since|Like|Compared (?:to|with)|Once|By) [^,;:()]{2,90}, (?=\S)"
)
POINTS_BACK = re.compile(
    r"\b(?:this|that|these|those|such|it|its|they|them|their|theirs|he|she|his|her|him|hers|we|our"
    r"|us|you|your|i|my|former|latter|above|below|following|here|there|another|others?|both|each"
    r"|same|so|one|ones|aforementioned|said|resulting|respective(?:ly)?)\b",
    re.IGNORECASE,
)
_NO_SUBJECT = frozenset(
    "what who how why when where which that whose whom if whether while because since although"
    " though unless than as to by not no nor but or many much some any several few most all"
    " various certain numerous different every either neither understanding there here despite"
    " upon given using being having such".split()
)
_DETERMINERS = frozenset("a an the of and or in on at by for with to from as its their".split())
_PREPOSITIONS = frozenset(
    "of in on at by for with to from as into between among during within against through across"
    " over under without about via per outside inside near along around throughout toward towards"
    " upon after before beyond behind beneath except among".split()
)
_BE = {"is": False, "are": True, "was": False, "were": True}
_MODALS = frozenset("can may might could must should will would cannot".split())
_ADVERBS = frozenset("often usually always sometimes generally also then thus further".split())
# Their past forms follow a noun as participles: "a circle centered on", "data collected in".
_PARTICIPLES = frozenset(
    "attach bind center collect combine compare compose connect derive design direct divide expose"
    " expect base locate obtain relate require select set give take make call name concern own"
    " express associate tend form".split()
)
# Base forms that are nouns, too, and may begin a sentence.
_NOUNS = frozenset(
    "research stress test change process release control light study form function demand supply"
    " trade tax interest force focus work measure range filter access design display exchange"
    " increase decrease impact view market cover block label project question host pump guard track"
    " act aid value damage drive feed link list load record sense signal stain store team travel"
    " interaction support review report rest return run share rise need play place plan power model"
    " monitor mask map map limit line face experience fund value".split()
)
_FINITE = frozenset("contain have include provide help show allow require need cause lead".split())
_SILENT = frozenset("also then thus further additionally similarly therefore".split())
_PLURALS = frozenset(
    "mitochondria bacteria people children women men mice data criteria phenomena nuclei stimuli"
    " fungi alveoli ganglia algae larvae vertebrae feet teeth media cilia villi police cattle"
    " species axes bases theses hypotheses matrices vertices indices ova atria bronchi".split()
)
_SINGULAR = re.compile(r"(?:ss|us|is|itis|ics|[^aeiou]ics|news)$")
_THIS = re.compile(r"(?:This|These|It|They)\b")
_WORD_EDGE = "\"'“”‘’*_`()"


class Clause(NamedTuple):
    """A main clause; its texts, joined by spaces, are the sentence but for what was left out."""

    opening: str  # "In plants, "
    subject: str  # "" where the title above the sentence is the subject
    is_plural: bool
    aux: Aux
    auxiliary: str  # "is", "can"
    adverbs: str
    verb: Verb | None  # None after a form of be
    rest: str


def is_plural(noun: str) -> bool:
    """Whether *noun*, or the head of a noun phrase, is a plural, going by its form."""
    words = re.split(r"[ (,]", noun.lower().strip(_WORD_EDGE))
    if re.search(r"[A-Z]S$", noun):
        return False
    head = words[0]
    for word in words[1:]:
        if word in _PREPOSITIONS or word == "":
            break
        head = word
    if " and " in noun:
        return True
    return head in _PLURALS or (head.endswith("s") and not _SINGULAR.search(head))


def read_clause(sentence: str, *, below_title: bool = False) -> Clause | None:
    """Read a sentence (Markdown without bold); None where its subject or verb is in doubt.

    With *below_title* it is the first sentence below a title, so that "This ..." or a verb at
    its beginning has the title for its subject.
    """
    text = sentence.rstrip(".!")
    found = _CONNECTOR.match(text)
    if found:
        text = text[found.end() :]
    opening = ""
    found = _OPENING.match(text)
    if found:
        if POINTS_BACK.search(found[0]):
            return None
        opening, text = found[0], text[found.end() :]
    words = text.split(" ")
    first = words[0].lower().strip(_WORD_EDGE)
    if below_title:
        verb = find_verb(first)
        follows = words[1].lower() if len(words) > 1 else ""
        is_noun = verb is not None and verb.base in _NOUNS and follows not in ("a", "an", "the")
        if is_noun or follows in _BE or follows in _MODALS or find_verb(follows) == verb:
            verb = None
        if verb is not None and verb.form == "third" and not opening:
            return _clause("", "", words[1:], "", verb, is_plural=False)
        if verb is not None and verb.form == "past" and first == "used":
            return Clause("", "", False, "be", "is", "", None, text[0].lower() + text[1:])
    command = find_verb(first)
    if command is not None and command.form == "base" and first not in _NOUNS:
        return None
    if first in _NO_SUBJECT or (first.endswith("ly") and words[0].endswith("ly")):
        return None
    for at in range(1, min(len(words), _MOST_WORDS + 1)):
        if words[at - 1].endswith(","):
            end = _after_parenthesis(words, at)
            if end is None:
                return None
            return _at(opening, words[: at - 1] + [words[at - 1][:-1]], words, end, below_title)
        clause = _at(opening, words[:at], words, at, below_title)
        if clause is not None:
            return clause
        if words[at].lower() in _NO_SUBJECT - {"as", "to", "by"}:
            return None
    return None


def _after_parenthesis(words: list[str], at: int) -> int | None:
    """Return where the sentence goes on after what stands between two commas."""
    if words[at].lower() in ("and", "or") or not (
        words[at].lower() in ("which", "who", "also", "a", "an", "the", "or", "where", "known")
        or words[at].endswith("ed")
    ):
        return None
    for end in range(at, min(len(words) - 1, at + 16)):
        if words[end].endswith(","):
            return end + 1
    return None


def _at(
    opening: str, before: list[str], words: list[str], at: int, below_title: bool
) -> Clause | None:
    """Return the clause whose subject is *before* and whose verb is the word *at* the place."""
    adverbs: list[str] = []
    before = list(before)
    if at >= len(words):
        return None
    word = words[at].lower()
    while len(before) > 1 and _is_adverb(before[-1]):
        adverbs.insert(0, before.pop())
    last = before[-1].lower().strip(_WORD_EDGE)
    if (
        last in _DETERMINERS
        or last in _PREPOSITIONS
        or " ".join(before).count("(") != " ".join(before).count(")")
    ):
        return None
    subject = _subject(before, below_title=below_title)
    if subject is None:
        return None
    if word in _BE or word in _MODALS:
        return _after_auxiliary(opening, subject, words, at, adverbs, before)
    verb = find_verb(words[at])
    if verb is None or (verb.form == "past" and verb.base in _PARTICIPLES):
        return None
    plural = is_plural(" ".join(before)) if subject else before[0] in ("These", "They")
    following = words[at + 1].lower() if at + 1 < len(words) else ""
    if verb.form == "base":
        is_certain = is_plural(before[-1]) or following in ("a", "an", "the")
        if not plural or not is_certain:
            return None
    if verb.form == "past" and not _BE.keys().isdisjoint(words[at + 1 : at + 5]):
        return None
    if verb.form == "past" and "by" in [word.lower() for word in words[at + 1 : at + 3]]:
        return None
    if verb.form != "base" and following in _PREPOSITIONS and following not in verb.particles:
        return None
    if following in _MODALS or following in _BE:
        return None
    after = find_verb(following)
    if (
        after is not None
        and after.form != "past"
        and (after.form == "third" or following in _FINITE)
    ):
        return None
    if (
        verb.form == "third"
        and plural
        and not re.search(r" (?:of|in|to|for|and) ", " ".join(before))
    ):
        return None
    return _clause(opening, subject, words[at + 1 :], " ".join(adverbs), verb, is_plural=plural)


def _clause(
    opening: str, subject: str, rest: list[str], adverbs: str, verb: Verb, *, is_plural: bool
) -> Clause:
    return Clause(opening, subject, is_plural, "", "", _loud(adverbs), verb, " ".join(rest))


def _after_auxiliary(
    opening: str, subject: str, words: list[str], at: int, adverbs: list[str], before: list[str]
) -> Clause | None:
    word = words[at].lower()
    rest = words[at + 1 :]
    while rest and _is_adverb(rest[0]):
        adverbs.append(rest.pop(0))
    if not rest or rest[0] in ("not", "also"):
        return None
    told = _loud(" ".join(adverbs))
    if word in _BE:
        return Clause(opening, subject, _BE[word], "be", word, told, None, " ".join(rest))
    verb = find_verb(rest[0])
    plural = is_plural(" ".join(before))
    if verb is None and rest[0] == "be" and len(rest) > 1:
        return Clause(opening, subject, plural, "modal", word, told, None, " ".join(rest))
    if verb is None or verb.form != "base":
        return None
    return Clause(opening, subject, plural, "modal", word, told, verb, " ".join(rest[1:]))


def _is_adverb(word: str) -> bool:
    low = word.lower()
    return (
        low.endswith("ly") and len(low) > 4 and low not in ("family", "anomaly", "assembly")
    ) or (low in _ADVERBS)


def _loud(adverbs: str) -> str:
    return " ".join(word for word in adverbs.split() if word.lower() not in _SILENT)


def _subject(before: list[str], *, below_title: bool) -> str | None:
    """Return the subject, "" for the title above, None where it is no noun phrase by itself."""
    text = " ".join(before)
    if (
        below_title
        and _THIS.match(text)
        and len(before) <= (1 if before[0] in ("It", "They") else 4)
    ):
        return ""
    if POINTS_BACK.search(text) or any(mark in text for mark in ",;:—"):
        return None
    lows = [word.lower() for word in before]
    if any(word in _NO_SUBJECT for word in lows if word not in ("as", "to", "by", "all")):
        return None
    if len(before) == 1 and (lows[0] in _DETERMINERS or len(lows[0]) < 2):
        return None
    if any(word in _BE or word in _MODALS or word in ("has", "have", "had") for word in lows):
        return None
    return text


__all__ = ["POINTS_BACK", "Clause", "Form", "is_plural", "read_clause"]
