"""What notes ask and answer, as plain lines, for golden files."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator

from qt2anki.config import Settings
from qt2anki.model import QA_FIELDS, Note, Outline, Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame, frame_for
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import Sequence, find_sequences

Maker = Callable[[Frame, Outline, tuple[Sequence, ...]], Iterable[Candidate]]

_ROW = re.compile(r"<tr>(.*?)</tr>")
_CELL = re.compile(r"</t[hd]>(?=<t[hd])")
_TAG = re.compile(r"<[^>]*>")


def page_of(text: str, *, subject: str = "Farming") -> Page:
    """Read a case: its first line is the question, the rest below a blank line the answer."""
    question, _, answer = text.partition("\n\n")
    return Page("page.md", 7, question, answer, (subject,), "", None, (), None)


def candidates(text: str, make: Maker) -> list[Candidate]:
    page = page_of(text)
    outline = read_outline(page.answer)
    sequences = find_sequences(outline, question=page.question)
    return list(make(frame_for(page, Settings()), outline, sequences))


def asked(text: str, make: Maker) -> str:
    """Return key, question, answer and extra of every note made of the page *text*."""
    return "\n".join(line for one in candidates(text, make) for line in _lines(one.note))


def field(note: Note, name: str) -> str:
    return note.fields[QA_FIELDS.index(name)]


def _lines(note: Note) -> Iterator[str]:
    yield note.key
    context = _plain(field(note, "Context")).split(" · ")[2:]
    yield f"? {' · '.join((*context, _plain(field(note, 'Question'))))}"
    yield f"= {_plain(field(note, 'Answer'))}"
    if field(note, "Extra"):
        yield f"+ {_plain(field(note, 'Extra'))}"


def _plain(shown: str) -> str:
    rows = _ROW.sub(lambda row: f"{_CELL.sub(': ', row[1])} / ", shown)
    apart = re.sub(r"</(?:p|li)>", " ", rows)
    return " ".join(html.unescape(_TAG.sub("", apart)).split()).removesuffix(" /")
