"""Problems in the content as values; what their codes mean is told in qt2anki.codes.

A user with forty bad pages wants forty lines, so a fault in a page never raises: the stage that
finds it makes a :class:`Problem` and goes on.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.codes import CODES, Severity

__all__ = [
    "CODES",
    "Problem",
    "Severity",
    "format_problem",
    "make_problem",
    "shown_path",
    "sort_problems",
    "visible",
    "without_repeats",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, what is wrong, and what to do about it."""

    code: str
    severity: Severity
    source: str  # the file as the user named it
    line: int | None  # from 1
    column: int | None  # from 1, in characters
    text: str  # one sentence without a full stop
    hint: str  # what to write or do instead; "" when there is nothing to do


def make_problem(
    code: str,
    source: str,
    text: str,
    *,
    hint: str = "",
    line: int | None = None,
    column: int | None = None,
) -> Problem:
    """Make a problem with the severity its *code* has in the table."""
    return Problem(code, CODES[code].severity, source, line, column, text, hint)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Order problems by file and place, so that equal input gives equal output."""
    return tuple(sorted(problems, key=_place))


def without_repeats(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield each warning that many files have only once, with the number of the others."""
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
    """Write a problem as ``file:line:col: severity QT101: text``, its hint on a second line."""
    place = ":".join(str(part) for part in (problem.source, problem.line, problem.column) if part)
    first = f"{place}: {problem.severity} {problem.code}: {problem.text}"
    return visible(first) + (f"\n  hint: {visible(problem.hint)}" if problem.hint else "")


def visible(text: str) -> str:
    r"""Spell control characters out (``\x1b``): a page or file name must not steer a terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def shown_path(path: Path | str) -> str:
    r"""Return *path* as text that can be stored and printed: a byte that is not UTF-8 as ``\xff``.

    Nothing changes in a path that is UTF-8.
    """
    name = path if isinstance(path, str) else path.as_posix()
    if name.isascii():
        return name
    try:
        data = os.fsencode(name)
    except UnicodeEncodeError:  # half a character of Windows
        data = name.encode("utf-8", errors="backslashreplace")
    return data.decode("utf-8", errors="backslashreplace")
