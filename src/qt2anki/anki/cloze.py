r"""What ``{{cloze:Field}}`` makes of a field, letter by letter as Anki does (rslib/src/cloze.rs).

``{{c1::`` opens a deletion and the next ``}}`` closes the innermost open one; the first ``::`` in
it splits off a hint. One that is never closed is lost with its text. Inside ``\(..\)`` and
``\[..\]`` all HTML is taken out, so that MathJax gets plain TeX.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r"(\{\{c[0-9,]+::|\}\})")
_OPENING = re.compile(r"\{\{c[0-9,]+::")
_DEEPEST = 10  # an opening inside ten others is dropped
_MATH_START = re.compile(r"\\[(\[]")
_MATH_END = re.compile(r"\\[)\]]")
# Below U+0100 all but letters and digits is encoded (the Rust crate htmlescape, encode_attribute).
_ENCODED = re.compile(r"[^0-9A-Za-z\u0100-\U0010ffff]")
_NAMED = {'"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(slots=True)
class _Deletion:
    numbers: tuple[int, ...]
    inside: list[str | _Deletion] = field(default_factory=list)
    hint: str = "..."


def cloze_html(html: str, number: int, *, is_front: bool) -> str:
    """Show a field on one side of the card of deletion *number* (from 1).

    Returns "" when the field has no such deletion.
    """
    nodes = _read(html)
    if not _has(nodes, number):
        return ""
    return strip_html_in_math(_write(nodes, number, is_front=is_front))


def _read(html: str) -> list[str | _Deletion]:
    found: list[str | _Deletion] = []
    unclosed: list[_Deletion] = []
    for piece in _TOKEN.split(html):
        if _OPENING.fullmatch(piece):
            if len(unclosed) < _DEEPEST:
                unclosed.append(_Deletion(_numbers(piece[3:-2])))
        elif piece == "}}" and unclosed:
            closed = unclosed.pop()
            (unclosed[-1].inside if unclosed else found).append(closed)
        elif unclosed:
            text, has_hint, hint = piece.partition("::")
            unclosed[-1].inside.append(text)
            if has_hint:
                unclosed[-1].hint = hint
        else:
            found.append(piece)
    return found


def _numbers(digits: str) -> tuple[int, ...]:
    return tuple(sorted({int(part[:6]) for part in digits.split(",") if part}))


def _has(nodes: list[str | _Deletion], number: int) -> bool:
    return any(
        number in node.numbers or _has(node.inside, number)
        for node in nodes
        if isinstance(node, _Deletion)
    )


def _write(nodes: list[str | _Deletion], number: int, *, is_front: bool) -> str:
    out: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
            continue
        inner = _write(node.inside, number, is_front=is_front)
        ordinal = f'data-ordinal="{",".join(map(str, node.numbers))}"'
        if number not in node.numbers:
            out.append(f'<span class="cloze-inactive" {ordinal}>{inner}</span>')
        elif is_front:
            answer = _ENCODED.sub(_encode, inner)
            out.append(f'<span class="cloze" data-cloze="{answer}" {ordinal}>[{node.hint}]</span>')
        else:
            out.append(f'<span class="cloze" {ordinal}>{inner}</span>')
    return "".join(out)


def _encode(sign: re.Match[str]) -> str:
    return _NAMED.get(sign[0]) or f"&#x{ord(sign[0]):02X};"


def strip_html_in_math(html: str) -> str:
    r"""Take the HTML out of everything between ``\(`` or ``\[`` and the next ``\)`` or ``\]``."""
    out: list[str] = []
    position = 0
    while start := _MATH_START.search(html, position):
        end = _MATH_END.search(html, start.end())
        if end is None:
            break
        out += (html[position : start.end()], strip_html(html[start.end() : end.start()]), end[0])
        position = end.end()
    return "".join((*out, html[position:]))


# What opens, and what closes it: a comment, and style and script elements with their text, go as
# a whole; any other "<" goes with all up to the next ">" (rslib/src/text.rs, HTML).
_ELEMENTS = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"), ("<", ">"))


def strip_html(html: str) -> str:
    """Take tags and comments out, keeping character references as they are."""
    lower = html.lower() if html.isascii() else re.sub("[A-Z]+", lambda s: s[0].lower(), html)
    last = {close: lower.rfind(close) for _, close in _ELEMENTS}
    out: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        end = _element_end(lower, start, last)
        if end < 0:  # no ">" follows at all
            break
        out.append(html[position:start])
        position = end
    return "".join((*out, html[position:]))


def _element_end(lower: str, start: int, last: dict[str, int]) -> int:
    for opening, closing in _ELEMENTS:
        begin = start + len(opening)
        if lower.startswith(opening, start) and last[closing] >= begin:
            if closing.startswith("</"):
                begin = lower.find(">", begin) + 1
                if last[closing] < begin:
                    continue
            return lower.find(closing, begin) + len(closing)
    return -1
