"""Pages with keywords, and the notes made of them as plain lines, for golden files."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

from qt2anki.config import Settings
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Note, Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame, frame_for
from qt2anki.notes.text_units import Unit, read_units
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import find_sequences

Maker = Callable[[Frame, tuple[Unit, ...]], Iterable[Candidate]]

_TAG = re.compile(r"<[^>]*>")


def page_of(text: str, *, page_id: int = 7, subject: str = "Biology") -> Page:
    """Read a case: the question, the keywords, a blank line, the answer."""
    head, _, answer = text.partition("\n\n")
    question, _, keywords = head.partition("\n")
    words = tuple(filter(None, map(str.strip, keywords.removeprefix("keywords:").split(","))))
    return Page("page.md", page_id, question, answer, (subject,), "", None, words, None)


def candidates(text: str, make: Maker) -> list[Candidate]:
    page = page_of(text)
    outline = read_outline(page.answer)
    units = read_units(outline, find_sequences(outline, question=page.question))
    return list(make(frame_for(page, Settings()), units))


def asked(text: str, make: Maker) -> str:
    """Return the key of every note made of the page *text*, and what is on its cards."""
    return "\n".join(_lines(one.note) for one in candidates(text, make))


def values(note: Note) -> dict[str, str]:
    names = QA_FIELDS if note.note_type == "qa" else CLOZE_FIELDS
    return dict(zip(names, note.fields, strict=True))


def plain(shown: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", shown.replace("<div", " / <div"))).split())


def _lines(note: Note) -> str:
    fields = {name: plain(value) for name, value in values(note).items()}
    if note.note_type == "cloze":
        return f"{note.key}\n? {fields['Text']}"
    lines = [note.key, f"? {fields['Question']}", f"= {fields['Answer']}"]
    if fields["Reverse"]:
        lines += [f"? {fields['Reverse']}", f"= {fields['ReverseAnswer']}"]
    return "\n".join(lines)
