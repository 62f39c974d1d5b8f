r"""Cloze deletions in rendered HTML.

Anki ends a deletion at the first ``}}``, takes what follows ``::`` for a hint, and drops all
tags between ``\(`` and ``\)`` of a cloze field (anki/rslib, cloze.rs). Rendered fragments hold
neither ``}}`` nor ``::``; here no deletion may start or end inside math, code, a link or an
entity.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qt2anki.generate.tokens import Token, tokens

_JOINS = re.compile(r"[ \n\-‐‑]+")


@dataclass(frozen=True, slots=True)
class Masked:
    """A fragment with deletions in it, and the roots of the words that were hidden."""

    html: str
    hidden: tuple[str, ...]  # one text per deletion


def deletion(fragment: str) -> str:
    """Hide *fragment* as the note's one deletion; the same number for all, so one card."""
    return "{{c1::" + fragment + "}}"


def box(fragment: str) -> str:
    """Hide *fragment* for good: what it was stands elsewhere on the note, or nowhere."""
    return "▢" if fragment else ""


def mask(
    fragment: str,
    *,
    secret: frozenset[str],
    along: frozenset[str],
    hide: Callable[[str], str] = deletion,
) -> Masked | None:
    """Hide every word of *fragment* whose root is in *secret*, one hiding place a run of words.

    Words whose root is in *along* are hidden with a neighbour that is secret. Returns None where
    a secret word stands in code, math or a link, since no deletion may cut those.
    """
    parts = tuple(tokens(fragment))
    if any(token.is_kept and token.roots & secret for token in parts):
        return None
    out: list[str] = []
    hidden: list[str] = []
    at = 0
    while at < len(parts):
        end = _run_end(parts, at, secret | along)
        text = "".join(token.text for token in parts[at:end])
        if any(token.roots & secret for token in parts[at:end]):
            out.append(hide(text))
            hidden.append(html.unescape(text))
        else:
            end = max(end, at + 1)
            out.append("".join(token.text for token in parts[at:end]))
        at = end
    return Masked("".join(out), tuple(hidden))


def _run_end(parts: Sequence[Token], at: int, wanted: frozenset[str]) -> int:
    """Return the end of the run of wanted words that starts at *at*, *at* when none does."""
    end = at
    here = at
    while here < len(parts):
        token = parts[here]
        if not token.is_kept and token.roots & wanted:
            end = here + 1
        elif end == at or not _JOINS.fullmatch(token.text):
            break
        here += 1
    return end
