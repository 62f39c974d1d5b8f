"""Determine what a page's question asks for: a set, a definition, a difference, a mechanism."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from qt2anki.notes.words import roots


class Wants(StrEnum):
    """The form of answer that a question asks for."""

    SET = "set"
    DEFINITION = "definition"
    DIFFERENCE = "difference"
    ORDER = "order"  # a process or a procedure
    REASON = "reason"  # how, why, what role
    FORMULA = "formula"
    FACT = "fact"  # who, when, where, how many
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is asked on its own; *text* is its Markdown."""

    text: str
    wants: Wants
    topic: frozenset[str]  # the roots of what it is about
    is_part: bool = False  # whether the page asks something else as well
    term: str = ""  # what is to be defined
    sides: tuple[str, ...] = ()  # the things to tell apart
    noun: str = ""  # what the members of a set are: "types"
    subject: frozenset[str] = frozenset()  # the roots of the thing whose role is asked for
    known: frozenset[str] = frozenset()  # the roots of the whole question of the page


def word_list(name: str) -> list[str]:
    """Return a list of ``data/question-words.json``, line by line."""
    return list(_word_lists()[name])


@cache
def _word_lists() -> dict[str, list[str]]:
    text = files("qt2anki.notes").joinpath("data", "question-words.json").read_text("utf-8")
    return dict(json.loads(text))


MEMBERS = "|".join(" ".join(word_list("members")).split())
"""What the members of a set are called, as a regular expression."""
_ASKING = roots(" ".join(word_list("asking words")))
_PLAIN_WORDS = r"(?: (?!(?:in|of|for|to|and|with)\b)[\w'’-]+)"
_SET = re.compile(
    rf"^(?:what|which) (?:are|were|is|was)(?: some(?: of)?)?(?: the)?"
    rf"{_PLAIN_WORDS}{{0,4}}? (?P<noun>{MEMBERS})\b"
    rf"|^(?:what|which)(?: [\w'’-]+){{0,3}}? (?P<noun2>{MEMBERS}) (?!(?:does|do|did|is|was) )\w+"
    rf"|^(?:list|name|identify|describe|explain|discuss|outline)(?: some(?: of)?)?(?: the)?"
    rf"{_PLAIN_WORDS}{{0,3}}? (?P<noun3>{MEMBERS}) (?:of|in|for|that)\b",
    re.IGNORECASE,
)
_TERM = r"[^,?]{2,80}?"
_CONCEPT = r"(?:definition|meaning|concept|term|idea|notion|theory)"
_DEFINITION = re.compile(
    r"^(?:what (?:exactly )?(?:is|are|was|were)|who (?:is|was|were)|define|what is meant by)"
    rf"(?: the {_CONCEPT} of)? (?P<term>{_TERM})\??$"
    rf"|^what (?:does|do|did) (?:the term )?(?P<term2>{_TERM}) (?:mean|refer to|stand for)\b"
    rf"|^(?:explain|describe|define)(?: the)? {_CONCEPT}(?: and \w+)? of (?P<term3>{_TERM})[?.]?$"
    rf"|^how (?:is|are|was|were) (?P<term5>{_TERM}) defined\b"
    r"|^(?:explain|describe)(?: the| an?)? (?P<term4>[\w'’-]+(?: [\w'’-]+){0,4})[?.]?$",
    re.IGNORECASE,
)
_ASKS_TO_DEFINE = re.compile(rf"\b(?:{_CONCEPT} of|defined?|mean)\b", re.IGNORECASE)
_NO_TERM = re.compile(
    r"\b(?:main|key|some|best|most|primary|major|common|goal|aim|way|reason|history|origin|status"
    r"|future|state of)\b"
    rf"|\b(?:{MEMBERS}|role|importance|significance|relationship|connection|purpose|impact|effect"
    r"|influence|formula|equation|process|procedure|difference|value|result|cause|structure"
    r"|function|nature|relation|link) (?:of|in|for|to|on|between|that|with|from|behind)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\b(?:differ(?:s|ed|ences?|ent from)?|distinctions?|distinguish(?:es|ed)?|contrasts?)\b"
    r"|^compare\b|^how (?:does|do|did) .* compare\b",
    re.IGNORECASE,
)
_TERMS = re.compile(
    r",? (?:in terms of|in (?:their|its)|with (?:regard|respect) to|regarding|based on)\b.*",
    re.IGNORECASE,
)
_SIDE = (
    r"(?:(?:the|an?|its) )?(?P<{0}>.{{2,70}}?)"
    r"(?: (?:in|within|as|when|under|for|during|of the|used) .*)?"
)
_BETWEEN = (
    r"\b(?:differences?|distinctions?|contrast|comparison|distinguish|differentiate)s?"
    rf" between {_SIDE.format('a')} and {_SIDE.format('b')}$"
)
_DIFFERS = (
    rf"^(?:how|in what ways?|what)(?: (?:does|do|did|is|are|was|were|makes))? {_SIDE.format('a')}"
    r" (?:differ|differs|different|distinguished|distinct|compare|compared)"
    rf" (?:from|to|with) {_SIDE.format('b')}$"
)
_JOINED = (
    r"^(?:how (?:does|do|did|are|is)|what distinguishes|compare|contrast|compare and contrast"
    rf"|differentiate|distinguish) (?:between )?{_SIDE.format('a')}"
    rf" (?:and|with|to|vs\.?|versus|from) {_SIDE.format('b')}(?: (?:differ|compare)\b.*)?$"
)
_SIDES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (_BETWEEN, _DIFFERS, _JOINED))
_ANY_SIDE = re.compile(r"(?:other|traditional|regular|previous) ", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\brole (?:does|do|did) (?P<a>.+?) play\b"
    r"|\b(?:role|function|purpose)s? of (?P<b>.+?)(?: in | for |$)",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:steps|stages|phases|sequence of events|procedure|algorithm)\b"
    r"|\bprocess(?:es)? (?:of|for|by which|involved)\b"
    r"|^how (?:do|can|does|should|would) (?:you|one|we|i)\b|^how to\b"
    r"|^how (?:is|are) .{2,80} (?:calculated|computed|derived|made|formed|produced|synthesi[sz]ed"
    r"|performed|converted|prepared|constructed|solved|measured|determined)\b"
    r"|\bwhat happens (?:to|when|during|after|if)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"^(?:how|why)\b|^(?:in )?what (?:way|role|purpose|impact|effect|influence)\b"
    r"|\b(?:role|importance|significance|purpose|relationship|impact|effect|influence|function)s?"
    r" (?:of|does|do|did|between|is|was|in)\b|^what (?:causes?|makes?|happens|determines?|leads?"
    r"|triggers?|drives?)\b",
    re.IGNORECASE,
)
_FORMULA = re.compile(
    r"^(?:what (?:is|are)|state|give|write|derive|find)(?: down)?(?: the)?(?: [\w'’-]+){0,3}?"
    r" (?:formula|equation|expression)s?(?: (?:for|of|used|to|that)\b|$)",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"^(?:who|when|where|whose|how (?:many|much|long|old|often|far|large|big|tall|fast))\b",
    re.IGNORECASE,
)
# Where a second question begins.
_SECOND = re.compile(
    r",? and (?:how|what|why|when|where|who|which|in what|does|do|is|are|can)\b.*$"
    r"|, (?:how|what|why|when|where|who|which)\b.*$"
    r"|,? and (?:its|their|his|her) (?:\w+ ){0,3}(?:implications?|significance|importance|roles?"
    r"|impacts?|effects?|applications?|relationship|relevance|characteristics|functions?|uses|types"
    r"|consequences|influence|contributions?|relation)\b.*$"
    r"|,? and (?:provide|give|explain|discuss|describe|list|outline)\b.*$",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"(?:how|what|why|when|where|who|which|can|could|in|is|are|do|does)\b", re.IGNORECASE
)
_POLITE = re.compile(r"(?:can|could) you (?:please )?", re.IGNORECASE)
_SHORTEST_DOUBLE = 40  # characters; a shorter question asks one thing
_MOST_SIDES = 3


def read_question(question: str) -> Asked:
    """Return what *question* (Markdown) asks first: the part up to a second question in it."""
    first = question.strip()
    if len(first) > _SHORTEST_DOUBLE:
        first = _SECOND.sub("", first)
    if _DIFFERENCE.search(first):
        first = _TERMS.sub("", first)
    first = first.rstrip(" ,;?.")
    known = roots(question)
    is_part = len(roots(first)) < len(known)
    mark = "?" if _QUESTION_WORD.match(first) else "."
    text = f"{first}{mark}" if is_part else question.strip()
    return replace(_read(_POLITE.sub("", first), text, is_part=is_part), known=known)


def _read(first: str, text: str, *, is_part: bool) -> Asked:
    topic = roots(first) - _ASKING
    if _DIFFERENCE.search(first):
        found = next((m for pattern in _SIDES if (m := pattern.search(first))), None)
        sides = _sides(found["a"], found["b"]) if found else ()
        return Asked(text, Wants.DIFFERENCE, topic, is_part, sides=sides)
    if _FORMULA.search(first):
        return Asked(text, Wants.FORMULA, topic, is_part)
    if (member := _SET.search(first)) and member.lastgroup:
        return Asked(text, Wants.SET, topic, is_part, noun=member[member.lastgroup].lower())
    defined = _DEFINITION.search(first)
    is_asked_for = bool(_ASKS_TO_DEFINE.search(first))
    if (
        defined
        and defined.lastgroup
        and (is_asked_for or not _NO_TERM.search(defined[defined.lastgroup]))
    ):
        return Asked(text, Wants.DEFINITION, topic, is_part, term=defined[defined.lastgroup])
    kinds = ((Wants.ORDER, _ORDER), (Wants.FACT, _FACT), (Wants.REASON, _REASON))
    wants = next((wants for wants, pattern in kinds if pattern.search(first)), Wants.OTHER)
    about = _SUBJECT.search(first)
    subject = roots(about["a"] or about["b"]) if about else frozenset[str]()
    return Asked(text, wants, topic, is_part, subject=subject)


def _sides(first: str, second: str) -> tuple[str, ...]:
    """Return the things to tell apart; () if one is "other ..." or there are too many."""
    names = [name for name in re.split(r",? and |, ", f"{first}, {second}") if name]
    return () if len(names) > _MOST_SIDES or any(map(_ANY_SIDE.match, names)) else tuple(names)
