"""Notes as a reader sees them: plain text, one line a field that is not empty."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from qt2anki.config import Settings
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Kind, Note, Page
from qt2anki.notes.frame import frame_for
from qt2anki.notes.kinds.steps import step_candidates
from qt2anki.notes.make_notes import make_notes
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import find_sequences

_DELETION = re.compile(r"\{\{c1::(.*?)\}\}", re.DOTALL)
_BLOCK_END = re.compile(r"</?(?:div|p)\b[^>]*>|</(?:li|h\d|tr|summary)>|<br>")
_POINT = re.compile(r"<li>")
_SLASHES = re.compile(r" /(?: /)* ")
_TAG = re.compile(r"<[^>]*>")


def page_of(text: str) -> Page:
    """Make a page of a case: the first line is its question, the rest its answer."""
    question, _, answer = text.partition("\n")
    return Page("case.md", 1, question, answer.strip(), ("Baking",), "/a", None, (), None)


def notes_of(text: str, *, settings: Settings | None = None) -> tuple[Note, ...]:
    """Make the notes of a case's page."""
    return make_notes(page_of(text), settings or Settings(card_threshold=0)).notes


def steps_of(text: str) -> tuple[Note, ...]:
    """Make all step notes of a case's page, before any are chosen."""
    page = page_of(text)
    outline = read_outline(page.answer)
    sequences = find_sequences(outline, question=page.question)
    frame = frame_for(page, Settings())
    made = step_candidates(frame, outline, sequences)
    return tuple(candidate.note for candidate in made)


def shown(notes: Iterable[Note], kinds: Iterable[Kind] = tuple(Kind)) -> str:
    """Write the notes of some *kinds*: what is on the front, the answer, and what is below it."""
    return "\n".join(_note(note) for note in notes if note.kind in kinds)


def _note(note: Note) -> str:
    values = fields(note)
    lines = [str(note.kind.value), f"  front: {front(note)}", f"  back: {back(note)}"]
    if more := plain(values["Extra"]):
        lines.append(f"  more: {more}")
    return "\n".join(lines)


def fields(note: Note) -> dict[str, str]:
    """Return the fields of a note by their names."""
    names = QA_FIELDS if note.note_type == "qa" else CLOZE_FIELDS
    return dict(zip(names, note.fields, strict=True))


def front(note: Note) -> str:
    """Return what is visible before the answer is shown, without the context line."""
    values = fields(note)
    if note.note_type == "qa":
        return plain(values["Question"])
    return plain(f"<div>{values['Title']}</div>{_DELETION.sub('[...]', values['Text'])}")


def whole_front(note: Note) -> str:
    """Return all that is visible before the answer is shown."""
    return f"{plain(fields(note)['Context'])} {front(note)}"


def back(note: Note) -> str:
    """Return the graded answer."""
    values = fields(note)
    if note.note_type == "qa":
        return plain(values["Answer"])
    return plain(", ".join(dict.fromkeys(_DELETION.findall(values["Text"]))))


def plain(fragment: str) -> str:
    """Take the tags out of HTML; a block's end becomes a slash, a list's point a dot."""
    text = _POINT.sub("• ", _BLOCK_END.sub(" / ", fragment))
    text = " ".join(html.unescape(_TAG.sub("", text)).split())
    return _SLASHES.sub(" / ", f" {text} ").replace(" / •", " •").strip(" /")
