"""Text of cards taken apart: formulas, code, and words to look for in other texts."""

from __future__ import annotations

import re

from qt2anki.anki.visible_text import visible_blocks, visible_text
from qt2anki.notes.words import words

_CODE = re.compile(r"<code\b[^<>]*>(.*?)</code>", re.DOTALL)
_MATH = re.compile(r"\\\((?:[^\\]|\\[^()\[\]])*+\\\)|\\\[(?:[^\\]|\\[^()\[\]])*+\\\]")


def code_parts(fragment: str) -> tuple[str, ...]:
    """Return the text of the code in some HTML."""
    return tuple(filter(None, map(visible_text, _CODE.findall(fragment))))


def prose(fragment: str) -> tuple[str, ...]:
    """Return the visible text of every block without its code."""
    return visible_blocks(_CODE.sub(" ", fragment))


def without_math(text: str) -> str:
    r"""Take ``\(..\)`` and ``\[..\]`` out of a text."""
    return _MATH.sub(" ", text)


def math_parts(text: str) -> tuple[str, ...]:
    """Return the formulas in a text, with their delimiters."""
    return tuple(_MATH.findall(text))


def word_run(text: str) -> str:
    """Return the words of *text*, each between two blanks: to look for one run in another."""
    return f" {' '.join(words(text))} "


def compact(text: str) -> str:
    """Return *text* without blanks and letter case: to look for formulas and code."""
    return "".join(text.casefold().split())
