r"""Find the parts of a Markdown text that are not prose: code and math.

Code that splits, counts or renders text must keep these parts intact. Code follows CommonMark 0.31
(sections 4.5 and 6.1), but a fence may be indented as deeply as it likes, because pages put fences
under list items. Math follows Pandoc's ``tex_math_dollars`` with two changes that the pages ask
for: ``$ a $`` with a space on both sides is math, and amounts of money are recognized by what is
between the dollars.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Literal, NamedTuple

SpanKind = Literal["fence", "code", "inline", "display"]


class Span(NamedTuple):
    """One stretch of code or math; the offsets are those of the text it was found in.

    ``text[start:end]`` includes the delimiters, ``text[inner_start:inner_end]`` does not. The inner
    part of a fence is its lines without the two fence lines and without the last newline.
    """

    kind: SpanKind
    start: int
    end: int
    inner_start: int
    inner_end: int


_START = attrgetter("start")

# The search for a lone character class is many times faster than one for the alternatives.
_MARK = re.compile(r"[`~\\$]")
_TOKEN = re.compile(r"(?P<ticks>`+)|(?P<tildes>~+)|(?P<escape>\\[\s\S])|(?P<dollars>\$+)")
# What may be before a fence on its line: spaces, quote marks, one list marker.
_FENCE_LEAD = re.compile(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?")
_FENCE_LEAD_LENGTH = 200
_BACKTICK_INFO = re.compile(r"[^`\n]*+$", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_TICKS = re.compile(r"`+")
_MATH_TOKEN = re.compile(r"\\[\s\S]|\$+|\n[ \t]*\n")
_CLOSING = {"$": ("$",), "$$": ("$$", "$$$$"), "\\(": ("\\)",), "\\[": ("\\]",)}
_NEW_BLOCK = re.compile(r"\n[ \t]*(?:[-*+#>|]|\d{1,9}[.)])")

_TEX = re.compile(r"\\[A-Za-z]+|[\^_]\{?[\\\w+-]")
_TEX_COMMAND = re.compile(r"\\[A-Za-z]+\s?(?:\{[^{}]*\})?")
_WORD = re.compile(r"[A-Za-z]{2,}")
_PROSE_WORDS = frozenset(
    "about after among and are as at be because between but by can each every for from has have "
    "if in into is it its more of on only or over per plus than that the then their these they "
    "this to under up was were when where which while who will with would".split()
)
_AMOUNT_WORDS = frozenset(
    "bn billion cents dollar dollars hundred million month thousand trillion usd week year".split()
)
_RELATION = re.compile(r"[=<>≤≥≠]")
_AMOUNT_START = re.compile(r"\s?\d")


def find_spans(text: str) -> tuple[Span, ...]:
    """Return the code and math of the decoded Markdown *text*, in order, never overlapping.

    A fence that is not closed runs to the end of the text. Other spans must be closed; inline
    code and inline math before the next blank line. Time is linear in the length of *text*.
    """
    if "`" in text or "$" in text or "\\" in text or "~" in text:
        return tuple(_Scanner(text).scan())
    return ()


def outside(spans: Sequence[Span], found: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Yield the matches that do not begin in one of *spans*, the code and math of their text."""
    if not spans:
        yield from found
        return
    for match in found:
        before = bisect_right(spans, match.start(), key=_START) - 1
        if before < 0 or spans[before].end <= match.start():
            yield match


def is_prose(text: str, *, limit: int = 1) -> bool:
    r"""Whether *text*, found between math delimiters, is a piece of a sentence.

    What is in TeX groups (``\\text{for all}``) does not count. *limit* is the number of
    function words ("and", "from") that a formula may hold.
    """
    words = [word.lower() for word in _WORD.findall(_TEX_COMMAND.sub(" ", text))]
    common = sum(word in _PROSE_WORDS for word in words)
    if _AMOUNT_START.match(text):
        return common > 0 or any(word in _AMOUNT_WORDS for word in words)
    return common > limit or (common > 0 and len(words) > 3)


@cache
def _closing_fence(mark: str, length: int) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t>]*+{mark}{{{length},}}[ \t]*+(?=\n|\Z)")


class _Scanner:
    """One pass over a text; every part of it is examined a bounded number of times."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.display_closes = True  # False once a "$$" was seen to have no partner
        self.next_blank = -1  # start of the first blank line at or after the last question
        self.ticks = defaultdict[int, list[int]](list)  # length of backtick runs -> their starts
        for run in _TICKS.finditer(text):
            self.ticks[run.end() - run.start()].append(run.start())

    def scan(self) -> list[Span]:
        spans: list[Span] = []
        mark = _MARK.search(self.text)
        while mark:
            token = _TOKEN.match(self.text, mark.start())
            span = self._span_at(token) if token else None
            if span:
                spans.append(span)
            mark = _MARK.search(self.text, span.end if span else (token or mark).end())
        return spans

    def _span_at(self, token: re.Match[str]) -> Span | None:
        if fence := self._fence(token):
            return fence
        if token["ticks"]:
            return self._code(token.start(), token.end())
        opening = token["escape"] or token["dollars"]
        return self._math(opening, token.start()) if opening in _CLOSING else None

    def _fence(self, token: re.Match[str]) -> Span | None:
        if len(token["ticks"] or token["tildes"] or "") < 3:
            return None
        if token["ticks"] and not _BACKTICK_INFO.match(self.text, token.end()):
            return None
        start, fence = token.span()
        reach = max(0, start - _FENCE_LEAD_LENGTH)
        line = max(reach, self.text.rfind("\n", reach, start) + 1)
        if not _FENCE_LEAD.fullmatch(self.text, line, start):
            return None
        end = len(self.text)
        line_end = self.text.find("\n", fence)
        if line_end < 0:
            return Span("fence", start, end, end, end)
        close = _closing_fence(token[0][0], fence - start).search(self.text, line_end)
        inner_end = max(line_end + 1, close.start()) if close else end
        return Span("fence", start, close.end() if close else end, line_end + 1, inner_end)

    def _code(self, start: int, inner: int) -> Span | None:
        length = inner - start
        runs = self.ticks[length]
        following = bisect_left(runs, inner)
        if following == len(runs) or runs[following] >= self._blank_after(inner):
            return None
        close = runs[following]
        return Span("code", start, close + length, inner, close)

    def _blank_after(self, position: int) -> int:
        if self.next_blank < position:
            found = _BLANK_LINE.search(self.text, position)
            self.next_blank = found.start() if found else len(self.text)
        return self.next_blank

    def _math(self, opening: str, start: int) -> Span | None:
        inner = start + len(opening)
        kind: SpanKind = "inline" if opening in ("$", "\\(") else "display"
        if opening == "$$" and not self.display_closes:
            return None
        for token in _MATH_TOKEN.finditer(self.text, inner):
            sign, close = token[0], token.start()
            if sign in _CLOSING[opening] or (opening == "$" == sign[0]):
                span = Span(kind, start, close + len(opening), inner, close)
                return span if self._is_math(span) else None
            if sign == opening or (opening == "$$" and sign.startswith("$$")):
                return None
            if sign[0] == "\n" and kind == "inline":
                return None
        self.display_closes = self.display_closes and opening != "$$"
        return None

    def _is_math(self, span: Span) -> bool:
        inner = self.text[span.inner_start : span.inner_end]
        if span.end == span.inner_end + 1:
            return _is_inline_math(inner, self.text[span.end : span.end + 1])
        inner = inner.strip()
        # "\[1\]" is an escaped bracket, as in a reference, not a formula.
        if not inner or (self.text[span.start] == "\\" and inner.isdigit()):
            return False
        return not (_BLANK_LINE.search(inner) and is_prose(inner))


def _is_inline_math(inner: str, after: str) -> bool:
    r"""Whether the text between two dollars is math; *after* is the character after them.

    Money can be recognized: ``$5 million to $10`` has a space before the second dollar but not
    after the first, ``$5-$10`` has a digit after it, and either may have words in between. TeX and
    relations outweigh careless spaces: ``$\alpha $`` and ``$ a < b$`` are math.
    """
    if not inner.strip() or _NEW_BLOCK.search(inner):
        return False
    if is_prose(inner, limit=0 if inner[0].isspace() else 1) or inner[-1] in '/("“‘':
        return False
    if after.isdigit() and (_AMOUNT_START.match(inner) or inner[-1].isspace()):
        return False
    if _TEX.search(inner):
        return True
    if inner[0].isspace() != inner[-1].isspace():
        return _RELATION.search(inner) is not None and not _AMOUNT_START.match(inner)
    return not after.isdigit()
