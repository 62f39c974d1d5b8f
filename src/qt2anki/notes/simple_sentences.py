"""Split a sentence into simple ones, each with a subject and one verb."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.notes.clauses import Clause, points_back, read_clause
from qt2anki.notes.frequency import specialist_of
from qt2anki.notes.kinds.definitions import noun_before
from qt2anki.notes.kinds.fact import Sentence
from qt2anki.notes.patterns import pattern
from qt2anki.notes.verbs import find_verb
from qt2anki.notes.words import roots

_PRONOUN = re.compile(r"(?P<it>It|They) ")
_AND = re.compile(r",? and (?P<predicate>(?:[a-z]+ly |often |also )?(?P<verb>[a-z]+) .+)$")
_WHICH = re.compile(r", which ([^;:]{8,200})(?=[;:.]|$)")
_JOINT = re.compile(r",? and ")
_BE = frozenset(("is", "are", "was", "were"))
_PARTICIPLES = frozenset(
    "located found situated composed made discovered invented developed proposed formulated coined"
    " written introduced derived produced secreted formed caused named".split()
)
_SAID = (
    rf"(?P<said>(?:\w+ly )?(?:{'|'.join(sorted(_PARTICIPLES)).replace('made', 'made up')})"
    r" (?:in|on|at|by|of|from|after|between|within|when) [^,;:]{4,120}), "
)
_BESIDE_SUBJECT = re.compile(rf"(?P<subject>[A-Z][^,;:]{{2,60}}), {_SAID}")
_BEFORE_SUBJECT = re.compile(rf"{_SAID}(?P<rest>[^;:]{{10,}})$", re.IGNORECASE)
_ARTICLE = re.compile(r"\S+ (?:the|an?|its|their) ")


def simple_sentences(sentence: Sentence) -> Iterator[str]:
    """Yield the text of *sentence*, and simpler sentences made of its words.

    These are what "research shows", a keyword with the clause after "which", and the subject with
    its second verb.
    """
    text, title = sentence.text, sentence.title
    reported = pattern("reported").match(text) if " that " in text else None
    if reported:
        text = reported[1][:1].upper() + reported[1][1:]
    yield text
    clause = read_clause(text, title)
    second = _second_predicate(clause) if clause is not None else ""
    if clause is not None and second:
        subject = clause.subject or ("They" if clause.is_plural else "It")
        yield f"{clause.opening}{subject} {second}"
    if not sentence.words.isdisjoint(_PARTICIPLES):
        yield from _with_participle(text, title)
    for found in _WHICH.finditer(text) if ", which " in text else ():
        subject = _before_which(text[: found.start()], sentence.page.keywords)
        if subject:
            opens = len(subject) == found.start()
            told = found[1].partition(", ")[0] if opens else found[1]
            yield f"{subject[0].upper()}{subject[1:]} {told}"


def _with_participle(text: str, title: str) -> Iterator[str]:
    """Yield a sentence of a participle and the subject: ``Proposed by Bohr, the model ...``."""
    found = _BESIDE_SUBJECT.match(text) or _BEFORE_SUBJECT.match(text)
    if found is None:
        return
    parts = found.groupdict()
    rest = parts.get("rest") or f"{parts['subject']} {text[found.end() :]}"
    clause = read_clause(rest[0].upper() + rest[1:], title)
    if clause is not None and not clause.opening:
        subject = clause.subject or ("They" if clause.is_plural else "It")
        said = found["said"][0].lower() + found["said"][1:]
        yield f"{subject} {'are' if clause.is_plural else 'is'} {said}"


def _before_which(before: str, terms: tuple[str, ...]) -> str:
    """Return the noun phrase that a clause with "which" refers to, "" if it is uncertain."""
    term = next((term for term in terms if f" {before}".endswith(f" {term}")), "")
    if term:
        lead = re.search(r"\b(?:the|an?) $", before[: -len(term)], re.IGNORECASE)
        return f"{lead[0]}{term}" if lead else term
    head, article, name = noun_before(before)
    is_certain = name and head not in ("of", "in", "as", "and", "or", "between")
    is_technical = specialist_of(roots(name)) or not name.islower()
    return f"{article} {name}".strip() if is_certain and is_technical else ""


def resolved(text: str, topic: str, *, is_plural: bool) -> str:
    """Replace "It" or "They" by *topic*, the subject of the sentence before."""
    found = _PRONOUN.match(text)
    if not found or not topic or (found["it"] == "They") is not is_plural:
        return text
    return f"{topic} {text[found.end() :]}"


def _second_predicate(clause: Clause) -> str:
    """Return the text after "and" if that is a verb of the same subject."""
    if " and " not in clause.rest:
        return ""
    for found in _JOINT.finditer(clause.rest):
        second = _AND.match(clause.rest, found.start())
        if second and _is_of_subject(second, clause) and not points_back(second["verb"]):
            return second["predicate"]
    return ""


def _is_of_subject(second: re.Match[str], clause: Clause) -> bool:
    word = second["verb"]
    if word in _BE:
        return word == clause.auxiliary or not clause.auxiliary
    verb = find_verb(word)
    if verb is None or clause.auxiliary not in _BE | {""}:
        return False
    if verb.form == "third":
        return not clause.is_plural or clause.subject == ""
    same = clause.verb is not None and clause.verb.form == verb.form
    return same and _ARTICLE.match(second["predicate"]) is not None
