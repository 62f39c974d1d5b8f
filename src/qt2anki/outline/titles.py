"""Split a list item into its title and its text."""

from __future__ import annotations

import re
from typing import NamedTuple

# Emphasis that wraps a whole title: **T**, __T__, ***T***, and *T* or _T_ alone.
_WRAPPED = re.compile(
    r"(\*{1,3}|_{1,3})(?=[^\s*_])(.{1,200}?)(?<=[^\s*_\\])\1(?![*_\w])", re.DOTALL
)
_BRACKETED = re.compile(r"[ \t]*\([^()\n]{1,80}\)")
_JOINT = re.compile(r"[ \t]*(?::(?=[\s*_$\\(]|$)|[-–—](?=\s|$)|[.!?]?$)", re.ASCII)
_MORE_TITLE = re.compile(r"[ \t]*(?:and|or|&|vs\.?|/|,|of|in|to)[ \t]*(?=[*_]{2})", re.IGNORECASE)
_PLAIN = re.compile(r"[^\s*_`:$\\(][^:\n*_`$]{0,78}?(?=:(?:\s|$))")
_PLAIN_MOST_WORDS = 8
_TITLE_MOST_WORDS = 16
_CLOSING = ":.–—- \t"


class Titled(NamedTuple):
    """The three parts of an item's first line; *title* is "" when the item has none."""

    title: str
    joint: str
    text: str


def split_title(content: str, *, plain: bool = False) -> Titled:
    """Split ``**Title**: text`` and its kin (``**T:** x``, ``**T** - x``, ``**T** (y): x``).

    With *plain* a title may also stand without emphasis (``Title: text``). A bold start that
    is part of a sentence (``**Nausea** is ...``) is no title.
    """
    end = _emphasised_end(content)
    if end is None:
        return _split_plain(content) if plain else Titled("", "", content)
    joint = _JOINT.match(content, end)
    last = content[:end].rstrip("*_ ")[-1]
    if joint is None and last not in ":.?!":
        return Titled("", "", content)
    title = content[:end]
    after = joint.end() if joint else end
    if len(title.split()) > _TITLE_MOST_WORDS:
        return Titled("", "", content)
    joint_text = (joint.group().strip() if joint else "") or (last if last in ":." else "")
    return Titled(bare_title(title), joint_text, content[after:].strip())


def _emphasised_end(content: str) -> int | None:
    """Return where an emphasised title ends: behind its marks and a bracket after them."""
    match = _WRAPPED.match(content)
    if match is None:
        return None
    end = match.end()
    while (more := _MORE_TITLE.match(content, end)) and (
        again := _WRAPPED.match(content, more.end())
    ):
        end = again.end()
    bracket = _BRACKETED.match(content, end)
    if bracket and _JOINT.match(content, bracket.end()):
        end = bracket.end()
    return end


def _split_plain(content: str) -> Titled:
    match = _PLAIN.match(content)
    if match is None or len(match.group().split()) > _PLAIN_MOST_WORDS:
        return Titled("", "", content)
    return Titled(match.group().strip(), ":", content[match.end() + 1 :].strip())


def bare_title(text: str) -> str:
    """Take the emphasis off a title, and the colon or full stop behind it."""
    text = text.strip()
    match = _WRAPPED.match(text)
    while match is not None:
        inner, rest = match.group(2), text[match.end() :]
        text = f"{inner.rstrip(_CLOSING) if not rest else inner.rstrip()}{rest}"
        match = _WRAPPED.match(text) if not rest else None
    if "**" in text:
        text = text.replace("**", "")
    return text.rstrip(_CLOSING).strip()


def whole_line_title(line: str) -> str:
    """Return the title when *line* is nothing but an emphasised phrase, else ""."""
    match = _WRAPPED.match(line)
    if match is None or len(match.group(1)) < len("**"):
        return ""
    if line[match.end() :].strip() not in ("", ":"):
        return ""
    title = bare_title(match.group())
    return title if 0 < len(title.split()) <= _TITLE_MOST_WORDS else ""
