"""Split a rendered fragment into tokens, so that words can be hidden and all else stays intact."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import NamedTuple

from qt2anki.notes.words import roots

_TOKEN = re.compile(
    r"(?P<kept><(?:code|a)\b[^>]*>.*?</(?:code|a)>|<[^>]*>|\\\(.*?\\\)|\\\[.*?\\\])"
    r"|(?P<word>(?:[^\W_]|&(?:\#39|rsquo);(?=\w)|['’](?=\w))+)"
    r"|(?P<other>&[#\w]+;|.)",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")
_NOT_BARE = re.compile(r"[<&\\']")
_BARE_WORD = re.compile(r"([A-Za-z0-9]+)")
_OF_A_UNIT = 64


class Token(NamedTuple):
    """A word, text between words, or something that cannot be split."""

    text: str  # HTML
    plain: str  # as a reader sees it
    is_kept: bool = False  # a tag, math, code or a link: no deletion may split it
    is_word: bool = False

    @property
    def roots(self) -> frozenset[str]:
        """The roots of its content words."""
        if self.is_kept:
            return roots(html.unescape(_TAG.sub(" ", self.text)))
        # Readers see some signs as letters: 🄑.
        return roots(self.plain) if self.is_word or not self.plain.isascii() else frozenset()


@lru_cache(maxsize=_OF_A_UNIT)
def tokens(fragment: str) -> tuple[Token, ...]:
    """Split *fragment* (HTML of ``html.fragment``); the joined texts are the fragment."""
    if is_bare(fragment):  # then every second piece is a word
        pieces = enumerate(_BARE_WORD.split(fragment))
        return tuple(Token(piece, piece, is_word=at % 2 == 1) for at, piece in pieces if piece)
    return tuple(_token(*groups) for groups in _TOKEN.findall(fragment))


def is_bare(fragment: str) -> bool:
    """Whether *fragment* is plain text, and its words have only ASCII letters and digits."""
    return fragment.isascii() and not _NOT_BARE.search(fragment)


def _token(kept: str, word: str, other: str) -> Token:
    if kept:
        return Token(kept, html.unescape(_TAG.sub("", kept)), is_kept=True)
    if word:
        return Token(word, html.unescape(word), is_word=True)
    return Token(other, html.unescape(other))
