"""What a page's question asks for: a set, a definition, a difference, a mechanism."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

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
    sides: tuple[str, ...] = ()  # what is to be told apart
    noun: str = ""  # what the members of a set are: "types"
    subject: frozenset[str] = frozenset()  # the roots of what is said to play a role


# Nouns of things that can be listed, in classes by how well their names alone answer.
_MEMBERS = (
    "types?|kinds|forms|classes|categories|groups|families|branches|layers|parts|organs|organelles"
    "|bones|muscles|nerves|hormones|enzymes|vitamins|minerals|elements|components?|subunits"
    "|constituents|stages|phases|steps|levels|causes|symptoms|signs|examples?|laws|theorems"
    "|postulates|axioms|theories|models|methods|techniques|tests|instruments|tools|devices"
    "|materials|gases|metals|acids|units|species|genres|works|characters|gods|goddesses|heroes"
    "|figures|authors|artists|events|states|countries|languages|functions|properties"
    "|conditions|criteria|requirements|rules|principles|assumptions|characteristics|features"
    "|factors|reasons|sources|mechanisms|treatments|complications|risk factors|variables"
    "|operators|operations|structures|systems|processes|approaches|perspectives|dimensions"
    "|pathways|strategies|challenges|limitations|drawbacks|disadvantages|advantages|benefits"
    "|effects|impacts|consequences|implications|ways|roles|uses|applications|differences"
    "|similarities|themes|aspects|skills|responsibilities|duties|rights|powers|pillars"
)
_SET = re.compile(
    rf"^(?:what|which) (?:are|were|is|was)(?: some(?: of)?)?(?: the)?"
    rf"(?: (?!(?:in|of|for|to|and|with)\b)[\w'’-]+){{0,4}}? (?P<noun>{_MEMBERS})\b"
    rf"|^(?:what|which)(?: [\w'’-]+){{0,3}}? (?P<noun2>{_MEMBERS}) (?!(?:does|do|did|is|was) )\w+"
    rf"|^(?:list|name|identify|describe|explain|discuss|outline)(?: some(?: of)?)?(?: the)?"
    rf"(?: (?!(?:in|of|for|to|and|with)\b)[\w'’-]+){{0,3}}? (?P<noun3>{_MEMBERS}) (?:of|in|for|that)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^(?:what (?:exactly )?(?:is|are|was|were)|who (?:is|was|were)|define|what is meant by)"
    r"(?: the (?:definition|meaning|concept|term|idea|notion|theory) of)? (?P<term>[^,?]{2,80}?)\??$"
    r"|^what (?:does|do|did) (?:the term )?(?P<term2>[^,?]{2,60}?) (?:mean|refer to|stand for)\b"
    r"|^(?:explain|describe|define)(?: the)? (?:concept|definition|meaning|term|idea|notion|theory)"
    r" of (?P<term3>[^,?.]{2,70}?)[?.]?$",
    re.IGNORECASE,
)
_NO_TERM = re.compile(
    rf"\b(?:{_MEMBERS}|role|importance|significance|relationship|connection|purpose|impact|effect"
    r"|influence|formula|equation|process|procedure|difference|main|key|some|best|most|difference"
    r"|primary|major|common|goal|aim|value|result|way|reason|cause|history|origin|status|future"
    r"|state of|structure|function|nature|relation|link)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\b(?:differ(?:s|ed|ences?|ent from)?|distinctions?|distinguish(?:es|ed)?|contrasts?)\b"
    r"|^compare\b|^how (?:does|do|did) .* compare\b",
    re.IGNORECASE,
)
_TERMS = re.compile(
    r",? (?:in terms of|with (?:regard|respect) to|regarding|based on)\b.*", re.IGNORECASE
)
_SIDE = (
    r"(?:(?:the|an?|its) )?(?P<{0}>.{{2,70}}?)"
    r"(?: (?:in|within|as|when|under|for|during|of the|used) .*)?"
)
_SIDES = (
    re.compile(
        r"\b(?:differences?|distinctions?|contrast|comparison|distinguish|differentiate)s?"
        rf" between {_SIDE.format('a')} and {_SIDE.format('b')}$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:how|in what ways?|what)(?: (?:does|do|did|is|are|was|were|makes))?"
        rf" {_SIDE.format('a')} (?:differ|differs|different|distinguished|distinct|compare|compared)"
        rf" (?:from|to|with) {_SIDE.format('b')}$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:how (?:does|do|did|are|is)|what distinguishes|compare|contrast|compare and contrast"
        rf"|differentiate|distinguish) (?:between )?{_SIDE.format('a')}"
        rf" (?:and|with|to|vs\.?|versus|from) {_SIDE.format('b')}(?: (?:differ|compare)\b.*)?$",
        re.IGNORECASE,
    ),
)
_SUBJECT = re.compile(
    r"\brole (?:does|do|did) (?P<a>.+?) play\b|\b(?:role|function|purpose)s? of (?P<b>.+?)(?: in | for |$)",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:steps|stages|phases|sequence of events)\b|\bprocess(?:es)? (?:of|for|by which|involved)\b"
    r"|^how (?:do|can|does|should|would) (?:you|one|we|i)\b|^how to\b|\bprocedure\b|\balgorithm\b"
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
    r"^(?:what|which|state|give|write|derive|find)\b.{0,40}\b(?:formula|equation|expression)s?"
    r"(?: (?:for|of|used|to|that)\b|$)",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"^(?:who|when|where|whose|how (?:many|much|long|old|often|far|large|big|tall|fast))\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r",? and (?:how|what|why|when|where|who|which|in what|does|do|is|are|can)\b.*$"
    r"|, (?:how|what|why|when|where|who|which)\b.*$"
    r"|,? and (?:its|their|his|her) (?:\w+ ){0,3}(?:implications?|significance|importance|roles?"
    r"|impacts?|effects?|applications?|relationship|relevance|characteristics|functions?|uses|types"
    r"|consequences|influence|contributions?|relation)\b.*$"
    r"|,? and (?:provide|give|explain|discuss|describe|list|outline)\b.*$",
    re.IGNORECASE,
)
_WH = re.compile(
    r"(?:how|what|why|when|where|who|which|can|could|in|is|are|do|does)\b", re.IGNORECASE
)
_POLITE = re.compile(r"(?:can|could) you (?:please )?", re.IGNORECASE)
_TOPIC_LESS = frozenset().union(
    *map(
        roots,
        (
            "main key primary major common different important some basic role play process"
            " difference differ compare between impact affect influence effect importance"
            " significance purpose concept explain describe discuss define term meaning type kind"
            " way example relationship relate function work contribute help context terms various"
            " specific certain particular potential typical essential fundamental mean refer"
            " characteristics features use used significant overall today modern list outline"
            " identify provide understand understanding involve",
        ),
    )
)


_SHORTEST_DOUBLE = 40  # characters; a shorter question asks one thing
_MOST_SIDES = 3


def read_question(question: str) -> Asked:
    """Return what *question* (plain text) asks first: the part up to a second question in it."""
    first = question.strip()
    if len(first) > _SHORTEST_DOUBLE:
        first = _CUT.sub("", first)
    if _DIFFERENCE.search(first):
        first = _TERMS.sub("", first)
    first = first.rstrip(" ,;?.")
    is_part = len(roots(first)) < len(roots(question))
    text = f"{first}{'?' if _WH.match(first) else '.'}" if is_part else question.strip()
    return _read(_POLITE.sub("", first), text, is_part=is_part)


def _read(first: str, text: str, *, is_part: bool) -> Asked:
    topic = roots(first) - _TOPIC_LESS
    if _DIFFERENCE.search(first):
        sides = next((m for pattern in _SIDES if (m := pattern.search(first))), None)
        names = _sides(sides["a"], sides["b"]) if sides else ()
        return Asked(text, Wants.DIFFERENCE, topic, is_part, sides=names)
    if _FORMULA.search(first):
        return Asked(text, Wants.FORMULA, topic, is_part)
    member = _SET.search(first)
    if member and member[member.lastgroup or 0]:
        noun = member[member.lastgroup or 0].lower()
        return Asked(text, Wants.SET, topic, is_part, noun=noun)
    defined = _DEFINITION.search(first)
    if defined and not _NO_TERM.search(term := defined[defined.lastgroup or 0]):
        return Asked(text, Wants.DEFINITION, topic, is_part, term=term)
    subject = _SUBJECT.search(first)
    about = roots(subject[subject.lastgroup or 0]) if subject else frozenset[str]()
    kinds = ((Wants.ORDER, _ORDER), (Wants.FACT, _FACT), (Wants.REASON, _REASON))
    wants = next((wants for wants, pattern in kinds if pattern.search(first)), Wants.OTHER)
    return Asked(text, wants, topic, is_part, subject=about)


def _sides(first: str, second: str) -> tuple[str, ...]:
    """Return what is to be told apart; () where a side is "other ..." or names too many."""
    names = [name for name in re.split(r",? and |, ", f"{first}, {second}") if name]
    vague = any(re.match(r"(?:other|traditional|regular|previous) ", name) for name in names)
    return () if vague or len(names) > _MOST_SIDES else tuple(names)
