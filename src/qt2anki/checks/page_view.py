"""What the rules look at: one page with its front matter, its answer and what in that is prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from qt2anki.checks.positions import Places
from qt2anki.messages import Problem, make_problem
from qt2anki.model import Page
from qt2anki.notes.refusals import is_refusal
from qt2anki.source.dialects import plain_markdown
from qt2anki.source.entry import BODY, Entry, FrontMatter
from qt2anki.source.page_keys import LONGEST
from qt2anki.source.spans import Span, find_spans
from qt2anki.source.unescape import decode

FILLER = "\ue000"
"""Replaces every character that is not prose; no rule looks for this private-use character."""

_NOT_NEWLINE = re.compile(r"[^\n]")
_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")  # CommonMark 2.4
# A paragraph, a point of a list, a heading, a row: emphasis and math never go on into the next.
_NEXT_BLOCK = re.compile(r"\n[ \t]*+(?=\n|[-+*•][ \t]|[#>|]|[0-9]{1,9}[.)][ \t])")
_SHOWN_LENGTH = 40
_LOOKED_AT = 200


@dataclass(frozen=True)
class Reading:
    """One file with front matter; *page* is None when that has an error.

    Positions in the answer are those in the decoded text, without white space at its ends.
    """

    source: str  # the file as the user named it
    name: str  # its last part, "" for standard input
    folder: str  # where pictures are looked for, "" for standard input
    text: str
    front: FrontMatter
    page: Page | None
    root: str = ""  # the folder that was named, "" for standard input

    @cached_property
    def answer(self) -> str:
        """The decoded answer, "" when there is none."""
        entry = self.front.entries.get("answer")
        if entry is None or entry.kind != "text" or len(entry.text) > LONGEST["answer"]:
            return ""
        return (plain_markdown if entry.style == BODY else decode)(entry.text).strip()

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The code and math of the answer."""
        return find_spans(self.answer)

    @cached_property
    def prose(self) -> str:
        """The answer with its code and math filled up, so that positions stay."""
        parts = []
        last = 0
        for span in self.spans:
            inside = self.answer[span.start : span.end]
            is_block = span.kind == "fence"
            parts += [
                self.answer[last : span.start],
                _NOT_NEWLINE.sub(FILLER, inside) if is_block else FILLER * len(inside),
            ]
            last = span.end
        return "".join((*parts, self.answer[last:]))

    @cached_property
    def plain(self) -> str:
        """The prose with what a backslash takes the meaning from filled up, too."""
        return _ESCAPED.sub(FILLER * 2, self.prose) if "\\" in self.prose else self.prose

    @cached_property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """Where the paragraphs, points and headings of the answer start and end."""
        cuts = [0, *(cut.start() for cut in _NEXT_BLOCK.finditer(self.plain)), len(self.plain)]
        return tuple(pairwise(cuts))

    @cached_property
    def is_refusal(self) -> bool:
        """Whether the answer says that there is none."""
        return is_refusal(self.answer)

    @cached_property
    def _places(self) -> Places:
        return Places(self.text, self.front.entries["answer"])

    def in_answer(self, code: str, position: int, text: str, hint: str = "") -> Problem:
        """Make a problem of what is at *position* of the answer."""
        is_body = self.front.entries["answer"].style == BODY
        line, column = self._place_in_body(position) if is_body else self._places.place(position)
        return make_problem(code, self.source, text, hint=hint, line=line, column=column)

    def _place_in_body(self, position: int) -> tuple[int, int]:
        """Return line and column; a line that reads differently in the file is found as a whole."""
        entry = self.front.entries["answer"]
        plain = plain_markdown(entry.text)
        lead = plain.count("\n", 0, len(plain) - len(plain.lstrip()))
        line = entry.line + lead + self.answer.count("\n", 0, position)
        start = self.answer.rfind("\n", 0, position) + 1
        rest = self.answer[start:].partition("\n")[0]
        written = self.text.split("\n")[line - 1]
        return line, written.find(rest) + position - start + 1 if rest in written else 1

    def at(self, code: str, entry: Entry, text: str, hint: str = "") -> Problem:
        """Make a problem of a value of the front matter."""
        return make_problem(
            code, self.source, text, hint=hint, line=entry.line, column=entry.column
        )


Rule = Callable[[Reading], Iterator[Problem]]


def quoted(text: str) -> str:
    """Return *text* on one line, in quotes, shortened where it is long."""
    folded = " ".join(text[:_LOOKED_AT].replace(FILLER, "…").split())
    return f"'{folded[:_SHOWN_LENGTH]}...'" if len(folded) > _SHOWN_LENGTH + 3 else f"'{folded}'"


def quoted_end(text: str) -> str:
    """Return the last words of *text*, which is one line, in quotes."""
    end = text[-_SHOWN_LENGTH:]
    words = end if len(text) <= _SHOWN_LENGTH else f"...{end.partition(' ')[2] or end}"
    return quoted(words)
