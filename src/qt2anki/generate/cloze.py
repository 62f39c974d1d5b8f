r"""Cloze deletions in rendered HTML.

Anki ends a deletion at the first ``}}``, takes what follows ``::`` for a hint, and drops all
tags between ``\(`` and ``\)`` of a cloze field (anki/rslib, cloze.rs). Rendered fragments hold
neither ``}}`` nor ``::``; here no deletion may start or end inside math, code, a link or an
entity.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qt2anki.generate.words import content_words, root

_TOKEN = re.compile(
    r"(?P<kept><(?:code|a)\b[^>]*>.*?</(?:code|a)>|<[^>]*>|\\\(.*?\\\)|\\\[.*?\\\])"
    r"|(?P<word>(?:[^\W_]|&(?:\#39|rsquo);(?=\w)|['’](?=\w))+)"
    r"|(?P<other>&[#\w]+;|.)",
    re.DOTALL,
)
_JOINS = re.compile(r"[ \n\-‐‑]+")


@dataclass(frozen=True, slots=True)
class Masked:
    """A fragment with deletions in it, and the roots of the words that were hidden."""

    html: str
    hidden: tuple[str, ...]  # one text per deletion


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kept: bool = False  # may not be touched
    roots: frozenset[str] = frozenset()


def deletion(fragment: str) -> str:
    """Hide *fragment* as the note's one deletion; the same number for all, so one card."""
    return "{{c1::" + fragment + "}}"


def mask(fragment: str, *, secret: frozenset[str], along: frozenset[str]) -> Masked | None:
    """Hide every word of *fragment* whose root is in *secret*, one deletion a run of words.

    Words whose root is in *along* are hidden with a neighbour that is secret. Returns None where
    a secret word stands in code, math or a link, since no deletion may cut those.
    """
    tokens = tuple(_tokens(fragment))
    if any(token.kept and token.roots & secret for token in tokens):
        return None
    out: list[str] = []
    hidden: list[str] = []
    at = 0
    while at < len(tokens):
        end = _run_end(tokens, at, secret | along)
        text = "".join(token.text for token in tokens[at:end])
        if any(token.roots & secret for token in tokens[at:end]):
            out.append(deletion(text))
            hidden.append(html.unescape(text))
        else:
            end = max(end, at + 1)
            out.append("".join(token.text for token in tokens[at:end]))
        at = end
    return Masked("".join(out), tuple(hidden))


def _tokens(fragment: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(fragment):
        text = match.group()
        if match["kept"] is not None:
            plain = re.sub(r"<[^>]*>", " ", text)
            yield _Token(text, kept=True, roots=_roots(html.unescape(plain)))
        elif match["word"] is not None:
            yield _Token(text, roots=_roots(html.unescape(text)))
        else:
            yield _Token(text)


def _roots(text: str) -> frozenset[str]:
    return frozenset(root(word) for word in content_words(text))


def _run_end(tokens: Sequence[_Token], at: int, wanted: frozenset[str]) -> int:
    """Return the end of the run of wanted words that starts at *at*, *at* when none does."""
    end = at
    here = at
    while here < len(tokens):
        token = tokens[here]
        if not token.kept and token.roots & wanted:
            end = here + 1
        elif end == at or not _JOINS.fullmatch(token.text):
            break
        here += 1
    return end
