"""Recognize phrases without a verb below a title: "Loss of ice by melting"."""

from __future__ import annotations

import re

from qt2anki.notes.clauses import is_plural
from qt2anki.notes.patterns import pattern
from qt2anki.notes.verbs import find_verb

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
# A noun phrase up to the first word that qualifies it: "Horizontal movement with".
_NO_NOUN = (
    r"(?:for|to|all|any|some|many|most|each|both|no|these|this|it|they|where|when|how|as|if|by|in|on"
    r"|at|during|through|after|before|while|although|unlike|like|just|not|one|often|driven|due"
    r"|responsible|useful|essential|important|crucial|similar|common|more|less"
    r"|\w+(?:ed|ly|ing))\b"
)
_HEAD = re.compile(
    rf"(?!{_NO_NOUN})(?P<head>(?:the |an? )?[\w-]+,?"
    r"(?: (?!(?:\w+(?:ly|ed)|the|an?|to|in|on) )[\w-]+,?){0,4}?)"
    r"(?: (?:that|which|who|whose|of|for|with|without|from|between|caused|used|made|formed|located"
    r"|containing|consisting|involving|connecting|characteri[sz]ed|designed|composed|produced"
    r"|filled|found|\([^()]+\))\b|[.;]?$)",
    re.IGNORECASE,
)
_LATER_VERB = re.compile(
    r"\b(?:began|begins?|occurred|sought|emerged|arose|came|took|gave|held|have|had)"
    r"\b|, (?:\w+ly )?\w+(?:ed|[^s]s|ve) (?:the|an?|its|his|their|to|in)\b|, which [^,]+, \w"
)
_HEDGED = re.compile(r"\b(?:often|usually|may|can) [a-z]+\b(?<!ed)")
_PAIR = re.compile(r"(?<= )([a-z]+)(?=[ ,.]+([a-z]*))")
_DETERMINERS = frozenset(("a", "an", "the", "its", "their"))


def has_verb(fragment: str) -> bool:
    """Whether *fragment* has a verb outside of its relative clauses."""
    if pattern("main_verb").search(fragment):
        return True
    head = pattern("relative_word").split(fragment, maxsplit=1)[0]
    verbs = map(find_verb, _WORD.findall(head))
    is_third = any(verb is not None and verb.form == "third" for verb in verbs)
    return is_third or bool(pattern("finite_verb").search(head))


def is_noun_phrase(sentence: str, title: str) -> bool:
    """Whether a *sentence* without a verb says what kind of thing the title names."""
    found = _HEAD.match(sentence)
    if found is None or _LATER_VERB.search(sentence):
        return False
    if is_plural(found["head"].split()[-1]) is not is_plural(_BRACKETS.sub("", title)):
        return False
    # "Clusters ... that relay": a verb after "that" is not the verb of the phrase.
    own = pattern("relative_word").split(sentence, maxsplit=1)[0]
    if _HEDGED.search(own) or any(map(find_verb, found["head"].split()[1:-1])):
        return False
    return not any(
        (verb := find_verb(word[1])) and (verb.form == "third" or word[2] in _DETERMINERS)
        for word in _PAIR.finditer(own)
    )
