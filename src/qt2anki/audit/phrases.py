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
    # A question about one sentence: its auxiliary, and the verb in its base form at the end.
    r"|\b(?:[Ww]hat|[Ww]here|[Hh]ow|[Ww]ho|to what) (?:do|does|did|is|are|was|were|can|may|must"
    r"|will|could|has|have)\b(?: it\b| they\b)?|\b[Ff]rom what\b|\b[Ww]ho [a-z]+(?= )"
    r"|\bdiffer from\b|(?: (?:[\w-]+ly|often|usually|always|sometimes|generally|not))?"
    r"(?: be)? [\w-]+(?: to(?= do\?))?(?: (?:up )?(?:about|along|around|as"
    r"|at|between|by|do|for|from|in|into|of|off|on|through|to|upon|with))?(?=\?)"
)
_BREAK = "\n"


def without_phrases(text: str) -> str:
    """Return *text* with every phrase of ours replaced by a line end."""
    return _PHRASES.sub(_BREAK, text)
