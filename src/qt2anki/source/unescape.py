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
# Without these, all escapes of a text without spans are newlines.
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

    Text without these escapes is returned unchanged, whether or not it has real newlines.
    """
    text = text.replace("\\r\\n", "\\n")
    if "\\n" in text:
        may_have_spans = any(map(text.__contains__, _SPAN_SIGNS))
        if may_have_spans or _DOUBTFUL.search(text):
            text = _Decoder(text, may_have_spans=may_have_spans).decode()
        else:
            text = text.replace("\\n", "\n")
    return decode_unicode(text)


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


def _likely_newline(escape: re.Match[str]) -> str:
    """Return the probable meaning of an escape, in the same length, so offsets stay the same."""
    word = escape["word"]
    return escape[0] if word is None or word in CONTROL_WORDS else f"\n {word[1:]}"


class _Decoder:
    """One pass over an answer, from escape to escape."""

    def __init__(self, text: str, *, may_have_spans: bool) -> None:
        self.text = text
        # As long as the text and close to the decoded one, to find spans in.
        self.shape = _ESCAPE.sub(_likely_newline, text) if may_have_spans else ""
        self.spans = find_spans(self.shape)
        self.starts = [span.start for span in self.spans]
        self.row_end = -1  # where the last "\\" ended
        # The span with the last escape, and two facts about it.
        self.span: Span | None = None
        self.has_lines = False  # whether it certainly has newlines
        self.is_tex = False  # whether it is code in a TeX language
        self.quote = ""  # the string that is open on this line of code
        self.quoted_to = 0  # the position reached in the search for quotes

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
        index = bisect_right(self.starts, escape.start()) - 1
        span = self.spans[index] if index >= 0 else None
        if span is None or escape.start() >= span.inner_end:
            return self._newline_in_prose(escape)
        if span is not self.span:
            self.span = span
            self.has_lines = "\n" in self.shape[span.inner_start : span.inner_end]
            info = self.text[span.start : span.inner_start - 1].strip("`~ ").casefold()
            self.is_tex = info in _TEX_LANGUAGES
            self.quote, self.quoted_to = "", span.inner_start
        if span.kind == "fence":
            return self._newline_in_fence(escape, span)
        if span.kind == "code":
            # Inline code is on one line; what runs on to a new item is a stray backtick.
            return _LIST_LIKE.match(self.text, escape.start() + 2) is not None
        return self._newline_in_math(escape, span)

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
        word, start = escape["word"], escape.start()
        if word not in CONTROL_WORDS:
            return True
        if word not in _ONE_LETTER or span.kind == "inline":
            return False
        if word != "nu" and self.text[escape.end() : escape.end() + 2].lstrip().startswith("="):
            return True  # "\ne =" would be two relations in a row
        before = self.text[max(span.inner_start, start - _BEGIN_REACH) : start]
        is_expected = start in (span.inner_start, self.row_end) or _AFTER_BEGIN.search(before)
        return self.has_lines and bool(is_expected)

    def _newline_in_fence(self, escape: re.Match[str], span: Span) -> bool:
        start, rest = escape.start(), escape.start() + 2
        if start < span.inner_start:
            return True  # the end of the info string
        self._read_quotes(start)
        string = _STRING_REST[self.quote].match(self.text, rest) if self.quote else None
        if string and not _STATEMENT_END.search(string[0]):
            return False
        if self.text.endswith(_REGEX_LEAD, span.inner_start, start):
            return False
        if escape["word"] in CONTROL_WORDS and self.is_tex:
            return False
        self.quote = ""
        return True

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
