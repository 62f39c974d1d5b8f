r"""What a reader sees of the HTML of a card: no tags, no attributes, references resolved.

Fields hold no ``<`` or ``>`` but those of tags, so a tag ends at the next ``>``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qt2anki.notes.words import words

_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
# A picture parts the words before it from those behind it, as a block does.
_BLOCKS = frozenset(
    "article aside blockquote br dd details div dl dt figure h1 h2 h3 h4 h5 h6 hr img li ol p pre"
    " section summary table tbody td th thead tr ul".split()
)
_UNSEEN = frozenset(("script", "style", "template"))
_CODE = frozenset(("code", "pre"))
_MATH = re.compile(r"\\\((?:[^\\]|\\[^()\[\]])*+\\\)|\\\[(?:[^\\]|\\[^()\[\]])*+\\\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text between two tags, as a reader sees it."""

    text: str
    is_code: bool
    starts_block: bool  # whether a block began or ended since the piece before


def pieces(fragment: str) -> Iterator[Piece]:
    """Yield the text of *fragment* piece by piece; nothing of it is folded."""
    code = unseen = 0
    starts_block = True
    for part in _TAG.split(_without_comments(fragment)):
        name = _NAME.match(part) if part.startswith("<") and part.endswith(">") else None
        if name is None:
            if part and not unseen:
                yield Piece(html.unescape(part), bool(code), starts_block)
                starts_block = False
            continue
        tag = name[1].lower()
        step = -1 if part[1] == "/" else 1
        starts_block |= tag in _BLOCKS
        code += step if tag in _CODE else 0
        unseen += step if tag in _UNSEEN else 0


@lru_cache(maxsize=4096)
def blocks(fragment: str) -> tuple[str, ...]:
    """Return the text of every block (paragraph, list item, cell, line), blanks folded."""
    lines: list[str] = []
    for piece in pieces(fragment):
        if piece.starts_block or not lines:
            lines.append(piece.text)
        else:
            lines[-1] += piece.text
    folded = (" ".join(line.split()) for line in lines)
    return tuple(line for line in folded if line)


@lru_cache(maxsize=4096)
def visible_text(fragment: str) -> str:
    """Return all text of *fragment* as a reader sees it, one blank between blocks."""
    return " ".join(blocks(fragment))


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


def _without_comments(fragment: str) -> str:
    first, *rest = fragment.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)
