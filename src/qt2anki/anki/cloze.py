r"""Read and show cloze deletions as Anki does (rslib/src/cloze.rs).

``{{c1::`` opens a deletion and the next ``}}`` closes the innermost open one; the first ``::`` in
it splits off a hint. An unclosed deletion is lost with its text; ``{{C1::`` and ``{{ c1::`` are
text. Inside ``\(..\)`` and ``\[..\]`` all HTML is removed, so that MathJax gets plain TeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

# Numbers separated by commas are new in 26.05 and text before it.
_TOKEN = re.compile(r"(\{\{c[0-9,]+::|\}\})")
_OPENING = re.compile(r"\{\{c[0-9,]+::")
_DEEPEST = 10  # an opening inside ten others is dropped
_HIGHEST = 500  # above it, Anki makes one card that shows an error
_MATH_START = re.compile(r"\\[(\[]")
_MATH_END = re.compile(r"\\[)\]]")
# Below U+0100, all but letters and digits are encoded (the Rust crate htmlescape,
# encode_attribute).
_ENCODED = re.compile(r"[^0-9A-Za-z\u0100-\U0010ffff]")
_NAMED = {'"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(slots=True)
class Deletion:
    """A cloze deletion in a field."""

    written: str  # its number, or numbers, as written
    inside: list[str | Deletion] = field(default_factory=list)
    hint: str = "..."

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its numbers, sorted."""
        return tuple(sorted({int(part[:6]) for part in self.written.split(",") if part}))


Nodes = Sequence[str | Deletion]


def read_deletions(html: str) -> Nodes:
    """Split a field into text and deletions."""
    found: list[str | Deletion] = []
    unclosed: list[Deletion] = []
    for piece in _TOKEN.split(html):
        if _OPENING.fullmatch(piece):
            if len(unclosed) < _DEEPEST:
                unclosed.append(Deletion(piece[3:-2]))
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


def every_deletion(nodes: Nodes) -> Iterator[Deletion]:
    """Yield all deletions, including nested ones."""
    for node in nodes:
        if isinstance(node, Deletion):
            yield node
            yield from every_deletion(node.inside)


def cloze_numbers(html: str) -> frozenset[int]:
    """Return the numbers of the deletions in a field, including nested ones.

    Raises ValueError for a number of which Anki cannot make a card, and for several numbers in one
    deletion, which only the newest Anki supports.
    """
    found: set[int] = set()
    for one in every_deletion(read_deletions(html)) if "{{c" in html else ():
        number = int(one.written) if one.written.isdigit() and len(one.written) < 6 else 0
        if not 1 <= number <= _HIGHEST:
            raise ValueError(f"c{one.written[:20]} is not a cloze number from 1 to {_HIGHEST}")
        found.add(number)
    return frozenset(found)


def hidden_parts(html: str, number: int) -> tuple[str, ...]:
    """Return the HTML of every outermost deletion of *number*, in order."""
    return tuple(
        _written(node.inside, lambda _, inner: inner)
        for node in read_deletions(html)
        if isinstance(node, Deletion) and number in node.numbers
    )


def with_gaps(html: str, number: int, gap: str) -> str:
    """Return a field with every deletion of *number* replaced by *gap*."""
    return _written(
        read_deletions(html), lambda one, inner: gap if number in one.numbers else inner
    )


def revealed(html: str) -> str:
    """Return a field with its hidden text revealed."""
    return _written(read_deletions(html), lambda _, inner: inner) if "{{c" in html else html


def cloze_html(html: str, number: int, *, is_front: bool) -> str:
    """Show a field on one side of the card of deletion *number* (from 1)."""
    nodes = read_deletions(html)
    if not any(number in one.numbers for one in every_deletion(nodes)):
        return ""

    def shown(one: Deletion, inner: str) -> str:
        ordinal = f'data-ordinal="{",".join(map(str, one.numbers))}"'
        if number not in one.numbers:
            return f'<span class="cloze-inactive" {ordinal}>{inner}</span>'
        if is_front:
            answer = _ENCODED.sub(lambda m: _NAMED.get(m[0]) or f"&#x{ord(m[0]):02X};", inner)
            return f'<span class="cloze" data-cloze="{answer}" {ordinal}>[{one.hint}]</span>'
        return f'<span class="cloze" {ordinal}>{inner}</span>'

    return strip_html_in_math(_written(nodes, shown))


def _written(nodes: Nodes, shown: Callable[[Deletion, str], str]) -> str:
    return "".join(
        node if isinstance(node, str) else shown(node, _written(node.inside, shown))
        for node in nodes
    )


def strip_html_in_math(html: str) -> str:
    r"""Remove the HTML between ``\(`` or ``\[`` and the next ``\)`` or ``\]``."""
    out: list[str] = []
    position = 0
    while start := _MATH_START.search(html, position):
        end = _MATH_END.search(html, start.end())
        if end is None:
            break
        out += (html[position : start.end()], strip_html(html[start.end() : end.start()]), end[0])
        position = end.end()
    return "".join((*out, html[position:]))


# Openings and their ends: comments, and style and script elements with their text, are removed
# completely; any other "<" is removed up to the next ">" (rslib/src/text.rs, HTML).
_ELEMENTS = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"), ("<", ">"))


def strip_html(html: str) -> str:
    """Remove tags and comments, but keep character references."""
    lower = html.lower() if html.isascii() else re.sub("[A-Z]+", lambda s: s[0].lower(), html)
    last = {close: lower.rfind(close) for _, close in _ELEMENTS}
    out: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        end = _element_end(lower, start, last)
        if end < 0:  # there is no ">" after it
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
