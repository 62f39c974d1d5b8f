"""The words on a card that are ours and not the page's: the fixed questions and labels.

Written down here a second time, on purpose: a phrase that the generator makes and this table
does not know shows up as text that no page holds.
"""

from __future__ import annotations

import re

_PHRASES = re.compile(
    r"\bWhat comes next\?(?: Start\b)?|(?<=: )(?:what happens|how)\?"
    r"|\bWhich [^\W\d_]+(?: [^\W\d_]+)?\?"
    r"|\b(?:Which [\w' -]{1,30}|What|Who or what|Who) (?:is it|are they)(?: called)?\?"
    r"|\bName it\b[:.]?|\bDefine:|\bWhat does (?=.{1,40} stand for\?)| stand for\?"
    r"|\bFormula:|\bIn (?=\\[(\[])|, what is (?=\\\()|\bTruth table of\b| vs (?=\S)"
    r"|: write it in [\w+#. /-]{1,30}$|\bIn one sentence:|\bPoint:|\bIn short:|\bAlso:"
    r"|\bList the \d+ [a-z]+ in order:?|\((?:about )?\d+ [a-z]+(?:, in order)?\)"
    r"|\bFull answer\b|\bSource\b|\bWhy\?|\bWhat is the result\?| also called\?| mean\?"
    r"|\bFrom what to what\b|\bWho [a-z]+(?= )"
)
# A question about one sentence: its auxiliary, and at its end a verb, which need not have the form
# that it has on the page.
_PARTICLE = (
    "(?:about|along|around|as|at|between|by|do|for|from|in|into|of|off|on|through|to|upon|with)"
)
_VERB = rf"(?:(?:[\w-]+ly|often|usually|not|be) )*[\w-]+(?: (?:up )?{_PARTICLE})*"
_QUESTION = re.compile(
    r"\b(?:(?:[Ww]hat|[Hh]ow|what) (?:do|does|did|can|may|must|will|could)"
    r"|[Ww]here (?:is|are|was|were|do|does|did))"
    rf"(?P<subject>[^?:]*?)(?: differ from [^?]*)? {_VERB}\?"
    r"|\b[Ww]hat (?:is|are|was|were)(?P<thing>[^?:]*?)"
    rf"(?: (?:(?:[\w-]+ly|often) )*[\w-]+(?: {_PARTICLE})+)\?"
)
_BREAK = "\n"


def without_phrases(text: str) -> str:
    """Return *text* with every phrase of ours replaced by a line end."""
    parted = _QUESTION.sub(lambda found: f"{_BREAK}{found['subject'] or found['thing']}", text)
    return _PHRASES.sub(_BREAK, parted)
