r"""Cloze deletions in rendered HTML.

Anki ends a deletion at the first ``}}``, takes what follows ``::`` for a hint, and drops all tags
between ``\(`` and ``\)`` of a cloze field (anki/rslib, cloze.rs). Rendered fragments contain
neither ``}}`` nor ``::``; no deletion may start or end inside math, code, a link or an entity.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qt2anki.notes.tokens import Token, tokens

_JOINS = re.compile(r"[ \n\-‐‑]+")


@dataclass(frozen=True, slots=True)
class Masked:
    """A fragment with cloze deletions, and the roots of the hidden words."""

    html: str
    hidden: tuple[str, ...]  # one text per deletion


def deletion(fragment: str) -> str:
    """Hide *fragment* in a deletion; all of a note have the same number, so they are one card."""
    return "{{c1::" + fragment + "}}"


def box(fragment: str) -> str:
    """Hide *fragment* permanently: its text is elsewhere on the note, or nowhere."""
    return "▢" if fragment else ""


def mask(
    fragment: str,
    *,
    secret: frozenset[str],
    along: frozenset[str],
    hide: Callable[[str], str] = deletion,
) -> Masked | None:
    """Hide every word of *fragment* whose root is in *secret*, with one deletion per run of words.

        Words whose root is in *along* are hidden if a neighbor is secret. Returns None if a secret
    word is in code, math or a link, because no deletion may split those.
    """
    parts = tokens(fragment)
    found = [token.roots for token in parts]
    if any(own & secret for token, own in zip(parts, found, strict=True) if token.is_kept):
        return None
    wanted = secret | along
    is_wanted = [
        not token.is_kept and not own.isdisjoint(wanted)
        for token, own in zip(parts, found, strict=True)
    ]
    out: list[str] = []
    hidden: list[str] = []
    at = 0
    while at < len(parts):
        end = _run_end(parts, at, is_wanted) if is_wanted[at] else at + 1
        text = "".join([token.text for token in parts[at:end]])
        if is_wanted[at] and any(own & secret for own in found[at:end]):
            out.append(hide(text))
            hidden.append(html.unescape(text))
        else:
            out.append(text)
        at = end
    return Masked("".join(out), tuple(hidden))


def _run_end(parts: Sequence[Token], at: int, is_wanted: Sequence[bool]) -> int:
    """Return the end of the run of wanted words that starts at *at*."""
    end = here = at + 1
    while here < len(parts):
        if is_wanted[here]:
            end = here + 1
        elif not _JOINS.fullmatch(parts[here].text):
            break
        here += 1
    return end
