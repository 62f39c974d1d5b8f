"""Ask about a point with the grammar of the sentence that says what it is or does.

"This prefix denotes a factor of 1,000" below the title Kilo asks "What does Kilo denote?". The
answer is the page's own words, from the object of the verb to the end of the sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from qt2anki.html.anki_escape import text_html
from qt2anki.notes.clauses import is_plural
from qt2anki.notes.kinds.noun_phrases import has_verb, is_noun_phrase
from qt2anki.notes.patterns import pattern
from qt2anki.notes.phrases import phrase
from qt2anki.notes.verbs import find_verb
from qt2anki.notes.words import root, roots, words

_PRONOUN = re.compile(r"(this|it|these|they)\b", re.IGNORECASE)
_AGREES = {"this": ("does",), "it": ("does", "did"), "these": ("do",), "they": ("do", "did")}
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_ASIDE = re.compile(
    r"\s*\([^()]*\)|, (?:also|or|including|such as|like|which|who|on the other hand|\w+ed)\b"
    r"[^.;:]*?,(?= [a-z])| of (?:an? |the )?[\w-]+(?= (?:is|are|was|were|[a-z]+s) )"
)
_ADVERB = re.compile(
    r"(?:typically|primarily|usually|generally|often|mainly|commonly|essentially|then|mostly"
    r"|specifically|simply|directly|actively|also|normally|both|traditionally)$"
)
_FUNCTION_WORD = re.compile(
    r"(?:and|or|of|in|on|to|for|with|by|that|which|who|when|where|as|from|can|may|might|will|would"
    r"|should|must|be|been|has|have|had|not|about|at|into|than|the|an?)$"
)
_MOST_NOUNS = 3  # "This type of tissue contains"
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_TITLE_WORD = re.compile(r"[\W_]*([^\W_]+)(?:['’]s)?")
_ARTICLE = re.compile(r"(?:an?|the) ", re.IGNORECASE)
# A title such as Flexibility names what "it" has, not what it is.
_QUALITY = re.compile(
    r"(?:ity|ness|ion|ment|ance|ence|cy|ive|able|ible|ous|ful|less|ed|ism|al|ic|ship|ing|ed)s?$"
)
_FIELD = re.compile(
    r"\b(?:theory|\w+ics|\w+ing|\w+logy|sciences?|analysis|medicine|stud(?:y|ies)|systems?"
    r"|design|management|research|computing|algorithms?)$",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"(?!(?:is|are|was|were|it|them|him|her|us|you|that|this|these|those|to|if|more|most|less|and|or|in"
    r"|on|at|with|by|for|from|as|when|about|up|out|through|into|upon|significantly|closely"
    r"|throughout|across|over|beyond|within|between|along|around|towards?)\b)"
)
_AND_VERB = re.compile(r"(?:and|or) (?:\w+ly )?[a-z]+ \w")
_AND_WORD = re.compile(
    r",? and (?:(?!(?:sup|ap|multi|re|im|com)p?ly )\w+ly |often )?([a-z]+)(?= \w)"
)
_AND_PARTICIPLE = re.compile(r" and [a-z]+ed (?:with|by|from|into|to) ")
_INNER_VERB = re.compile(r"\b(?:that|which|who|to|how|where)\b")
_BY_DOING = re.compile(r" (by (?!far\b|itself\b)(?:\w+ly )?[a-z]+ing\b.*)$")
_MOST_MEANS = 7  # words between the verb and "by ...ing"
_GENUS = re.compile(
    r"(?:the|any|two|three) |(?:[\w-]+,? ){0,4}?[\w-]+s (?:that|which|who|whose|used|of|formed"
    r"|found|made|with|within|consisting|containing|for|where|in which|caused|located|produced"
    r"|composed|designed"
    r"|between)\b"
)
_NO_GENUS = re.compile(
    r"(?:one of|part of|the (?:most|first(?! part)|best|key|primary|main|foundation|cornerstone"
    r"|basis|heart|same|next|last|result|final(?! section))\b"
    r"|(?:an? |the )?(?:\w+ly )?(?:crucial|essential|important|key|vital|critical"
    r"|significant|fundamental|great|powerful|valuable|necessary|useful|ideal|integral|major|primary|prime|classic|popular|excellent|responsible|common|widespread"
    r"|dependent|able|likely|available|present|also|not|due|because|evident|often|so|such|what"
    r"|about|more|less|there|similar|closely|highly|particularly|especially|relatively|well"
    r"|when|where|how|why|to|in|on|at|of|for|as|with|by|from|central|prevalent|effective|capable"
    r"|prone|subject|characteristic|typical|sensitive|suitable|being|equal|pivotal|indicative"
    r"|\w+er (?:in|than|and))\b)"
)
_PARTICIPLE = re.compile(r"\w+(?:ed|en|wn|ung|ught|nd|ld) (?!\w+ (?:that|which|of)\b)")
_NO_VERB = re.compile(r"\w+s of\b")  # "Clusters of"
# Text after a name, up to where the sentence continues.
_BESIDE = re.compile(
    r"(?:e?s)?(?: \([^()]*\))?(?:, where (?P<where>.+?)|, which (?P<which>.+?)"
    r"|(?:, | ?— ?)(?P<genus>(?:an?|the) .+?))"
    r"[.;]?(?:$|(?:,|—) ?(?:is|are|was|were|has|have|can|may|but|ensures|helps)\b)"
)
# Words before a title that do not limit when, where or for whom the rest is true.
_OPENER = re.compile(
    r"(?:In (?:contrast|comparison|addition to)|On the other hand|Similar|Closely|Conversely"
    r"|Located|Found|Surrounding|Unique|Known|Also known|Often|Commonly|Typically|Although"
    r"|Generally)\b[^,.;:]{0,60}, "
)
_OPENS_CLAUSE = re.compile(
    r"(?:In|At|For|During|When|According|To|With|Within|Under|By|On|After|Before|Using|Through)\b"
)
PERSON = re.compile(
    r"(?:the|an?) (?:[\w-]+ ){0,3}?"
    r"(?:(?P<she>goddess|queen|empress|nymph|wife|daughter|mother|sister)"
    r"|god|king|emperor|pharaoh|hero|son|father|brother|husband|prophet)(?= of\b| who\b|,| and\b)",
    re.IGNORECASE,
)
"""The beginning of what is said of a god or a ruler."""
_OCCURS = frozenset("occur happen arise take begin form develop result emerge".split())
# Verbs that are too vague to ask about in running text, but not below a title.
_MORE_OBJECTS = frozenset(
    "address advance aid assist bring derive design develop extend feature fund further gather"
    " include increase incorporate keep lay lead make manage mark offer outline possess provide"
    " reinforce serve share shift show simplify support survive underlie use yield".split()
)
_CASES = (
    ("when", re.compile(r"(?:when|if|after|once|during|as soon as|whenever) ")),
    ("why_verb", re.compile(r"(?:because|due to|as a result of) ")),
    ("how", re.compile(r"(?:through|by|via) ")),
    (
        "where",
        re.compile(
            r"(?:in|at|within|between|on|along|inside) (?!(?:response|cases?|situations)\b)"
        ),
    ),
)
_STATING = frozenset("state posit hold assert propose suggest argue claim".split())


_BE = ("is", "are", "was", "were")
_DO = {"third": "does", "base": "do", "past": "did"}
_OF_OBJECT = ("what_verb", "who")
_OCCASION = re.compile(r" (?:when|if|during|after|upon|in response to)\b")  # of a production
_PLURAL = frozenset(("are", "were", "do"))
_NUMBERS = (
    {"are": "is", "were": "was", "do": "does"},
    {"is": "are", "was": "were", "does": "do"},
)


@dataclass(frozen=True, slots=True)
class PointQuestion:
    """A question about a point, and its answer in a sentence."""

    asks: str  # the name of a phrase
    answer: str  # Markdown, a span of the sentence
    auxiliary: str = ""  # is, are, was, were; does, do, did
    verb: str = ""  # other words of the verb that the question needs
    one: str = "it"  # "one", if the title is plural and the sentence has its singular

    def html(self, title: str) -> str:
        """Return the question, with *title* (HTML) in front of it."""
        subject = "they" if self.auxiliary in _PLURAL else self.one
        if self.asks in _OF_OBJECT:
            subject = {"they": "them"}.get(subject, subject)
        asks = self.asks
        if asks == "is" and (person := PERSON.match(self.answer)):
            asks, subject = "who_is", "she" if person["she"] else "he"
        return phrase(
            asks,
            title=f"<b>{title}</b>",
            opening=phrase("about", title=title),
            auxiliary=self.auxiliary,
            subject=subject,
            verb=text_html(self.verb),
        )


def ask_point(title: str, sentence: str, *, opens: bool) -> PointQuestion | None:
    """Ask about the plain *title* with *sentence*; None if that has a different subject.

    If *opens*, it is the first sentence below the title, so "This ..." refers to the title.
    """
    if "**" in sentence and "\\(" not in sentence and "$" not in sentence:
        sentence = sentence.replace("**", "")
    opener = _OPENER.match(sentence)
    if opener and _after_title(title, sentence[opener.end() :]) is not None:
        sentence = sentence[opener.end() :]
    inside = _in_title(title, sentence)
    if inside:
        return PointQuestion("happens", inside)
    name = _BRACKETS.sub("", title).strip()
    found = _predicate(title, sentence, opens=opens)
    if found is None or (opens and _NO_VERB.match(sentence)):
        if name.lower() in sentence.lower():
            return _ask_beside(name, sentence)
        return _ask_phrase(title, sentence) if opens else None
    verb, rest, after = found
    one = _first_predicate(verb, rest)
    asked = _being(verb, one) if verb in _BE else _doing(verb, one, after)
    if asked is None:
        return None
    if _after_title(title, sentence) is not None:
        is_one = is_plural(name) and _ARTICLE.match(sentence)
        return replace(asked, one="one" if is_one else "it")
    return replace(asked, auxiliary=_NUMBERS[is_plural(name)].get(asked.auxiliary, asked.auxiliary))


def _ask_phrase(title: str, sentence: str) -> PointQuestion | None:
    """Make a question from what a *sentence* without a verb says about *title*."""
    if has_verb(sentence) or roots(title) <= roots(sentence):
        return None
    verb = ("is", "are")[is_plural(_BRACKETS.sub("", title))]
    if pattern("fragment").match(sentence) or is_noun_phrase(sentence, title):
        return PointQuestion("is", sentence, verb)
    lowered = f"{sentence[:1].lower()}{sentence[1:]}"
    return _passive(verb, _without_adverb(lowered))


def _ask_beside(name: str, sentence: str) -> PointQuestion | None:
    """Make a question from words after *name*: "gastrulation, a phase in which"."""
    at = sentence.lower().find(name.lower())
    found = _BESIDE.match(sentence, at + len(name))
    # "In gastrulation, the cells": that is the main clause.
    if found is None or (found["genus"] and _OPENS_CLAUSE.match(sentence, 0, at)):
        return None
    if found["where"]:
        return PointQuestion("happens", found["where"])
    if found["genus"]:
        return _being(("is", "are")[is_plural(name)], found["genus"])
    said = _find_verb(f" {found['which']}", _DO.values())
    if said is None:
        return None
    verb, rest, whole = said
    one = _first_predicate(verb, rest)
    return _being(verb, one) if verb in _BE else _doing(verb, one, whole)


def _in_title(title: str, sentence: str) -> str:
    if not sentence.startswith("In ") or _FIELD.search(title):
        return ""
    after = _after_title(title, sentence[3:])
    return after[2:] if after and after.startswith(", ") and "such as" not in after[:10] else ""


def _predicate(title: str, sentence: str, *, opens: bool) -> tuple[str, str, str] | None:
    """Return the verb of a sentence about *title*, the text after it, and both together."""
    after = _after_title(title, sentence)
    if after is not None:
        return _find_verb(after, _DO.values())
    pronoun = _PRONOUN.match(sentence)
    if pronoun is None:
        lowered = f" {sentence[:1].lower()}{sentence[1:]}"
        return _find_verb(lowered, ("does",)) if opens else None
    named = pronoun[1].lower()
    if named in ("it", "they"):
        if not opens or _QUALITY.search(title):
            return None
        return _find_verb(sentence[pronoun.end() :], _AGREES[named])
    known = None if opens else roots(title)
    return _find_verb(sentence[pronoun.end() :], _AGREES[named], nouns=_MOST_NOUNS, known=known)


def _find_verb(
    after: str, agrees: Collection[str], *, nouns: int = 0, known: frozenset[str] | None = None
) -> tuple[str, str, str] | None:
    """Find the verb at the start of *after*; adverbs and up to *nouns* nouns may precede it.

    If *known* roots are given, one of these nouns must be among them.
    """
    passed: list[str] = []
    for _ in range(nouns + 2):
        aside = _ASIDE.match(after)
        after = after[aside.end() :] if aside else after
        word = _WORD.match(after, 1)
        if not after.startswith(" ") or word is None:
            return None
        if word[0] in _BE or _auxiliary(word[0]) in agrees:
            is_meant = known is None or not known.isdisjoint(roots(" ".join(passed)))
            return (word[0], after[word.end() + 1 :], after[1:]) if is_meant else None
        if not _ADVERB.match(word[0]):
            passed.append(word[0])
            if len(passed) > nouns or _FUNCTION_WORD.match(word[0]):
                return None
        after = after[word.end() :]
    return None


def _after_title(title: str, sentence: str) -> str | None:
    """Return the text after *title* in *sentence*, None if it does not start with *title*."""
    bare = _BRACKETS.sub("", title)
    named = [root(word) for word in words(bare)]
    opening = _ARTICLE.match(sentence)
    at = opening.end() if opening else 0
    for name in named:
        word = _TITLE_WORD.match(sentence, at)
        if word is None or root(word[1].lower()) != name:
            return None
        at = word.end()
    return sentence[at:] if named else None


def _first_predicate(verb: str, rest: str) -> str:
    """Cut off a second predicate after *verb*: "and supplies blood to the arm"."""
    form = "does" if verb in _BE else _auxiliary(verb)
    for second in _AND_WORD.finditer(rest):
        known = _auxiliary(second[1])
        before = rest[: second.start()]
        if second[1] in _BE or (
            # The first word may be the particle of the verb: "bind to".
            known == form and not (form == "do" and _INNER_VERB.search(before.partition(" ")[2]))
        ):
            return before
    return rest


def _being(verb: str, rest: str) -> PointQuestion | None:
    rest = _without_adverb(rest)
    passive = _passive(verb, rest)
    if passive is not None:
        return passive
    genus = _GENUS if verb in ("are", "were") else _ARTICLE
    if _PARTICIPLE.match(rest) or _NO_GENUS.match(rest) or not genus.match(rest):
        return None
    return PointQuestion("is", rest, verb)


def _passive(verb: str, rest: str) -> PointQuestion | None:
    for start, asks, asked in _passives():
        found = start.match(rest)
        if found:
            said = _AND_PARTICIPLE.split(rest[found.end() :].removeprefix("for "))[0]
            said = _OCCASION.split(said, maxsplit=1)[0] if asked == "produces" else said
            phrase_itself = found[0].strip() if asks == "does" else found[0].split()[0]
            return PointQuestion(asks, said, verb, asked or phrase_itself)
    return None


def _without_adverb(rest: str) -> str:
    word = _WORD.match(rest)
    return rest[word.end() + 1 :] if word and _ADVERB.match(word[0]) else rest


def _doing(word: str, rest: str, after: str) -> PointQuestion | None:
    verb = find_verb(word)
    assert verb is not None
    auxiliary = _DO[verb.form]
    following, _, object_after = rest.partition(" ")
    if verb.base == "refer" and following == "to":
        return PointQuestion("is", object_after, {"does": "is", "do": "are"}.get(auxiliary, "was"))
    if following in verb.particles:
        return PointQuestion("does", object_after, auxiliary, f"{verb.base} {following}")
    if verb.base in _OCCURS:
        base = "take place" if following == "place" else verb.base
        said = object_after if following == "place" else rest
        case = next((asks for asks, start in _CASES if start.match(said)), None)
        return PointQuestion(case, said, auxiliary, base) if case else None
    if verb.base in _STATING and following == "that":
        return PointQuestion("does", object_after, auxiliary, verb.base)
    if _AND_VERB.match(rest):
        return PointQuestion("does", after, auxiliary, "do")
    if not _OBJECT.match(rest) or not (verb.takes_object or verb.base in _MORE_OBJECTS):
        return None
    means = _BY_DOING.search(rest)
    if means and len(rest[: means.start()].split()) <= _MOST_MEANS:
        thing = rest[: means.start()]
        return PointQuestion("how", means[1], auxiliary, f"{verb.base} {thing}")
    return PointQuestion("does", rest, auxiliary, verb.base)


def _auxiliary(word: str) -> str:
    """Return the auxiliary for a question with the verb *word*, "" if the verb is unknown."""
    verb = find_verb(word)
    return _DO[verb.form] if verb else ""


@cache
def _passives() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    text = files("qt2anki.notes").joinpath("data", "passives.toml").read_text("utf-8")
    rows = tomllib.loads(text)["passives"]
    return tuple((re.compile(start), asks, asked) for start, asks, asked in rows)
