"""A rendered fragment taken apart, so that words can be hidden and everything else stays whole."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from qt2anki.generate.words import roots

_TOKEN = re.compile(
    r"(?P<kept><(?:code|a)\b[^>]*>.*?</(?:code|a)>|<[^>]*>|\\\(.*?\\\)|\\\[.*?\\\])"
    r"|(?P<word>(?:[^\W_]|&(?:\#39|rsquo);(?=\w)|['’](?=\w))+)"
    r"|(?P<other>&[#\w]+;|.)",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")


class Token(NamedTuple):
    """A word, something between words, or something that is kept whole."""

    text: str  # HTML
    is_kept: bool = False  # a tag, or math, code or a link: no deletion may cut it
    is_word: bool = False

    @property
    def roots(self) -> frozenset[str]:
        """The roots of its content words."""
        if self.is_kept:
            return roots(html.unescape(_TAG.sub(" ", self.text)))
        return roots(html.unescape(self.text)) if self.is_word else frozenset()

    @property
    def plain(self) -> str:
        """The token as a reader sees it."""
        return html.unescape(_TAG.sub("", self.text) if self.is_kept else self.text)


def tokens(fragment: str) -> Iterator[Token]:
    """Take *fragment* (HTML of ``render.fragment``) apart; joined, the texts are it again."""
    for match in _TOKEN.finditer(fragment):
        text = match.group()
        if match["kept"] is not None:
            yield Token(text, is_kept=True)
        elif match["word"] is not None:
            yield Token(text, is_word=True)
        else:
            yield Token(text)
