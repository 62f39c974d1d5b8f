"""Problems in pages as values, their codes, and the wording that messages share.

A user with forty bad pages wants forty messages, so a fault in a page never raises: the stage that
finds it makes a :class:`Problem` and continues. The texts of the codes are in messages.toml.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class MessageCode:
    """What a code means on any page."""

    severity: Severity
    title: str
    explanation: str


def message_codes() -> dict[str, MessageCode]:
    """Return all codes in order, each with its meaning."""
    return {code: MessageCode(**entry) for code, entry in _tables()["codes"].items()}


def message_stages() -> dict[str, str]:
    """Return the titles of the sections in docs/messages.md by the first digit of their codes."""
    return dict(_tables()["stages"])


def messages_introduction() -> str:
    """Return the text at the start of docs/messages.md."""
    return str(_tables()["introduction"])


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, what is wrong, and what to do about it."""

    code: str
    severity: Severity
    source: str  # the file as the user named it
    line: int | None  # from 1
    column: int | None  # from 1, in characters
    text: str  # one sentence without a full stop
    hint: str  # what to write or do instead; "" if there is nothing to do


def make_problem(
    code: str,
    source: str,
    text: str,
    *,
    hint: str = "",
    line: int | None = None,
    column: int | None = None,
) -> Problem:
    """Make a problem with the severity of its *code*."""
    return Problem(code, _tables()["codes"][code]["severity"], source, line, column, text, hint)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Order problems by file and place, so that equal input gives equal output."""
    return tuple(sorted(problems, key=_place))


def without_repeats(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield a warning that many files share only once, with the number of the other files."""
    problems = tuple(problems)
    count = Counter((p.code, p.text) for p in problems if p.severity != "error")
    told: set[tuple[str, str]] = set()
    for problem in problems:
        key = (problem.code, problem.text)
        if count[key] <= _MOST_EQUAL:
            yield problem
        elif key not in told:
            told.add(key)
            text = f"{problem.text} (also in {count[key] - 1:,} other places)"
            yield replace(problem, text=text)


_MOST_EQUAL = 3


def _place(problem: Problem) -> tuple[str, int, int, str, str]:
    where = problem.line or 0, problem.column or 0, problem.code
    return (problem.source, *where, problem.text)


def format_problem(problem: Problem) -> str:
    """Format a problem as ``file:line:col: severity QT101: text``, its hint on a second line."""
    place = ":".join(str(part) for part in (problem.source, problem.line, problem.column) if part)
    first = f"{place}: {problem.severity} {problem.code}: {problem.text}"
    return visible(first) + (f"\n  hint: {visible(problem.hint)}" if problem.hint else "")


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the *known* name most similar to *name*, "" if none is similar enough."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), "")


def did_you_mean(
    name: str, known: Iterable[str], otherwise: str = "", *, cutoff: float = 0.6
) -> str:
    """Return a hint with the *known* name most similar to *name*, or else *otherwise*."""
    folded = {each.casefold(): each for each in known}
    near = nearest(name.casefold(), folded, cutoff=cutoff)
    return f"Did you mean {folded[near]!r}?" if near else otherwise


def plural(count: int, noun: str) -> str:
    """Return *count* with the *noun* in its singular or plural form."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def visible(text: str) -> str:
    r"""Spell out control characters (``\x1b``): text from a file must not steer a terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def visible_lines(text: str) -> str:
    """Spell out control characters, but keep line breaks and tabs."""
    return _CONTROL_IN_LINES.sub(lambda match: visible(match[0]), text)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def shown_path(path: Path | str) -> str:
    r"""Return *path* as text that can be stored and printed: a byte that is not UTF-8 as ``\xff``.

    A path that is UTF-8 is not changed.
    """
    name = path if isinstance(path, str) else path.as_posix()
    if name.isascii():
        return name
    try:
        data = os.fsencode(name)
    except UnicodeEncodeError:  # a lone surrogate, from a Windows path
        data = name.encode("utf-8", errors="backslashreplace")
    return data.decode("utf-8", errors="backslashreplace")
