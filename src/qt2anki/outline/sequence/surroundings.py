"""Cues around a list: its lead, the heading above it, and the page's question."""

from __future__ import annotations

import re
from functools import lru_cache

from qt2anki.outline.sequence.view import PLAIN_NOUNS, View, names_event

_STEPS = re.compile(
    r"\bsteps?\b(?! (?:and|or) (?:considerations|strategies|tips|measures|practices))"
    r"|\bstep-by-step\b|\bin (?:the following |this |that |chronological )?order\b"
    r"|\bprocedure (?:for|is|to)\b|\bsequence of (?:events|steps|actions)\b|\balgorithm steps\b"
)
# "Steps taken by the government" are measures, not ordered steps.
_MEASURES = re.compile(
    r"\bsteps (?:(?:that )?(?:\w+ ){0,3}(?:can|could|should|must|may|might|did|do|has|have|had|is"
    r"|are|were|was) (?:\w+ ){0,5}?(?:take|taken)\b|taken\b|toward)"
    r"|\b(?:actionable|practical|concrete|several|some) steps\b"
)
_STAGES = re.compile(
    r"\b(?:stages|phases)\b(?! of (?:life|their)\b)|\blife cycle (?:of|is|begins)\b"
)
_PASSING_STAGE = re.compile(
    r"\b(?:different|various|all|several|multiple|each|early|later?) (?:stages|phases)\b"
)
_PROCESS = re.compile(
    r"\bprocess(?: \w+){0,4} (?:works|occurs|unfolds|involves|includes|begins|can be|happens|takes)"
    r"|\b(?:overview|breakdown|description|explanation|outline|look) (?:of|at|on)"
    r" (?:how )?(?:this|the) (?:\w+ ){0,3}(?:process|mechanism)"
    r"|\bhow (?:this|the|it|they) (?:\w+ ){0,3}(?:works?|occurs?|happens?|unfolds?)\b"
    r"|\bunfolds?\b|\bproceeds?\b|\b(?:detailed )?(?:guide|walkthrough)\b"
)
_HOW_TO = re.compile(
    r"\b(?:process|procedure|mechanism|cycle|algorithm|derivation) (?:of|for|by|in|behind)\b"
    r"|\bhow (?:do|does|can|would|should) (?:you|one|we|i|students|users?)\b|\bhow to\b"
    r"|\b(?:describe|explain|outline|trace) the (?:\w+ ){0,3}(?:process|cycle|procedure|mechanism"
    r"|pathway|development|formation|synthesis)\b"
    r"|\bhow (?:is|are) .{1,80}?\b(?:calculated|computed|determined|derived|formed|made|produced"
    r"|synthesi[sz]ed|performed|conducted|converted|prepared|constructed|found|proved|solved"
    r"|evaluated|measured|applied|used)\b"
    r"|\bwhat happens (?:to|when|during|after|if)\b"
    r"|\bhow (?:does|do|did) .{1,80}?\b(?:work|occur|form|develop|happen|proceed|operate)\b"
)
_HEADING = re.compile(
    r"\b(?:steps?|stages|phases|procedure|algorithm|timeline|calculation|derivation|proof"
    r"|how to)\b|\b(?:process|mechanism) of\b|\bprocess$"
)
_NO_HEADING = re.compile(
    r"\bsteps (?:taken|toward|you can)|\b(?:assumptions|requirements|rules|conditions|key)"
    r" (?:for|of|in)|\bimportance\b|\brole\b|\btypes of\b"
)
_INFLUENCE = re.compile(
    r"\b(?:how|what|why|in what)\b.{1,120}?\b(?:influenc\w+|affect(?:s|ed)?|impact\w*|shape[sd]?"
    r"|contribut\w+|enhanc\w+|improv\w+|reflect\w*|relate[sd]?|differ\w*|compar\w+|supports?"
    r"|help(?:s|ed)?|play(?:s|ed)?|important|significan\w+|protect\w*|represent\w*|illustrat\w+"
    r"|aid|provide[sd]?|ensure[sd]?|role)\b"
)
_PLAIN = re.compile(rf"\b(?:{PLAIN_NOUNS})\b")
_ASKS_PLAIN = re.compile(
    rf"\b(?:what|which|list|name|identify|discuss|describe|define|explain|in|and|the)"
    rf" (?:[\w'’-]+ ){{0,5}}(?:{PLAIN_NOUNS})\b"
)


@lru_cache(maxsize=64)
def _ordered(text: str) -> float:
    """Return the points for a text that mentions steps or stages."""
    if _STEPS.search(text) and not _MEASURES.search(text):
        return 3.0
    if _STAGES.search(text) and not _PASSING_STAGE.search(text):
        return 2.5
    return 0.0


_TOLD = 1.5  # points of a lead


def lead_orders(view: View) -> float:
    """Whether the lead announces steps, stages or a process.

    Only a sentence that ends in a colon announces them: others may mention them in passing.
    """
    weight = _ordered(view.lead) or (1.5 if _PROCESS.search(view.lead) else 0.0)
    return weight if view.lead.endswith(":") else weight / 2


def section_orders(view: View) -> float:
    """Whether the heading above mentions steps, a procedure or a calculation."""
    if _HEADING.search(view.section) and not _NO_HEADING.search(view.section):
        return 2.0
    return 1.0 if names_event(view.section) else 0.0


def question_orders(view: View) -> float:
    """Whether the question asks for steps, or how something is done or happens."""
    return _ordered(view.question) or float(bool(_HOW_TO.search(view.question)))


def plain_nouns(view: View) -> float:
    """Return how strongly the words around the list announce unordered points."""
    lead = 0.0 if _ordered(view.lead) else 1.5 * bool(_PLAIN.search(view.lead))
    section = 2.0 * bool(_PLAIN.search(view.section))
    asked = 0.0 if _ordered(view.question) else 1.0 * bool(_ASKS_PLAIN.search(view.question))
    return (lead if view.lead.endswith(":") else lead / 2) + section + asked


def asks_for_influence(view: View) -> float:
    """Whether the question asks what something does to something else: aspects, not steps.

    A list that its lead announces as a process is one, whatever the page asks.
    """
    is_told = _ordered(view.question) or lead_orders(view) >= _TOLD
    return float(not is_told and bool(_INFLUENCE.search(view.question)))


_SOFT = re.compile(
    r"\b(?:improve|enhance|maximi[sz]e|optimi[sz]e|effective(?:ly)?|efficient(?:ly)?|promote"
    r"|foster|encourage|prevent|manage|cope|support|successful(?:ly)?|better|avoid|balance"
    r"|overcome|strengthen|ensure|achiev\w+|prepare for|tips|strateg\w+|practices|ways|help"
    r"|address(?:ed)?|mitigate)\b"
)


def gives_advice(view: View) -> bool:
    """Whether the page gives advice, where commands are unordered tips."""
    around = f"{view.question} {view.lead} {view.section}"
    return bool(_SOFT.search(around)) and not _ordered(view.lead)
