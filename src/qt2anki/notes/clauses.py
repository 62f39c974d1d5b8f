"""Find the subject, verb and remainder of a sentence, if they are certain.

No small grammar of English is right about every sentence. This one uses a table of verbs and the
words around a noun; it skips sentences that it does not recognize.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qt2anki.notes.patterns import word_set
from qt2anki.notes.verbs import Verb, find_verb

_MOST_WORDS = 12  # of a subject
_MOST_ASIDE = 16  # words between two commas
_SHORTEST_ADVERB = 5
_CONNECTOR = re.compile(
    r"(?:however|additionally|furthermore|moreover|consequently|therefore|thus|hence|specifically"
    r"|similarly|conversely|notably|historically|biologically|generally|essentially|in addition"
    r"|in contrast|on the other hand|as a result|in general|in fact|for (?:example|instance)"
    r"|in particular|typically|traditionally|importantly|interestingly|clinically|in essence"
    r"|ultimately|finally|overall|meanwhile|instead|subsequently|then|also|simply put), ",
    re.IGNORECASE,
)
_LONGEST_CONNECTOR = len("on the other hand, ")
_OPENING = re.compile(
    r"(?:In|During|At|Under|On|Within|After|Before|Among|For|When|If|Unlike|Inside|Outside"
    r"|Throughout|According to|Since|Like|Compared (?:to|with)|Once|By) [^,;:()]{2,90}, (?=\S)"
)
_POINTS_BACK = word_set("points_back")
_WORDS = re.compile(r"[a-z]+")
_NO_SUBJECT = word_set("no_subject")
_INSIDE_SUBJECT = word_set("inside_subject")
_ENDS_SUBJECT = (_NO_SUBJECT | _POINTS_BACK) - _INSIDE_SUBJECT
_PREPOSITIONS = word_set("prepositions")
_BEFORE_NOUN = _PREPOSITIONS | frozenset("a an the and or".split())
_NO_END = _PREPOSITIONS | frozenset("a an the and or its their".split())
_BE = {"is": False, "are": True, "was": False, "were": True}
_MODALS = word_set("modals")
_AUXILIARIES = _MODALS | _BE.keys() | frozenset(("has", "have", "had"))
_ADVERBS = word_set("adverbs")
_SILENT = word_set("silent")
_NO_ADVERBS = word_set("no_adverbs")
_ASIDE_STARTS = word_set("aside_starts")
_FINITE = word_set("finite")
_PARTICIPLES = word_set("participles")
_NOUNS = word_set("nouns")
_ADJECTIVES = word_set("adjectives")
_PLURALS = word_set("plurals")
_SINGULAR = re.compile(
    r"(?:diabetes|rabies|herpes|lens|bias|gas|(?:log|path|eth|kair|cha|cosm)os|ss|us|is|ics|news)$"
)
_NOUN_END = re.compile(r"[ (,]")
_INITIALS = re.compile(r"[A-Z]S$")
_PHRASE_IN_SUBJECT = re.compile(r" (?:of|in|to|for|and) ")
# Marks, and a second gerund: "reducing salt and eating the", whose verb comes later.
_NO_PHRASE = re.compile(r"[,;:—]|ing .*\band \w+ing ")
_THIS = re.compile(r"(?:It|They|(?:This|These)(?: \S+){0,3})$")
_WORD_EDGE = "\"'“”‘’*_`()"


class Clause(NamedTuple):
    """A main clause; its texts, joined by spaces, are the sentence without the omitted parts."""

    opening: str  # "In plants, "
    subject: str  # "" if the title above the sentence is the subject
    is_plural: bool
    auxiliary: str  # a form of be, or a modal verb; "" for none
    adverbs: str
    verb: Verb | None  # None after a form of be
    rest: str


class _Start(NamedTuple):
    """The part of a sentence before the verb that is searched for."""

    opening: str
    words: Sequence[str]
    title: str

    def subject_up_to(self, end: int) -> tuple[str | None, list[str], list[str]]:
        """Return the subject before the word *end*, its words, and the adverbs after it."""
        before = list(self.words[:end])
        adverbs: list[str] = []
        while len(before) > 1 and _is_adverb(before[-1]):
            adverbs.insert(0, before.pop())
        return _subject(" ".join(before), title=self.title), before, adverbs


@lru_cache(maxsize=256)
def is_plural(noun: str) -> bool:
    """Whether *noun*, or the head of a noun phrase, has the form of a plural."""
    if noun.endswith("S") and _INITIALS.search(noun):
        return False
    words = _NOUN_END.split(noun.lower().strip(_WORD_EDGE))
    head = words[0]
    for word in words[1:]:
        if word in _PREPOSITIONS or word in ("that", "which", "who") or not word:
            break
        head = word
    if " and " in noun or head in _PLURALS:
        return True
    return head.endswith("s") and not _SINGULAR.search(head)


def points_back(text: str) -> bool:
    """Whether *text* has a word that refers to an earlier sentence."""
    return not _POINTS_BACK.isdisjoint(_WORDS.findall(text.lower()))


def without_connector(sentence: str) -> str:
    """Remove "However, " and similar words from the beginning of *sentence*."""
    found = _CONNECTOR.match(sentence) if ", " in sentence[:_LONGEST_CONNECTOR] else None
    if not found:
        return sentence
    rest = sentence[found.end() :]
    return rest[:1].upper() + rest[1:]


@lru_cache(maxsize=64)  # of one sentence; several kinds of facts ask for the same clause
def read_clause(sentence: str, title: str = "") -> Clause | None:
    """Read a sentence (Markdown without bold); None if its subject or verb is uncertain.

    If *title* is given, the sentence is the first one below it, so the title is the subject of
    "This ..." and of a verb at the beginning.
    """
    text = without_connector(sentence.rstrip(".!"))
    if not title and text[: text.find(" ")].lower() in _POINTS_BACK:
        return None
    opening = ""
    found = _OPENING.match(text)
    if found:
        if points_back(found[0]):
            return None
        opening, text = found[0], text[found.end() :]
    words = text.split(" ")
    if title and not opening and (clause := _without_subject(words, title)) is not None:
        return clause
    if _starts_badly(words):
        return None
    return _find_verb_of(_Start(opening, words, title))


def _find_verb_of(start: _Start) -> Clause | None:
    words = start.words
    for at in range(1, min(len(words), _MOST_WORDS + 1)):
        word = words[at]
        if words[at - 1][-1:] == ",":
            end = _after_aside(words, at)
            if end is None:
                return None
            without = [*words[: at - 1], words[at - 1][:-1], *words[end:]]
            return _with_verb_at(start._replace(words=without), at)
        if word in _AUXILIARIES or find_verb(word):
            clause = _with_verb_at(start, at)
            if clause is not None or word in _AUXILIARIES:
                return clause
        if word in _ENDS_SUBJECT:
            return None
    return None


def _starts_badly(words: Sequence[str]) -> bool:
    """Whether a sentence with these *words* does not start with a noun phrase."""
    first = words[0].lower().strip(_WORD_EDGE)
    verb = find_verb(first)
    if verb is not None and verb.form == "base" and first not in _NOUNS:
        return True
    if verb is not None and verb.form == "past" and words[1:2] and words[1] in _PREPOSITIONS:
        return True
    return first in _NO_SUBJECT or _is_adverb(words[0])


def _without_subject(words: Sequence[str], title: str) -> Clause | None:
    """Read a sentence that continues its title: ``Lowers blood sugar``, below *Insulin*."""
    verb = find_verb(words[0].lower())
    if verb is None or len(words) == 1:
        return None
    follows = words[1].lower()
    is_noun = verb.base in _NOUNS and follows not in ("a", "an", "the")
    if is_noun or follows in _AUXILIARIES or find_verb(follows) == verb:
        return None
    plural = is_plural(title)
    if verb.form == "third":
        return Clause("", "", plural, "", "", verb, " ".join(words[1:]))
    if words[0] == "Used":
        return Clause(
            "", "", plural, "are" if plural else "is", "", None, "used " + " ".join(words[1:])
        )
    return None


def _after_aside(words: Sequence[str], at: int) -> int | None:
    """Return where the sentence continues after a part between two commas."""
    first = words[at].lower()
    if first not in _ASIDE_STARTS and not first.endswith("ed"):
        return None
    for end in range(at, min(len(words) - 1, at + _MOST_ASIDE)):
        if words[end].endswith(","):
            return end + 1
    return None


def _with_verb_at(start: _Start, at: int) -> Clause | None:
    """Return the clause whose verb is the word *at* this place, or None if it is not a verb."""
    if at >= len(start.words):
        return None
    subject, before, adverbs = start.subject_up_to(at)
    if subject is None:
        return None
    if start.words[at] in _AUXILIARIES:
        return _after_auxiliary(start, at, subject, adverbs)
    verb = find_verb(start.words[at])
    rest = start.words[at + 1 :]
    if verb is None or not rest or not _is_finite(verb, before, rest):
        return None
    plural = _is_plural_subject(subject, before, start.title)
    return Clause(start.opening, subject, plural, "", _spoken(adverbs), verb, " ".join(rest))


def _is_plural_subject(subject: str, before: Sequence[str], title: str) -> bool:
    if subject:
        return is_plural(subject)
    return before[0] in ("These", "They") or (
        title != "" and is_plural(title) and before[0] != "This"
    )


def _is_finite(verb: Verb, before: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether *verb* is the verb of the clause, between the words *before* it and the *rest*."""
    following = next((word for word in rest if not _is_adverb(word)), rest[0]).lower()
    is_preposition = following in _PREPOSITIONS and following not in verb.particles
    if is_preposition or following in _AUXILIARIES:
        return False
    after = find_verb(following)
    is_verb_next = after is not None and after.form == "third" and after.base not in _NOUNS
    if is_verb_next or following in _FINITE:
        return False
    # The next word is the verb after "dashed lines" and "scheduled breaks", but not after "helps".
    is_base_next = after is not None and after.form == "base" and after.asks
    is_noun = verb.base in _NOUNS or (verb.form == "third" and verb.base != "help")
    if is_base_next and is_noun and following not in _NOUNS - {verb.base}:
        return False
    plural = is_plural(" ".join(before)) or before[0] in ("These", "They")
    if verb.form == "base":
        is_noun = is_plural(before[-1]) or before[0] in ("These", "They")
        is_verb = is_noun and verb.base not in _ADJECTIVES
        return plural and (is_verb or following in ("a", "an", "the"))
    if verb.form == "past":
        return verb.base not in _PARTICIPLES and not _is_participle(rest)
    return not plural or bool(_PHRASE_IN_SUBJECT.search(" ".join(before)))


def _is_participle(rest: Sequence[str]) -> bool:
    """Whether the words after a past form show that the verb of the clause comes later."""
    near = [word.lower() for word in rest[:5]]
    if "by" in near[:2] or not _BE.keys().isdisjoint(near[:4]):
        return True
    return any(verb is not None and verb.form == "third" for verb in map(find_verb, near))


def _after_auxiliary(start: _Start, at: int, subject: str, adverbs: Sequence[str]) -> Clause | None:
    word = start.words[at]
    rest = list(start.words[at + 1 :])
    said = list(adverbs)
    while rest and _is_adverb(rest[0]):
        said.append(rest.pop(0))
    if not rest or rest[0] in ("not", "never"):
        return None
    spoken = _spoken(said)
    if word in _BE:
        if subject and _BE[word] and not _may_be_plural(subject):
            return None
        return Clause(start.opening, subject, _BE[word], word, spoken, None, " ".join(rest))
    if word not in _MODALS:
        return None
    verb = find_verb(rest[0])
    plural = is_plural(subject or start.title)
    if rest[0] == "be":
        return Clause(start.opening, subject, plural, word, spoken, None, " ".join(rest))
    if verb is None or verb.form != "base":
        return None
    return Clause(start.opening, subject, plural, word, spoken, verb, " ".join(rest[1:]))


def _may_be_plural(subject: str) -> bool:
    """Whether "are" can belong to *subject*, not to an unrecognized noun before it."""
    return (
        is_plural(subject) or " or " in subject or not subject.rsplit(" ", maxsplit=1)[-1].islower()
    )


def _is_adverb(word: str) -> bool:
    low = word.lower()
    if low in _ADVERBS:
        return True
    return low.endswith("ly") and len(low) >= _SHORTEST_ADVERB and low not in _NO_ADVERBS


def _spoken(adverbs: Sequence[str]) -> str:
    return " ".join(word for word in adverbs if word.lower() not in _SILENT)


def _has_past(words: Sequence[str]) -> bool:
    """Whether *words* contain a verb in the past tense, not a participle next to its noun."""
    for place, word in enumerate(words[1:-1], start=1):
        verb = find_verb(word)
        if verb is None or verb.form != "past" or words[place + 1] in _PREPOSITIONS:
            continue
        before = words[place - 1].lower()
        if before not in _BEFORE_NOUN and not _is_adverb(before) and not before.endswith(","):
            return True
    return False


def _subject(text: str, *, title: str) -> str | None:
    """Return the subject, "" for the title above, or None if it is not a complete noun phrase."""
    if title and _THIS.match(text):
        # "Mode: They contain" is about what the point lists, not about its title.
        return "" if text[:4] not in ("They", "Thes") or is_plural(title) else None
    if points_back(text) or _NO_PHRASE.search(text) or text.count("(") != text.count(")"):
        return None
    words = text.lower().split(" ")
    is_owner = words[-1].endswith(("'s", "’s", "s'", "s’"))  # "the movement's focus"
    if is_owner or words[-1].strip(_WORD_EDGE) in _NO_END or not _AUXILIARIES.isdisjoint(words):
        return None
    if _has_past(text.split(" ")):
        return None
    inside = set(words[1:]) - _INSIDE_SUBJECT
    return None if words[0] in _NO_SUBJECT or not _NO_SUBJECT.isdisjoint(inside) else text
