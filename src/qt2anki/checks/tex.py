r"""Find what makes MathJax refuse a whole formula although its braces balance.

Three slips, each reported at its place: an ``&`` where there are no columns, a ``_`` or ``^`` that
nothing follows or that follows one of its kind, and a ``_`` or ``^`` inside ``\text{...}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\\begin[ \t]*\{(?P<begin>[^{}\n]{1,40})\}|(?P<end>\\end[ \t]*\{[^{}\n]{1,40}\})"
    r"|\\(?P<name>[A-Za-z]+)\*?|(?P<sign>[{}&^_])|\s+|\\[\s\S]|[^\\{}&^_\s]"
)
_TEXT = re.compile(r"text[a-z]*|[mhf]box|tag|intertext|shortintertext|label|ref|eqref")
_OTHER_SYNTAX = frozenset("ce pu verb href url unicode begin def newcommand renewcommand".split())
_ROWS = frozenset("matrix pmatrix cases eqalign eqalignno leqalignno substack array".split())
_NO_ARGUMENT = frozenset(("left", "right", "middle", "limits", "nolimits"))


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip: where it is in the text, and what is wrong there."""

    position: int
    text: str


@dataclass(slots=True)
class _Group:
    has_columns: bool = False
    is_text: bool = False
    scripts: str = ""  # those the last thing has
    awaits: str = ""  # the script whose argument comes next


def find_slip(text: str, start: int, end: int) -> Slip | None:
    """Return the first slip in the formula ``text[start:end]``, whose braces are balanced."""
    groups = [_Group()]
    command = ""
    for token in _TOKEN.finditer(text, start, end):
        if token[0].isspace():
            continue
        if token["name"] in _OTHER_SYNTAX:
            return None
        said = _slip_at(token, groups[-1])
        if said:
            return Slip(token.start(), said)
        _read(token, groups, command)
        command = token["name"] or ""
    last = groups[-1]
    return Slip(end - 1, f"nothing follows {last.awaits}") if last.awaits else None


def _slip_at(token: re.Match[str], group: _Group) -> str:
    """Say what is wrong with a token, given what the group holds so far."""
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
    """Bring *groups*, the open ones, up to date."""
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
