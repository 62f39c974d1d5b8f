r"""Decode answers in which a newline is written as the two characters ``\`` ``n``.

The escape is ambiguous: ``\nabla`` is a TeX command, ``"\n"`` in code is a string of C or Python,
and only the context decides. The rules, in the order in which they are tried:

* ``\\`` is one thing, so the ``\\\n`` of a TeX row end is ``\\`` and a newline.
* In math a known control word stays, as in ``h\nu``. The words with one letter after the ``n``
  (``\nu``, ``\ne``, ``\ni``) give way to a newline where one is expected: directly after the
  opening ``$$``, after a row end and after ``\begin{...}``, if that formula is set on lines of
  its own. ``$$\nu(t) = 2t\n$$`` begins with a ``u``, ``$$\nu = 3$$`` with a nu.
* In code an escape inside a string that ends on the same line stays.
* Elsewhere it is a newline, unless the rest would be no word: ``a \neq b``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from pathlib import Path

from qt2anki.source.discover import NO_TEXT
from qt2anki.source.spans import Span, find_spans

_WORDS = Path(__file__).with_name("control-words.txt").read_text(encoding="utf-8")
_LISTED = "".join(line for line in _WORDS.splitlines(keepends=True) if line[0] != "#")
UNMISTAKABLE_WORDS = frozenset(_LISTED.partition("----")[0].split())
CONTROL_WORDS = UNMISTAKABLE_WORDS.union(_LISTED.partition("----")[2].split())
"""Control words that begin with n; :data:`UNMISTAKABLE_WORDS` begin no line of prose."""
_ONE_LETTER = frozenset(("ne", "ni", "nu"))
_TEX_LANGUAGES = frozenset(("katex", "latex", "math", "mathjax", "tex"))

_SPAN_SIGNS = ("`", "~", "$", "\\(", "\\[")  # without any of these there is no span
# What a text without spans must hold for one of its escapes to be anything but a newline.
_DOUBTFUL_REST = "|".join(sorted(word[1:] for word in UNMISTAKABLE_WORDS | {"neg"}))
_DOUBTFUL = re.compile(rf"\\(?:\\|n(?:[\"')]|(?:{_DOUBTFUL_REST})(?![A-Za-z])))")
_ESCAPE = re.compile(r"\\\\|\\(?P<word>n[A-Za-z]*)")
_UNICODE = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9A-Fa-f]{4})+)")
_AFTER_BEGIN = re.compile(r"\\begin\{[A-Za-z]{1,20}\*?\}(?:\{[^{}]{0,40}\}|\[[^\[\]]{0,40}\])?\Z")
_BEGIN_REACH = 120
_OPERAND = re.compile(r" ?[A-Za-z]\b(?!\.)| ?[(\\]")
_LIST_LIKE = re.compile(r"[ \t\-*#|>]|\d+[.)]|$")
_REGEX_LEAD = ("\\r", "\\r?", "[^")

_QUOTE_TOKEN = re.compile(r"\\.|\"{3}|'{3}|[\"']|\n", re.DOTALL)
# The rest of a string after an escape: up to its quote, within reach, nothing after it that would
# make that quote an opening one.
_STRING_REST = {
    quote: re.compile(rf"(?:[^{quote}\\]|\\.){{0,300}}+{quote}(?!\w)", re.DOTALL) for quote in "\"'"
}
_STATEMENT_END = re.compile(r"[;{}]\\n|\\n  |[(=\[,] *.\Z")


def decode(text: str) -> str:
    r"""Return *text* with each ``\n`` that means a newline, and each ``\u0027``, decoded.

    Text without these escapes, with real newlines or not, comes back as it is.
    """
    return decode_unicode(_decode_newlines(text))


def decode_unicode(text: str) -> str:
    r"""Decode the ``\u0027`` of JSON outside of code."""
    if "\\u" not in text:
        return text
    code = [(s.start, s.end) for s in find_spans(text) if s.kind in ("fence", "code")]

    def decoded(escape: re.Match[str]) -> str:
        if any(start <= escape.start() < end for start, end in code):
            return escape[0]
        characters = json.loads(f'"{escape[2]}"')
        return escape[0] if NO_TEXT.search(characters) else escape[1] + characters

    return _UNICODE.sub(decoded, text)


def _decode_newlines(text: str) -> str:
    text = text.replace("\\r\\n", "\\n")
    if "\\n" not in text:
        return text
    may_have_spans = any(map(text.__contains__, _SPAN_SIGNS))
    if not may_have_spans and not _DOUBTFUL.search(text):
        return text.replace("\\n", "\n")
    return _Decoder(text, may_have_spans=may_have_spans).decode()


def _likely_newlines(text: str) -> str:
    r"""Return a text as long as *text* and close to the decoded one, to find spans in.

    Whatever is not a control word becomes a newline and a space, so that offsets stay the same.
    """

    def blank_out(escape: re.Match[str]) -> str:
        word = escape["word"]
        if word is None or word in CONTROL_WORDS:
            return escape[0]
        return "\n " + word[1:]

    return _ESCAPE.sub(blank_out, text)


class _Decoder:
    """One walk over an answer, from escape to escape."""

    def __init__(self, text: str, *, may_have_spans: bool) -> None:
        self.text = text
        self.shape = _likely_newlines(text) if may_have_spans else ""
        self.spans = find_spans(self.shape)
        self.starts = [span.start for span in self.spans]
        self.on_lines: dict[int, bool] = {}  # start of a formula -> has it newlines for certain
        self.are_tex: dict[int, bool] = {}  # start of a fence -> is its language one of TeX's
        self.row_end = -1  # where the last "\\" ended
        self.quote = ""  # the string that is open on this line of code
        self.quoted_to = 0  # how far the search for quotes has come

    def decode(self) -> str:
        parts = []
        last = 0
        for escape in _ESCAPE.finditer(self.text):
            if escape["word"] is None:
                self.row_end = escape.end()
            elif self._is_newline(escape):
                parts += [self.text[last : escape.start()], "\n"]
                last = escape.start() + 2
        parts.append(self.text[last:])
        return "".join(parts)

    def _is_newline(self, escape: re.Match[str]) -> bool:
        span = self._span_around(escape.start())
        if span is None:
            return self._newline_in_prose(escape)
        if span.kind == "fence":
            return self._newline_in_fence(escape, span)
        if span.kind == "code":
            # Inline code is on one line; what runs on to a new item is a stray backtick.
            return _LIST_LIKE.match(self.text, escape.start() + 2) is not None
        return self._newline_in_math(escape, span)

    def _span_around(self, position: int) -> Span | None:
        """Return the span with *position* in its inner part."""
        index = bisect_right(self.starts, position) - 1
        if index >= 0 and position < self.spans[index].inner_end:
            return self.spans[index]
        return None

    def _newline_in_prose(self, escape: re.Match[str]) -> bool:
        start, rest = escape.start(), escape.start() + 2
        if escape["word"] in UNMISTAKABLE_WORDS:
            return False
        if escape["word"] == "neg" and _OPERAND.match(self.text, escape.end()):
            return False
        around = self.text[start - 1 : start] + self.text[rest : rest + 1]
        if around not in ('""', "''", "()"):
            return True
        # '("\n")' names the character; 'said "yes"\n"no"' is a newline between two quotations.
        before, after = self.text[max(0, start - 2) : start - 1], self.text[rest + 1 : rest + 2]
        return not (before in ("", " ", "(") and (not after or after in " ).,;:\\"))

    def _newline_in_math(self, escape: re.Match[str], span: Span) -> bool:
        word = escape["word"]
        if word not in CONTROL_WORDS:
            return True
        if word not in _ONE_LETTER or span.kind == "inline":
            return False
        if word != "nu" and self.text[escape.end() : escape.end() + 2].lstrip().startswith("="):
            return True  # "\ne =" would be two relations in a row
        return self._line_expected(escape.start(), span)

    def _line_expected(self, position: int, span: Span) -> bool:
        if not self._on_lines_of_its_own(span):
            return False
        if position in (span.inner_start, self.row_end):
            return True
        before = self.text[max(span.inner_start, position - _BEGIN_REACH) : position]
        return _AFTER_BEGIN.search(before) is not None

    def _on_lines_of_its_own(self, span: Span) -> bool:
        if span.start not in self.on_lines:
            found = self.shape.find("\n", span.inner_start, span.inner_end)
            self.on_lines[span.start] = found >= 0
        return self.on_lines[span.start]

    def _newline_in_fence(self, escape: re.Match[str], span: Span) -> bool:
        start, rest = escape.start(), escape.start() + 2
        if start < span.inner_start:
            return True  # the end of the info string
        if self.quoted_to < span.inner_start:
            self.quote, self.quoted_to = "", span.inner_start
        self._read_quotes(start)
        if self._in_string(rest) or self.text.endswith(_REGEX_LEAD, span.inner_start, start):
            return False
        if escape["word"] in CONTROL_WORDS and self._is_tex(span):
            return False
        self.quote = ""
        return True

    def _is_tex(self, fence: Span) -> bool:
        if fence.start not in self.are_tex:
            info = self.text[fence.start : fence.inner_start - 1].strip("`~ ").casefold()
            self.are_tex[fence.start] = info in _TEX_LANGUAGES
        return self.are_tex[fence.start]

    def _read_quotes(self, end: int) -> None:
        """Keep track of the string that is open at *end*; triple quotes may span lines."""
        for token in _QUOTE_TOKEN.finditer(self.text, self.quoted_to, end):
            mark = token[0]
            if mark in ("\n", self.quote):
                self.quote = ""
            elif not self.quote and mark in ('"', "'"):
                apostrophe = mark == "'" and self.text[token.start() - 2 : token.start()].isalpha()
                self.quote = "" if apostrophe else mark
        self.quoted_to = end

    def _in_string(self, rest: int) -> bool:
        if not self.quote:
            return False
        string = _STRING_REST[self.quote].match(self.text, rest)
        return string is not None and _STATEMENT_END.search(string[0]) is None
