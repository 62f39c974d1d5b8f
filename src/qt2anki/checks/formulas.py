r"""Rules about formulas, based on what MathJax in Anki can typeset.

Its names were read from MathJax itself (scripts/make_mathjax_names.cjs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qt2anki.checks.page_view import PATTERNS, WORDS, Reading, Rule, quoted
from qt2anki.html.code_and_math import mathjax_names
from qt2anki.messages import Problem, nearest
from qt2anki.source.spans import Span

_TEXT = re.compile(r"text[a-z]*|[mhf]box|tag|intertext|shortintertext|label|ref|eqref")
_OTHER_SYNTAX = WORDS.words("other_syntax")
_ROWS = WORDS.words("rows")
_NO_ARGUMENT = WORDS.words("no_argument")


@dataclass(slots=True)
class _Group:
    has_columns: bool = False
    is_text: bool = False
    scripts: str = ""  # those of the last item
    awaits: str = ""  # the script whose argument comes next


def _slip_in(text: str, start: int, end: int) -> tuple[int, str] | None:
    """Return the place of the first fault in a formula with balanced braces, and the fault."""
    groups = [_Group()]
    command = ""
    for token in PATTERNS["token"].finditer(text, start, end):
        if token[0].isspace():
            continue
        if token["name"] in _OTHER_SYNTAX:
            return None
        said = _slip_at(token, groups[-1])
        if said:
            return token.start(), said
        _read(token, groups, command)
        command = token["name"] or ""
    last = groups[-1]
    return (end - 1, f"nothing follows {last.awaits}") if last.awaits else None


def _slip_at(token: re.Match[str], group: _Group) -> str:
    """Return the fault of a token, given the group so far."""
    sign = token["sign"] or ""
    if group.is_text:
        return f"{sign} in text" if sign and sign in "&^_" else ""
    ends = sign in ("}", "&") or token["end"] or token[0] == "\\\\"
    if group.awaits and (ends or (sign and sign in "^_")):
        return f"nothing follows {group.awaits}"
    if sign == "&" and not group.has_columns:
        return "& outside of columns"
    if sign and sign in "^_" and sign in group.scripts:
        return f"a second {sign} follows the first"
    return ""


def _read(token: re.Match[str], groups: list[_Group], command: str) -> None:
    """Update *groups*, the open ones."""
    group = groups[-1]
    sign = token["sign"]
    if sign == "{" or token["begin"]:
        if not group.awaits:
            group.scripts = ""
        group.awaits = ""
        is_text = group.is_text or _TEXT.fullmatch(command) is not None
        groups.append(_Group(bool(token["begin"]) or command in _ROWS, is_text))
    elif sign == "}" or token["end"]:
        if len(groups) > 1:
            groups.pop()
    elif sign in ("^", "_"):
        group.awaits = sign
        group.scripts += sign
    elif group.awaits:
        group.awaits = ""
    elif token["name"] not in _NO_ARGUMENT:
        group.scripts = ""


_COMMAND = re.compile(r"\\(?:(?P<name>[A-Za-z]+|[-*+?@0-9])|[\s\S])")
_ENVIRONMENT = re.compile(r"\\begin[ \t]*\{([^{}\n]{1,40})\}")
_CLOSERS = {"}": "{", "\\right": "\\left"}
_MARK = re.compile(r"\\[\s\S]|\$\$?")
_MONEY = re.compile(r"(?<=[^\W\d_])\$|\$ ?[-+.,]?[0-9][0-9.,]*+(?![\\^_])")
_PARTNERS = {"\\)": "\\(", "\\]": "\\["}
_TEX = re.compile(r"\\[A-Za-z]{2,}|[\^_]\{|[\^_=]")
_BARE = re.compile(r"(?<![\\\w])\\(?P<name>[A-Za-z]{2,})(?P<argument>\{)?")
_SPOKEN = WORDS.words("spoken")
_WITH_ARGUMENT = WORDS.words("with_argument")
_NEAR = 0.75
_LONGEST_NAME = 40


def unknown_commands(reading: Reading) -> Iterator[Problem]:
    """Find commands that MathJax does not know and would show in red, each once per page."""
    seen: set[str] = set()
    defined: frozenset[str] | None = None
    for span in reading.formulas:
        for command in _COMMAND.finditer(reading.answer, span.inner_start, span.inner_end):
            name = command["name"]
            if name is None or name in seen or name in mathjax_names()[0]:
                continue
            if defined is None:
                defined = frozenset(PATTERNS["defined"].findall(reading.answer))
            seen.add(name)
            if name not in defined:
                text = f"MathJax does not know \\{name[:_LONGEST_NAME]}"
                yield reading.in_answer("QT231", command.start(), text, _hint(name))


def _hint(name: str) -> str:
    if not name.isalpha():
        return "Write the character without the backslash."
    for package, names in WORDS.table["packages"].items():
        if name in names.split():
            hint = f"It belongs to the package {package}, which Anki does not include;"
            return f"{hint} use something else."
    # A Greek letter or operator that the name runs on from, as in \pir.
    starts = [word for word in _SPOKEN - _WITH_ARGUMENT if name.startswith(word)]
    start = max(starts, key=len, default="")
    if start and len(name) - len(start) <= 2:
        return f"Did you mean \\{start} {name[len(start) :]}, with a space?"
    return _nearest(name, mathjax_names()[0], "\\{}")


def _nearest(name: str, known: frozenset[str], form: str) -> str:
    alike = [word for word in known if abs(len(word) - len(name)) <= 2]
    near = nearest(name[:_LONGEST_NAME], sorted(alike), cutoff=_NEAR)
    return f"Did you mean {form.format(near)}?" if near else "Use a name that MathJax knows."


def unknown_environments(reading: Reading) -> Iterator[Problem]:
    r"""Find unknown environments in ``\begin{...}``, which would make the whole formula red."""
    for span in reading.formulas:
        for begin in _ENVIRONMENT.finditer(reading.answer, span.inner_start, span.inner_end):
            name = begin[1].strip()
            if name not in mathjax_names()[1]:
                text = f"MathJax does not know the environment {quoted(name)}"
                hint = _nearest(name, mathjax_names()[1], "{}")
                yield reading.in_answer("QT233", begin.start(), text, hint)


def faulty_formulas(reading: Reading) -> Iterator[Problem]:
    r"""Find formulas that MathJax shows as an error, or as source.

    Most have a brace, a ``\left`` or an environment without a partner.
    """
    for span in reading.formulas:
        if part := _unbalanced_part(reading.answer, span):
            code, position, wrong = "QT232", part.start(), f"{part[0]} is unmatched"
            hint = r"Add the matching one; to show a brace, write \{."
        elif slip := _slip_in(reading.answer, span.inner_start, span.inner_end):
            code, (position, wrong) = "QT235", slip
            hint = WORDS.table["slip_hints"][wrong[0]]
        else:
            continue
        shown = quoted(reading.answer[span.inner_start : span.inner_end])
        yield reading.in_answer(code, position, f"{wrong} in the formula {shown}", hint)


def _unbalanced_part(text: str, span: Span) -> re.Match[str] | None:
    opened: list[re.Match[str]] = []
    for part in PATTERNS["part"].finditer(text, span.inner_start, span.inner_end):
        if part["way"] == "begin" or part["size"] == "left" or part["brace"] == "{":
            opened.append(part)
        elif part["way"] or part["size"] or part["brace"]:
            if not opened:
                return part
            opening = opened.pop()
            is_environment = bool(part["way"])
            if is_environment and opening["environment"] != part["environment"]:
                return opening
            if not is_environment and _CLOSERS[part[0]] != opening[0]:
                return opening
    return opened[-1] if opened else None


def unclosed_math(reading: Reading) -> Iterator[Problem]:
    r"""Find a ``$``, ``$$``, ``\(`` or ``\[`` that opens a formula and is never closed."""
    if "$" not in reading.prose and "\\" not in reading.prose:
        return
    used = {reading.answer[span.start : span.start + 2] for span in reading.formulas}
    dialects = frozenset("$" if mark[0] == "$" else "\\" for mark in used)
    for start, end in reading.blocks:
        mark = _lonely_mark(reading.prose, start, end, dialects)
        if mark is not None:
            shown = quoted(reading.answer[mark.start() : min(end, mark.start() + 60)])
            hint = "Put the delimiter at both ends of the formula, with no blank line in between."
            text = f"the {mark[0]} in {shown} is unmatched"
            yield reading.in_answer("QT230", mark.start(), text, hint)


def _lonely_mark(text: str, start: int, end: int, dialects: frozenset[str]) -> re.Match[str] | None:
    r"""Return a math delimiter in a block that has no partner there.

    A lone ``$`` may be money and ``\)`` an escape of Markdown. They count as delimiters if the page
    has formulas in the same *dialects* (``$`` or ``\``), or if the block contains TeX.
    """
    marks = list(_MARK.finditer(text, start, end))
    is_tex = bool(marks) and _TEX.search(text, start, end) is not None
    opened: dict[str, re.Match[str]] = {}
    for mark in marks:
        if mark[0] == "$$":
            return mark
        if not is_tex and mark[0][0] not in dialects:
            continue
        if mark[0] in _PARTNERS.values():
            opened[mark[0]] = mark
        elif mark[0] in _PARTNERS:
            if _PARTNERS[mark[0]] not in opened:
                return mark
            del opened[_PARTNERS[mark[0]]]
        elif mark[0] == "$" and not _MONEY.match(text, mark.start()):
            return mark
    return next(iter(opened.values()), None)


def bare_commands(reading: Reading) -> Iterator[Problem]:
    """Find TeX in a sentence without math delimiters."""
    if "\\" not in reading.prose:
        return
    for command in _BARE.finditer(reading.prose):
        name = command["name"]
        if name in _SPOKEN or (command["argument"] and name in mathjax_names()[0]):
            shown = quoted(reading.answer[command.start() : command.start() + 30])
            hint = "Put $ on both sides of the formula."
            text = f"the TeX in {shown} is outside a formula and is shown as written"
            yield reading.in_answer("QT234", command.start(), text, hint)


RULES: tuple[Rule, ...] = (
    unknown_commands,
    unknown_environments,
    faulty_formulas,
    unclosed_math,
    bare_commands,
)
