"""The input of the rules: one page with its front matter, its answer, and the prose in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path

from qt2anki.messages import Problem, make_problem
from qt2anki.model import Page
from qt2anki.notes.refusals import is_refusal
from qt2anki.source.dialects import plain_markdown
from qt2anki.source.discover import Source
from qt2anki.source.entry import BODY, Entry, FrontMatter
from qt2anki.source.page_keys import LONGEST
from qt2anki.source.pattern_files import PatternFile
from qt2anki.source.spans import Span, find_spans
from qt2anki.source.unescape import decode

_SIGN = re.compile(r"\S")
# How signs are written in quotes (YAML 1.1, sections 5.7 and 7.3).
_QUOTED_SIGNS = {
    "'": re.compile(r"''|\S"),
    '"': re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[\s\S])|[^\s\\]"),
}
_ESCAPED_BLANK = re.compile(r"\\(?:[\s_NLPtnrvf]|[xuU]0*(?:9|[aAdD]|20|85|[aA]0|202[89]))\Z")


class Places:
    r"""Finds positions in one value; created only for a page with something to report.

    The file and the value differ in the escape ``\n`` (qt2anki.source.unescape) and in what YAML
    does to a text: it folds lines, removes indentation and resolves escapes. None of this adds,
    drops or reorders a sign, that is, a character other than white space. So both texts are
    compared sign by sign.
    """

    def __init__(self, file_text: str, entry: Entry) -> None:
        """Take the text of the file and a text value that was read from it."""
        self._line_starts = [0, *accumulate(len(line) + 1 for line in file_text.split("\n"))]
        self._signs = _decoded_signs(entry.text)
        start = self._line_starts[entry.line]  # where the first sign of the value can be
        if entry.style not in ("|", ">"):
            start = self._line_starts[entry.line - 1] + entry.column - 1 + len(entry.style)
        self._written = list(_written_signs(file_text, entry, start))

    def place(self, position: int) -> tuple[int, int]:
        """Return line and column, from 1, of a *position* in the decoded text without its ends."""
        index = max(0, bisect_right(self._signs, (position, len(self._written))) - 1)
        count = self._signs[index][1] if self._signs else 0
        at = self._written[min(count, len(self._written) - 1)] if self._written else 0
        line = bisect_right(self._line_starts, at)
        return line, at - self._line_starts[line - 1] + 1


def _decoded_signs(value: str) -> list[tuple[int, int]]:
    r"""Pair the place of each sign of the decoded *value* with the number of signs before it."""
    found: list[tuple[int, int]] = []
    decoded = decode(value)
    lead = len(decoded) - len(decoded.lstrip())
    at = 0  # in value
    count = 0  # signs of value before that
    for position, character in enumerate(decoded, -lead):
        if value[at] != character:  # a newline for the two signs
            at, count = at + 2, count + 2
            continue
        if not character.isspace():
            found.append((position, count))
            count += 1
        at += 1
    return found


def _written_signs(text: str, entry: Entry, start: int) -> Iterator[int]:
    """Yield the place of each sign of the value in the file."""
    left = sum(not character.isspace() for character in entry.text)
    for sign in _QUOTED_SIGNS.get(entry.style, _SIGN).finditer(text, start):
        if left == 0:
            return
        if not (sign[0][0] == "\\" and entry.style == '"' and _ESCAPED_BLANK.match(sign[0])):
            left -= 1
            yield sign.start()


WORDS = PatternFile(Path(__file__).with_name("words.toml"))
PATTERNS = WORDS.patterns()
FILLER: str = WORDS.table["parts"]["filler"]
"""Replaces every character that is not prose; no rule looks for this private-use character."""

_NOT_NEWLINE = re.compile(r"[^\n]")
_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")  # CommonMark 2.4
# A paragraph, a point of a list, a heading, a row: emphasis and math never continue into the next.
_NEXT_BLOCK = re.compile(r"\n[ \t]*+(?=\n|[-+*•][ \t]|[#>|]|[0-9]{1,9}[.)][ \t])")
_SHOWN_LENGTH = 40
_LOOKED_AT = 200


@dataclass(frozen=True)
class Reading:
    """One file with front matter; *page* is None if it has an error.

    Positions in the answer are those in the decoded text, without white space at its ends.
    """

    source: Source
    text: str
    front: FrontMatter
    page: Page | None

    @property
    def name(self) -> str:
        """The name of the file, "" for standard input."""
        return self.source.path.name if self.source.path else ""

    @cached_property
    def answer(self) -> str:
        """The decoded answer, "" if there is none."""
        entry = self.front.entries.get("answer")
        if entry is None or entry.kind != "text" or len(entry.text) > LONGEST["answer"]:
            return ""
        return (plain_markdown if entry.style == BODY else decode)(entry.text).strip()

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The code and math of the answer."""
        return find_spans(self.answer)

    @property
    def formulas(self) -> Iterator[Span]:
        """The math of the answer."""
        return (span for span in self.spans if span.kind in ("inline", "display"))

    @cached_property
    def prose(self) -> str:
        """The answer with its code and math masked; positions stay the same."""
        parts = []
        last = 0
        for span in self.spans:
            inside = self.answer[span.start : span.end]
            parts.append(self.answer[last : span.start])
            is_block = span.kind == "fence"
            parts.append(_NOT_NEWLINE.sub(FILLER, inside) if is_block else FILLER * len(inside))
            last = span.end
        return "".join((*parts, self.answer[last:]))

    @cached_property
    def plain(self) -> str:
        """The prose with backslash escapes masked, too."""
        return _ESCAPED.sub(FILLER * 2, self.prose) if "\\" in self.prose else self.prose

    @cached_property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """Where the paragraphs, points and headings of the answer start and end."""
        cuts = [0, *(cut.start() for cut in _NEXT_BLOCK.finditer(self.plain)), len(self.plain)]
        return tuple(pairwise(cuts))

    @cached_property
    def is_refusal(self) -> bool:
        """Whether the answer says that it cannot answer."""
        return is_refusal(self.answer)

    @cached_property
    def _places(self) -> Places:
        return Places(self.text, self.front.entries["answer"])

    def in_answer(self, code: str, position: int, text: str, hint: str = "") -> Problem:
        """Make a problem at *position* in the answer."""
        is_body = self.front.entries["answer"].style == BODY
        line, column = self._place_in_body(position) if is_body else self._places.place(position)
        return make_problem(code, self.source.name, text, hint=hint, line=line, column=column)

    def _place_in_body(self, position: int) -> tuple[int, int]:
        """Return line and column; if a line differs in the file, return its start."""
        entry = self.front.entries["answer"]
        plain = plain_markdown(entry.text)
        lead = plain.count("\n", 0, len(plain) - len(plain.lstrip()))
        line = entry.line + lead + self.answer.count("\n", 0, position)
        start = self.answer.rfind("\n", 0, position) + 1
        rest = self.answer[start:].partition("\n")[0]
        written = self.text.split("\n")[line - 1]
        return line, written.find(rest) + position - start + 1 if rest in written else 1

    def at(self, code: str, entry: Entry, text: str, hint: str = "") -> Problem:
        """Make a problem about a value of the front matter."""
        line, column = entry.line, entry.column
        return make_problem(code, self.source.name, text, hint=hint, line=line, column=column)


Rule = Callable[[Reading], Iterator[Problem]]


def quoted(text: str) -> str:
    """Return *text* on one line, in quotes, shortened if it is long."""
    folded = " ".join(text[:_LOOKED_AT].replace(FILLER, "…").split())
    return f"'{folded[:_SHOWN_LENGTH]}...'" if len(folded) > _SHOWN_LENGTH + 3 else f"'{folded}'"


def quoted_end(text: str) -> str:
    """Return the last words of *text*, a single line, in quotes."""
    end = text[-_SHOWN_LENGTH:]
    words = end if len(text) <= _SHOWN_LENGTH else f"...{end.partition(' ')[2] or end}"
    return quoted(words)
