"""Take a sentence apart into simple ones, each with a subject and one verb."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.notes.clauses import Clause, points_back, read_clause
from qt2anki.notes.patterns import pattern
from qt2anki.notes.verbs import find_verb

_PRONOUN = re.compile(r"(?P<it>It|They) ")
_AND = re.compile(r",? and (?P<predicate>(?:[a-z]+ly |often |also )?(?P<verb>[a-z]+) .+)$")
_JOINT = re.compile(r",? and ")
_BE = frozenset(("is", "are", "was", "were"))
# A kind of thing that tells nothing, and what it does: "a key protein that splits fibrin".
_RELATIVE = re.compile(
    r"(?:an? |the )?(?:[\w-]+ ){1,7}(?:that|which) "
    r"(?P<predicate>(?:\w+ly )?(?P<verb>[a-z]+) .+)$"
)
_ARTICLE = re.compile(r"\S+ (?:the|an?|its|their) ")


def simple_sentences(text: str, title: str, terms: tuple[str, ...]) -> Iterator[str]:
    """Yield *text* (Markdown), and what else can be read from it, as sentences of its words.

    What research shows is a sentence; so is a keyword with the clause after "which", and the
    subject with its second verb.
    """
    reported = pattern("reported").match(text) if " that " in text else None
    if reported:
        text = reported[1][:1].upper() + reported[1][1:]
    yield text
    clause = read_clause(text, title)
    said = _RELATIVE.match(clause.rest) if clause is not None and clause.auxiliary in _BE else None
    if clause is not None and said:
        verb = find_verb(said["verb"])
        if verb is not None and verb.form == ("base" if clause.is_plural else "third"):
            subject = clause.subject or ("They" if clause.is_plural else "It")
            yield f"{clause.opening}{subject} {said['predicate']}"
    second = _second_predicate(clause) if clause is not None else ""
    if clause is not None and second:
        subject = clause.subject or ("They" if clause.is_plural else "It")
        yield f"{clause.opening}{subject} {second}"
    for term in terms if ", which " in text else ():
        at = text.find(f"{term}, which ")
        if at >= 0 and not text[at - 1 : at].isalnum():
            relative = pattern("relative").match(text, at + len(term))
            if relative:
                yield f"{_with_article(text, at, term)} {relative[1]}"


def resolved(text: str, topic: str, *, is_plural: bool) -> str:
    """Put *topic*, the subject of the sentence before, in the place of "It" or "They"."""
    found = _PRONOUN.match(text)
    if not found or not topic or (found["it"] == "They") is not is_plural:
        return text
    return f"{topic} {text[found.end() :]}"


def _with_article(text: str, at: int, term: str) -> str:
    before = re.search(r"\b(the|an?) $", text[:at], re.IGNORECASE)
    return f"{before[1].capitalize()} {term}" if before else term[:1].upper() + term[1:]


def _second_predicate(clause: Clause) -> str:
    """Return what follows "and" where that is a verb of the same subject."""
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
