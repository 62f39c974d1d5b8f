"""The words on a card that are ours and not the page's: the fixed questions and labels.

Written down here a second time, on purpose: a phrase that the generator makes and this table
does not know shows up as text that no page holds.
"""

from __future__ import annotations

import re

_PHRASES = re.compile(
    r"\bWhat comes next\?|(?<=: )(?:what happens|how)\?|\bWhich [^\W\d_]+(?: [^\W\d_]+)?\?"
    r"|\bIn short:|\bAlso:|\bStart(?= →)|\bFull answer\b|\bSource\b|\bName it\b[:.]?"
    r"|\((?:about )?\d+ [a-z]+(?:, in order)?\)|\bDefine\b:?|\bFormula\b:"
    r"|\bWhat does (?=.{1,40} stand for\?)| stand for\?|\bIn one sentence:"
    r"|\bList the \d+ [a-z]+ in order:?|\bPoint:|\bwrite it in [\w+#. -]{1,30}$"
    r"|\(no longer in the source[^()]*\)"
)
_BREAK = "\n"


def without_phrases(text: str) -> str:
    """Return *text* with every phrase of ours replaced by a line end."""
    return _PHRASES.sub(_BREAK, text)
